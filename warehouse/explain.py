"""One outcome, traced: the clause, the parameters in force, the arithmetic, and the log rows as they stood in their files."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from ingest.problems import Problem
from ingest.tracing import line_of
from warehouse.reader import Published

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class SourceRow:
    """A log row that shows the outcome.

    Attributes:
        role: what the row is to the outcome, in words.
        feed, key: the feed and its key values.
        file_name, sha256, row: where it stands; row as a person counts it.
        cells: header as found -> text as found; empty when the file is no longer kept.
        line: the row as it was, verbatim.
    """

    role: str
    feed: str
    key: str
    file_name: str
    sha256: str
    row: int
    cells: dict[str, str] = field(default_factory=dict)
    line: str = ""


@dataclass(frozen=True)
class Explanation:
    """Everything that the person concerned needs in order to check one outcome, in their language.

    Attributes:
        outcome_id, clause_id, rule_version: as in the ledger.
        title: who, when, what, in a sentence.
        clause: the clause in plain words; note: what people should know about it.
        facts: the measures that the clause looked at (name, value).
        parameters: the parameters in force (name, value, origin).
        arithmetic: the computation with its numbers, line by line; empty for outcomes without an amount.
        sources: the log rows behind it.
    """

    outcome_id: str
    clause_id: str
    rule_version: str
    title: str
    clause: str
    note: str
    facts: list[tuple[str, str]]
    parameters: list[tuple[str, str, str]]
    arithmetic: list[str]
    sources: list[SourceRow]


MANY = 50  # log rows shown of one outcome; the rest is counted


def explain(published: Published, outcome_id: str, language: Language) -> Explanation:
    """Trace one outcome of a published version.

    Raises:
        Problem (exit code 2): there is no such outcome in this version.
    """
    outcome = _one(
        published, "select * from marts.fct_rule_outcomes where outcome_id = ?", [outcome_id.strip().lower()]
    )
    if outcome is None:
        raise Problem(
            f"没有编号为 {outcome_id} 的结果。编号见 marts.fct_rule_outcomes 的 outcome_id（32 位小写十六进制）。",
            f"There is no outcome {outcome_id}. Ids are in marts.fct_rule_outcomes.outcome_id (32 lower-case hex digits).",
        )
    words = _Words(published, language)
    clause = _one(published, "select * from reference.clauses where clause_id = ?", [outcome["clause_id"]]) or {}
    fact = _fact(published, outcome)
    return Explanation(
        outcome_id=outcome["outcome_id"],
        clause_id=outcome["clause_id"],
        rule_version=outcome["rule_version"],
        title=_title(published, outcome, clause, words),
        clause=clause.get(f"text_{language}") or "",
        note=clause.get(f"note_{language}") or "",
        facts=[(words.label("column", k), words.value(k, v)) for k, v in fact.items() if v is not None],
        parameters=_parameters(published, outcome, words),
        arithmetic=_arithmetic(_terms(published).get(outcome["computation"], {}), outcome, words),
        sources=_sources(published, outcome, words),
    )


def arithmetic(published: Published, outcomes: list[dict[str, Any]], language: Language) -> list[str]:
    """The computation of each of these rows of the ledger in one line; empty for an outcome without an amount."""
    words, terms = _Words(published, language), _terms(published)
    return [" ".join(_arithmetic(terms.get(o["computation"], {}), o, words)) for o in outcomes]


class _Words:
    """The words of codes, in one language."""

    def __init__(self, published: Published, language: Language) -> None:
        self.language = language
        rows = published.rows(f"select kind, code, label_{language} as label from reference.labels")
        self._labels = {(r["kind"], r["code"]): r["label"] for r in rows}
        rows += published.rows(
            f"select 'position' as kind, position as code, label_{language} as label from reference.positions"
        )
        self._by_code = {r["code"]: r["label"] for r in rows if r["kind"] != "column"}

    def label(self, kind: str, code: str) -> str:
        return self._labels.get((kind, code), code)

    def value(self, column: str, value: Any) -> str:
        """A value as people write it; codes of known kinds in words."""
        if isinstance(value, bool):
            return ("是" if value else "否") if self.language == "zh" else ("yes" if value else "no")
        if isinstance(value, Decimal) and column.endswith(("amount", "_wage", "price")):
            return money(value)
        if isinstance(value, datetime):
            return value.isoformat(sep=" ")
        if isinstance(value, date):
            return value.isoformat()
        return self.code(value) if isinstance(value, str) else str(value)

    def code(self, text: str) -> str:
        """A code in words; text that is none, a number among them, as it is."""
        return self._by_code.get(text, text) if text and not text[0].isdigit() else text

    def unit(self, unit: str | None) -> str:
        """The unit of measure as it follows a number; nothing for a kind of code."""
        words = self._labels.get(("parameter_unit", unit or ""))
        return "" if words is None else words if self.language == "zh" else f" {words}"

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def money(amount: Decimal) -> str:
    return f"¥{amount:,.2f}"


def _one(published: Published, sql: str, parameters: list[Any]) -> dict[str, Any] | None:
    rows = published.rows(sql, parameters)
    return rows[0] if rows else None


def _title(published: Published, outcome: dict, clause: dict, words: _Words) -> str:
    if outcome["subject_type"] == "employee":
        row = _one(
            published,
            "select employee_name as name from reference.employees where employee_id = ? "
            "order by valid_from <= ? desc, valid_from desc limit 1",
            [outcome["subject_id"], outcome["occurred_on"]],
        )
    else:
        row = _one(published, "select unit_name as name from reference.units where unit_id = ?", [outcome["unit_id"]])
    who = f"{row['name']}（{outcome['subject_id']}）" if words.language == "zh" and row else outcome["subject_id"]
    if words.language == "en" and row:
        who = f"{row['name']} ({outcome['subject_id']})"
    what = f"{outcome['clause_id']} {clause.get(f'label_{words.language}', '')}"
    kind = words.label("outcome_type", outcome["outcome_type"])
    amount = "" if outcome["amount"] is None else " " + money(outcome["amount"])
    if outcome["flag"]:
        kind += words.say("，", ", ") + words.label("flag", outcome["flag"])
    waived = words.say("，已免", ", waived") if outcome["is_waived"] else ""
    provisional = (
        words.say("（本月未结束，暂计）", " (provisional: the month has not ended)")
        if outcome["is_provisional"]
        else ""
    )
    return words.say(
        f"{who}，{outcome['occurred_on']}：{what} — {kind}{amount}{waived}{provisional}",
        f"{who}, {outcome['occurred_on']}: {what} — {kind}{amount}{waived}{provisional}",
    )


def _fact(published: Published, outcome: dict) -> dict[str, Any]:
    """The measures that the clause looked at: the row of the fact table named, or of the one kept of that feed."""
    table = outcome["source_feed"]
    table = table if table.startswith("fct_") else f"fct_{table}"
    columns = published.rows(
        "select column_name from information_schema.columns "
        "where table_schema = 'marts' and table_name = ? order by ordinal_position",
        [table],
    )
    if not columns:
        return {}
    names = [c["column_name"] for c in columns]
    parts = outcome["source_key"].split("|")
    # the grain stands first among a mart's columns
    keyed = " and ".join(f"cast({name} as varchar) = ?" for name in names[: len(parts)])
    row = _one(published, f"select * from marts.{table} where {keyed}", parts)
    hidden = {"load_id", "source_row", "rule_version"}
    return {k: v for k, v in (row or {}).items() if k not in hidden}


def _parameters(published: Published, outcome: dict, words: _Words) -> list[tuple[str, str, str]]:
    rows = published.rows(
        f"select label_{words.language} as label, item, value, unit, origin from reference.parameters "
        "where rule_version = ? and list_contains(string_split(clause_ids, '|'), ?) and value is not null "
        "order by parameter, item",
        [outcome["rule_version"], outcome["clause_id"]],
    )
    return [
        (
            r["label"] + (f" · {words.code(r['item'])}" if r["item"] else ""),
            words.code(r["value"]) + words.unit(r["unit"]),
            words.label("origin", r["origin"]),
        )
        for r in rows
    ]


def _terms(published: Published) -> dict[str, dict]:
    """Computation -> the words of its terms."""
    return {row["computation"]: row for row in published.rows("select * from reference.computations")}


def _arithmetic(terms: dict, outcome: dict, words: _Words) -> list[str]:
    if outcome["amount"] is None:
        return []

    def named(term: str, value: str) -> str:
        word = terms.get(f"{term}_{words.language}")
        return f"{value}（{word}）" if word and words.language == "zh" else f"{value} ({word})" if word else value

    parts = [named("base", money(outcome["base_amount"]))]
    for term, sign, value in (
        ("multiplier", "×", outcome["multiplier"]),
        ("quantity", "×", outcome["quantity"]),
        ("divisor", "÷", outcome["divisor"]),
    ):
        if value != 1:
            parts.append(f"{sign} {named(term, plain(value))}")
    if outcome["adjustment_amount"]:
        sign = "+" if outcome["adjustment_amount"] > 0 else "−"
        parts.append(f"{sign} {named('adjustment', money(abs(outcome['adjustment_amount'])))}")
    lines = [
        f"{terms.get(f'label_{words.language}') or outcome['computation']}{words.say('：', ': ')}{' '.join(parts)} = {money(outcome['amount'])}"
    ]
    if outcome["is_waived"]:
        lines.append(words.say("申诉获准，实扣 ¥0.00。", "The appeal was granted: ¥0.00 is taken."))
    return lines


def plain(value: Any) -> str:
    """A number without trailing zeros."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _sources(published: Published, outcome: dict, words: _Words) -> list[SourceRow]:
    rows = published.rows(
        "select role, log_feed, log_key, load_id, source_row from marts.fct_outcome_sources "
        "where outcome_id = ? order by role, log_feed, log_key limit ?",
        [outcome["outcome_id"], MANY],
    )
    numbers = sorted({row["load_id"] for row in rows})
    loads = published.rows("select * from quality.loads where list_contains(?, load_id)", [numbers])
    load_of = {load["load_id"]: load for load in loads}
    found = []
    for row in rows:
        load = load_of[row["load_id"]]
        line, cells = "", {}
        # without the kept copy, file name, sha256 and row number still say where to look
        with contextlib.suppress(Problem):
            line, cells = line_of(published.home, load, row["source_row"])
        found.append(
            SourceRow(
                role=words.label("source_role", row["role"]),
                feed=row["log_feed"],
                key=row["log_key"],
                file_name=load["file_name"],
                sha256=load["sha256"],
                row=row["source_row"],
                cells=cells,
                line=line,
            )
        )
    return found

"""An explanation of the warehouse, as texts and tables that a page can show."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from dashboards import fmt, tables
from dashboards.queries import why
from dashboards.view import View

MOST_IN_FULL = 10  # source rows that are shown cell by cell
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class FullRow:
    """One source row as it stood in its file, header by header, and verbatim."""

    name: str
    place: str
    cells: pa.Table
    line: str
    is_first: bool


@dataclass(frozen=True)
class Explained:
    """What the page shows of one outcome; ``is_partial``: it could not be traced to its files, the ledger speaks."""

    title: str
    clause: str
    note: str
    arithmetic: list[str]
    facts: pa.Table
    parameters: pa.Table
    sources: pa.Table
    in_full: list[FullRow] = field(default_factory=list)
    is_partial: bool = False


def explained(view: View, outcome_id: str) -> Explained | None:
    """The explanation of an outcome; None when this version has no such outcome."""
    outcome = why.outcome(view.published, outcome_id.strip().lower(), view.text.language).to_pylist()
    if not outcome:
        return None
    try:
        from warehouse.explain import explain

        found = explain(view.published, outcome[0]["outcome_id"], view.text.language)  # type: ignore[arg-type]
    except Exception:  # a file that is gone, a version older than a table: the ledger's own row still answers
        LOG.exception("outcome %s could not be traced", outcome[0]["outcome_id"])
        return _from_ledger(view, outcome[0])
    return Explained(
        title=found.title,
        clause=found.clause,
        note=found.note,
        arithmetic=list(found.arithmetic),
        facts=_table(found.facts, ("name", "value")),
        parameters=_table(
            [(n, v, view.words.code("origin", o)) for n, v, o in found.parameters], ("name", "value", "origin")
        ),
        sources=_table(
            [(s.role, view.words.feed(s.feed), s.key, s.file_name, str(s.row)) for s in found.sources],
            ("role", "log_feed", "key", "file_name", "row"),
        ),
        in_full=[
            FullRow(
                name=f"cells_{place}",
                place=view.text("why.place", number=place + 1, row=s.row),
                cells=_table(list(s.cells.items()), ("header", "text")),
                line=s.line,
                is_first=place == 0,
            )
            for place, s in enumerate(found.sources[:MOST_IN_FULL])
        ],
    )


def with_arithmetic(view: View, ledger: pa.Table) -> pa.Table:
    """Rows of the ledger as a page lists them, each with its computation in words."""
    from warehouse.explain import arithmetic

    how = arithmetic(view.published, ledger.to_pylist(), view.text.language)  # type: ignore[arg-type]
    shown = ("outcome_id", "occurred_on", "clause_id", "outcome_type", "flag", "amount", "effective_amount")
    return ledger.select(shown).append_column("how", pa.array(how, pa.string()))


def _from_ledger(view: View, outcome: dict[str, Any]) -> Explained:
    words = view.words
    who = (
        words.person(outcome["subject_id"])
        if outcome["subject_type"] == "employee"
        else words.unit(outcome["subject_id"])
    )
    kind = words.code("outcome_type", outcome["outcome_type"])
    shown = ("unit_id", "quantity", "amount", "effective_amount", "flag", "source_feed", "source_key", "rule_version")
    facts = [(tables.header(view, c), _said(view, c, outcome[c])) for c in shown if outcome[c] not in (None, "")]
    return Explained(
        title=" · ".join((who, fmt.day(outcome["occurred_on"], view.text), words.clause(outcome["clause_id"]), kind)),
        clause=outcome["clause_text"] or words.clause(outcome["clause_id"]),
        note="",
        arithmetic=[],
        facts=_table(facts, ("name", "value")),
        parameters=_table([], ("name", "value", "origin")),
        sources=_table([], ("role", "log_feed", "key", "file_name", "row")),
        is_partial=True,
    )


def _said(view: View, column: str, value: Any) -> str:
    if column == "unit_id":
        return view.words.unit(value)
    return (
        view.words.code(column, value) if isinstance(value, str) else fmt.show(value, tables.kind_of(column), view.text)
    )


def _table(rows: list[tuple[str, ...]], names: tuple[str, ...]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({n: pa.array([str(v) for v in c], pa.string()) for n, c in zip(names, columns, strict=True)})

"""Compares a published mart with rows worked out by hand, cell by cell.

``python -m tests.compare HOME GOLDEN_SET [PREFIX…]`` prints the differences of a home that was built from a golden set.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.home import Home
from warehouse.publish import current
from warehouse.reader import connect

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
Row = tuple[tuple[str, Any], ...]
MARTS = yaml.safe_load((ROOT / "docs" / "contract" / "marts.yml").read_text(encoding="utf-8"))


def chapter(clause_id: str) -> str:
    """R7-1.4 -> R7."""
    return clause_id.split("-")[0]


def expected_rows(path: Path, chapters: set[str] | None = None) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [r for r in rows if chapters is None or chapter(r["clause_id"]) in chapters]


def differences(path: Path, published: Path, chapters: set[str] | None = None) -> list[str]:
    """Every missing row, surplus row and differing cell; empty when equal.

    Args:
        path: a CSV of expected rows, named as its mart.
        published: the published DuckDB file.
        chapters: of the ledger, compare only the clauses of these chapters.
    """
    with connect(published) as connection:
        return differences_in(path, connection, chapters)


def differences_in(path: Path, connection: duckdb.DuckDBPyConnection, chapters: set[str] | None = None) -> list[str]:
    """The same for a connection whose schema ``marts`` holds the mart."""
    mart = path.stem
    columns = compared_columns(mart)
    grain = MARTS[mart]["grain"]
    cursor = connection.execute(f"select {', '.join(columns)} from marts.{mart}")
    found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    if chapters is not None:
        found = [r for r in found if chapter(r["clause_id"]) in chapters]
    actual = _by_key([{c: _text(v) for c, v in r.items()} for r in found], grain)
    expected = _by_key([{c: _number(r[c]) for c in columns} for r in expected_rows(path, chapters)], grain)
    problems = [f"{mart} lacks {_show(expected[k])}" for k in sorted(expected.keys() - actual.keys())]
    problems += [f"{mart} has a surplus {_show(actual[k])}" for k in sorted(actual.keys() - expected.keys())]
    for key in sorted(expected.keys() & actual.keys()):
        for column in columns:
            if expected[key][column] != actual[key][column]:
                problems.append(
                    f"{mart} {'|'.join(key)} {column}: expected {expected[key][column]!r}, found {actual[key][column]!r}"
                )
    if len(actual) != len(found):
        problems.append(f"{mart}: {len(found) - len(actual)} rows share a key")
    return problems


def every_mart(home: Home, leave_out: Collection[str] = ()) -> dict[str, Counter[Row]]:
    """Every mart of a home's published version: each row as (column, value) pairs, with how often it is there."""
    with connect(home.published / current(home).file) as connection:
        names = [
            r[0]
            for r in connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        ]
        marts = {}
        for name in sorted(names):
            cursor = connection.execute(f"select * from marts.{name}")
            columns = [column[0] for column in cursor.description]
            rows = [zip(columns, row, strict=True) for row in cursor.fetchall()]
            marts[name] = Counter(tuple((c, v) for c, v in row if c not in leave_out) for row in rows)
    return marts


def moved(before: dict[str, Counter[Row]], after: dict[str, Counter[Row]]) -> list[str]:
    """Every row that only one of the two has; empty when equal."""
    assert before.keys() == after.keys()
    found = []
    for mart in before:
        for what, rows in (("before", before[mart] - after[mart]), ("after", after[mart] - before[mart])):
            found += [f"{mart} only {what}: {_show({c: _text(v) for c, v in row})}" for row in rows]
    return sorted(found)


def compared_columns(mart: str) -> list[str]:
    """The promised columns but the one whose values everybody names for themselves."""
    return [c for c in MARTS[mart]["columns"] if c != "rule_version"]


def _by_key(rows: list[dict[str, str]], grain: list[str]) -> dict[tuple[str, ...], dict[str, str]]:
    return {tuple(r[c] for c in grain): r for r in rows}


def _show(row: dict[str, str]) -> str:
    return ", ".join(f"{k}={v}" for k, v in row.items() if v != "")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return _number(str(value))


def _number(text: str) -> str:
    """A number in one spelling, to six decimals; other text as it is."""
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    if not number.is_finite():
        return text
    return f"{number:.6f}" if ("." in text or "e" in text.lower()) else f"{number}.000000"


if __name__ == "__main__":
    home, golden, *prefixes = sys.argv[1:]
    published = sorted(Path(home, "published").glob("wh_*.duckdb"))[-1]
    for file in sorted((GOLDEN / golden / "expected").glob("*.csv")):
        if not prefixes or any(file.stem.startswith(p) for p in prefixes):
            only = {p for p in prefixes if p.startswith("R")} or None
            try:
                found = differences(file, published, only if file.stem == "fct_rule_outcomes" else None)
            except duckdb.Error as error:
                found = [str(error).splitlines()[0]]
            print(f"{file.stem}: {len(found)} differences", *found[:12], sep="\n  ")
    if any(p.startswith("R") for p in prefixes):
        file = GOLDEN / golden / "expected" / "fct_rule_outcomes.csv"
        found = differences(file, published, {p for p in prefixes if p.startswith("R")})
        print(f"ledger: {len(found)} differences", *found[:40], sep="\n  ")

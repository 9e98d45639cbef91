"""The hand-worked data sets, cell by cell, every column but rule_version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compare import GOLDEN, chapter, differences, expected_rows
from warehouse.publish import current

SETS = {
    "people": GOLDEN / "people" / "expected",
    "money": GOLDEN / "money" / "expected",
    "money_earlier": GOLDEN / "money" / "expected_at_2026-04-15",
}
LEDGER = "fct_rule_outcomes.csv"
MARTS = [(name, path) for name, folder in SETS.items() for path in sorted(folder.glob("*.csv")) if path.name != LEDGER]
CHAPTERS = [
    (name, folder / LEDGER, part)
    for name, folder in SETS.items()
    for part in sorted({chapter(row["clause_id"]) for row in expected_rows(folder / LEDGER)})
]

pytestmark = pytest.mark.golden


def _published(request: pytest.FixtureRequest, name: str) -> Path:
    home = request.getfixturevalue(name)
    return home.published / current(home).file


@pytest.mark.parametrize(("name", "path"), MARTS, ids=[f"{n}-{p.stem}" for n, p in MARTS])
def test_mart_equals_the_rows_worked_out_by_hand(request: pytest.FixtureRequest, name: str, path: Path) -> None:
    assert differences(path, _published(request, name)) == []


@pytest.mark.parametrize(("name", "path", "part"), CHAPTERS, ids=[f"{n}-{c}" for n, _, c in CHAPTERS])
def test_ledger_equals_the_rows_worked_out_by_hand(
    request: pytest.FixtureRequest, name: str, path: Path, part: str
) -> None:
    assert differences(path, _published(request, name), {part}) == []


@pytest.mark.parametrize(("name", "path"), [(n, f / LEDGER) for n, f in SETS.items()], ids=list(SETS))
def test_ledger_has_no_outcome_of_a_chapter_that_has_none(
    request: pytest.FixtureRequest, name: str, path: Path
) -> None:
    assert differences(path, _published(request, name)) == []

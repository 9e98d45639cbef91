"""Two roads to a figure agree: the models, and plain loops over the same logs, in every mart of money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.loading import ingest_paths
from tests.compare import GOLDEN, differences, expected_rows
from tests.oracle.common_money import Rules, read_feeds, write_feeds, write_marts
from tests.oracle.money import work_out
from tests.oracle.money_logs import RandomLogs
from warehouse.build import build
from warehouse.home import Home, Settings
from warehouse.publish import current

CHAPTERS = {"R3", "R4", "R9", "R10"}
LEDGER = "fct_rule_outcomes"
MARTS = [
    "fct_expense_lines",
    "fct_cap_usage_months",
    "fct_budget_months",
    "fct_budget_quarters",
    "fct_bad_debt_shares",
    "fct_cash_advances",
    "fct_callback_obligations",
    "fct_callback_months",
    "fct_conversion_months",
    "fct_conversion_cohorts",
    "fct_funnel_months",
    "fct_funnel_thirds",
    LEDGER,
]


def spelt(value: object) -> str:
    """A cell as the hand-worked files spell it; numbers to six decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{Decimal(str(value)):.6f}" if isinstance(value, float | int | Decimal) else str(value)


@pytest.mark.golden
@pytest.mark.parametrize("mart", MARTS)
@pytest.mark.parametrize(("folder", "as_of"), [("expected", "2026-04-30"), ("expected_at_2026-04-15", "2026-04-15")])
def test_the_other_road_leads_to_the_rows_worked_out_by_hand(mart: str, folder: str, as_of: str) -> None:
    def numbered(text: str) -> str:
        return spelt(Decimal(text)) if text.replace(".", "", 1).isdigit() else text

    rows = work_out(read_feeds(GOLDEN / "money" / "inputs"), date.fromisoformat(as_of))[mart]
    expected = [
        {c: numbered(v) for c, v in row.items() if c != "rule_version"}
        for row in expected_rows(GOLDEN / "money" / folder / f"{mart}.csv")
    ]
    worked_out = [{c: spelt(row[c]) for c in expected[0]} for row in rows]
    assert sorted(worked_out, key=str) == sorted(expected, key=str)


@dataclass(frozen=True)
class Case:
    """A random organisation: a seed, the months of its logs, and whether its rules change in the middle."""

    seed: int
    first: date
    months: int
    do_rules_change: bool


CASES = {
    "seeded_rules_over_a_leap_day": Case(31, date(2024, 1, 1), 5, do_rules_change=False),
    "own_rules_into_a_year_without_holidays": Case(32, date(2026, 10, 1), 6, do_rules_change=True),
}


@dataclass(frozen=True)
class Roads:
    """Both answers: the folder of what was worked out, and the published file."""

    expected: Path
    published: Path


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES.keys())
def roads(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Roads:
    case: Case = request.param
    root = tmp_path_factory.mktemp("roads")
    logs = RandomLogs(case.seed, case.first, case.months)
    rules = Rules(logs.rule_changes() if case.do_rules_change else ())
    write_feeds(root / "logs", logs.make())
    logs.waive([row["outcome_id"] for row in work_out(read_feeds(root / "logs"), logs.as_of, rules)[LEDGER]])
    write_feeds(root / "logs", logs.feeds)
    write_marts(root / "expected", work_out(read_feeds(root / "logs"), logs.as_of, rules))

    home = Home(root / "home").create()
    if case.do_rules_change:
        rules.write(home.rules)
    with home.lock("test") as lock:
        report = ingest_paths(home, [root / "logs"])
        assert not report.has_unreadable, [m for f in report.files for m in f.messages]
        build(home, Settings(), logs.as_of, lock)
    return Roads(root / "expected", home.published / current(home).file)


@pytest.mark.parametrize("mart", MARTS)
def test_two_roads_to_a_figure_agree(roads: Roads, mart: str) -> None:
    chapters = CHAPTERS if mart == LEDGER else None
    assert differences(roads.expected / f"{mart}.csv", roads.published, chapters) == []

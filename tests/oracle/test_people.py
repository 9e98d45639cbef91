"""Two roads to a figure agree: the warehouse, and the rulebook in plain Python, on random organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.loading import ingest_paths
from tests.compare import GOLDEN, MARTS, _number, differences, expected_rows
from tests.oracle.common_people import FEEDS, Rules, read_feeds, spelled, write_csv
from tests.oracle.people import expected
from tests.oracle.people_logs import organisation, own_rules, some_waivers
from warehouse.build import build
from warehouse.home import Home, Settings
from warehouse.publish import current

CHAPTERS = {"R1", "R2", "R5", "R6", "R7", "R8"}
WEEKS = 6


@dataclass(frozen=True)
class Case:
    """A random organisation: a seed, the last day, and whether its rules change in the middle of its logs."""

    seed: int
    as_of: date
    do_rules_change: bool


CASES = {
    "seeded_rules_into_a_year_without_holidays": Case(102, date(2027, 1, 6), do_rules_change=False),
    "own_rules_over_a_leap_day": Case(101, date(2024, 3, 5), do_rules_change=True),
}


def test_the_other_road_leads_to_the_rows_worked_out_by_hand() -> None:
    marts = expected(read_feeds(GOLDEN / "people" / "inputs"), date(2026, 4, 8))
    for file in sorted((GOLDEN / "people" / "expected").glob("*.csv")):
        columns = [c for c in MARTS[file.stem]["columns"] if c != "rule_version"]
        by_hand = [[_number(row[c]) for c in columns] for row in expected_rows(file)]
        assert sorted([_number(spelled(row[c])) for c in columns] for row in marts[file.stem]) == sorted(by_hand)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_two_roads_to_a_figure_agree(tmp_path: Path, case: Case) -> None:
    first = case.as_of - timedelta(weeks=WEEKS)
    rules = own_rules(case.seed, case.as_of, first) if case.do_rules_change else Rules()
    feeds = organisation(case.seed, case.as_of, people=40, weeks_before=WEEKS)
    outcomes = expected(feeds, case.as_of, rules)["fct_rule_outcomes"]
    feeds["waivers"] = some_waivers(case.seed, outcomes, case.as_of)
    inputs, wanted = tmp_path / "inputs", tmp_path / "expected"
    inputs.mkdir()
    wanted.mkdir()
    for feed, rows in feeds.items():
        write_csv(inputs / f"{feed}.csv", rows, list(FEEDS[feed]))

    home = Home(tmp_path / "home").create()
    if case.do_rules_change:
        rules.write(home.rules)
    with home.lock("test") as lock:
        report = ingest_paths(home, [inputs])
        assert not report.has_unreadable, [m for f in report.files for m in f.messages]
        build(home, Settings(), case.as_of, lock)

    published = home.published / current(home).file
    problems = []
    for mart, rows in expected(feeds, case.as_of, rules).items():
        assert rows, f"{mart} would compare nothing"
        write_csv(wanted / f"{mart}.csv", rows, MARTS[mart]["columns"])
        problems += differences(wanted / f"{mart}.csv", published, CHAPTERS if mart == "fct_rule_outcomes" else None)
    assert problems == []

"""Two roads to a figure agree: the warehouse, and the rulebook in plain Python, on random organisations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.compare import MARTS, differences
from tests.conftest import built_home
from tests.oracle.common_people import FEEDS, write_csv
from tests.oracle.people import expected
from tests.oracle.people_logs import organisation, some_waivers
from warehouse.publish import current

CHAPTERS = {"R1", "R2", "R5", "R6", "R7", "R8"}
# a spring with a leap day, and the turn of a year into one without a table of public holidays
ORGANISATIONS = [(101, "2024-03-05"), (102, "2027-01-06")]


@pytest.mark.parametrize(("seed", "as_of"), ORGANISATIONS, ids=[day for _, day in ORGANISATIONS])
def test_two_roads_to_a_figure_agree(tmp_path: Path, seed: int, as_of: str) -> None:
    inputs, wanted = tmp_path / "inputs", tmp_path / "expected"
    inputs.mkdir()
    wanted.mkdir()
    day = date.fromisoformat(as_of)
    feeds = organisation(seed, day, people=40, weeks_before=6)
    feeds["waivers"] = some_waivers(seed, expected(feeds, day)["fct_rule_outcomes"], day)
    for feed, rows in feeds.items():
        write_csv(inputs / f"{feed}.csv", rows, list(FEEDS[feed]))
    home = built_home(tmp_path / "home", inputs, as_of)
    published = home.published / current(home).file
    problems = []
    for mart, rows in expected(feeds, day).items():
        assert rows, f"{mart} would compare nothing"
        write_csv(wanted / f"{mart}.csv", rows, MARTS[mart]["columns"])
        only = CHAPTERS if mart == "fct_rule_outcomes" else None
        problems += differences(wanted / f"{mart}.csv", published, only)
    assert problems == []

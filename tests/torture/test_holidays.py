"""A year that nobody has announced the public holidays of."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.compare import every_mart
from tests.torture.children import run
from tests.torture.tally import Tally
from warehouse.home import CHECKOUT, Home
from warehouse.publish import serving
from warehouse.status import status_of

YEAR = 2026
# nothing in them counts a working day: they must come out as if the table were there
UNMOVED = [
    "fct_cases", "fct_class_incidents", "fct_class_months", "fct_conduct_incidents", "fct_event_lunches",
    "fct_event_tasks", "fct_hotline_calls", "fct_inspection_faults", "fct_inspection_slots", "fct_inspection_weeks",
    "fct_operator_months", "fct_operator_years", "fct_sales_target_months", "fct_shift_handovers",
]  # fmt: skip
STOPPED = ["fct_attendance_days", "fct_attendance_months"]


def test_figures_that_count_working_days_stop_and_say_so_and_the_rest_is_published(
    tally: Callable[[str], Tally], people: Home, tmp_path: Path
) -> None:
    row = tally("a year without a holiday table")
    home = Home(tmp_path / "home")
    shutil.copytree(people.root, home.root, ignore=shutil.ignore_patterns("work"))
    home.create()
    with row.case(YEAR):
        seeded = (CHECKOUT / "seeds" / "reference" / "public_holidays.csv").read_text(encoding="utf-8")
        home.rules.mkdir()
        kept = [line for line in seeded.splitlines(keepends=True) if not line.startswith(f"{YEAR}-")]
        assert len(kept) < len(seeded.splitlines())
        (home.rules / "public_holidays.csv").write_text("".join(kept), encoding="utf-8")
        as_of = serving(people)[0].as_of
        started = time.monotonic()
        code, said = run(["--home", str(home.root), "build", "--as-of", as_of], tmp_path / "said", 600, small=False)
        row.note("build seconds", time.monotonic() - started)
        assert code == 0, said
        assert f"{YEAR}: no table of public holidays" in said and f"{YEAR} 年没有节假日表" in said
        assert status_of(home)["years_without_holidays"] == [YEAR]
        assert status_of(people)["years_without_holidays"] == []
        before, after = every_mart(people), every_mart(home)
        assert all(before[mart] and not after[mart] for mart in STOPPED)
        assert all(before[mart] and before[mart] == after[mart] for mart in UNMOVED)
        # no outcome is made up for want of a calendar: each one that is there was there with it
        assert after["fct_rule_outcomes"] and not after["fct_rule_outcomes"] - before["fct_rule_outcomes"]

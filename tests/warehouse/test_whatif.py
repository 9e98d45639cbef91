"""What if: a draft of the rules beside the ones in force. It says who would gain and lose, and publishes nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import fastexcel
import pytest
from rich.console import Console

import warehouse.whatif
from ingest.problems import Problem
from tests.compare import GOLDEN, ROOT, expected_rows
from warehouse.home import Home, Settings
from warehouse.publish import sha256_of
from warehouse.rules import SEEDS
from warehouse.whatif import Comparison, compare, whatif, write_comparison

ATTENDANCE = "parameters/r07_attendance.csv"


@dataclass(frozen=True)
class Tried:
    """A draft in which being late costs 20: the last three months, the last one, and the home before and after."""

    three_months: Comparison
    one_month: Comparison
    before: dict[str, str]
    after: dict[str, str]


def _draft(folder: Path, change: Callable[[str], str], name: str = ATTENDANCE) -> Path:
    """A folder with one rule file, changed."""
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text(change((SEEDS / "rules" / ATTENDANCE).read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def _kept(home: Home) -> dict[str, str]:
    """Everything that a home keeps but the lock, by its content."""
    return {
        str(p.relative_to(home.root)): sha256_of(p) for p in home.root.rglob("*") if p.is_file() and p.name != "lock"
    }


@pytest.fixture(scope="module")
def home(people: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of its own that starts as the golden set `people`."""
    root = tmp_path_factory.mktemp("whatif") / "home"
    shutil.copytree(people.root, root, ignore=shutil.ignore_patterns("work.duckdb", "pub.duckdb"))
    return Home(root)


@pytest.fixture(scope="module")
def tried(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    draft = _draft(tmp_path_factory.mktemp("draft"), lambda text: text.replace("late_fine,,10", "late_fine,,20"))
    found: list[Comparison] = []

    def april_too(in_force: Path, drafted: Path, since: date, published: Path) -> Comparison:
        found.append(compare(in_force, drafted, date(2026, 4, 1), published))
        return compare(in_force, drafted, since, published)

    before = _kept(home)
    with pytest.MonkeyPatch.context() as patch, home.lock("test") as lock:
        patch.setattr(warehouse.whatif, "compare", april_too)
        three_months = whatif(home, Settings(), draft, 3, lock)
    return Tried(three_months, found[0], before, _kept(home))


def test_a_higher_fine_for_being_late_changes_every_late_arrival_of_the_golden_set_and_nothing_else(
    tried: Tried,
) -> None:
    late = [
        row
        for row in expected_rows(GOLDEN / "people" / "expected" / "fct_rule_outcomes.csv")
        if row["clause_id"] == "R7-1.4" or (row["clause_id"], row["flag"]) == ("R7-1.2", "missing_in")
    ]
    found = tried.three_months.rows.to_pylist()
    assert {row["change"] for row in found} == {"changed"}
    assert len(late) == len(found) == 5
    assert {r["outcome_id"]: (r["amount_before"], r["amount_after"]) for r in found} == {
        row["outcome_id"]: (Decimal("10.00"), Decimal("20.00")) for row in late
    }


def test_who_loses_most_comes_first_with_all_they_bear_in_those_months(tried: Tried) -> None:
    columns = ["subject_id", "name", "changed_count", "borne_before", "borne_after", "borne_difference", "effect"]
    found = [[str(row[c]) for c in columns] for row in tried.three_months.subjects.to_pylist()]
    # E01: three late arrivals; fines 70, a day's wage 200, the bonus 200. S01: that one fine.
    assert found == [
        ["E01", "甲一", "3", "470.00", "500.00", "30.00", "loses"],
        ["E18", "乙九", "1", "420.00", "430.00", "10.00", "loses"],
        ["S01", "庚一", "1", "10.00", "20.00", "10.00", "loses"],
    ]
    assert (tried.three_months.totals["loses_count"], tried.three_months.totals["gains_count"]) == (3, 0)
    assert tried.three_months.totals["borne_after"] - tried.three_months.totals["borne_before"] == 50


def test_totals_stand_by_unit_and_clause(tried: Tried) -> None:
    columns = ["unit_id", "clause_id", "changed_count", "effective_amount_before", "effective_amount_after"]
    assert [[str(row[c]) for c in columns] for row in tried.three_months.clauses.to_pylist()] == [
        ["CO1", "R7-1.4", "3", "30.00", "60.00"],
        ["CO1", "R7-1.2", "1", "10.00", "20.00"],
        ["ES1", "R7-1.4", "1", "10.00", "20.00"],
    ]


def test_other_figures_that_move_are_named_by_their_mart(tried: Tried) -> None:
    assert tried.three_months.marts.to_pylist() == [
        {"mart": "fct_attendance_months", "rows_gone": 3, "rows_new": 3},
        {"mart": "fct_deductions_months", "rows_gone": 3, "rows_new": 3},
    ]


def test_only_the_months_asked_for_are_reported_and_the_earlier_ones_counted(tried: Tried) -> None:
    assert tried.one_month.rows["subject_id"].to_pylist() == ["S01"]
    assert tried.one_month.earlier == 4
    assert tried.three_months.since == date(2026, 2, 1)
    assert tried.three_months.earlier == 0


def test_nothing_that_the_home_keeps_changes_and_nothing_is_left_behind(tried: Tried) -> None:
    assert any(name.startswith("published/wh_") for name in tried.before)
    assert tried.after == tried.before


def test_the_comparison_is_written_in_both_languages(tried: Tried, tmp_path: Path) -> None:
    console = Console(file=(tmp_path / "said.txt").open("w", encoding="utf-8"), width=240)
    for format in ("json", "csv", "xlsx"):
        write_comparison(tried.three_months, format, tmp_path / f"whatif.{format}", console)
    write_comparison(tried.three_months, "table", None, console)
    console.file.flush()
    said = (tmp_path / "said.txt").read_text(encoding="utf-8")
    assert "承担" in said and "5 changed; 3 lose, 0 gain" in said and "R7-1.4" in said
    facts = json.loads((tmp_path / "whatif.json").read_text(encoding="utf-8"))
    assert (facts["is_same"], len(facts["rows"]), facts["subjects"][0]["borne_difference"]) == (False, 5, "30.00")
    lines = (tmp_path / "whatif.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("变动 change,发生日期 occurred_on,") and len(lines) == 6
    book = fastexcel.read_excel(tmp_path / "whatif.xlsx")
    assert book.sheet_names == ["对象 subjects", "单位与条款 clauses", "变动 rows", "其他 marts"]
    rows = book.load_sheet("变动 rows").to_polars()
    assert rows["实际金额 effective_amount · 差额 difference"].to_list() == [10.0] * 5


def test_the_same_rules_give_no_difference_and_say_so(home: Home) -> None:
    before = _kept(home)
    ran = subprocess.run(
        [sys.executable, "-m", "warehouse.cli", "--home", home.root, "whatif", SEEDS / "rules"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "零差异" in ran.stdout and "No difference" in ran.stdout
    assert _kept(home) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (ATTENDANCE, "R7.1,late_fine,,10", "R7.1,late_fine,,ten", "“ten” is no decimal"),
        (ATTENDANCE, "R7.1,late_fine,,10,rule\n", "", "lacks the parameter late_fine"),
        ("parameter/r07_attendance.csv", "", "", "no rule table has this name"),
        ("readme.txt", "", "", "no folder of rule tables"),
    ],
)
def test_a_wrong_draft_is_refused_before_anything_is_built(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, message: str
) -> None:
    monkeypatch.setattr(warehouse.whatif, "make", lambda *_: pytest.fail("built"))
    with pytest.raises(Problem, match=message) as problem:
        whatif(home, Settings(), _draft(tmp_path / "draft", lambda text: text.replace(old, new), name), 3)
    assert problem.value.exit_code == 2


def test_a_draft_that_cannot_be_built_leaves_nothing_behind(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(beside: Home, *_: object) -> Path:
        (beside.work / "pub.duckdb").touch()
        raise Problem("测试未通过", "a test failed", exit_code=1)

    before = _kept(home)
    monkeypatch.setattr(warehouse.whatif, "make", fails)
    with pytest.raises(Problem, match="a test failed"):
        whatif(home, Settings(), SEEDS / "rules", 3)
    assert _kept(home) == before and not (home.root / "whatif").exists()


def test_without_a_published_version_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Nothing has been published"):
        whatif(Home(tmp_path), Settings(), SEEDS / "rules", 3)


def test_a_reward_is_a_gain_and_a_budget_overrun_is_borne_by_nobody(tmp_path: Path) -> None:
    before = _ledger(
        tmp_path / "before.duckdb",
        [("r", "reward", "U1", "unit", 300), ("b", "breach", "U2", "unit", 50), ("f", "fine", "E1", "employee", 10)],
    )
    after = _ledger(
        tmp_path / "after.duckdb",
        [("r", "reward", "U1", "unit", 400), ("b", "breach", "U2", "unit", 80), ("m", "miss", "E2", "employee", None)],
    )
    found = compare(before, after, date(2026, 1, 1))
    assert [(r["subject_id"], str(r["borne_difference"]), r["effect"]) for r in found.subjects.to_pylist()] == [
        ("E2", "0.00", "even"),
        ("U2", "0.00", "even"),
        ("E1", "-10.00", "gains"),
        ("U1", "-100.00", "gains"),
    ]
    changes = {r["outcome_id"]: (r["change"], str(r["effective_amount_difference"])) for r in found.rows.to_pylist()}
    assert changes == {
        "r": ("changed", "100.00"),
        "b": ("changed", "30.00"),
        "f": ("removed", "-10.00"),
        "m": ("added", "0.00"),
    }


def _ledger(path: Path, outcomes: list[tuple]) -> Path:
    """A version with a ledger of a few outcomes: id, type, subject, its type, amount."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema reference")
        connection.execute("create table reference.build as select date '2026-03-31' as as_of")
        connection.execute("create table reference.clauses (clause_id varchar, label_zh varchar, label_en varchar)")
        connection.execute(
            "create table reference.employees (employee_id varchar, employee_name varchar, valid_from date)"
        )
        connection.execute("create table reference.units (unit_id varchar, unit_name varchar)")
        connection.execute(
            "create table marts.fct_rule_outcomes (outcome_id varchar, outcome_type varchar, subject_id varchar, "
            "subject_type varchar, amount decimal(18,2))"
        )
        connection.executemany("insert into marts.fct_rule_outcomes values (?, ?, ?, ?, ?)", outcomes)
        connection.execute(
            "create or replace table marts.fct_rule_outcomes as select *, amount as effective_amount, 'R4-7' as clause_id, "
            "'U1' as unit_id, date '2026-03-31' as occurred_on, date '2026-03-01' as month, 1.0 as quantity, "
            "null as flag, 'x' as source_feed, outcome_id as source_key from marts.fct_rule_outcomes"
        )
    return path

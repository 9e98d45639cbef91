"""An organisation changes its rules by files alone: nothing dated before the day of a change moves by a fen.

The golden set `money`, and beside it three units of their own, worked out by hand. From 15 April 2026 ten minutes'
lateness is no lateness (R7) and the travel allowance is 100 for everybody (R4); from 1 May half of a saving is carried.
"""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.loading import ingest_paths
from tests.compare import GOLDEN, Row, every_mart, moved
from warehouse.build import build
from warehouse.home import Home, Settings
from warehouse.rules import SEEDS

CHANGE = date(2026, 4, 15)
AS_OF = date(2026, 6, 5)
SIGNED = "true,true,accepted"
LOGS = {
    "units": """
unit_id,unit_name,unit_type,parent_unit_id,opened_on
CO9,公司九,company,,
BO8,办事处八,branch_office,,
BO9,办事处九,branch_office,,
""",
    "employees": """
employee_id,effective_on,employee_name,unit_id,position,hired_on,left_on,resignation_applied_on,monthly_wage
K3,2026-03-02,考勤三,CO9,staff,2020-01-01,2026-03-03,2026-01-15,5200
K1,2026-04-14,考勤一,CO9,staff,2020-01-01,2026-04-16,2026-02-01,5200
K2,2026-04-14,考勤二,CO9,staff,2020-01-01,2026-04-16,2026-02-01,5200
BM8,2026-03-01,业务八,BO9,business_manager,2020-01-01,,,
BM9,2026-03-01,业务九,BO9,business_manager,2020-01-01,,,
OM9,2026-03-01,经理九,BO9,office_manager,2020-01-01,,,
""",
    # K3 is eight minutes late in March; K1 is on the 14th and on the 15th, eleven on the 16th;
    # K2 six minutes on the 14th, on the 15th on the last second of the new grace, on the 16th one after it
    "punches": """
employee_id,punched_at,method
K3,2026-03-02 08:38:00,card
K3,2026-03-02 18:00:00,card
K3,2026-03-03 08:30:00,card
K3,2026-03-03 18:00:00,card
K1,2026-04-14 08:38:00,card
K1,2026-04-14 18:00:00,card
K1,2026-04-15 08:38:00,card
K1,2026-04-15 18:00:00,card
K1,2026-04-16 08:41:00,card
K1,2026-04-16 18:00:00,card
K2,2026-04-14 08:36:00,card
K2,2026-04-14 18:00:00,card
K2,2026-04-15 08:40:00,card
K2,2026-04-15 18:00:00,card
K2,2026-04-16 08:40:01,card
K2,2026-04-16 18:00:00,card
""",
    "business_trips": """
trip_id,employee_id,applied_on,approved_on,status,form_complete,departs_on,returns_on
V1,BM9,2026-04-01,2026-04-02,approved,true,2026-04-14,2026-04-16
V2,BM8,2026-04-01,2026-04-02,approved,true,2026-04-15,2026-04-16
V3,OM9,2026-04-01,2026-04-02,approved,true,2026-04-14,2026-04-14
V4,OM9,2026-04-01,2026-04-02,approved,true,2026-04-15,2026-04-15
""",
    # the line of V1 is spent after the change, on a trip that departed before it
    "expense_lines": f"""
claim_id,line_no,unit_id,employee_id,category,incurred_on,submitted_on,amount,receipt_type,trip_id,approved_by_manager,audited_by_supervisor,finance_status
V1,1,BO9,BM9,per_diem,2026-04-16,2026-04-17,300,ticket,V1,{SIGNED}
V2,1,BO9,BM8,per_diem,2026-04-16,2026-04-17,300,ticket,V2,{SIGNED}
V3,1,BO9,OM9,per_diem,2026-04-14,2026-04-17,110,ticket,V3,{SIGNED}
V4,1,BO9,OM9,per_diem,2026-04-15,2026-04-17,110,ticket,V4,{SIGNED}
W4,1,BO8,OM9,fuel,2026-04-20,2026-04-21,200,tax_invoice,,{SIGNED}
W5,1,BO8,OM9,fuel,2026-05-20,2026-05-21,400,tax_invoice,,{SIGNED}
""",
    "budgets": """
unit_id,month,category,amount
BO8,2026-04,fuel,1000
BO8,2026-05,fuel,1000
BO8,2026-06,fuel,100
""",
}
# Marts with a figure of R7 or R4, and the date of a row; the others must not move at all.
DATES = {
    "fct_attendance_days": "work_date",
    "fct_attendance_months": "month",
    "fct_deductions_months": "month",
    "fct_budget_months": "month",
    "fct_budget_quarters": "quarter",
    "fct_cap_usage_months": "month",
    "fct_cash_advances": "borrowed_on",
    "fct_expense_lines": "incurred_on",
    "fct_rule_outcomes": "occurred_on",
}
# a month with the change in it has a day before and a day after
LENGTHS = {"month": 30, "quarter": 91}


def _add_version(rules: Path, parameters: str, old: str, new: str, day: str, changes: dict[str, str]) -> None:
    """A version of a rule set: a row in rule_versions.csv and its complete parameters; the old rows stay as they are."""
    with (rules / "rule_versions.csv").open("a", encoding="utf-8") as file:
        file.write(f"{old.split('.')[0]},{new},{day},local,通知\n")
    path = rules / "parameters" / parameters
    text = path.read_text(encoding="utf-8")
    complete = "".join(f"{new},{line.split(',', 1)[1]}\n" for line in text.splitlines() if line.startswith(f"{old},"))
    for was, becomes in changes.items():
        assert was in complete
        complete = complete.replace(was, becomes)
    path.write_text(text + complete, encoding="utf-8")


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict]:
    """Every mart under the seeded rules, and under the organisation's own."""
    root = tmp_path_factory.mktemp("rule_changes")
    (root / "inputs").mkdir()
    for feed, text in LOGS.items():
        (root / "inputs" / f"{feed}.csv").write_text(text.lstrip(), encoding="utf-8")
    home = Home(root / "home").create()
    with home.lock("test") as lock:
        report = ingest_paths(home, [GOLDEN / "money" / "inputs", root / "inputs"])
        assert not report.has_unreadable and not any(f.quarantined for f in report.files)
        build(home, Settings(), AS_OF, lock)
        before = every_mart(home)
        for name in ("rule_versions.csv", "parameters/r04_expense.csv", "parameters/r07_attendance.csv"):
            (home.rules / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SEEDS / "rules" / name, home.rules / name)
        per_diem = {
            "per_diem_rate,office_manager,90": "per_diem_rate,office_manager,100",
            "per_diem_rate,region_manager,90": "per_diem_rate,region_manager,100",
            "per_diem_rate,business_manager,70": "per_diem_rate,business_manager,100",
        }
        grace = {"late_grace_minutes,,5": "late_grace_minutes,,10"}
        _add_version(home.rules, "r07_attendance.csv", "R7.1", "R7.2", "2026-04-15", grace)
        _add_version(home.rules, "r04_expense.csv", "R4.1", "R4.2", "2026-04-15", per_diem)
        _add_version(
            home.rules, "r04_expense.csv", "R4.2", "R4.3", "2026-05-01", {"carry_share,,0.4": "carry_share,,0.5"}
        )
        build(home, Settings(), AS_OF, lock)
    return before, every_mart(home)


def test_no_figure_of_a_day_a_trip_or_a_month_before_a_change_moves_by_a_fen(marts: tuple[dict, dict]) -> None:
    earlier = [
        {mart: _rows_before(rows, DATES[mart]) for mart, rows in side.items() if mart in DATES} for side in marts
    ]
    assert moved(*earlier) == []
    assert all(earlier[0].values()), "nothing lies before the change"


def test_a_change_moves_no_figure_of_another_rule(marts: tuple[dict, dict]) -> None:
    left_alone = [
        {
            mart: _without(rows, "rule_version")
            for mart, rows in side.items()
            if mart not in (*DATES, "fct_outcome_sources")
        }
        for side in marts
    ]
    assert moved(*left_alone) == []


def test_an_arrival_eight_minutes_late_is_fined_on_the_14th_and_no_longer_on_the_15th(marts: tuple[dict, dict]) -> None:
    before, after = (
        {(r["subject_id"], r["occurred_on"]): (r["amount"], r["rule_version"]) for r in _ledger(side, "R7-1.4")}
        for side in marts
    )
    old, new = (Decimal("10.00"), "R7.1"), (Decimal("10.00"), "R7.2")
    march = {("K3", date(2026, 3, 2)): old}
    days = [(who, date(2026, 4, day)) for day in (14, 15, 16) for who in ("K1", "K2")]
    assert before == march | dict.fromkeys(days, old)
    assert after == march | dict.fromkeys(days[:2], old) | dict.fromkeys(days[4:], new)


@pytest.mark.parametrize(
    ("line", "under_the_old", "under_the_new", "version_of_the_trip"),
    [
        ("V1", "210.00", "210.00", "departed on the 14th: 3 days of 70, whatever day the money was spent"),
        ("V2", "140.00", "200.00", "departed on the 15th: 2 days of 70, now of 100"),
        ("V3", "90.00", "90.00", "departed on the 14th: a day of 90"),
        ("V4", "90.00", "100.00", "departed on the 15th: a day of 90, now of 100"),
    ],
)
def test_a_trip_has_the_allowance_of_the_day_on_which_it_departs(
    marts: tuple[dict, dict], line: str, under_the_old: str, under_the_new: str, version_of_the_trip: str
) -> None:
    allowed = [_row(side["fct_expense_lines"], claim_id=line)["allowed_amount"] for side in marts]
    assert allowed == [Decimal(under_the_old), Decimal(under_the_new)], version_of_the_trip


def test_april_s_saving_is_carried_at_40_and_may_s_at_50_percent(marts: tuple[dict, dict]) -> None:
    columns = ["saving_amount", "carry_in_amount", "carry_out_amount", "reward_amount", "returned_amount"]
    found = [
        [
            [str(_row(side["fct_budget_months"], unit_id="BO8", month=date(2026, month, 1))[c]) for c in columns]
            for month in (4, 5, 6)
        ]
        for side in marts
    ]
    april = ["800.00", "0.00", "320.00", "240.00", "240.00"]
    assert found[0] == [april, ["600.00", "320.00", "240.00", "180.00", "180.00"], ["100.00", "240.00", "0.00", "0.00", "0.00"]]  # fmt: skip  # noqa: E501
    assert found[1] == [april, ["600.00", "320.00", "300.00", "180.00", "120.00"], ["100.00", "300.00", "0.00", "0.00", "0.00"]]  # fmt: skip  # noqa: E501


def test_the_ledger_changes_by_these_rows_and_no_other(marts: tuple[dict, dict]) -> None:
    before, after = (
        {
            tuple(str(row[c]) for c in ("clause_id", "subject_id", "occurred_on", "source_key", "effective_amount"))
            for row in _ledger(side)
        }
        for side in marts
    )
    assert before - after == {
        ("R7-1.4", "K1", "2026-04-15", "K1|2026-04-15", "10.00"),
        ("R7-1.4", "K2", "2026-04-15", "K2|2026-04-15", "10.00"),
        ("R4-8.1a", "BM8", "2026-04-16", "V2|1", "160.00"),
        ("R4-8.1a", "OM9", "2026-04-15", "V4|1", "20.00"),
        # of the golden set: the region manager's day of 20 April, 100 claimed
        ("R4-8.1a", "RM1", "2026-04-20", "L36|1", "10.00"),
    }
    assert after - before == {
        ("R4-8.1a", "BM8", "2026-04-16", "V2|1", "100.00"),
        ("R4-8.1a", "OM9", "2026-04-15", "V4|1", "10.00"),
    }


def _rows_before(rows: dict[Row, int], dated: str) -> dict[Row, int]:
    """The rows whose day, or whose whole month or quarter, lies before the change."""
    return type(rows)({row: n for row, n in rows.items() if (CHANGE - dict(row)[dated]).days > LENGTHS.get(dated, 0)})


def _without(rows: dict[Row, int], column: str) -> dict[Row, int]:
    return type(rows)(tuple(cell for cell in row if cell[0] != column) for row in rows)


def _ledger(side: dict, clause_id: str | None = None) -> list[dict]:
    rows = [dict(row) for row in side["fct_rule_outcomes"]]
    return [row for row in rows if clause_id in (None, row["clause_id"])]


def _row(rows: dict[Row, int], **key: object) -> dict:
    (found,) = [dict(row) for row in rows if key.items() <= dict(row).items()]
    return found

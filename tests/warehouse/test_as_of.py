"""As of a day, the warehouse answers as if the log had been cut off at the end of that day."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.compare import GOLDEN, ROOT, every_mart, moved
from tests.conftest import built_home
from warehouse.build import build
from warehouse.home import Home, Settings

# What a row waits for: a row dated later is not there yet.
ROWS = {
    "employees": ["effective_on"],
    "customers": ["registered_on"],
    "key_dates": ["key_date"],
    "budgets": ["month"],
    "punches": ["punched_at"],
    "leave_requests": ["requested_at"],
    "attendance_exceptions": ["work_date"],
    "shifts": ["starts_at"],
    "conduct_incidents": ["occurred_at"],
    "class_incidents": ["occurred_on"],
    "expense_lines": ["incurred_on", "submitted_on"],
    "business_trips": ["applied_on"],
    "special_expense_requests": ["requested_on"],
    "receivables": ["shipped_on"],
    "receipts": ["received_at"],
    "bad_debts": ["confirmed_on"],
    "cash_advances": ["borrowed_on"],
    "advance_repayments": ["repaid_on"],
    "account_transactions": ["occurred_at"],
    "phone_limits": ["month"],
    "customer_contacts": ["occurred_at"],
    "callbacks": ["called_at"],
    "work_orders": ["opened_at"],
    "hotline_calls": ["ringing_at"],
    "cases": ["received_at"],
    "class_assessments": ["assessed_on"],
    "experience_visits": ["visited_at"],
    "sales_orders": ["ordered_at"],
    "promotions": ["starts_on"],
    "sales_targets": ["month"],
    "event_contracts": ["signed_on"],
    "event_tasks": ["done_at"],
    "inspection_assets": ["in_service_from"],
    "inspections": ["inspected_at"],
    "waivers": ["approved_on"],
}
# What comes later to a row that is there: not known yet, and with it the answer in the other column.
VALUES: dict[str, dict[str, dict[str, str]]] = {
    "employees": {"resignation_applied_on": {}},
    "leave_requests": {"approved_at": {"status": "pending"}},
    "business_trips": {"approved_on": {"status": "pending"}},
    "special_expense_requests": {"approved_on": {"status": "pending"}},
    "shifts": {"arrived_at": {}, "handed_over_at": {}, "left_at": {}},
    "receipts": {"deposited_at": {}},
    "callbacks": {"issue_reported_at": {}, "report_filed_on": {}},
    "work_orders": {"resolved_at": {}},
    "hotline_calls": {"answered_at": {}, "ended_at": {"hung_up_by": ""}},
    "cases": dict.fromkeys(
        ["dispatched_at", "read_at", "reminded_at", "result_received_at", "feedback_sent_at", "closed_at"], {}
    ),
    "inspections": {"fault_handled_at": {}, "escalated_at": {}},
}
# What was planned or has always been so: known however far ahead it lies.
PLANNED = {
    "units": ["opened_on"],
    "employees": ["hired_on", "left_on", "career_start_on"],
    "calendar_overrides": ["calendar_date"],
    "leave_requests": ["start_at", "end_at"],
    "shifts": ["ends_at"],
    "business_trips": ["departs_on", "returns_on"],
    "promotions": ["ends_on"],
    "event_contracts": ["event_at"],
    "inspection_assets": ["in_service_to"],
}

# On 20 March each of these rows is there, and each of the values above comes later.
LAST_DAY = date(2026, 3, 20)
SPREAD = {
    "units": """
unit_id,unit_name,unit_type,parent_unit_id,opened_on
CO1,公司,company,,
BO1,办事处,branch_office,,
CC1,指挥中心,command_centre,,
SA1,销售中心,sales_centre,,
PR1,物业,property,,
ES1,体验店,experience_store,,
""",
    "employees": """
employee_id,effective_on,employee_name,unit_id,position,hired_on,left_on,resignation_applied_on,monthly_wage
E1,2026-03-01,甲,CO1,staff,2020-01-01,,,5200
E2,2026-03-01,乙,CO1,staff,2020-01-01,2026-03-18,2026-03-25,5200
B1,2026-03-01,丙,BO1,business_manager,2020-01-01,,,
O1,2026-03-01,丁,CC1,operator,2020-01-01,,,
S1,2026-03-01,戊,SA1,staff,2020-01-01,,,
P1,2026-03-01,己,PR1,staff,2020-01-01,,,
X1,2026-03-01,庚,ES1,staff,2020-01-01,,,
""",
    "customers": "customer_id,unit_id\nU1,SA1\n",
    "punches": """
employee_id,punched_at
E1,2026-03-18 08:20:00
E1,2026-03-18 18:00:00
E2,2026-03-18 08:20:00
E2,2026-03-18 18:00:00
""",
    "leave_requests": """
request_id,employee_id,leave_type,start_at,end_at,requested_at,approver_role,approved_at,status
L1,E1,personal,2026-03-19 08:30:00,2026-03-19 18:00:00,2026-03-17 10:00:00,department_manager,2026-03-21 00:00:00,approved
""",
    "business_trips": """
trip_id,employee_id,applied_on,approved_on,status,form_complete,departs_on,returns_on
T1,B1,2026-03-10,2026-03-21,approved,true,2026-03-16,2026-03-17
""",
    "special_expense_requests": """
request_id,unit_id,category,amount,requested_on,approved_on,status
Q1,CO1,training,100,2026-03-10,2026-03-21,approved
""",
    "expense_lines": """
claim_id,line_no,unit_id,employee_id,category,incurred_on,submitted_on,amount,receipt_type,trip_id,special_request_id,approved_by_manager,audited_by_supervisor,finance_status,approval_path
D1,1,BO1,B1,per_diem,2026-03-17,2026-03-18,100,ticket,T1,,true,true,accepted,
D2,1,CO1,E1,training,2026-03-15,2026-03-16,80,tax_invoice,,Q1,,,,department_manager>finance>deputy_general_manager>general_manager
""",
    "receipts": """
receipt_id,unit_id,received_at,amount,deposited_at
R1,BO1,2026-03-20 10:00:00,100,2026-03-21 08:00:00
R2,BO1,2026-03-18 10:00:00,100,2026-03-21 08:00:00
""",
    "shifts": """
shift_id,employee_id,starts_at,ends_at,arrived_at,handed_over_at,left_at
H1,O1,2026-03-20 20:00:00,2026-03-21 08:00:00,2026-03-20 19:40:00,2026-03-21 08:00:00,2026-03-21 08:05:00
H2,O1,2026-03-20 12:00:00,2026-03-20 20:00:00,2026-03-21 09:00:00,2026-03-20 20:00:00,2026-03-21 00:00:00
H3,X1,2026-03-20 23:50:00,2026-03-21 08:00:00,2026-03-21 00:05:00,,
""",
    "callbacks": """
callback_id,customer_id,employee_id,channel,called_at,issue_raised,issue_reported_at,report_filed_on
B1,U1,S1,visit,2026-03-19 10:00:00,true,2026-03-21 10:00:00,2026-03-21
B2,U1,S1,visit,2026-03-20 10:00:00,true,2026-03-21 00:00:00,2026-03-21
""",
    "work_orders": """
work_order_id,customer_id,unit_id,order_type,opened_at,resolved_at
W1,U1,SA1,repair,2026-03-19 10:00:00,2026-03-21 10:00:00
""",
    "hotline_calls": """
call_id,operator_id,unit_id,ringing_at,answered_at,ended_at,hung_up_by
C1,O1,CC1,2026-03-20 23:59:50,2026-03-21 00:00:00,2026-03-21 00:05:00,operator
C2,O1,CC1,2026-03-20 23:59:40,2026-03-20 23:59:50,2026-03-21 00:00:00,operator
C3,O1,CC1,2026-03-20 23:00:00,2026-03-21 00:00:00,2026-03-21 00:05:00,caller
""",
    "cases": """
case_id,operator_id,unit_id,received_at,dispatched_at,read_at,reminded_at,result_received_at,feedback_sent_at,closed_at
A1,O1,CC1,2026-03-20 23:45:00,2026-03-21 00:00:00,2026-03-21 00:10:00,,2026-03-21 01:00:00,2026-03-21 01:10:00,2026-03-22 08:00:00
A2,O1,CC1,2026-03-20 20:00:00,2026-03-20 20:10:00,2026-03-21 08:00:00,2026-03-21 08:00:00,2026-03-20 23:50:00,2026-03-21 00:00:00,2026-03-22 08:00:00
A3,O1,CC1,2026-03-20 20:00:00,2026-03-20 20:10:00,2026-03-20 20:30:00,,2026-03-20 21:00:00,2026-03-21 08:00:00,2026-03-22 08:00:00
""",
    "inspection_assets": "asset_id,unit_id,in_service_from,in_service_to\nG1,PR1,2026-03-20,\n",
    "inspections": """
inspection_id,asset_id,inspector_id,inspected_at,round_type,result,fault_handled_at,escalated_at
N1,G1,P1,2026-03-20 08:30:00,daily,fault,2026-03-21 00:00:00,2026-03-21 00:00:00
""",
}


def test_every_dated_column_of_every_feed_is_a_row_s_date_a_later_value_or_planned() -> None:
    feeds = yaml.safe_load((ROOT / "docs" / "contract" / "feeds.yml").read_text(encoding="utf-8"))
    dated = {
        (feed, column)
        for feed, columns in feeds.items()
        for column, kind in columns.items()
        if kind.split()[0].rstrip("?") in ("date", "timestamp", "month")
    }
    sorted_out = [(feed, c) for place in (ROWS, VALUES, PLANNED) for feed, columns in place.items() for c in columns]
    assert sorted(sorted_out) == sorted(dated)


@pytest.mark.parametrize(
    ("name", "as_of", "built"),
    [
        ("people", "2026-04-08", "people"),
        ("people", "2026-03-24", None),
        ("money", "2026-04-30", "money"),
        ("money", "2026-04-15", "money_earlier"),
    ],
)
def test_the_whole_log_and_the_log_cut_off_at_a_day_give_the_same_as_of_that_day(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, as_of: str, built: str | None
) -> None:
    day = date.fromisoformat(as_of)
    whole = request.getfixturevalue(built) if built else _as_of(request.getfixturevalue(name), tmp_path / "whole", day)
    assert _cut_off(GOLDEN / name / "inputs", tmp_path / "inputs", day) > 0, "nothing lies after this day"
    cut = built_home(tmp_path / "cut", tmp_path / "inputs", as_of)
    # the row numbers are those of the files, and these differ
    provenance = {"load_id", "source_row"}
    assert moved(every_mart(whole, provenance), every_mart(cut, provenance)) == []


def test_a_value_that_comes_later_is_not_known_yet_in_any_feed(tmp_path: Path) -> None:
    logs, inputs = tmp_path / "logs", tmp_path / "inputs"
    logs.mkdir()
    for feed, text in SPREAD.items():
        (logs / f"{feed}.csv").write_text(text.lstrip(), encoding="utf-8")
    values = {(feed, c) for feed, columns in VALUES.items() for c in columns}
    assert _later_values(logs, LAST_DAY) == values, "a column has no later value: it is not tried"
    _cut_off(logs, inputs, LAST_DAY)
    homes = (built_home(tmp_path / folder.name / "home", folder, LAST_DAY.isoformat()) for folder in (logs, inputs))
    assert moved(*(every_mart(home, {"load_id", "source_row"}) for home in homes)) == []


def _as_of(home: Home, root: Path, day: date) -> Home:
    """The same store, built as of another day."""
    copied = Home(root).create()
    shutil.copyfile(home.store, copied.store)
    with copied.lock("test") as lock:
        build(copied, Settings(), day, lock)
    return copied


def _cut_off(inputs: Path, folder: Path, day: date) -> int:
    """Write the files as they stood at the end of a day; returns how many rows went or lost a value."""
    folder.mkdir()
    touched = 0
    for path in inputs.glob("*.csv"):
        feed, (columns, rows) = path.stem, _read(path)
        kept = [row for row in rows if _is_there(feed, row, day)]
        touched += len(rows) - len(kept)
        for row in kept:
            later = _later(feed, row, day)
            touched += bool(later)
            for column in later:
                if row.get("status", "approved") == "approved":
                    row |= VALUES[feed][column]
                row[column] = ""
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(kept)
    return touched


def _later_values(inputs: Path, day: date) -> set[tuple[str, str]]:
    """The columns that lose a value, of rows that stay."""
    logs = {path.stem: _read(path)[1] for path in inputs.glob("*.csv")}
    return {
        (feed, c)
        for feed, rows in logs.items()
        for row in rows
        if _is_there(feed, row, day)
        for c in _later(feed, row, day)
    }


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or []), list(reader)


def _is_there(feed: str, row: dict[str, str], day: date) -> bool:
    return not any(_is_after(row.get(c, ""), day) for c in ROWS.get(feed, []))


def _later(feed: str, row: dict[str, str], day: date) -> list[str]:
    return [c for c in VALUES.get(feed, {}) if _is_after(row.get(c, ""), day)]


def _is_after(text: str, day: date) -> bool:
    return bool(text) and date.fromisoformat((text + "-01" if len(text) == 7 else text)[:10]) > day

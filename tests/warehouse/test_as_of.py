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
        feed = path.stem
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), list(reader.fieldnames or [])
        kept = [row for row in rows if not any(_is_after(row[c], day) for c in ROWS.get(feed, []))]
        touched += len(rows) - len(kept)
        for row in kept:
            later = [c for c in VALUES.get(feed, {}) if _is_after(row[c], day)]
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


def _is_after(text: str, day: date) -> bool:
    return bool(text) and date.fromisoformat((text + "-01" if len(text) == 7 else text)[:10]) > day

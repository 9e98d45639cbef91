"""Attendance: punches, leave, excused absences, shifts."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import boolean, date_, one_of, text, timestamp


class Punches(dy.Schema):
    """One row per punch of a person."""

    employee_id = text(key=True)
    punched_at = timestamp(key=True)
    method = one_of("card", "sign", "app", "phone", optional=True)
    punched_by = text(key=True, optional=True)
    device_id = text(optional=True)


class LeaveRequests(dy.Schema):
    """One row per request for leave."""

    request_id = text(key=True)
    employee_id = text()
    leave_type = one_of(
        "personal",
        "sick",
        "annual",
        "marriage",
        "bereavement",
        "maternity",
        "paternity",
    )
    start_at = timestamp()
    end_at = timestamp()
    requested_at = timestamp()
    is_emergency = boolean(optional=True)
    approver_role = text(optional=True)
    approved_at = timestamp(optional=True)
    status = one_of("approved", "rejected", "pending", "withdrawn")


class AttendanceExceptions(dy.Schema):
    """One row per day on which a missing punch is asked to be excused."""

    exception_id = text(key=True)
    employee_id = text()
    work_date = date_()
    covers = one_of("in", "out", "day")
    reason = text(optional=True)
    approved_by_role = text(optional=True)
    status = one_of("approved", "rejected", "pending")
    reported_to_finance = boolean(optional=True)


class Shifts(dy.Schema):
    """One row per shift of a person, with its handover."""

    shift_id = text(key=True)
    employee_id = text()
    starts_at = timestamp()
    ends_at = timestamp()
    arrived_at = timestamp(optional=True)
    handed_over_at = timestamp(optional=True)
    left_at = timestamp(optional=True)

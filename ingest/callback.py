"""Callback: contacts, the calls that must follow, work orders."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import boolean, date_, integer, one_of, text, timestamp


class CustomerContacts(dy.Schema):
    """One row per contact of a customer with a unit."""

    contact_id = text(key=True)
    customer_id = text()
    unit_id = text()
    employee_id = text()
    contact_type = one_of("call_in", "visit", "deal", "project_start", "mid_payment", "completion")
    occurred_at = timestamp()
    customer_class = one_of("A", "B", "C", "D", optional=True)
    is_high_quality = boolean(optional=True)
    is_key = boolean(optional=True)
    has_resistance = boolean(optional=True)


class Callbacks(dy.Schema):
    """One row per callback made."""

    callback_id = text(key=True)
    customer_id = text()
    employee_id = text()
    channel = one_of("phone", "message", "visit", "letter", "email", "survey")
    called_at = timestamp()
    work_order_id = text(optional=True)
    satisfaction_score = integer(optional=True)
    issue_raised = boolean(optional=True)
    issue_reported_at = timestamp(optional=True)
    report_filed_on = date_(optional=True)


class WorkOrders(dy.Schema):
    """One row per repair or complaint."""

    work_order_id = text(key=True)
    customer_id = text(optional=True)
    unit_id = text()
    order_type = one_of("repair", "complaint")
    opened_at = timestamp()
    resolved_at = timestamp(optional=True)

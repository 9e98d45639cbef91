"""Events: contracts of events and the tasks that prepare them."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import date_, decimal, one_of, text, timestamp


class EventContracts(dy.Schema):
    """One row per contract of an event, in CNY."""

    contract_id = text(key=True)
    customer_id = text()
    unit_id = text()
    employee_id = text()
    signed_on = date_()
    event_at = timestamp()
    total_amount = decimal()
    status = one_of("active", "cancelled")


class EventTasks(dy.Schema):
    """One row per task done for a contract."""

    contract_id = text(key=True)
    task_code = text(key=True)
    done_at = timestamp()

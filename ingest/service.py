"""Service: the hotline and its cases."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import boolean, integer, one_of, text, timestamp


class HotlineCalls(dy.Schema):
    """One row per call that rang."""

    call_id = text(key=True)
    operator_id = text(optional=True)
    unit_id = text()
    ringing_at = timestamp()
    answered_at = timestamp(optional=True)
    ended_at = timestamp(optional=True)
    hung_up_by = one_of("caller", "operator", optional=True)


class Cases(dy.Schema):
    """One row per case taken in by the hotline."""

    case_id = text(key=True)
    operator_id = text()
    unit_id = text()
    received_at = timestamp()
    system_fault = boolean(optional=True)
    dispatched_at = timestamp(optional=True)
    responsible_unit = text(optional=True)
    read_at = timestamp(optional=True)
    reminded_at = timestamp(optional=True)
    result_received_at = timestamp(optional=True)
    feedback_sent_at = timestamp(optional=True)
    closed_at = timestamp(optional=True)
    dispatch_count = integer(optional=True)

select
    case_id,
    operator_id,
    unit_id,
    received_at,
    dispatch_minutes,
    is_dispatched_in_time,
    needed_reminder,
    is_reminded_in_time,
    feedback_minutes,
    is_fed_back_in_time,
    is_repeat_dispatch,
    rule_version,
    load_id,
    source_row
from {{ ref('int_cases') }}

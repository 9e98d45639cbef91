select
    shift_id,
    operator_id,
    unit_id,
    starts_at,
    ends_at,
    arrived_at,
    handed_over_at,
    left_at,
    is_in_early,
    is_left_after_handover,
    is_handover_met,
    rule_version,
    load_id,
    source_row
from {{ ref('int_shift_handovers') }}

select
    inspection_id,
    asset_id,
    unit_id,
    inspector_id,
    found_at,
    handled_at,
    escalated_at,
    handling_minutes,
    is_seen_to_same_day,
    is_open,
    rule_version,
    load_id,
    source_row
from {{ ref('int_inspection_faults') }}

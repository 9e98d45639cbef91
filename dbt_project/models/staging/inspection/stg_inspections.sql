select
    inspection_id,
    asset_id,
    inspector_id,
    inspected_at,
    round_type,
    item_code,
    result,
    {{ known('fault_handled_at', is_timestamp=true) }} as fault_handled_at,
    {{ known('escalated_at', is_timestamp=true) }} as escalated_at,
    load_id,
    source_row
from {{ source('raw', 'inspections') }}
where inspected_at < {{ as_of() }} + interval 1 day

select
    shift_id,
    employee_id,
    starts_at,
    ends_at,
    {{ known('arrived_at', is_timestamp=true) }} as arrived_at,
    {{ known('handed_over_at', is_timestamp=true) }} as handed_over_at,
    {{ known('left_at', is_timestamp=true) }} as left_at,
    load_id,
    source_row
from {{ source('raw', 'shifts') }}
where starts_at < {{ as_of() }} + interval 1 day

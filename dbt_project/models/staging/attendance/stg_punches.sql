select
    employee_id,
    punched_at,
    method,
    punched_by,
    device_id,
    load_id,
    source_row
from {{ source('raw', 'punches') }}
where punched_at < {{ as_of() }} + interval 1 day

select
    work_order_id,
    customer_id,
    unit_id,
    order_type,
    opened_at,
    {{ known('resolved_at', is_timestamp=true) }} as resolved_at,
    load_id,
    source_row
from {{ source('raw', 'work_orders') }}
where opened_at < {{ as_of() }} + interval 1 day

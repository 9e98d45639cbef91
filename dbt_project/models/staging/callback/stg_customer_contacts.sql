select
    contact_id,
    customer_id,
    unit_id,
    employee_id,
    contact_type,
    occurred_at,
    customer_class,
    is_high_quality,
    is_key,
    has_resistance,
    load_id,
    source_row
from {{ source('raw', 'customer_contacts') }}
where occurred_at < {{ as_of() }} + interval 1 day

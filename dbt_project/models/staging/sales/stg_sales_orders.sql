select
    order_id,
    customer_id,
    unit_id,
    employee_id,
    ordered_at,
    order_type,
    product,
    quantity,
    unit_price,
    amount,
    gift_value,
    load_id,
    source_row
from {{ source('raw', 'sales_orders') }}
where ordered_at < {{ as_of() }} + interval 1 day

select
    incident_id,
    employee_id,
    occurred_at,
    rule_code,
    item_price,
    loss_amount,
    assessed_amount,
    note,
    load_id,
    source_row
from {{ source('raw', 'conduct_incidents') }}
where occurred_at < {{ as_of() }} + interval 1 day

select
    contract_id,
    customer_id,
    unit_id,
    employee_id,
    signed_on,
    event_at,
    total_amount,
    status,
    load_id,
    source_row
from {{ source('raw', 'event_contracts') }}
where signed_on <= {{ as_of() }}

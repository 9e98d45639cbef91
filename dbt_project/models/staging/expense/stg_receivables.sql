select
    invoice_id,
    unit_id,
    customer_id,
    business_manager_id,
    shipped_on,
    amount,
    credit_limit,
    load_id,
    source_row
from {{ source('raw', 'receivables') }}
where shipped_on <= {{ as_of() }}

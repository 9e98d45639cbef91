select
    receipt_id,
    unit_id,
    invoice_id,
    received_at,
    amount,
    {{ known('deposited_at', is_timestamp=true) }} as deposited_at,
    load_id,
    source_row
from {{ source('raw', 'receipts') }}
where received_at < {{ as_of() }} + interval 1 day

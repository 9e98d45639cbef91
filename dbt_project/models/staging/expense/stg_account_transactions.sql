select
    transaction_id,
    unit_id,
    account,
    occurred_at,
    direction,
    amount,
    load_id,
    source_row
from {{ source('raw', 'account_transactions') }}
where occurred_at < {{ as_of() }} + interval 1 day

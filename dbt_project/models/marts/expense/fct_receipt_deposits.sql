select
    receipt_id,
    unit_id,
    received_at,
    amount,
    due_at,
    deposited_at,
    status,
    rule_version,
    load_id,
    source_row
from {{ ref('int_receipt_deposits') }}

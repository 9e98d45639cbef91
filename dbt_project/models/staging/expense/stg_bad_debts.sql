select
    bad_debt_id,
    invoice_id,
    confirmed_on,
    amount,
    confirmed_by_role,
    load_id,
    source_row
from {{ source('raw', 'bad_debts') }}
where confirmed_on <= {{ as_of() }}

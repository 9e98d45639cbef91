select
    repayment_id,
    advance_id,
    repaid_on,
    amount,
    load_id,
    source_row
from {{ source('raw', 'advance_repayments') }}
where repaid_on <= {{ as_of() }}

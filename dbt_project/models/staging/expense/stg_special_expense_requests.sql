select
    request_id,
    unit_id,
    category,
    amount,
    requested_on,
    {{ known('approved_on') }} as approved_on,
    {{ known_status('approved_on') }} as status,
    load_id,
    source_row
from {{ source('raw', 'special_expense_requests') }}
where requested_on <= {{ as_of() }}

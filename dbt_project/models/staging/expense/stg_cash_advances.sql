select
    advance_id,
    employee_id,
    amount,
    borrowed_on,
    approved_by_role,
    approved_by,
    load_id,
    source_row
from {{ source('raw', 'cash_advances') }}
where borrowed_on <= {{ as_of() }}

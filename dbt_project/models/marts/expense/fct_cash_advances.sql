select
    advance_id,
    employee_id,
    amount,
    borrowed_on,
    due_on,
    repaid_by_due_amount,
    overdue_amount,
    status,
    unit_id,
    rule_version,
    load_id,
    source_row
from {{ ref('int_cash_advances') }}

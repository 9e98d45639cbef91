select
    employee_id,
    valid_from,
    valid_to,
    employed_from,
    employed_to,
    employee_name,
    unit_id,
    position,
    hired_on,
    left_on,
    monthly_wage,
    full_attendance_bonus,
    load_id,
    source_row
from {{ ref('int_employee_periods') }}

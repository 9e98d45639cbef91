select
    employee_id,
    effective_on,
    employee_name,
    unit_id,
    position,
    hired_on,
    left_on,
    resignation_applied_on,
    career_start_on,
    monthly_wage,
    full_attendance_bonus,
    load_id,
    source_row
from {{ source('raw', 'employees') }}
where effective_on <= {{ as_of() }}

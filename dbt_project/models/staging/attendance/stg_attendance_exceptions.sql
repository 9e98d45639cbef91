select
    exception_id,
    employee_id,
    work_date,
    covers,
    reason,
    approved_by_role,
    status,
    reported_to_finance,
    load_id,
    source_row
from {{ source('raw', 'attendance_exceptions') }}
where work_date <= {{ as_of() }}

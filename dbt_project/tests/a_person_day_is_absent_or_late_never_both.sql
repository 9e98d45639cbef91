-- R7-12: an absent part of a day is never also late or early, and a part is on leave once; where people punch for each
-- session, one may be absent and the other late
select employee_id, work_date
from {{ ref('fct_attendance_days') }}
where (absent_days + leave_days >= 1 and (is_late or is_early))
    or absent_days + leave_days > 1
    or leave_days <> paid_leave_days + unpaid_leave_days
    or (not has_evidence and (is_late or is_early or absent_days > 0))

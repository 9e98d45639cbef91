with days as (
    select
        employee_id,
        {{ month_of('work_date') }} as month,
        count(*) as scheduled_days,
        sum(late_count) as late_count,
        sum(early_count) as early_count,
        sum(absent_days) as absent_days,
        sum(paid_leave_days) as paid_leave_days,
        sum(unpaid_leave_days) as unpaid_leave_days
    from {{ ref('fct_attendance_days') }}
    group by employee_id, {{ month_of('work_date') }}
)

select
    coalesce(d.employee_id, m.employee_id) as employee_id,
    coalesce(d.month, m.month) as month
from days as d
full outer join {{ ref('fct_attendance_months') }} as m
    on m.employee_id = d.employee_id
    and m.month = d.month
where d.employee_id is null
    or m.employee_id is null
    or d.scheduled_days <> m.scheduled_days
    or d.late_count <> m.late_count
    or d.early_count <> m.early_count
    or d.absent_days <> m.absent_days
    or d.paid_leave_days <> m.paid_leave_days
    or d.unpaid_leave_days <> m.unpaid_leave_days

with parts as (
    select * from {{ ref('int_leave_parts') }}
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(leave_date as date) as leave_date,
        cast(max(case when session_no in (0, 1) then 1 else 0 end) = 1 as boolean) as is_morning_leave,
        cast(max(case when session_no in (0, 2) then 1 else 0 end) = 1 as boolean) as is_afternoon_leave,
        cast(sum(days) as decimal(9,1)) as leave_days,
        cast(sum(paid_days) as decimal(9,1)) as paid_leave_days,
        cast(sum(unpaid_days) as decimal(9,1)) as unpaid_leave_days
    from parts
    group by employee_id, leave_date
)

select * from final

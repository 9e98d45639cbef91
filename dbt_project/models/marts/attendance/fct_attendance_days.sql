with days as (
    select * from {{ ref('int_attendance_days') }}
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(work_date as date) as work_date,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(first_in_at as timestamp) as first_in_at,
        cast(last_out_at as timestamp) as last_out_at,
        cast(late_count > 0 as boolean) as is_late,
        cast(late_minutes as bigint) as late_minutes,
        cast(early_count > 0 as boolean) as is_early,
        cast(early_minutes as bigint) as early_minutes,
        cast(absent_days as decimal(9,1)) as absent_days,
        cast(leave_days as decimal(9,1)) as leave_days,
        cast(paid_leave_days as decimal(9,1)) as paid_leave_days,
        cast(unpaid_leave_days as decimal(9,1)) as unpaid_leave_days,
        cast(has_proxy_punch as boolean) as has_proxy_punch,
        cast(has_evidence as boolean) as has_evidence,
        cast(daily_wage as decimal(18,2)) as daily_wage,
        cast(month as date) as month,
        cast(expected_in_at as timestamp) as expected_in_at,
        cast(expected_out_at as timestamp) as expected_out_at,
        cast(is_in_waived as boolean) as is_in_waived,
        cast(is_out_waived as boolean) as is_out_waived,
        cast(late_count as bigint) as late_count,
        cast(early_count as bigint) as early_count,
        cast(monthly_wage as decimal(18,2)) as monthly_wage,
        cast(month_working_days as bigint) as month_working_days,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from days
)

select * from final

{{ config(meta={'rebuilt_where': 'work_date >= :rebuilt_from'}) }}
with days as (
    select * from {{ ref('int_attendance_days') }}
),

running as (
    select * from {{ ref('int_attendance_running_days') }}
),

final as (
    select
        cast(d.employee_id as {{ text_type() }}) as employee_id,
        cast(d.work_date as date) as work_date,
        cast(d.unit_id as {{ text_type() }}) as unit_id,
        cast(d.first_in_at as timestamp) as first_in_at,
        cast(d.last_out_at as timestamp) as last_out_at,
        cast(d.late_count > 0 as boolean) as is_late,
        cast(d.late_minutes as bigint) as late_minutes,
        cast(d.early_count > 0 as boolean) as is_early,
        cast(d.early_minutes as bigint) as early_minutes,
        cast(d.absent_days as decimal(9,1)) as absent_days,
        cast(d.leave_days as decimal(9,1)) as leave_days,
        cast(d.paid_leave_days as decimal(9,1)) as paid_leave_days,
        cast(d.unpaid_leave_days as decimal(9,1)) as unpaid_leave_days,
        cast(d.has_proxy_punch as boolean) as has_proxy_punch,
        cast(d.has_evidence as boolean) as has_evidence,
        cast(d.daily_wage as decimal(18,2)) as daily_wage,
        cast(d.month as date) as month,
        cast(d.expected_in_at as timestamp) as expected_in_at,
        cast(d.expected_out_at as timestamp) as expected_out_at,
        cast(d.is_in_waived as boolean) as is_in_waived,
        cast(d.is_out_waived as boolean) as is_out_waived,
        cast(d.late_count as bigint) as late_count,
        cast(d.early_count as bigint) as early_count,
        cast(d.monthly_wage as decimal(18,2)) as monthly_wage,
        cast(d.month_working_days as bigint) as month_working_days,
        cast(r.absent_so_far as decimal(9,1)) as month_to_date_absent_days,
        cast(r.run_days as bigint) as absent_run_days,
        cast(d.rule_version as {{ text_type() }}) as rule_version,
        cast(d.load_id as bigint) as load_id,
        cast(d.source_row as bigint) as source_row
    from days as d
    inner join running as r
        on r.employee_id = d.employee_id
        and r.work_date = d.work_date
)

select * from final
-- a page asks for one month of it
order by work_date

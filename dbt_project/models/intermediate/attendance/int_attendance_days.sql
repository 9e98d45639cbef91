{{ config(meta={'rebuilt_where': 'work_date >= :rebuilt_from'}) }}
with judged as (
    select * from {{ ref('int_attendance_working_days') }}
    where is_judged
),

parts as (
    select
        employee_id,
        work_date,
        min(expected_in_at) as expected_in_at,
        max(expected_out_at) as expected_out_at,
        min(in_at) as first_in_at,
        max(out_at) as last_out_at,
        max(case when is_in_waived then 1 else 0 end) = 1 as is_in_waived,
        max(case when is_out_waived then 1 else 0 end) = 1 as is_out_waived,
        sum(case when is_late then 1 else 0 end) as late_count,
        sum(case when is_early then 1 else 0 end) as early_count,
        sum(late_minutes) as late_minutes,
        sum(early_minutes) as early_minutes,
        sum(absent_days) as absent_days
    from {{ ref('int_attendance_parts') }}
    group by employee_id, work_date
),

leave as (
    select * from {{ ref('int_leave_days') }}
),

evidence as (
    select
        unit_id,
        work_date,
        has_evidence
    from {{ ref('int_attendance_evidence') }}
),

proxied as (
    select
        employee_id,
        work_date
    from {{ ref('int_punch_days') }}
    where proxied_count > 0
),

sessions as (
    select
        calendar_date,
        rule_version
    from {{ ref('int_attendance_sessions') }}
),

rules as (
    select
        rule_version,
        daily_wage_basis
    from {{ ref('int_attendance_rules') }}
),

days as (
    select
        j.employee_id,
        j.work_date,
        j.month,
        j.unit_id,
        p.expected_in_at,
        p.expected_out_at,
        p.first_in_at,
        p.last_out_at,
        coalesce(p.is_in_waived, false) as is_in_waived,
        coalesce(p.is_out_waived, false) as is_out_waived,
        coalesce(p.late_count, 0) as late_count,
        p.late_minutes,
        coalesce(p.early_count, 0) as early_count,
        p.early_minutes,
        coalesce(p.absent_days, 0) as absent_days,
        coalesce(l.leave_days, 0) as leave_days,
        coalesce(l.paid_leave_days, 0) as paid_leave_days,
        coalesce(l.unpaid_leave_days, 0) as unpaid_leave_days,
        x.employee_id is not null as has_proxy_punch,
        v.has_evidence,
        j.monthly_wage,
        j.month_working_days,
        case r.daily_wage_basis
            when 'calendar_days' then {{ days_between('j.month', add_months('j.month', '1')) }}
            else j.month_working_days
        end as wage_divisor,
        j.day_no,
        j.unknown_stays,
        s.rule_version,
        j.employee_row_from,
        j.load_id,
        j.source_row
    from judged as j
    inner join sessions as s
        on s.calendar_date = j.work_date
    inner join rules as r
        on r.rule_version = s.rule_version
    inner join evidence as v
        on v.unit_id = j.unit_id
        and v.work_date = j.work_date
    left join parts as p
        on p.employee_id = j.employee_id
        and p.work_date = j.work_date
    left join leave as l
        on l.employee_id = j.employee_id
        and l.leave_date = j.work_date
    left join proxied as x
        on x.employee_id = j.employee_id
        and x.work_date = j.work_date
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(work_date as date) as work_date,
        cast(month as date) as month,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(expected_in_at as timestamp) as expected_in_at,
        cast(expected_out_at as timestamp) as expected_out_at,
        cast(first_in_at as timestamp) as first_in_at,
        cast(last_out_at as timestamp) as last_out_at,
        cast(is_in_waived as boolean) as is_in_waived,
        cast(is_out_waived as boolean) as is_out_waived,
        cast(late_count as bigint) as late_count,
        cast(late_minutes as bigint) as late_minutes,
        cast(early_count as bigint) as early_count,
        cast(early_minutes as bigint) as early_minutes,
        cast(absent_days as decimal(9,1)) as absent_days,
        cast(leave_days as decimal(9,1)) as leave_days,
        cast(paid_leave_days as decimal(9,1)) as paid_leave_days,
        cast(unpaid_leave_days as decimal(9,1)) as unpaid_leave_days,
        cast(has_proxy_punch as boolean) as has_proxy_punch,
        cast(has_evidence as boolean) as has_evidence,
        cast(monthly_wage as decimal(18,2)) as monthly_wage,
        cast(month_working_days as bigint) as month_working_days,
        cast(wage_divisor as bigint) as wage_divisor,
        cast({{ money_share('monthly_wage', divisor='wage_divisor') }} as decimal(18,2)) as daily_wage,
        cast(day_no as bigint) as day_no,
        cast(unknown_stays as bigint) as unknown_stays,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(employee_row_from as date) as employee_row_from,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from days
)

select * from final

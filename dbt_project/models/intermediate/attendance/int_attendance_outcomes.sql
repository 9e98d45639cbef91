with days as (
    select
        *,
        employee_id || '|' || cast(work_date as {{ text_type() }}) as day_key
    from {{ ref('int_attendance_days') }}
),

parts as (
    select
        employee_id,
        work_date,
        part_no,
        in_at,
        out_at,
        is_late,
        is_early
    from {{ ref('int_attendance_parts') }}
    where is_late or is_early
),

running as (
    select * from {{ ref('int_attendance_running_days') }}
),

rules as (
    select * from {{ ref('int_attendance_rules') }}
),

employee_months as (
    select
        employee_id,
        month,
        full_attendance_bonus
    from {{ ref('int_employee_months') }}
),

periods as (
    select
        employee_id,
        valid_from,
        valid_to,
        unit_id
    from {{ ref('int_employee_periods') }}
),

proxy_punches as (
    select
        employee_id,
        work_date,
        punched_by,
        {{ feed_key_text('punches', 'p') }} as punch_key
    from {{ ref('int_punches') }} as p
    where not is_own
),

resignations as (
    select * from {{ ref('int_resignations') }}
),

-- R7-1.4, R7-1.2
late_fines as (
    select
        case when p.in_at is null then 'R7-1.2' else 'R7-1.4' end as clause_id,
        'fine' as outcome_type,
        d.employee_id as subject_id,
        d.unit_id,
        d.work_date as occurred_on,
        1 as quantity,
        case when p.in_at is null then 'missing_in' end as flag,
        'fct_attendance_days' as source_feed,
        d.day_key as source_key,
        d.rule_version,
        2 * p.part_no as tie_order,
        'fixed_fine' as computation,
        r.late_fine as base_amount,
        1 as multiplier,
        1 as divisor
    from parts as p
    inner join days as d
        on d.employee_id = p.employee_id
        and d.work_date = p.work_date
    inner join rules as r
        on r.rule_version = d.rule_version
    where p.is_late
),

-- R7-1.4b, R7-1.2
early_fines as (
    select
        case when p.out_at is null then 'R7-1.2' else 'R7-1.4b' end as clause_id,
        'fine' as outcome_type,
        d.employee_id as subject_id,
        d.unit_id,
        d.work_date as occurred_on,
        1 as quantity,
        case when p.out_at is null then 'missing_out' end as flag,
        'fct_attendance_days' as source_feed,
        d.day_key as source_key,
        d.rule_version,
        2 * p.part_no + 1 as tie_order,
        'fixed_fine' as computation,
        r.early_fine as base_amount,
        1 as multiplier,
        1 as divisor
    from parts as p
    inner join days as d
        on d.employee_id = p.employee_id
        and d.work_date = p.work_date
    inner join rules as r
        on r.rule_version = d.rule_version
    where p.is_early
),

-- the one who punched is fined for each punch, in the unit they belong to that day (R7-1.1)
proxy_fines as (
    select
        'R7-1.1' as clause_id,
        'fine' as outcome_type,
        p.punched_by as subject_id,
        o.unit_id,
        p.work_date as occurred_on,
        1 as quantity,
        cast(null as {{ text_type() }}) as flag,
        'punches' as source_feed,
        p.punch_key as source_key,
        d.rule_version,
        0 as tie_order,
        'fixed_fine' as computation,
        r.proxy_fine as base_amount,
        1 as multiplier,
        1 as divisor
    from proxy_punches as p
    inner join days as d
        on d.employee_id = p.employee_id
        and d.work_date = p.work_date
    inner join rules as r
        on r.rule_version = d.rule_version
    left join periods as o
        on o.employee_id = p.punched_by
        and p.work_date >= o.valid_from
        and p.work_date < o.valid_to
),

absence_fines as (
    select
        'R7-1.6' as clause_id,
        'fine' as outcome_type,
        d.employee_id as subject_id,
        d.unit_id,
        d.work_date as occurred_on,
        d.absent_days as quantity,
        case when d.daily_wage is null then 'amount_missing' end as flag,
        'fct_attendance_days' as source_feed,
        d.day_key as source_key,
        d.rule_version,
        0 as tie_order,
        'daily_wage_fine' as computation,
        d.monthly_wage as base_amount,
        r.absence_fine_multiple as multiplier,
        d.wage_divisor as divisor
    from days as d
    inner join rules as r
        on r.rule_version = d.rule_version
    where d.absent_days > 0
),

wage_deductions as (
    select
        'R7-2.4' as clause_id,
        'wage_deduction' as outcome_type,
        d.employee_id as subject_id,
        d.unit_id,
        d.work_date as occurred_on,
        d.absent_days + d.unpaid_leave_days as quantity,
        case when d.daily_wage is null then 'amount_missing' end as flag,
        'fct_attendance_days' as source_feed,
        d.day_key as source_key,
        d.rule_version,
        0 as tie_order,
        'daily_wage_deduction' as computation,
        d.monthly_wage as base_amount,
        r.absence_wage_multiple as multiplier,
        d.wage_divisor as divisor
    from days as d
    inner join rules as r
        on r.rule_version = d.rule_version
    where d.absent_days + d.unpaid_leave_days > 0
),

-- without a bonus there is nothing to forfeit (R7-1.5)
bonus_forfeits as (
    select
        'R7-1.5' as clause_id,
        'bonus_forfeit' as outcome_type,
        d.employee_id as subject_id,
        d.unit_id,
        d.work_date as occurred_on,
        1 as quantity,
        cast(null as {{ text_type() }}) as flag,
        'fct_attendance_months' as source_feed,
        d.employee_id || '|' || cast(d.month as {{ text_type() }}) as source_key,
        d.rule_version,
        0 as tie_order,
        'bonus_forfeit' as computation,
        m.full_attendance_bonus as base_amount,
        1 as multiplier,
        1 as divisor
    from running as d
    inner join employee_months as m
        on m.employee_id = d.employee_id
        and m.month = d.month
    where d.is_bonus_forfeited
        and m.full_attendance_bonus > 0
),

run_flags as (
    select
        'R7-1.6b' as clause_id,
        'dismissal_flag' as outcome_type,
        employee_id as subject_id,
        unit_id,
        work_date as occurred_on,
        run_days as quantity,
        cast(null as {{ text_type() }}) as flag,
        'fct_attendance_days' as source_feed,
        employee_id || '|' || cast(work_date as {{ text_type() }}) as source_key,
        rule_version,
        0 as tie_order,
        cast(null as {{ text_type() }}) as computation,
        cast(null as decimal(18,2)) as base_amount,
        cast(null as decimal(9,4)) as multiplier,
        cast(null as bigint) as divisor
    from running
    where is_run_flagged
),

month_flags as (
    select
        'R7-1.6b' as clause_id,
        'dismissal_flag' as outcome_type,
        employee_id as subject_id,
        unit_id,
        work_date as occurred_on,
        absent_so_far as quantity,
        cast(null as {{ text_type() }}) as flag,
        'fct_attendance_months' as source_feed,
        employee_id || '|' || cast(month as {{ text_type() }}) as source_key,
        rule_version,
        0 as tie_order,
        cast(null as {{ text_type() }}) as computation,
        cast(null as decimal(18,2)) as base_amount,
        cast(null as decimal(9,4)) as multiplier,
        cast(null as bigint) as divisor
    from running
    where is_month_flagged
),

short_notices as (
    select
        'R7-1.7' as clause_id,
        'miss' as outcome_type,
        n.employee_id as subject_id,
        n.unit_id,
        n.left_on as occurred_on,
        1 as quantity,
        cast(null as {{ text_type() }}) as flag,
        'employees' as source_feed,
        n.employee_id || '|' || cast(n.named_from as {{ text_type() }}) as source_key,
        r.rule_version,
        0 as tie_order,
        cast(null as {{ text_type() }}) as computation,
        cast(null as decimal(18,2)) as base_amount,
        cast(null as decimal(9,4)) as multiplier,
        cast(null as bigint) as divisor
    from resignations as n
    inner join rules as r
        on n.left_on >= r.valid_from
        and n.left_on < r.valid_to
    where n.resignation_applied_on is null
        or {{ add_months('n.resignation_applied_on', 'r.resignation_notice_months') }} > n.left_on
),

outcomes as (
    select * from late_fines
    union all
    select * from early_fines
    union all
    select * from proxy_fines
    union all
    select * from absence_fines
    union all
    select * from wage_deductions
    union all
    select * from bonus_forfeits
    union all
    select * from run_flags
    union all
    select * from month_flags
    union all
    select * from short_notices
),

final as (
    select
        *,
        'employee' as subject_type,
        {{ money_share('base_amount', 'multiplier', 'quantity', 'divisor') }} as amount,
        case when base_amount is not null then 0 end as adjustment_amount
    from outcomes
)

{{ select_outcomes('final') }}

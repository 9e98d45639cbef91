{{ config(meta={'rebuilt_where': 'month >= :rebuilt_from'}) }}
with days as (
    select
        *,
        row_number() over (partition by employee_id, month order by work_date desc) as days_from_last
    from {{ ref('int_attendance_days') }}
),

running as (
    select
        employee_id,
        month,
        max(case when is_bonus_forfeited then 1 else 0 end) = 1 as is_bonus_forfeited,
        max(case when is_month_flagged or is_run_flagged then 1 else 0 end) = 1 as is_dismissal_flagged
    from {{ ref('int_attendance_running_days') }}
    group by employee_id, month
),

rules as (
    select
        rule_version,
        valid_from,
        valid_to
    from {{ ref('int_attendance_rules') }}
),

measured as (
    select
        employee_id,
        month,
        max(case when days_from_last = 1 then unit_id end) as unit_id,
        count(*) as scheduled_days,
        sum(late_count) as late_count,
        sum(early_count) as early_count,
        sum(absent_days) as absent_days,
        sum(paid_leave_days) as paid_leave_days,
        sum(unpaid_leave_days) as unpaid_leave_days
    from days
    group by employee_id, month
),

-- nothing is fined but in the ledger: the month's sums are read from it
taken as (
    select
        subject_id as employee_id,
        month,
        sum(case when outcome_type = 'fine' then effective_amount else 0 end) as fine_amount,
        sum(case when outcome_type = 'wage_deduction' then effective_amount else 0 end) as wage_deduction_amount,
        sum(case when outcome_type = 'bonus_forfeit' then effective_amount else 0 end) as bonus_forfeit_amount
    from {{ ref('fct_rule_outcomes') }}
    where clause_id like 'R7-%'
        and subject_type = 'employee'
    group by subject_id, month
),

final as (
    select
        cast(m.employee_id as {{ text_type() }}) as employee_id,
        cast(m.month as date) as month,
        cast(m.unit_id as {{ text_type() }}) as unit_id,
        cast(m.scheduled_days as bigint) as scheduled_days,
        cast(m.late_count as bigint) as late_count,
        cast(m.early_count as bigint) as early_count,
        cast(m.absent_days as decimal(9,1)) as absent_days,
        cast(m.paid_leave_days as decimal(9,1)) as paid_leave_days,
        cast(m.unpaid_leave_days as decimal(9,1)) as unpaid_leave_days,
        cast(r.is_bonus_forfeited as boolean) as is_bonus_forfeited,
        cast(coalesce(t.fine_amount, 0) as decimal(18,2)) as fine_amount,
        cast(coalesce(t.wage_deduction_amount, 0) as decimal(18,2)) as wage_deduction_amount,
        cast(coalesce(t.bonus_forfeit_amount, 0) as decimal(18,2)) as bonus_forfeit_amount,
        cast(r.is_dismissal_flagged as boolean) as is_dismissal_flagged,
        cast(v.rule_version as {{ text_type() }}) as rule_version
    from measured as m
    inner join running as r
        on r.employee_id = m.employee_id
        and r.month = m.month
    left join taken as t
        on t.employee_id = m.employee_id
        and t.month = m.month
    left join rules as v
        on last_day(m.month) >= v.valid_from
        and last_day(m.month) < v.valid_to
)

select * from final

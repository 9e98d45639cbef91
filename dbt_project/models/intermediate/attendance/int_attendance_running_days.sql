{{ config(meta={'rebuilt_where': 'work_date >= :rebuilt_from'}) }}
with last_presences as (
    select
        employee_id,
        max(work_date) as last_present_on
    from {{ ref('int_attendance_days') }}
    where work_date < {{ rebuilt_from() }}
        and absent_days < 1
    group by employee_id
),

-- of the days before those that are rebuilt only the ones of a run that may go on are needed
days as (
    select
        d.employee_id,
        d.work_date,
        d.month,
        d.unit_id,
        d.late_count + d.early_count as late_early_count,
        d.absent_days,
        d.unpaid_leave_days,
        d.absent_days = 1 as is_wholly_absent,
        d.day_no,
        d.unknown_stays,
        d.rule_version
    from {{ ref('int_attendance_days') }} as d
    left join last_presences as p
        on p.employee_id = d.employee_id
    where d.work_date >= {{ rebuilt_from() }}
        or (d.absent_days = 1 and coalesce(d.work_date > p.last_present_on, true))
),

rules as (
    select
        rule_version,
        bonus_forfeit_count,
        dismissal_consecutive_days,
        dismissal_month_days
    from {{ ref('int_attendance_rules') }}
),

so_far as (
    select
        d.*,
        sum(d.late_early_count) over month_to_date as late_early_so_far,
        sum(d.absent_days) over month_to_date as absent_so_far,
        sum(d.unpaid_leave_days) over month_to_date as unpaid_so_far,
        d.day_no - row_number() over (
            partition by d.employee_id, d.unknown_stays, d.is_wholly_absent
            order by d.work_date
        ) as run_key
    from days as d
    window month_to_date as (
        partition by d.employee_id, d.month
        order by d.work_date
        rows between unbounded preceding and current row
    )
),

-- rest days and month ends do not break a run; whatever else lies between two absent days does (R7-1.6b)
runs as (
    select
        *,
        case when is_wholly_absent then min(work_date) over (
            partition by employee_id, unknown_stays, is_wholly_absent, run_key
        ) end as run_started_on,
        case when is_wholly_absent then row_number() over (
            partition by employee_id, unknown_stays, is_wholly_absent, run_key
            order by work_date
        ) end as run_days
    from so_far
),

reached as (
    select
        d.*,
        d.late_early_so_far >= r.bonus_forfeit_count or d.absent_so_far > 0 or d.unpaid_so_far > 0 as is_bonus_lost,
        d.absent_so_far >= r.dismissal_month_days as is_month_reached,
        coalesce(d.run_days >= r.dismissal_consecutive_days, false) as is_run_reached
    from runs as d
    inner join rules as r
        on r.rule_version = d.rule_version
),

-- each is said once, on the day on which it first holds
firsts as (
    select
        *,
        is_bonus_lost and sum(case when is_bonus_lost then 1 else 0 end) over month_to_date = 1 as is_bonus_forfeited,
        is_month_reached and sum(case when is_month_reached then 1 else 0 end) over month_to_date = 1 as is_month_flagged,
        is_run_reached and sum(case when is_run_reached then 1 else 0 end) over run_to_date = 1 as is_run_flagged
    from reached
    window
        month_to_date as (
            partition by employee_id, month
            order by work_date
            rows between unbounded preceding and current row
        ),
        run_to_date as (
            partition by employee_id, run_started_on
            order by work_date
            rows between unbounded preceding and current row
        )
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(work_date as date) as work_date,
        cast(month as date) as month,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(late_early_so_far as bigint) as late_early_so_far,
        cast(absent_so_far as decimal(9,1)) as absent_so_far,
        cast(unpaid_so_far as decimal(9,1)) as unpaid_so_far,
        cast(run_started_on as date) as run_started_on,
        cast(run_days as bigint) as run_days,
        cast(is_bonus_forfeited as boolean) as is_bonus_forfeited,
        cast(is_month_flagged as boolean) as is_month_flagged,
        cast(is_run_flagged as boolean) as is_run_flagged,
        cast(rule_version as {{ text_type() }}) as rule_version
    from firsts
)

select * from final

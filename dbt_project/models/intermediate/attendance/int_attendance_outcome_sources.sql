{{ config(materialized='view') }}

with outcomes as (
    select
        outcome_id,
        clause_id,
        subject_id as employee_id,
        occurred_on,
        {{ month_of('occurred_on') }} as month,
        source_feed
    from {{ ref('int_outcomes') }}
    where clause_id like 'R7-%'
        and source_feed in ('fct_attendance_days', 'fct_attendance_months')
),

days as (
    select
        employee_id,
        work_date,
        month,
        late_count + early_count + absent_days + unpaid_leave_days > 0 as is_counted,
        absent_days > 0 as is_absent,
        employee_row_from,
        load_id,
        source_row
    from {{ ref('int_attendance_days') }}
),

runs as (
    select
        employee_id,
        work_date,
        run_started_on
    from {{ ref('int_attendance_running_days') }}
    where run_started_on is not null
),

employee_months as (
    select * from {{ ref('int_employee_months') }}
),

-- an outcome of a day rests on that day, a run on its days, a month on the days that made it come so far
run_days as (
    select
        o.outcome_id,
        r.employee_id,
        r.work_date
    from outcomes as o
    inner join runs as l
        on l.employee_id = o.employee_id
        and l.work_date = o.occurred_on
    inner join runs as r
        on r.employee_id = l.employee_id
        and r.run_started_on = l.run_started_on
        and r.work_date <= o.occurred_on
    where o.source_feed = 'fct_attendance_days'
        and o.clause_id = 'R7-1.6b'
),

single_days as (
    select
        outcome_id,
        employee_id,
        occurred_on as work_date
    from outcomes
    where source_feed = 'fct_attendance_days'
        and clause_id <> 'R7-1.6b'
),

month_days as (
    select
        o.outcome_id,
        d.employee_id,
        d.work_date
    from outcomes as o
    inner join days as d
        on d.employee_id = o.employee_id
        and d.month = o.month
        and d.work_date <= o.occurred_on
    where o.source_feed = 'fct_attendance_months'
        and d.is_counted
        and (d.is_absent or o.clause_id <> 'R7-1.6b')
),

outcome_days as (
    select * from single_days
    union all
    select * from run_days
    union all
    select * from month_days
),

punches as (
    select
        o.outcome_id,
        'punch' as role,
        'punches' as log_feed,
        {{ feed_key_text('punches', 'p') }} as log_key,
        p.load_id,
        p.source_row
    from outcome_days as o
    inner join {{ ref('int_punches') }} as p
        on p.employee_id = o.employee_id
        and p.work_date = o.work_date
),

-- requests that were not valid are shown too: they say why the day was judged all the same
leave as (
    select distinct
        o.outcome_id,
        'leave_request' as role,
        'leave_requests' as log_feed,
        r.request_id as log_key,
        r.load_id,
        r.source_row
    from outcome_days as o
    inner join {{ ref('int_leave_request_parts') }} as p
        on p.employee_id = o.employee_id
        and p.leave_date = o.work_date
    inner join {{ ref('int_leave_requests') }} as r
        on r.request_id = p.request_id
),

exceptions as (
    select
        o.outcome_id,
        'exception' as role,
        'attendance_exceptions' as log_feed,
        e.exception_id as log_key,
        e.load_id,
        e.source_row
    from outcome_days as o
    inner join {{ ref('stg_attendance_exceptions') }} as e
        on e.employee_id = o.employee_id
        and e.work_date = o.work_date
),

employees as (
    select
        o.outcome_id,
        'employee' as role,
        'employees' as log_feed,
        d.employee_id || '|' || cast(d.employee_row_from as {{ text_type() }}) as log_key,
        d.load_id,
        d.source_row
    from outcome_days as o
    inner join days as d
        on d.employee_id = o.employee_id
        and d.work_date = o.work_date
),

-- the row that holds the bonus may be a later one than those of the days (R7-1.5)
bonus_rows as (
    select
        o.outcome_id,
        'employee' as role,
        'employees' as log_feed,
        m.employee_id || '|' || cast(m.employee_row_from as {{ text_type() }}) as log_key,
        m.load_id,
        m.source_row
    from outcomes as o
    inner join employee_months as m
        on m.employee_id = o.employee_id
        and m.month = o.month
    where o.clause_id = 'R7-1.5'
),

employee_rows as (
    select * from employees
    union
    select * from bonus_rows
),

sources as (
    select * from punches
    union all
    select * from leave
    union all
    select * from exceptions
    union all
    select * from employee_rows
),

final as (
    select
        cast(outcome_id as {{ text_type() }}) as outcome_id,
        cast(role as {{ text_type() }}) as role,
        cast(log_feed as {{ text_type() }}) as log_feed,
        cast(log_key as {{ text_type() }}) as log_key,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from sources
)

select * from final

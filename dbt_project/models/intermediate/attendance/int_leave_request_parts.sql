with requests as (
    select
        request_id,
        employee_id,
        start_at,
        end_at,
        cast(start_at as date) as start_on,
        -- an end at midnight does not touch the day that begins then (R2-2.3.1)
        cast(end_at - interval 1 second as date) as end_on
    from {{ ref('stg_leave_requests') }}
),

periods as (
    select
        employee_id,
        employed_from,
        employed_to,
        unit_id
    from {{ ref('int_employee_periods') }}
),

calendar as (
    select
        unit_id,
        calendar_date
    from {{ ref('int_calendar_days') }}
    where is_working_day
),

sessions as (
    select * from {{ ref('int_attendance_sessions') }}
),

centres as (
    select
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_unit_scope') }}
    where rule_set = 'R2'
        and clause_id is null
),

-- an end in the far future is a way of writing "until further notice": the calendar goes no further either
horizon as (
    select cast(date_trunc('year', as_of) + interval 2 year - interval 1 day as date) as last_on
    from {{ ref('int_as_of') }}
),

employed_spans as (
    select
        r.request_id,
        r.employee_id,
        r.start_at,
        r.end_at,
        p.unit_id,
        greatest(r.start_on, p.employed_from) as from_on,
        least(r.end_on, p.employed_to, h.last_on) as to_on
    from requests as r
    cross join horizon as h
    inner join periods as p
        on p.employee_id = r.employee_id
        and p.employed_from <= r.end_on
        and p.employed_to >= r.start_on
    where r.end_at >= r.start_at
),

days as (
    select
        request_id,
        employee_id,
        start_at,
        end_at,
        unit_id,
        {{ explode_dates('from_on', 'to_on') }} as leave_date
    from employed_spans
    where from_on <= to_on
),

days_by_unit as (
    select
        d.*,
        c.unit_id is not null as is_round_the_clock
    from days as d
    left join centres as c
        on c.unit_id = d.unit_id
        and d.leave_date >= c.valid_from
        and d.leave_date < c.valid_to
),

-- a centre works round the clock: a day that is touched is a day (R2-2.3.1)
whole_days as (
    select
        request_id,
        employee_id,
        unit_id,
        leave_date,
        0 as session_no,
        1 as days
    from days_by_unit
    where is_round_the_clock
),

half_days as (
    select
        d.request_id,
        d.employee_id,
        d.unit_id,
        d.leave_date,
        d.start_at,
        d.end_at,
        n.session_no,
        case when n.session_no = 1 then s.morning_start_at else s.afternoon_start_at end as session_start_at,
        case when n.session_no = 1 then s.morning_end_at else s.afternoon_end_at end as session_end_at
    from days_by_unit as d
    inner join calendar as k
        on k.unit_id = d.unit_id
        and k.calendar_date = d.leave_date
    inner join sessions as s
        on s.calendar_date = d.leave_date
    cross join (select 1 as session_no union all select 2 as session_no) as n
    where not d.is_round_the_clock
),

-- one request must cover half of the session by itself (R7 leave)
covered_half_days as (
    select
        request_id,
        employee_id,
        unit_id,
        leave_date,
        session_no,
        0.5 as days
    from half_days
    where start_at < session_end_at
        and end_at > session_start_at
        and 2 * {{ elapsed_seconds('greatest(start_at, session_start_at)', 'least(end_at, session_end_at)') }}
            >= {{ elapsed_seconds('session_start_at', 'session_end_at') }}
),

parts as (
    select * from whole_days
    union all
    select * from covered_half_days
),

final as (
    select
        cast(request_id as {{ text_type() }}) as request_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(leave_date as date) as leave_date,
        cast(session_no as bigint) as session_no,
        cast(days as decimal(9,1)) as days
    from parts
)

select * from final

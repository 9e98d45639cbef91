with first_punches as (
    select
        unit_id,
        min(work_date) as first_punch_on
    from {{ ref('int_unit_punch_days') }}
    group by unit_id
),

bounds as (
    select
        a.as_of,
        f.first_on
    from {{ ref('int_as_of') }} as a
    cross join (select min(first_punch_on) as first_on from first_punches) as f
),

scope as (
    select
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_unit_scope') }}
    where rule_set = 'R7'
        and clause_id is null
),

-- a unit is judged from the date of its first punch on (R7 evidence)
unit_days as (
    select
        c.unit_id,
        c.calendar_date,
        c.month,
        c.month_working_days,
        c.working_day_no,
        s.unit_id is not null and coalesce(c.calendar_date >= f.first_punch_on, false) as is_open
    from {{ ref('int_calendar_days') }} as c
    inner join bounds as b
        on c.calendar_date >= b.first_on
        and c.calendar_date <= b.as_of
    left join scope as s
        on s.unit_id = c.unit_id
        and c.calendar_date >= s.valid_from
        and c.calendar_date < s.valid_to
    left join first_punches as f
        on f.unit_id = c.unit_id
    where c.is_working_day
),

units as (
    select unit_id
    from {{ ref('stg_units') }}
),

-- no calendar is known for a unit outside of the master data: a stay there ends any run of days (R7-1.6b)
periods as (
    select
        p.*,
        greatest(p.valid_from, b.first_on) as from_on,
        least({{ add_days('p.valid_to', '-1') }}, b.as_of) as to_on,
        sum(case when u.unit_id is null then 1 else 0 end) over (
            partition by p.employee_id order by p.valid_from rows between unbounded preceding and current row
        ) as unknown_stays
    from {{ ref('int_employee_periods') }} as p
    cross join bounds as b
    left join units as u
        on u.unit_id = p.unit_id
),

-- a year without its announcement has no working days and no row in the calendar
years as (
    select
        min(calendar_date) as first_on,
        max(calendar_date) as last_on
    from {{ ref('int_calendar_days') }}
    group by year(calendar_date)
),

-- the last dates that the calendar knows before a stay, and in it
stays as (
    select
        p.employee_id,
        p.unknown_stays,
        p.unit_id,
        p.valid_from,
        max(case when y.first_on < p.from_on then least({{ add_days('p.from_on', '-1') }}, y.last_on) end) as before_on,
        max(case when y.first_on <= p.to_on then least(p.to_on, y.last_on) end) as to_on
    from periods as p
    cross join years as y
    where p.from_on <= p.to_on
    group by p.employee_id, p.unknown_stays, p.unit_id, p.valid_from
),

-- an employee's working days are numbered without a gap from unit to unit
counted as (
    select
        s.employee_id,
        s.valid_from,
        coalesce(f.working_day_no, 0) as days_before,
        coalesce(sum(coalesce(t.working_day_no, 0) - coalesce(f.working_day_no, 0)) over (
            partition by s.employee_id, s.unknown_stays
            order by s.valid_from
            rows between unbounded preceding and 1 preceding
        ), 0) as days_in_stays_before
    from stays as s
    left join {{ ref('int_calendar_days') }} as f
        on f.unit_id = s.unit_id
        and f.calendar_date = s.before_on
    left join {{ ref('int_calendar_days') }} as t
        on t.unit_id = s.unit_id
        and t.calendar_date = s.to_on
),

-- who never worked where these rules hold is none of their business
concerned as (
    select distinct p.employee_id
    from periods as p
    inner join scope as s
        on s.unit_id = p.unit_id
),

shift_days as (
    select distinct
        employee_id,
        cast(starts_at as date) as shift_date
    from {{ ref('stg_shifts') }}
),

employee_days as (
    select
        p.employee_id,
        u.calendar_date as work_date,
        u.month,
        p.unit_id,
        p.monthly_wage,
        u.month_working_days,
        p.unknown_stays,
        u.working_day_no - n.days_before + n.days_in_stays_before as day_no,
        u.is_open
            and u.calendar_date >= p.employed_from
            and u.calendar_date <= p.employed_to
            and h.employee_id is null as is_judged,
        p.valid_from as employee_row_from,
        p.load_id,
        p.source_row
    from periods as p
    inner join concerned as c
        on c.employee_id = p.employee_id
    inner join counted as n
        on n.employee_id = p.employee_id
        and n.valid_from = p.valid_from
    inner join unit_days as u
        on u.unit_id = p.unit_id
        and u.calendar_date >= p.valid_from
        and u.calendar_date < p.valid_to
    left join shift_days as h
        on h.employee_id = p.employee_id
        and h.shift_date = u.calendar_date
    where u.calendar_date >= {{ rebuilt_from() }}
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(work_date as date) as work_date,
        cast(month as date) as month,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(is_judged as boolean) as is_judged,
        cast(day_no as bigint) as day_no,
        cast(unknown_stays as bigint) as unknown_stays,
        cast(monthly_wage as decimal(18,2)) as monthly_wage,
        cast(month_working_days as bigint) as month_working_days,
        cast(employee_row_from as date) as employee_row_from,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from employee_days
)

select * from final

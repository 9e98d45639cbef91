with bounds as (
    select
        as_of,
        -- a year more than the logs: leave may begin before the first of them
        cast(date_trunc('year', least(first_on, as_of)) - interval 1 year as date) as from_date,
        cast(date_trunc('year', as_of) + interval 2 year - interval 1 day as date) as to_date
    from {{ ref('int_as_of') }}
),

holidays as (
    select
        holiday_date,
        is_working_day
    from {{ source('rules', 'public_holidays') }}
),

-- a year without its announcement has no working days: they would be guessed
covered_years as (
    select distinct cast(date_trunc('year', holiday_date) as date) as year_start_on
    from holidays
),

covered_dates as (
    select {{ explode_dates('y.year_start_on', "cast(y.year_start_on + interval 1 year - interval 1 day as date)") }} as calendar_date
    from covered_years as y
    inner join bounds as b
        on y.year_start_on >= b.from_date
        and y.year_start_on <= b.to_date
),

rest_days as (
    {{ rule_items('R0', 'weekly_rest_day', 'boolean') | indent(4) }}
),

weekdays as (
    select
        d.calendar_date,
        coalesce(max(case when r.value then 1 else 0 end), 0) = 1 as is_weekly_rest
    from covered_dates as d
    left join rest_days as r
        on d.calendar_date >= r.valid_from
        and d.calendar_date < r.valid_to
        and cast(r.item as bigint) = {{ isodow('d.calendar_date') }}
    group by d.calendar_date
),

announced as (
    select
        w.calendar_date,
        coalesce(h.is_working_day, not w.is_weekly_rest) as is_working_day
    from weekdays as w
    left join holidays as h
        on h.holiday_date = w.calendar_date
),

unit_days as (
    select
        u.unit_id,
        a.calendar_date,
        coalesce(own.is_working_day, general.is_working_day, a.is_working_day) as is_working_day
    from {{ ref('stg_units') }} as u
    cross join announced as a
    left join {{ ref('stg_calendar_overrides') }} as own
        on own.unit_id = u.unit_id
        and own.calendar_date = a.calendar_date
    left join {{ ref('stg_calendar_overrides') }} as general
        on general.unit_id is null
        and general.calendar_date = a.calendar_date
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(calendar_date as date) as calendar_date,
        {{ month_of('calendar_date') }} as month,
        cast(is_working_day as boolean) as is_working_day,
        cast(sum(case when is_working_day then 1 else 0 end) over (
            partition by unit_id order by calendar_date rows between unbounded preceding and current row
        ) as bigint) as working_day_no,
        cast(sum(case when is_working_day then 1 else 0 end) over (
            partition by unit_id, {{ month_of('calendar_date') }}
        ) as bigint) as month_working_days
    from unit_days
)

select * from final

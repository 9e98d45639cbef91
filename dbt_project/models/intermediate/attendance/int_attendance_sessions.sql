with days as (
    select distinct calendar_date
    from {{ ref('int_calendar_days') }}
),

rules as (
    select * from {{ ref('int_attendance_rules') }}
),

-- a season's hours hold on the days of its rule version (R7-1.3)
timed as (
    select
        d.calendar_date,
        r.rule_version,
        r.punch_mode,
        {{ at_time('d.calendar_date', 'r.morning_start') }} as morning_start_at,
        {{ at_time('d.calendar_date', 'r.morning_end') }} as morning_end_at,
        {{ at_time('d.calendar_date', 'r.afternoon_start') }} as afternoon_start_at,
        {{ at_time('d.calendar_date', 'r.afternoon_end') }} as afternoon_end_at
    from days as d
    inner join rules as r
        on d.calendar_date >= r.valid_from
        and d.calendar_date < r.valid_to
),

final as (
    select
        cast(calendar_date as date) as calendar_date,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(punch_mode as {{ text_type() }}) as punch_mode,
        cast(morning_start_at as timestamp) as morning_start_at,
        cast(morning_end_at as timestamp) as morning_end_at,
        cast(afternoon_start_at as timestamp) as afternoon_start_at,
        cast(afternoon_end_at as timestamp) as afternoon_end_at,
        cast({{ halfway('morning_end_at', 'afternoon_start_at') }} as timestamp) as split_at
    from timed
)

select * from final

with bounds as (
    select
        as_of,
        first_on
    from {{ ref('int_as_of') }}
),

spans as (
    select
        p.*,
        greatest(p.employed_from, b.first_on) as from_on,
        least(p.employed_to, b.as_of) as to_on
    from {{ ref('int_employee_periods') }} as p
    cross join bounds as b
    where greatest(p.employed_from, b.first_on) <= least(p.employed_to, b.as_of)
),

numbered as (
    select
        *,
        {{ explode_integers('0', '12 * (year(to_on) - year(from_on)) + month(to_on) - month(from_on)') }} as month_no
    from spans
),

months as (
    select
        *,
        {{ add_months(month_of('from_on'), 'month_no') }} as month
    from numbered
),

last_days as (
    select
        *,
        least(to_on, last_day(month)) as last_employed_on,
        row_number() over (partition by employee_id, month order by valid_from desc) as place
    from months
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(month as date) as month,
        cast(last_employed_on as date) as last_employed_on,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(monthly_wage as decimal(18,2)) as monthly_wage,
        cast(full_attendance_bonus as decimal(18,2)) as full_attendance_bonus,
        cast(valid_from as date) as employee_row_from,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from last_days
    where place = 1
)

select * from final

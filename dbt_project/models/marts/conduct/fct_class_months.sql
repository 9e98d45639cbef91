with incidents as (
    select
        unit_id,
        class_id,
        {{ month_of('occurred_on') }} as month,
        section,
        points
    from {{ ref('int_class_incidents') }}
),

-- a class is known from its first incident that counts, and ranked in every month from then on
first_months as (
    select
        unit_id,
        class_id,
        min(month) as first_month
    from incidents
    group by unit_id, class_id
),

class_dates as (
    select
        f.unit_id,
        f.class_id,
        {{ explode_integers('0', '12 * (year(x.as_of) - year(f.first_month)) + month(x.as_of) - month(f.first_month)') }} as month_no,
        f.first_month
    from first_months as f
    cross join {{ ref('int_as_of') }} as x
),

class_months as (
    select
        unit_id,
        class_id,
        {{ add_months('first_month', 'month_no') }} as month
    from class_dates
),

summed as (
    select
        m.unit_id,
        m.class_id,
        m.month,
        coalesce(sum(case when i.section = 'conduct' then i.points end), 0) as conduct_points,
        coalesce(sum(case when i.section = 'hygiene' then i.points end), 0) as hygiene_points,
        coalesce(sum(case when i.section = 'safety' then i.points end), 0) as safety_points,
        coalesce(sum(i.points), 0) as points_total
    from class_months as m
    left join incidents as i
        on i.unit_id = m.unit_id
        and i.class_id = m.class_id
        and i.month = m.month
    group by m.unit_id, m.class_id, m.month
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(class_id as {{ text_type() }}) as class_id,
        cast(month as date) as month,
        cast(conduct_points as bigint) as conduct_points,
        cast(hygiene_points as bigint) as hygiene_points,
        cast(safety_points as bigint) as safety_points,
        cast(points_total as bigint) as points_total,
        cast(rank() over (partition by unit_id, month order by points_total) as bigint) as rank_in_school
    from summed
)

select * from final

{{ config(meta={'rebuilt_where': 'work_date >= :rebuilt_from'}) }}
with punch_days as (
    select
        employee_id,
        work_date
    from {{ ref('int_punch_days') }}
),

periods as (
    select
        employee_id,
        employed_from,
        employed_to,
        unit_id
    from {{ ref('int_employee_periods') }}
),

-- a punch belongs to the unit that its employee is employed in that day, whatever sort of punch it is (R7 evidence)
final as (
    select distinct
        cast(p.unit_id as {{ text_type() }}) as unit_id,
        cast(d.work_date as date) as work_date
    from punch_days as d
    inner join periods as p
        on p.employee_id = d.employee_id
        and d.work_date >= p.employed_from
        and d.work_date <= p.employed_to
)

select * from final

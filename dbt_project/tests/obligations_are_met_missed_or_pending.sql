-- every obligation that is due is in the month of its due date, once
with due as (
    select
        unit_id,
        employee_id,
        {{ month_of('due_on') }} as month,
        count(*) as due_count,
        sum(case when status = 'met' then 1 else 0 end) as met_count,
        sum(case when status = 'missed' then 1 else 0 end) as missed_count
    from {{ ref('fct_callback_obligations') }}
    where status <> 'pending'
    group by unit_id, employee_id, {{ month_of('due_on') }}
)

select d.unit_id, d.employee_id, d.month
from due as d
left join {{ ref('fct_callback_months') }} as m
    on m.unit_id = d.unit_id
    and coalesce(m.employee_id, '') = coalesce(d.employee_id, '')
    and m.month = d.month
where m.unit_id is null
    or m.due_count <> d.due_count
    or m.met_count <> d.met_count
    or m.missed_count <> d.missed_count
    or d.due_count <> d.met_count + d.missed_count

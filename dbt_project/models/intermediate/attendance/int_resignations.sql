with periods as (
    select * from {{ ref('int_employee_periods') }}
),

context as (
    select as_of
    from {{ ref('int_as_of') }}
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

-- of several rows of one employment the latest known one decides
latest as (
    select
        *,
        row_number() over (partition by employee_id, hired_on order by valid_from desc) as place
    from periods
),

leavings as (
    select
        l.employee_id,
        l.hired_on,
        l.left_on,
        l.resignation_applied_on
    from latest as l
    cross join context as c
    where l.place = 1
        and l.left_on <= c.as_of
),

first_named as (
    select
        l.employee_id,
        l.hired_on,
        min(p.valid_from) as named_from
    from leavings as l
    inner join periods as p
        on p.employee_id = l.employee_id
        and p.hired_on = l.hired_on
        and p.left_on = l.left_on
    group by l.employee_id, l.hired_on
),

-- judged where the person belonged on the last day
final as (
    select
        cast(l.employee_id as {{ text_type() }}) as employee_id,
        cast(l.hired_on as date) as hired_on,
        cast(l.left_on as date) as left_on,
        cast(l.resignation_applied_on as date) as resignation_applied_on,
        cast(n.named_from as date) as named_from,
        cast(p.unit_id as {{ text_type() }}) as unit_id
    from leavings as l
    inner join first_named as n
        on n.employee_id = l.employee_id
        and n.hired_on = l.hired_on
    inner join periods as p
        on p.employee_id = l.employee_id
        and l.left_on >= p.valid_from
        and l.left_on < p.valid_to
    inner join scope as s
        on s.unit_id = p.unit_id
        and l.left_on >= s.valid_from
        and l.left_on < s.valid_to
)

select * from final

with people as (
    select
        employee_id,
        unit_id,
        employed_from,
        employed_to
    from {{ ref('int_employee_periods') }}
    where employed_from <= employed_to
),

rules as (
    {{ unit_rules('R5', {'lunch_limit_minutes': 'bigint', 'lunch_min_punches': 'bigint'}) | indent(4) }}
),

planners as (
    select
        p.employee_id,
        p.unit_id,
        greatest(p.employed_from, r.valid_from) as from_date,
        least(p.employed_to, {{ add_days('r.valid_to', '-1') }}) as to_date,
        r.rule_version,
        r.lunch_limit_minutes,
        r.lunch_min_punches
    from people as p
    inner join rules as r
        on r.unit_id = p.unit_id
),

-- their own punches; two of the same second are one
own_punches as (
    select distinct
        p.employee_id,
        cast(p.punched_at as date) as work_date,
        p.punched_at,
        n.unit_id,
        n.rule_version,
        n.lunch_limit_minutes,
        n.lunch_min_punches
    from {{ ref('stg_punches') }} as p
    inner join planners as n
        on n.employee_id = p.employee_id
        and cast(p.punched_at as date) >= n.from_date
        and cast(p.punched_at as date) <= n.to_date
    where p.punched_at >= {{ rebuilt_from() }}
        and (p.punched_by is null or p.punched_by = p.employee_id)
),

ordered as (
    select
        *,
        row_number() over (partition by employee_id, work_date order by punched_at) as place
    from own_punches
),

lunches as (
    select
        employee_id,
        work_date,
        unit_id,
        rule_version,
        lunch_limit_minutes,
        max(case when place = 2 then punched_at end) as lunch_from_at,
        max(case when place = 3 then punched_at end) as lunch_to_at
    from ordered
    group by employee_id, work_date, unit_id, rule_version, lunch_limit_minutes, lunch_min_punches
    having count(*) >= lunch_min_punches
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(work_date as date) as work_date,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(lunch_from_at as timestamp) as lunch_from_at,
        cast(lunch_to_at as timestamp) as lunch_to_at,
        cast({{ elapsed_minutes('lunch_from_at', 'lunch_to_at') }} as bigint) as lunch_minutes,
        cast(coalesce(lunch_to_at > {{ add_seconds('lunch_from_at', '60 * lunch_limit_minutes') }}, false) as boolean) as is_too_long,
        cast(rule_version as {{ text_type() }}) as rule_version
    from lunches
)

select * from final

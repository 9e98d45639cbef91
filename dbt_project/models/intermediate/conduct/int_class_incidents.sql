{{ config(materialized='view') }}
with incidents as (
    select * from {{ ref('stg_class_incidents') }}
),

scope as (
    {{ unit_rules('R6') | indent(4) }}
),

rules as (
    select * from {{ ref('int_class_point_rules') }}
),

in_scope as (
    select
        i.*,
        s.rule_version,
        r.clause_id,
        r.section,
        r.is_multiplied,
        r.points_from,
        r.points_to,
        r.points_to > r.points_from as is_range
    from incidents as i
    inner join scope as s
        on s.unit_id = i.unit_id
        and i.occurred_on >= s.valid_from
        and i.occurred_on < s.valid_to
    inner join rules as r
        on r.rule_code = i.rule_code
        and r.rule_version = s.rule_version
),

final as (
    select
        cast(incident_id as {{ text_type() }}) as incident_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(class_id as {{ text_type() }}) as class_id,
        cast(occurred_on as date) as occurred_on,
        cast(rule_code as {{ text_type() }}) as rule_code,
        cast(clause_id as {{ text_type() }}) as clause_id,
        cast(section as {{ text_type() }}) as section,
        cast(people_count as bigint) as people_count,
        cast(assessed_points as bigint) as assessed_points,
        cast(
            case when is_range then greatest(points_from, least(points_to, coalesce(assessed_points, points_from))) else points_from end
            * case when is_multiplied then coalesce(people_count, 1) else 1 end
        as bigint) as points,
        cast(case
            when is_range and assessed_points is null then 'amount_defaulted'
            when is_range and (assessed_points < points_from or assessed_points > points_to) then 'amount_out_of_range'
        end as {{ text_type() }}) as flag,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from in_scope
)

select * from final

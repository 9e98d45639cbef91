with conduct_incidents as (
    select * from {{ ref('int_conduct_incidents') }}
),

class_incidents as (
    select * from {{ ref('int_class_incidents') }}
),

final as (
    select
        clause_id,
        outcome_type,
        'employee' as subject_type,
        employee_id as subject_id,
        unit_id,
        occurred_on,
        cast(1 as decimal(9,1)) as quantity,
        amount,
        flag,
        'conduct_incidents' as source_feed,
        incident_id as source_key,
        rule_version,
        cast(null as bigint) as tie_order,
        computation,
        base_amount,
        multiplier,
        cast(case when computation is not null then 1 end as bigint) as divisor,
        cast(case when computation is not null then 0 end as decimal(18,2)) as adjustment_amount
    from conduct_incidents
    union all
    select
        clause_id,
        'points',
        'class',
        class_id,
        unit_id,
        occurred_on,
        cast(points as decimal(9,1)),
        null,
        flag,
        'class_incidents',
        incident_id,
        rule_version,
        null,
        null,
        null,
        null,
        null,
        null
    from class_incidents
)

{{ select_outcomes('final') }}

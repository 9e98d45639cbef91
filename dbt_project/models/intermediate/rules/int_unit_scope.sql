with statements as (
    select
        rule_set,
        clause_id,
        unit_type,
        unit_id,
        is_applied,
        effective_from,
        coalesce(effective_to, date '9999-12-31') as effective_to
    from {{ source('rules', 'scope') }}
),

units as (
    select
        unit_id,
        unit_type
    from {{ ref('stg_units') }}
),

-- a statement on one unit is stronger than one on its type
candidates as (
    select
        u.unit_id,
        s.rule_set,
        s.clause_id,
        s.is_applied,
        case when s.unit_id is not null then 2 else 1 end as strength,
        s.effective_from,
        s.effective_to
    from units as u
    inner join statements as s
        on s.unit_id = u.unit_id
        or (s.unit_id is null and s.unit_type = u.unit_type)
),

boundaries as (
    select unit_id, rule_set, clause_id, effective_from as boundary_on from candidates
    union
    select unit_id, rule_set, clause_id, effective_to as boundary_on from candidates
),

spans as (
    select
        unit_id,
        rule_set,
        clause_id,
        boundary_on as valid_from,
        lead(boundary_on) over (partition by unit_id, rule_set, clause_id order by boundary_on) as valid_to
    from boundaries
),

ranked as (
    select
        s.unit_id,
        s.rule_set,
        s.clause_id,
        s.valid_from,
        s.valid_to,
        c.is_applied,
        row_number() over (
            partition by s.unit_id, s.rule_set, s.clause_id, s.valid_from
            order by c.strength desc, c.effective_from desc, c.is_applied
        ) as place
    from spans as s
    inner join candidates as c
        on c.unit_id = s.unit_id
        and c.rule_set = s.rule_set
        and coalesce(c.clause_id, '') = coalesce(s.clause_id, '')
        and c.effective_from <= s.valid_from
        and c.effective_to >= s.valid_to
    where s.valid_to is not null
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(rule_set as {{ text_type() }}) as rule_set,
        cast(clause_id as {{ text_type() }}) as clause_id,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to
    from ranked
    where place = 1
        and is_applied
)

select * from final

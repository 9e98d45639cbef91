with outcomes as (
    select * from {{ ref('fct_rule_outcomes') }}
    where {{ ledger_rebuilt_where(rebuilt_from()) }}
)

select o.outcome_id, o.clause_id, o.rule_version
from outcomes as o
left join {{ source('rules', 'clauses') }} as c
    on c.clause_id = o.clause_id
left join {{ ref('int_rule_versions') }} as v
    on v.rule_version = o.rule_version
    and v.rule_set = split_part(o.clause_id, '-', 1)
where c.clause_id is null
    or v.rule_version is null

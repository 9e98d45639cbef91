select
    v.rule_set,
    p.rule_version,
    v.valid_from,
    v.valid_to,
    p.parameter,
    p.item,
    p.value,
    d.unit,
    p.origin,
    d.clause_ids,
    d.label_zh,
    d.label_en
from {{ source('rules', 'parameters') }} as p
inner join {{ ref('int_rule_versions') }} as v
    on v.rule_version = p.rule_version
inner join {{ source('rules', 'definitions') }} as d
    on d.rule_set = v.rule_set
    and d.parameter = p.parameter

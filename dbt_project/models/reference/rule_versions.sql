select
    v.rule_set,
    v.rule_version,
    v.valid_from,
    v.valid_to,
    r.origin,
    r.source_document
from {{ ref('int_rule_versions') }} as v
inner join {{ source('rules', 'rule_versions') }} as r
    on r.rule_version = v.rule_version

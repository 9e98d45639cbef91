select
    rule_set,
    clause_id,
    unit_type,
    unit_id,
    is_applied,
    effective_from,
    effective_to
from {{ source('rules', 'scope') }}

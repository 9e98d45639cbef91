select
    incident_id,
    employee_id,
    unit_id,
    occurred_at,
    rule_code,
    clause_id,
    ladder_place,
    outcome_type,
    amount,
    flag,
    enforced_by,
    is_repair_ordered,
    rule_version,
    load_id,
    source_row
from {{ ref('int_conduct_incidents') }}

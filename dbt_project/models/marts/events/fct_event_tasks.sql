select
    contract_id,
    task_code,
    unit_id,
    employee_id,
    due_at,
    done_at,
    status,
    clause_id,
    event_at,
    rule_version,
    load_id,
    source_row
from {{ ref('int_event_tasks') }}

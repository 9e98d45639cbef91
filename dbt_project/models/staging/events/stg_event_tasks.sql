select
    contract_id,
    task_code,
    done_at,
    load_id,
    source_row
from {{ source('raw', 'event_tasks') }}
where done_at < {{ as_of() }} + interval 1 day

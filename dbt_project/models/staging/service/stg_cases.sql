select
    case_id,
    operator_id,
    unit_id,
    received_at,
    system_fault,
    {{ known('dispatched_at', is_timestamp=true) }} as dispatched_at,
    responsible_unit,
    {{ known('read_at', is_timestamp=true) }} as read_at,
    {{ known('reminded_at', is_timestamp=true) }} as reminded_at,
    {{ known('result_received_at', is_timestamp=true) }} as result_received_at,
    {{ known('feedback_sent_at', is_timestamp=true) }} as feedback_sent_at,
    {{ known('closed_at', is_timestamp=true) }} as closed_at,
    dispatch_count,
    load_id,
    source_row
from {{ source('raw', 'cases') }}
where received_at < {{ as_of() }} + interval 1 day

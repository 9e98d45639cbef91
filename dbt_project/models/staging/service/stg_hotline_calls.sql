select
    call_id,
    operator_id,
    unit_id,
    ringing_at,
    {{ known('answered_at', is_timestamp=true) }} as answered_at,
    {{ known('ended_at', is_timestamp=true) }} as ended_at,
    -- whoever ended the call did so when it ended
    case when ended_at >= {{ as_of() }} + interval 1 day then null else hung_up_by end as hung_up_by,
    load_id,
    source_row
from {{ source('raw', 'hotline_calls') }}
where ringing_at < {{ as_of() }} + interval 1 day

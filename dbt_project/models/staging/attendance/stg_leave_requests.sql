select
    request_id,
    employee_id,
    leave_type,
    start_at,
    end_at,
    requested_at,
    is_emergency,
    approver_role,
    {{ known('approved_at', is_timestamp=true) }} as approved_at,
    {{ known_status('approved_at') }} as status,
    load_id,
    source_row
from {{ source('raw', 'leave_requests') }}
where requested_at < {{ as_of() }} + interval 1 day

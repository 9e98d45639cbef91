select
    callback_id,
    customer_id,
    employee_id,
    channel,
    called_at,
    work_order_id,
    satisfaction_score,
    issue_raised,
    {{ known('issue_reported_at', is_timestamp=true) }} as issue_reported_at,
    {{ known('report_filed_on') }} as report_filed_on,
    load_id,
    source_row
from {{ source('raw', 'callbacks') }}
where called_at < {{ as_of() }} + interval 1 day

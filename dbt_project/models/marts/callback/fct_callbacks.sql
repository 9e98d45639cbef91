select
    callback_id,
    customer_id,
    employee_id,
    unit_id,
    called_at,
    month,
    channel,
    is_phone_call,
    is_at_good_time,
    is_over_contact,
    rule_version,
    load_id,
    source_row
from {{ ref('int_callback_calls') }}

{{ config(meta={'rebuilt_where': 'due_on >= :rebuilt_from'}) }}
select
    trigger_feed,
    trigger_key,
    clause_id,
    customer_id,
    unit_id,
    employee_id,
    window_start_on,
    due_on,
    callback_id,
    status,
    called_at,
    trigger_type,
    triggered_at,
    contact_class,
    rule_version,
    load_id,
    source_row
from {{ ref('int_callback_obligations') }}
-- a page asks for one month of it
order by due_on

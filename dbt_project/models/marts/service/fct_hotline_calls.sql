{{ config(meta={'rebuilt_where': 'ringing_at >= :rebuilt_from'}) }}
select
    call_id,
    operator_id,
    unit_id,
    ringing_at,
    answer_seconds,
    is_answered_in_time,
    is_operator_hang_up,
    rule_version,
    load_id,
    source_row
from {{ ref('int_hotline_calls') }}
-- a page asks for one month of it
order by ringing_at

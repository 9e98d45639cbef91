{{ config(meta={'rebuilt_where': 'work_date >= :rebuilt_from'}) }}
select
    employee_id,
    work_date,
    unit_id,
    lunch_from_at,
    lunch_to_at,
    lunch_minutes,
    is_too_long,
    rule_version
from {{ ref('int_event_lunches') }}

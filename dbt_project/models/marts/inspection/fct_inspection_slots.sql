{{ config(meta={'rebuilt_where': 'slot_at >= :rebuilt_from'}) }}
select
    asset_id,
    slot_at,
    unit_id,
    inspection_id,
    status,
    inspected_at,
    rule_version
from {{ ref('int_inspection_slots') }}
-- a page asks for one month of it
order by slot_at

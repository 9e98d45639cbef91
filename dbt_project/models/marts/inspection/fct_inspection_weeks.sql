select
    asset_id,
    week_start_on,
    items_done,
    items_due,
    unit_id,
    cast({{ ratio('items_done', 'items_due') }} as double) as done_rate,
    is_wholly_in_service,
    rule_version
from {{ ref('int_inspection_weeks') }}

select
    outcome_id,
    approved_by,
    approved_on,
    status,
    reason,
    load_id,
    source_row
from {{ source('raw', 'waivers') }}
where approved_on <= {{ as_of() }}

select
    promotion_id,
    unit_id,
    starts_on,
    ends_on,
    name,
    load_id,
    source_row
from {{ source('raw', 'promotions') }}
where starts_on <= {{ as_of() }}

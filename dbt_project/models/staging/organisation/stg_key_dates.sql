select
    key_date,
    unit_id,
    kind,
    name,
    load_id,
    source_row
from {{ source('raw', 'key_dates') }}
where key_date <= {{ as_of() }}

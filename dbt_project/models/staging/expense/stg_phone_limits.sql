select
    position,
    month,
    amount,
    load_id,
    source_row
from {{ source('raw', 'phone_limits') }}
where month <= {{ as_of() }}

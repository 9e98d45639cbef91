select
    customer_id,
    unit_id,
    registered_on,
    source,
    segment,
    referred_by_customer_id,
    load_id,
    source_row
from {{ source('raw', 'customers') }}
where (registered_on is null or registered_on <= {{ as_of() }})

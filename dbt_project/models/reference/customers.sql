select
    customer_id,
    unit_id,
    registered_on,
    source,
    segment,
    referred_by_customer_id,
    load_id,
    source_row
from {{ ref('stg_customers') }}

select
    unit_id,
    unit_name,
    unit_type,
    parent_unit_id,
    opened_on,
    load_id,
    source_row
from {{ ref('stg_units') }}

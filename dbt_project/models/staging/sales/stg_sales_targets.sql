select
    unit_id,
    employee_id,
    month,
    target_units,
    target_amount,
    load_id,
    source_row
from {{ source('raw', 'sales_targets') }}
where month <= {{ as_of() }}

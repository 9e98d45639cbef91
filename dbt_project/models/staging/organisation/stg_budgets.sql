select
    unit_id,
    month,
    category,
    amount,
    load_id,
    source_row
from {{ source('raw', 'budgets') }}
where month <= {{ as_of() }}

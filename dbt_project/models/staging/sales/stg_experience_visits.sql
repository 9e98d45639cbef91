select
    visit_id,
    customer_id,
    unit_id,
    visited_at,
    minutes,
    employee_id,
    load_id,
    source_row
from {{ source('raw', 'experience_visits') }}
where visited_at < {{ as_of() }} + interval 1 day

select
    calendar_date,
    unit_id,
    is_working_day,
    note,
    load_id,
    source_row
from {{ source('raw', 'calendar_overrides') }}

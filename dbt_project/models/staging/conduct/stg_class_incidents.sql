select
    incident_id,
    unit_id,
    class_id,
    occurred_on,
    rule_code,
    people_count,
    assessed_points,
    load_id,
    source_row
from {{ source('raw', 'class_incidents') }}
where occurred_on <= {{ as_of() }}

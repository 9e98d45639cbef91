select
    incident_id,
    unit_id,
    class_id,
    occurred_on,
    {{ month_of('occurred_on') }} as month,
    rule_code,
    clause_id,
    section,
    people_count,
    assessed_points,
    points,
    flag,
    rule_version,
    load_id,
    source_row
from {{ ref('int_class_incidents') }}

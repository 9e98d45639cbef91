select
    trip_id,
    employee_id,
    applied_on,
    {{ known('approved_on') }} as approved_on,
    {{ known_status('approved_on') }} as status,
    form_complete,
    departs_on,
    returns_on,
    load_id,
    source_row
from {{ source('raw', 'business_trips') }}
where applied_on <= {{ as_of() }}

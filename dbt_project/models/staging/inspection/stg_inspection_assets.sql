select
    asset_id,
    unit_id,
    in_service_from,
    in_service_to,
    load_id,
    source_row
from {{ source('raw', 'inspection_assets') }}
where in_service_from <= {{ as_of() }}

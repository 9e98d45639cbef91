select
    assessment_id,
    customer_id,
    unit_id,
    employee_id,
    assessed_on,
    customer_class,
    effect,
    load_id,
    source_row
from {{ source('raw', 'class_assessments') }}
where assessed_on <= {{ as_of() }}

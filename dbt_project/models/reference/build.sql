select
    as_of,
    first_on
from {{ ref('int_as_of') }}

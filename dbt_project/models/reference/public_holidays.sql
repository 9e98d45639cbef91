select
    holiday_date,
    is_working_day,
    is_in_lieu,
    holiday_name
from {{ source('rules', 'public_holidays') }}

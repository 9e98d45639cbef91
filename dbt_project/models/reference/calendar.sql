select
    c.unit_id,
    c.calendar_date,
    c.month,
    c.is_working_day,
    h.holiday_name
from {{ ref('int_calendar_days') }} as c
left join {{ source('rules', 'public_holidays') }} as h
    on h.holiday_date = c.calendar_date

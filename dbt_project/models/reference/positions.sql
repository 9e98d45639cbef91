select
    position,
    is_manager_grade,
    label_zh,
    label_en
from {{ source('rules', 'positions') }}

select
    kind,
    code,
    label_zh,
    label_en
from {{ source('rules', 'labels') }}

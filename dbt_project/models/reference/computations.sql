select
    computation,
    label_zh,
    label_en,
    base_zh,
    base_en,
    multiplier_zh,
    multiplier_en,
    quantity_zh,
    quantity_en,
    divisor_zh,
    divisor_en,
    adjustment_zh,
    adjustment_en
from {{ source('rules', 'computations') }}

select
    unit_id,
    month,
    budget_amount,
    carry_in_amount,
    spent_amount,
    saving_amount,
    carry_out_amount,
    reward_amount,
    returned_amount,
    carry_in_used_amount,
    overspend_amount,
    is_settled,
    rule_version
from {{ ref('int_budget_months') }}

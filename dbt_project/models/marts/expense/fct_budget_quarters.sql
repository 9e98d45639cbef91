select
    unit_id,
    quarter,
    budget_amount,
    spent_amount,
    saving_amount,
    incentive_amount,
    returned_amount,
    is_settled,
    rule_version
from {{ ref('int_budget_quarters') }}

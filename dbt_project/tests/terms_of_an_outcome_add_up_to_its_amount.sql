-- explain shows these terms; they must make the very amount that is taken
select outcome_id, clause_id, amount
from {{ ref('fct_rule_outcomes') }}
where amount is not null
    and (
        base_amount is null
        or amount <> {{ money_share('base_amount', 'multiplier', 'quantity', 'divisor') }} + adjustment_amount
    )

with ledger as (
    select
        source_key,
        sum(amount) as disallowed_amount
    from {{ ref('fct_rule_outcomes') }}
    where outcome_type = 'disallowance'
    group by source_key
)

select l.claim_id, l.line_no
from {{ ref('fct_expense_lines') }} as l
left join ledger as d
    on d.source_key = l.claim_id || '|' || cast(l.line_no as {{ text_type() }})
where l.claimed_amount <> l.allowed_amount + l.disallowed_amount
    or l.disallowed_amount <> coalesce(d.disallowed_amount, 0)

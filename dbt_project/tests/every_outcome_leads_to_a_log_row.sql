-- a fine that no log row shows could not be explained to the person fined
with outcomes as (
    select * from {{ ref('fct_rule_outcomes') }}
    where {{ ledger_rebuilt_where(rebuilt_from()) }}
),

sources as (
    select outcome_id from {{ ref('fct_outcome_sources') }}
    where {{ ledger_rebuilt_where(rebuilt_from(), 'outcome_') }}
)

select o.outcome_id, o.clause_id, o.source_feed, o.source_key
from outcomes as o
left join sources as s
    on s.outcome_id = o.outcome_id
where s.outcome_id is null

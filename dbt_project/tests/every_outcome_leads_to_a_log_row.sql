-- a fine that no log row shows could not be explained to the person fined
select o.outcome_id, o.clause_id, o.source_feed, o.source_key
from {{ ref('fct_rule_outcomes') }} as o
left join {{ ref('fct_outcome_sources') }} as s
    on s.outcome_id = o.outcome_id
where s.outcome_id is null

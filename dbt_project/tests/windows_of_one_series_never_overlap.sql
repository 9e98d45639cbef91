-- key dates (one day each) and series of one trigger and clause
with windows as (
    select
        trigger_feed,
        trigger_key,
        clause_id,
        window_start_on,
        due_on,
        lead(window_start_on) over (
            partition by trigger_feed, trigger_key, clause_id order by window_start_on
        ) as next_start_on
    from {{ ref('fct_callback_obligations') }}
    where due_on >= {{ rebuilt_from() }}
)

select trigger_feed, trigger_key, clause_id, window_start_on
from windows
where next_start_on <= due_on
    or due_on < window_start_on

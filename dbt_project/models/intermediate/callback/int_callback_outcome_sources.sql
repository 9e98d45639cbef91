with outcomes as (
    select
        outcome_id,
        source_key
    from {{ ref('int_outcomes') }}
    where source_feed = 'fct_callback_months'
),

calls as (
    select
        *,
        unit_id || '|' || cast(month as {{ text_type() }}) as unit_month
    from {{ ref('int_callback_calls') }}
    where satisfaction_score is not null
),

-- a centre's satisfaction is shown by the callbacks in which a score was given
final as (
    select
        cast(o.outcome_id as {{ text_type() }}) as outcome_id,
        cast('callback' as {{ text_type() }}) as role,
        cast('callbacks' as {{ text_type() }}) as log_feed,
        cast(c.callback_id as {{ text_type() }}) as log_key,
        cast(c.load_id as bigint) as load_id,
        cast(c.source_row as bigint) as source_row
    from outcomes as o
    inner join calls as c
        on c.unit_month = o.source_key
)

select * from final

with outcomes as (
    select
        outcome_id,
        source_feed,
        source_key,
        subject_id as unit_id,
        -- after the unit and a bar (an id may hold bars of its own) the key names the first day of the period
        cast(substring(source_key, length(subject_id) + 2) as date) as from_on,
        occurred_on as to_on
    from {{ ref('int_outcomes') }}
    where source_feed in ('fct_budget_months', 'fct_budget_quarters')
),

budgets as (
    select * from {{ ref('stg_budgets') }}
),

lines as (
    select * from {{ ref('int_expense_lines') }}
),

-- behind what was saved stand the budget rows of the period and every line judged in it, allowed or not
sources as (
    select
        o.outcome_id,
        'budget' as role,
        'budgets' as log_feed,
        {{ feed_key_text('budgets', 'b') }} as log_key,
        b.load_id,
        b.source_row
    from outcomes as o
    inner join budgets as b
        on b.unit_id = o.unit_id
        and b.month >= o.from_on
        and b.month <= o.to_on
    union all
    select
        o.outcome_id,
        'expense_line',
        'expense_lines',
        {{ feed_key_text('expense_lines', 'l') }},
        l.load_id,
        l.source_row
    from outcomes as o
    inner join lines as l
        on l.unit_id = o.unit_id
        and l.incurred_on >= o.from_on
        and l.incurred_on <= o.to_on
),

final as (
    select
        cast(outcome_id as {{ text_type() }}) as outcome_id,
        cast(role as {{ text_type() }}) as role,
        cast(log_feed as {{ text_type() }}) as log_feed,
        cast(log_key as {{ text_type() }}) as log_key,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from sources
)

select * from final

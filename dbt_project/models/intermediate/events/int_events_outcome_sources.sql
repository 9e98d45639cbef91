with outcomes as (
    select
        outcome_id,
        clause_id,
        subject_id,
        occurred_on,
        source_feed,
        source_key
    from {{ ref('int_outcomes') }}
),

task_outcomes as (
    select
        o.outcome_id,
        t.contract_id,
        t.task_code,
        t.load_id,
        t.source_row,
        t.task_load_id,
        t.task_source_row
    from outcomes as o
    inner join {{ ref('int_event_tasks') }} as t
        on o.source_key = t.contract_id || '|' || t.task_code
    where o.source_feed = 'fct_event_tasks'
),

-- R5-2: the day may have no row of attendance, it has its punches
lunch_outcomes as (
    select
        outcome_id,
        subject_id,
        occurred_on
    from outcomes
    where clause_id = 'R5-2'
),

sources as (
    select
        outcome_id,
        'contract' as role,
        'event_contracts' as log_feed,
        contract_id as log_key,
        load_id,
        source_row
    from task_outcomes
    union all
    select
        outcome_id,
        'task',
        'event_tasks',
        contract_id || '|' || task_code,
        task_load_id,
        task_source_row
    from task_outcomes
    where task_load_id is not null
    union all
    select
        o.outcome_id,
        'punch',
        'punches',
        {{ feed_key_text('punches', 'p') }},
        p.load_id,
        p.source_row
    from lunch_outcomes as o
    inner join {{ ref('stg_punches') }} as p
        on p.employee_id = o.subject_id
        and cast(p.punched_at as date) = o.occurred_on
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

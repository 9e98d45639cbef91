{{ config(meta={'rebuilt_where': ledger_rebuilt_where(prefix='outcome_')}) }}
with sources as (
    select * from {{ ref('int_log_outcome_sources') }}
    {%- for model in outcome_source_models() %}
    union all
    select * from {{ ref(model) }}
    {%- endfor %}
),

said_once as (
    select distinct * from sources
),

final as (
    select
        s.outcome_id,
        s.role,
        s.log_feed,
        s.log_key,
        s.load_id,
        s.source_row,
        o.clause_id as outcome_clause_id,
        o.occurred_on as outcome_occurred_on
    from said_once as s
    inner join {{ ref('int_outcomes') }} as o
        on o.outcome_id = s.outcome_id
)

select * from final

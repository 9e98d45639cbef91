with sources as (
    select * from {{ ref('int_log_outcome_sources') }}
    {%- for model in outcome_source_models() %}
    union all
    select * from {{ ref(model) }}
    {%- endfor %}
),

final as (
    select distinct
        outcome_id,
        role,
        log_feed,
        log_key,
        load_id,
        source_row
    from sources
)

select * from final

{%- set models = outcome_models() -%}
with outcomes as (
    {%- for model in models %}
    select * from {{ ref(model) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        {%- for column, type in outcome_columns().items() %}
        cast(null as {{ type if type != 'varchar' else text_type() }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_as_of') }}
    where 1 = 0
    {%- endfor %}
),

named as (
    select
        *,
        clause_id || '|' || subject_id || '|' || source_feed || '|' || source_key || '|' || cast(occurred_on as {{ text_type() }}) as natural_id
    from outcomes
),

-- two outcomes alike in all of this are told apart by their place
numbered as (
    select
        *,
        row_number() over (
            partition by natural_id
            order by tie_order nulls last, amount nulls last, flag nulls last, outcome_type
        ) as place
    from named
),

final as (
    select
        cast(md5(natural_id || case when place > 1 then '|' || cast(place as {{ text_type() }}) else '' end) as {{ text_type() }}) as outcome_id,
        {%- for column in outcome_columns() %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from numbered
)

select * from final

with outcomes as (
    select
        outcome_id,
        source_feed,
        source_key
    from {{ ref('int_outcomes') }}
),

sources as (
    {%- for feed in feed_keys() %}
    select
        o.outcome_id,
        'record' as role,
        '{{ feed }}' as log_feed,
        o.source_key as log_key,
        s.load_id,
        s.source_row
    from outcomes as o
    inner join {{ ref('stg_' ~ feed) }} as s
        on o.source_key = {{ feed_key_text(feed, 's') }}
    where o.source_feed = '{{ feed }}'
        {%- if feed == 'punches' %}
        -- this feed is the large one, and only a punch for somebody else is an outcome of its own
        and s.punched_by <> s.employee_id
        {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
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

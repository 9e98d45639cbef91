with named as (
    {%- set ns = namespace(first=true) %}
    {%- for known, ids in feed_references().items() %}
    {%- for id_column, feeds in ids.items() %}
    {%- for feed, columns in feeds.items() %}
    {%- for column in columns %}
    {{ 'union all' if not ns.first }}
    {%- set ns.first = false %}
    select
        '{{ feed }}' as feed,
        '{{ column }}' as column_name,
        '{{ known }}' as expected_in,
        s.{{ column }} as value,
        count(*) as row_count,
        min(s.load_id) as first_load_id,
        min(s.source_row) as first_source_row
    from {{ ref('stg_' ~ feed) }} as s
    where s.{{ column }} is not null
        and not exists (select 1 from {{ source('raw', known) }} as k where k.{{ id_column }} = s.{{ column }})
    group by s.{{ column }}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
),

final as (
    select
        cast(feed as {{ text_type() }}) as feed,
        cast(column_name as {{ text_type() }}) as column_name,
        cast(expected_in as {{ text_type() }}) as expected_in,
        cast(value as {{ text_type() }}) as value,
        cast(row_count as bigint) as row_count,
        cast(first_load_id as bigint) as first_load_id,
        cast(first_source_row as bigint) as first_source_row
    from named
)

select * from final

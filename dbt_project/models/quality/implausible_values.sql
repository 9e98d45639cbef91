with found as (
    {%- set ns = namespace(first=true) %}
    {%- for feed, checks in implausible_conditions().items() %}
    {%- for check, condition in checks.items() %}
    {{ 'union all' if not ns.first }}
    {%- set ns.first = false %}
    select
        '{{ feed }}' as feed,
        '{{ check }}' as failed_check,
        {{ feed_key_text(feed, 's') }} as log_key,
        s.load_id,
        s.source_row
    from {{ ref('stg_' ~ feed) }} as s
    where {{ condition }}
    {%- endfor %}
    {%- endfor %}
),

final as (
    select
        cast(feed as {{ text_type() }}) as feed,
        cast(failed_check as {{ text_type() }}) as failed_check,
        cast(log_key as {{ text_type() }}) as log_key,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from found
)

select * from final

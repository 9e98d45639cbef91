with logged as (
    {%- for feed, columns in log_dates().items() %}
    select
        '{{ feed }}' as feed,
        cast({% if columns | length > 1 %}coalesce({{ columns | join(', ') }}){% else %}{{ columns[0] }}{% endif %} as date) as logged_on
    from {{ ref('stg_' ~ feed) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        cast(feed as {{ text_type() }}) as feed,
        {{ month_of('logged_on') }} as month,
        cast(count(*) as bigint) as row_count,
        min(logged_on) as first_on,
        max(logged_on) as last_on
    from logged
    where logged_on is not null
    group by feed, {{ month_of('logged_on') }}
)

select * from final

with happened as (
    {%- for feed, columns in log_dates().items() %}
    select
        '{{ feed }}' as feed,
        {% if columns | length > 1 %}greatest({% for c in columns %}max(cast({{ c }} as date)){{ ', ' if not loop.last }}{% endfor %}){% else %}max(cast({{ columns[0] }} as date)){% endif %} as last_on,
        min(cast({{ columns[0] }} as date)) as first_on
    from {{ source('raw', feed) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

logs as (
    select
        max(last_on) as last_on,
        min(first_on) as first_on
    from happened
),

requested as (
    select cast(requested_as_of as date) as requested_as_of
    from {{ source('rules', 'build') }}
),

final as (
    select
        cast(coalesce(requested.requested_as_of, logs.last_on) as date) as as_of,
        cast(logs.first_on as date) as first_on
    from logs
    cross join requested
)

select * from final

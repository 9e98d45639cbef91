{#- The checks of a model in one scan: a row for each check that fails, with how often.
    unique: the columns of the grain; not_null: columns; accepted: {column: [values]}; holds: {name: condition that is true of every row}. -#}
{% test row_checks(model, unique=[], not_null=[], accepted={}, holds={}) %}
with rows_read as (
    select
        {%- for c in not_null %}
        sum(case when {{ c }} is null then 1 else 0 end) as {{ c }}_is_null,
        {%- endfor %}
        {%- for c, values in accepted.items() %}
        sum(case when {{ c }} is not null and {{ c }} not in ('{{ values | join("', '") }}') then 1 else 0 end) as {{ c }}_is_unknown,
        {%- endfor %}
        {%- for name, condition in holds.items() %}
        sum(case when {{ condition }} then 0 else 1 end) as {{ name }},
        {%- endfor %}
        count(*) as row_count
    from {{ model }}
)
{%- if unique %},
repeated as (
    select count(*) as failures
    from (
        select 1 as one
        from {{ model }}
        group by {{ unique | join(', ') }}
        having count(*) > 1
    ) as keys
)
{%- endif %}
{%- for c in not_null %}
select '{{ c }} is never empty' as failed_check, {{ c }}_is_null as failures from rows_read where {{ c }}_is_null > 0
union all
{%- endfor %}
{%- for c in accepted %}
select '{{ c }} is a known value' as failed_check, {{ c }}_is_unknown as failures from rows_read where {{ c }}_is_unknown > 0
union all
{%- endfor %}
{%- for name in holds %}
select '{{ name }}' as failed_check, {{ name }} as failures from rows_read where {{ name }} > 0
union all
{%- endfor %}
{%- if unique %}
select '{{ unique | join(", ") }} is unique' as failed_check, failures from repeated where failures > 0
{%- else %}
select 'nothing' as failed_check, row_count as failures from rows_read where row_count < 0
{%- endif %}
{% endtest %}

{%- set rule_sets = ['R7', 'R2'] -%}
with
{%- for rule_set in rule_sets %}
{{ rule_set | lower }}_ranks as (
    {{ rule_items(rule_set, 'leave_approver_rank', 'bigint') | indent(4) }}
),

{{ rule_set | lower }}_days as (
    {{ rule_items(rule_set, 'leave_approver_days', 'decimal(9,1)') | indent(4) }}
),
{% endfor %}
steps as (
    {%- for rule_set in rule_sets %}
    select
        '{{ rule_set }}' as rule_set,
        r.rule_version,
        r.valid_from,
        r.valid_to,
        r.item as approver_role,
        r.value as approver_rank,
        d.item is not null as is_step,
        d.value as up_to_days
    from {{ rule_set | lower }}_ranks as r
    left join {{ rule_set | lower }}_days as d
        on d.rule_version = r.rule_version
        and d.item = r.item
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        cast(rule_set as {{ text_type() }}) as rule_set,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(approver_role as {{ text_type() }}) as approver_role,
        cast(approver_rank as bigint) as approver_rank,
        cast(is_step as boolean) as is_step,
        cast(up_to_days as decimal(9,1)) as up_to_days
    from steps
)

select * from final

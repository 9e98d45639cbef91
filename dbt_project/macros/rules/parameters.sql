{#- One row a version of a rule set: rule_version, valid_from, valid_to (exclusive), and a column a parameter.
    columns: {parameter: type}. A version that lacks one gives null; the loader has refused such a version before. -#}
{% macro rule_parameters(rule_set, columns) %}
select
    v.rule_version,
    v.valid_from,
    v.valid_to
    {%- for parameter, type in columns.items() %},
    max(case when p.parameter = '{{ parameter }}' then {{ cast_checked('p.value', type) }} end) as {{ parameter }}
    {%- endfor %}
from {{ ref('int_rule_versions') }} as v
left join {{ source('rules', 'parameters') }} as p
    on p.rule_version = v.rule_version
    and p.item is null
    and p.parameter in ('{{ columns.keys() | join("', '") }}')
where v.rule_set = '{{ rule_set }}'
group by v.rule_version, v.valid_from, v.valid_to
{% endmacro %}

{#- One row a version and item of a parameter that has items (a position, a category, a leave type …):
    rule_version, valid_from, valid_to (exclusive), item, value. -#}
{% macro rule_items(rule_set, parameter, type) %}
select
    v.rule_version,
    v.valid_from,
    v.valid_to,
    p.item,
    -- guarded: an engine may cast before it has left out the other parameters, whose values are of other types
    {{ cast_checked("case when p.parameter = '" ~ parameter ~ "' then p.value end", type) }} as value
from {{ ref('int_rule_versions') }} as v
inner join {{ source('rules', 'parameters') }} as p
    on p.rule_version = v.rule_version
where v.rule_set = '{{ rule_set }}'
    and p.parameter = '{{ parameter }}'
{% endmacro %}

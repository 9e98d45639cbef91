{#- One row a unit in scope of a rule set (or of one clause of it by itself) and span of dates in which one version applies
    to it: unit_id, rule_version, valid_from, valid_to (exclusive), a column a parameter. One equality on unit_id leads a
    log row to its rules. Use as a whole model or CTE body. -#}
{% macro unit_rules(rule_set, columns={}, clause_id=none) %}
select
    cast(s.unit_id as {{ text_type() }}) as unit_id,
    cast(v.rule_version as {{ text_type() }}) as rule_version,
    cast(greatest(s.valid_from, v.valid_from) as date) as valid_from,
    cast(least(s.valid_to, v.valid_to) as date) as valid_to
    {%- for parameter, type in columns.items() %},
    cast(v.{{ parameter }} as {{ type_name(type) }}) as {{ parameter }}
    {%- endfor %}
from {{ ref('int_unit_scope') }} as s
inner join ({{ rule_parameters(rule_set, columns) | indent(4) }}) as v
    on v.valid_from < s.valid_to
    and v.valid_to > s.valid_from
where s.rule_set = '{{ rule_set }}'
    and s.clause_id {{ "= '" ~ clause_id ~ "'" if clause_id else 'is null' }}
{% endmacro %}

{#- One row a version and item of a rule set's parameters that have items: rule_version, valid_from, valid_to (exclusive),
    item, a column a parameter. Only items that state the first parameter have a row. -#}
{% macro rule_item_rows(rule_set, columns) %}
select
    v.rule_version,
    v.valid_from,
    v.valid_to,
    p.item
    {%- for parameter, type in columns.items() %},
    max(case when p.parameter = '{{ parameter }}' then {{ cast_checked('p.value', type) }} end) as {{ parameter }}
    {%- endfor %}
from {{ ref('int_rule_versions') }} as v
inner join {{ source('rules', 'parameters') }} as p
    on p.rule_version = v.rule_version
where v.rule_set = '{{ rule_set }}'
    and p.item is not null
    and p.parameter in ('{{ columns.keys() | join("', '") }}')
group by v.rule_version, v.valid_from, v.valid_to, p.item
having max(case when p.parameter = '{{ columns.keys() | first }}' then p.value end) is not null
{% endmacro %}

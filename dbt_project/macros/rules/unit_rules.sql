{#- One row a unit in scope of a rule set and span of dates in which one version applies to it: unit_id, rule_version,
    valid_from, valid_to (exclusive), a column a parameter. One equality on unit_id leads a log row to its rules.
    Use as a whole model or CTE body. -#}
{% macro unit_rules(rule_set, columns={}) %}
select
    cast(s.unit_id as {{ text_type() }}) as unit_id,
    cast(v.rule_version as {{ text_type() }}) as rule_version,
    cast(greatest(s.valid_from, v.valid_from) as date) as valid_from,
    cast(least(s.valid_to, v.valid_to) as date) as valid_to
    {%- for parameter, type in columns.items() %},
    cast(v.{{ parameter }} as {{ type if type != 'varchar' else text_type() }}) as {{ parameter }}
    {%- endfor %}
from {{ ref('int_unit_scope') }} as s
inner join ({{ rule_parameters(rule_set, columns) | indent(4) }}) as v
    on v.valid_from < s.valid_to
    and v.valid_to > s.valid_from
where s.rule_set = '{{ rule_set }}'
    and s.clause_id is null
{% endmacro %}

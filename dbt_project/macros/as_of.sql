{#- The last date that this build answers for. Comes from the logs or from the call, never from the clock. -#}
{% macro as_of() -%} (select as_of from {{ ref('int_as_of') }}) {%- endmacro %}

{#- A value dated after as_of is not known yet. -#}
{% macro known(column, is_timestamp=false) -%}
    case when {{ column }} {{ '<' if is_timestamp else '<=' }} {{ as_of() }}{{ ' + interval 1 day' if is_timestamp }} then {{ column }} end
{%- endmacro %}

{#- An approval that comes after as_of has not been given yet; one without a date has. -#}
{% macro known_status(approved_column) -%}
    case when status = 'approved' and cast({{ approved_column }} as date) > {{ as_of() }} then 'pending' else status end
{%- endmacro %}

{#- Schemas and databases are named as the layers are, without the target's prefix. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{#- Public layers live in the file that is published; Spark knows schemas only. -#}
{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {%- if target.type == 'duckdb' -%} {{ custom_database_name or target.database }} {%- endif -%}
{%- endmacro %}

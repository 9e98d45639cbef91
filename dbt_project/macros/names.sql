{#- Schemas and databases are named as the layers are; on Spark, which others use too, behind the home's prefix. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if target.type == 'duckdb' -%} {{ custom_schema_name or target.schema }}
    {%- else -%} {{ target.schema ~ '_' ~ custom_schema_name if custom_schema_name else target.schema }}
    {%- endif -%}
{%- endmacro %}

{#- Public layers live in the file that is published; Spark knows schemas only. -#}
{% macro generate_database_name(custom_database_name=none, node=none) -%}
    {%- if target.type == 'duckdb' -%} {{ custom_database_name or target.database }} {%- endif -%}
{%- endmacro %}

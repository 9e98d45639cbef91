{#- A build starts from an empty file, so nothing has to be kept, renamed or dropped, and dbt spends most of a small build
    on statements, not on their work: a view or table is made, and all of it commented, in one. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- call statement('main') -%}
        begin;
        {{ create_table_as(False, target_relation, sql) }}
        {{ comments(target_relation, model) }}
        commit
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- call statement('main') -%}
        {{ create_view_as(target_relation, sql) }}
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- What persist_docs asks for, without asking the database which columns there are: one that is described but missing is
    an error. -#}
{% macro comments(relation, model) %}
    {%- if config.persist_relation_docs() and model.description -%}
        {{ alter_relation_comment(relation, model.description) }}
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for name, column in model.columns.items() if column.description %}
        comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

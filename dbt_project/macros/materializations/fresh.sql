{#- A whole build starts from an empty file, so nothing has to be kept, renamed or dropped, and dbt spends most of a small
    build on statements, not on their work: a view or table is made, and all of it commented, in one. A partial build
    starts from the files of the build before: rows that it makes anew replace those that it would have made, other tables
    are made anew. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set condition = rebuilt_where(model) if is_partial() else '' -%}
    {%- call statement('main') -%}
        begin;
        {%- if condition %}
        delete from {{ target_relation }} where {{ condition }};
        insert into {{ target_relation }} by name
        select * from (
        {{ sql }}
        ) as rebuilt where {{ condition }};
        {%- else %}
        {% if is_partial() -%} drop table if exists {{ target_relation }}; {%- endif %}
        {{ create_table_as(False, target_relation, sql) }}
        {{ comments(target_relation, model) }}
        {%- endif %}
        commit
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- call statement('main') -%}
        {%- if is_partial() -%} drop view if exists {{ target_relation }}; {%- endif %}
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

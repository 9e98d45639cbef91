{#- A whole build starts from an empty file, so nothing has to be kept, renamed or dropped: one statement makes the table or
    view, one writes its comments. About a third of the cost of a node otherwise. A partial build starts from the files of
    the build before: rows that it makes anew replace those that it would have made, other tables are made anew. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set condition = rebuilt_where(model) if is_partial() else '' -%}
    {%- call statement('main') -%}
        {%- if condition -%}
            delete from {{ target_relation }} where {{ condition }};
            insert into {{ target_relation }} by name
            select * from (
            {{ sql }}
            ) as rebuilt where {{ condition }}
        {%- else -%}
            {%- if is_partial() -%} drop table if exists {{ target_relation }}; {%- endif %}
            {{ create_table_as(False, target_relation, sql) }}
        {%- endif -%}
    {%- endcall -%}
    {%- if not condition -%}
        {%- do persist_docs(target_relation, model) -%}
    {%- endif -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- call statement('main') -%}
        {%- if is_partial() -%} drop view if exists {{ target_relation }}; {%- endif %}
        {{ create_view_as(target_relation, sql) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- As on DuckDB, a build on Spark starts from empty schemas: one statement makes the table or view. -#}
{% materialization table, adapter='spark', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- call statement('main') -%}
        create table {{ target_relation }} using parquet as
        {{ get_select_subquery(sql) if config.get('contract').enforced else sql }}
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='spark' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- call statement('main') -%}
        create view {{ target_relation }} as
        {{ sql }}
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

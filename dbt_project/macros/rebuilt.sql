{#- A build is whole, or rebuilds only what rows that came since the build before can touch: what is dated from this date
    on. A whole build begins at the first of all dates. warehouse/partial.py says where a build begins. -#}
{% macro rebuilt_from() -%}
    date '{{ env_var('ZHIDU_REBUILT_FROM', '0001-01-01') if execute else '0001-01-01' }}'
{%- endmacro %}

{% macro is_partial() -%}
    {{ return(execute and env_var('ZHIDU_REBUILT_FROM', '0001-01-01') != '0001-01-01') }}
{%- endmacro %}

{#- A model's condition for the rows that a partial build makes anew, from its meta: `rebuilt_where`, in which
    :rebuilt_from stands for the date. Rows for which it does not hold are kept as they are. Empty: all are made anew. -#}
{% macro rebuilt_where(node) -%}
    {{ return(node.config.meta.get('rebuilt_where', '').replace(':rebuilt_from', rebuilt_from())) }}
{%- endmacro %}

{#- Of the ledger, what is judged by its date alone is rebuilt from that date on. The other clauses are rebuilt whole: what
    is dated long ago may hang on a receipt of today, and they are few. Of the callbacks' clauses that is so where a call is
    judged by what came after it (R3-a2b, R3-e6). -#}
{% macro ledger_rebuilt_where(from_date=':rebuilt_from', prefix='') -%}
(
    {{ prefix }}occurred_on >= {{ from_date }}
    or {{ prefix }}clause_id in ('R3-a2b', 'R3-e6')
    or not (
        {{ prefix }}clause_id like 'R3-%'
        or {{ prefix }}clause_id like 'R7-%'
        or {{ prefix }}clause_id like 'R8-%'
        or {{ prefix }}clause_id in ('R2-2.1.6', 'R2-3.4.1', 'R5-2')
    )
)
{%- endmacro %}

{#- Tests of a partial build look at what it made. A test sees no macros but its own: hence once more what stands above. -#}
{% macro duckdb__get_where_subquery(relation) -%}
    {%- set first = env_var('ZHIDU_REBUILT_FROM', '') if execute else '' -%}
    {%- set conditions = [config.get('where')] if config.get('where') else [] -%}
    {%- for node in (graph.nodes.values() if first else []) if node.resource_type == 'model' and node.name == relation.identifier -%}
        {%- set rebuilt_where = node.config.meta.get('rebuilt_where') -%}
        {%- do conditions.append(rebuilt_where.replace(':rebuilt_from', "date '" ~ first ~ "'")) if rebuilt_where -%}
    {%- endfor -%}
    {%- set filtered = '(select * from ' ~ relation ~ ' where (' ~ conditions | join(') and (') ~ ')) as rebuilt' -%}
    {{ return(filtered if conditions else relation) }}
{%- endmacro %}

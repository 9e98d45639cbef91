{#- The subjects' outcome models, in the order of the rulebook. A new subject adds its model here. -#}
{% macro outcome_models() -%}
    {{ return([
        'int_attendance_outcomes',
        'int_callback_outcomes',
        'int_conduct_outcomes',
        'int_events_outcomes',
        'int_expense_outcomes',
        'int_receivable_outcomes',
        'int_sales_outcomes',
        'int_service_outcomes',
        'int_inspection_outcomes',
    ]) }}
{%- endmacro %}

{#- The columns in which every int_<subject>_outcomes ends.
    Where amount is not null: amount = money_share(base_amount, multiplier, quantity, divisor) + adjustment_amount.
    computation names the words for these terms (seeds/reference/computations.csv).
    tie_order orders outcomes that would otherwise share an id. -#}
{% macro outcome_columns() -%}
    {{ return({
        'clause_id': 'varchar', 'outcome_type': 'varchar', 'subject_type': 'varchar', 'subject_id': 'varchar',
        'unit_id': 'varchar', 'occurred_on': 'date', 'quantity': 'decimal(18,1)', 'amount': 'decimal(18,2)',
        'flag': 'varchar', 'source_feed': 'varchar', 'source_key': 'varchar', 'rule_version': 'varchar',
        'tie_order': 'bigint', 'computation': 'varchar', 'base_amount': 'decimal(18,2)', 'multiplier': 'decimal(9,4)',
        'divisor': 'bigint', 'adjustment_amount': 'decimal(18,2)'
    }) }}
{%- endmacro %}

{#- The last select of an outcome model: every column cast, in order, of what is judged anew. -#}
{% macro select_outcomes(relation) %}
select
    {%- for column, type in outcome_columns().items() %}
    cast({{ column }} as {{ type_name(type) }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
where {{ ledger_rebuilt_where(rebuilt_from()) }}
{% endmacro %}

{#- Models that lead an outcome whose source is a fact table back to log rows: int_<subject>_outcome_sources with the
    columns outcome_id, role, log_feed, log_key, load_id, source_row (one row an outcome and log row). -#}
{% macro outcome_source_models() -%}
    {{ return([
        'int_attendance_outcome_sources',
        'int_callback_outcome_sources',
        'int_events_outcome_sources',
        'int_expense_outcome_sources',
        'int_inspection_outcome_sources',
    ]) }}
{%- endmacro %}

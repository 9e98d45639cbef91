{#- The key columns of each feed, in the order in which source_key joins them. -#}
{% macro feed_keys() -%}
    {{ return({
        'units': ['unit_id'],
        'employees': ['employee_id', 'effective_on'],
        'customers': ['customer_id'],
        'calendar_overrides': ['calendar_date', 'unit_id'],
        'key_dates': ['key_date', 'unit_id'],
        'budgets': ['unit_id', 'month', 'category'],
        'punches': ['employee_id', 'punched_at', 'punched_by'],
        'leave_requests': ['request_id'],
        'attendance_exceptions': ['exception_id'],
        'shifts': ['shift_id'],
        'conduct_incidents': ['incident_id'],
        'class_incidents': ['incident_id'],
        'expense_lines': ['claim_id', 'line_no'],
        'business_trips': ['trip_id'],
        'special_expense_requests': ['request_id'],
        'receivables': ['invoice_id'],
        'receipts': ['receipt_id'],
        'bad_debts': ['bad_debt_id'],
        'cash_advances': ['advance_id'],
        'advance_repayments': ['repayment_id'],
        'account_transactions': ['transaction_id'],
        'phone_limits': ['position', 'month'],
        'customer_contacts': ['contact_id'],
        'callbacks': ['callback_id'],
        'work_orders': ['work_order_id'],
        'hotline_calls': ['call_id'],
        'cases': ['case_id'],
        'class_assessments': ['assessment_id'],
        'experience_visits': ['visit_id'],
        'sales_orders': ['order_id'],
        'promotions': ['promotion_id'],
        'sales_targets': ['unit_id', 'employee_id', 'month'],
        'event_contracts': ['contract_id'],
        'event_tasks': ['contract_id', 'task_code'],
        'inspection_assets': ['asset_id'],
        'inspections': ['inspection_id'],
        'waivers': ['outcome_id'],
    }) }}
{%- endmacro %}

{#- The key of a row of a feed as it stands in source_key: values joined by |, an empty one as nothing. -#}
{% macro feed_key_text(feed, alias) -%}
    {%- for column in feed_keys()[feed] -%}
        coalesce(cast({{ alias }}.{{ column }} as {{ text_type() }}), ''){{ " || '|' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Which columns of which feeds name something that another feed keeps: {known feed: {column there: {feed: [columns]}}}. -#}
{% macro feed_references() -%}
    {{ return({
        'units': {'unit_id': {
            'employees': ['unit_id'], 'customers': ['unit_id'], 'calendar_overrides': ['unit_id'], 'key_dates': ['unit_id'],
            'budgets': ['unit_id'], 'class_incidents': ['unit_id'], 'expense_lines': ['unit_id'],
            'special_expense_requests': ['unit_id'], 'receivables': ['unit_id'], 'receipts': ['unit_id'],
            'account_transactions': ['unit_id'], 'customer_contacts': ['unit_id'], 'work_orders': ['unit_id'],
            'hotline_calls': ['unit_id'], 'cases': ['unit_id'], 'class_assessments': ['unit_id'],
            'experience_visits': ['unit_id'], 'sales_orders': ['unit_id'], 'promotions': ['unit_id'],
            'sales_targets': ['unit_id'], 'event_contracts': ['unit_id'], 'inspection_assets': ['unit_id']
        }},
        'employees': {'employee_id': {
            'punches': ['employee_id', 'punched_by'], 'leave_requests': ['employee_id'], 'attendance_exceptions': ['employee_id'],
            'shifts': ['employee_id'], 'conduct_incidents': ['employee_id'], 'expense_lines': ['employee_id'],
            'business_trips': ['employee_id'], 'receivables': ['business_manager_id'], 'cash_advances': ['employee_id'],
            'customer_contacts': ['employee_id'], 'callbacks': ['employee_id'], 'hotline_calls': ['operator_id'],
            'cases': ['operator_id'], 'class_assessments': ['employee_id'], 'experience_visits': ['employee_id'],
            'sales_orders': ['employee_id'], 'sales_targets': ['employee_id'], 'event_contracts': ['employee_id'],
            'inspections': ['inspector_id']
        }},
        'customers': {'customer_id': {
            'customers': ['referred_by_customer_id'], 'receivables': ['customer_id'], 'customer_contacts': ['customer_id'],
            'callbacks': ['customer_id'], 'work_orders': ['customer_id'], 'class_assessments': ['customer_id'],
            'experience_visits': ['customer_id'], 'sales_orders': ['customer_id'], 'event_contracts': ['customer_id']
        }},
        'business_trips': {'trip_id': {'expense_lines': ['trip_id']}},
        'special_expense_requests': {'request_id': {'expense_lines': ['special_request_id']}},
        'receivables': {'invoice_id': {'receipts': ['invoice_id'], 'bad_debts': ['invoice_id']}},
        'cash_advances': {'advance_id': {'advance_repayments': ['advance_id']}},
        'work_orders': {'work_order_id': {'callbacks': ['work_order_id']}},
        'event_contracts': {'contract_id': {'event_tasks': ['contract_id']}},
        'inspection_assets': {'asset_id': {'inspections': ['asset_id']}}
    }) }}
{%- endmacro %}

{#- Conditions under which a row, readable as it is, can hardly be meant: {feed: {check: condition}}. -#}
{% macro implausible_conditions() -%}
    {{ return({
        'employees': {'left_before_hired': 'left_on < hired_on', 'wage_is_negative': 'monthly_wage < 0'},
        'leave_requests': {'ends_before_it_starts': 'end_at <= start_at'},
        'shifts': {'ends_before_it_starts': 'ends_at <= starts_at', 'left_before_arrived': 'left_at < arrived_at'},
        'expense_lines': {'submitted_before_spent': 'submitted_on < incurred_on', 'guests_are_negative': 'guests_count < 0'},
        'business_trips': {'returns_before_it_departs': 'returns_on < departs_on'},
        'receipts': {'banked_before_received': 'deposited_at < received_at'},
        'callbacks': {'score_out_of_range': 'satisfaction_score < 1 or satisfaction_score > 5'},
        'work_orders': {'resolved_before_opened': 'resolved_at < opened_at'},
        'hotline_calls': {'answered_before_ringing': 'answered_at < ringing_at', 'ended_before_ringing': 'ended_at < ringing_at'},
        'cases': {'dispatched_before_received': 'dispatched_at < received_at', 'read_before_dispatched': 'read_at < dispatched_at', 'fed_back_before_result': 'feedback_sent_at < result_received_at'},
        'sales_orders': {'quantity_not_positive': 'quantity <= 0', 'amount_is_negative': 'amount < 0'},
        'promotions': {'ends_before_it_starts': 'ends_on < starts_on'},
        'event_contracts': {'ceremony_before_signing': 'event_at < signed_on'},
        'inspection_assets': {'out_of_service_before_in': 'in_service_to < in_service_from'},
        'inspections': {'handled_before_found': 'fault_handled_at < inspected_at'},
        'budgets': {'amount_is_negative': 'amount < 0'}
    }) }}
{%- endmacro %}

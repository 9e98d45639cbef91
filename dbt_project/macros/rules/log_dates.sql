{#- The feeds that log what happened, each with the columns that say when: the first is the row's own date. What is
    planned (an end, a ceremony, an effective date) is none of them. -#}
{%- macro log_dates() -%}
    {{ return({
        'punches': ['punched_at'],
        'leave_requests': ['requested_at', 'approved_at'],
        'shifts': ['arrived_at', 'handed_over_at', 'left_at'],
        'conduct_incidents': ['occurred_at'],
        'class_incidents': ['occurred_on'],
        'expense_lines': ['incurred_on', 'submitted_on'],
        'business_trips': ['applied_on', 'approved_on'],
        'special_expense_requests': ['requested_on', 'approved_on'],
        'receivables': ['shipped_on'],
        'receipts': ['received_at', 'deposited_at'],
        'bad_debts': ['confirmed_on'],
        'cash_advances': ['borrowed_on'],
        'advance_repayments': ['repaid_on'],
        'account_transactions': ['occurred_at'],
        'customer_contacts': ['occurred_at'],
        'callbacks': ['called_at', 'issue_reported_at', 'report_filed_on'],
        'work_orders': ['opened_at', 'resolved_at'],
        'hotline_calls': ['ringing_at', 'answered_at', 'ended_at'],
        'cases': ['received_at', 'dispatched_at', 'read_at', 'reminded_at', 'result_received_at', 'feedback_sent_at', 'closed_at'],
        'class_assessments': ['assessed_on'],
        'experience_visits': ['visited_at'],
        'sales_orders': ['ordered_at'],
        'event_contracts': ['signed_on'],
        'event_tasks': ['done_at'],
        'inspections': ['inspected_at', 'fault_handled_at', 'escalated_at'],
        'waivers': ['approved_on'],
    }) }}
{%- endmacro -%}

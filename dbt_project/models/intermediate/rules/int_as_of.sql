{%- set happened = {
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
} -%}
with happened as (
    {%- for feed, columns in happened.items() %}
    select
        '{{ feed }}' as feed,
        {% if columns | length > 1 %}greatest({% for c in columns %}max(cast({{ c }} as date)){{ ', ' if not loop.last }}{% endfor %}){% else %}max(cast({{ columns[0] }} as date)){% endif %} as last_on,
        min(cast({{ columns[0] }} as date)) as first_on
    from {{ source('raw', feed) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

logs as (
    select
        max(last_on) as last_on,
        min(first_on) as first_on
    from happened
),

requested as (
    select cast(requested_as_of as date) as requested_as_of
    from {{ source('rules', 'build') }}
),

final as (
    select
        cast(coalesce(requested.requested_as_of, logs.last_on) as date) as as_of,
        cast(logs.first_on as date) as first_on
    from logs
    cross join requested
)

select * from final

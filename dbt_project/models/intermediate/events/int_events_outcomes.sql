with tasks as (
    select * from {{ ref('int_event_tasks') }}
),

lunches as (
    select * from {{ ref('int_event_lunches') }}
),

misses as (
    select
        clause_id,
        employee_id as subject_id,
        unit_id,
        cast(due_at as date) as occurred_on,
        status as flag,
        'fct_event_tasks' as source_feed,
        contract_id || '|' || task_code as source_key,
        rule_version
    from tasks
    where status in ('done_late', 'overdue')
    union all
    select
        'R5-2',
        employee_id,
        unit_id,
        work_date,
        null,
        'fct_attendance_days',
        employee_id || '|' || cast(work_date as {{ text_type() }}),
        rule_version
    from lunches
    where is_too_long
),

final as (
    select
        *,
        'miss' as outcome_type,
        'employee' as subject_type,
        1 as quantity,
        null as amount,
        null as tie_order,
        null as computation,
        null as base_amount,
        null as multiplier,
        null as divisor,
        null as adjustment_amount
    from misses
)

{{ select_outcomes('final') }}

with obligations as (
    select * from {{ ref('int_callback_obligations') }}
    where status = 'missed'
),

calls as (
    select * from {{ ref('int_callback_calls') }}
),

unit_months as (
    select * from {{ ref('int_callback_unit_months') }}
),

people as (
    select
        employee_id,
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_employee_periods') }}
),

context as (
    select as_of from {{ ref('int_as_of') }}
),

-- a work order has no owner: its unit answers
missed as (
    select
        clause_id,
        'miss' as outcome_type,
        case when employee_id is not null then 'employee' else 'unit' end as subject_type,
        coalesce(employee_id, unit_id) as subject_id,
        unit_id,
        due_on as occurred_on,
        cast(null as {{ text_type() }}) as flag,
        trigger_feed as source_feed,
        trigger_key as source_key,
        rule_version
    from obligations
),

disturbed as (
    select
        'R3-a2b' as clause_id,
        'miss' as outcome_type,
        'employee' as subject_type,
        employee_id as subject_id,
        unit_id,
        called_on as occurred_on,
        'over_contact' as flag,
        'callbacks' as source_feed,
        callback_id as source_key,
        rule_version
    from calls
    where is_over_contact
),

-- the unit is that of the day on which the report was due
unreported_visits as (
    select
        'R3-d5' as clause_id,
        'miss' as outcome_type,
        'employee' as subject_type,
        c.employee_id as subject_id,
        e.unit_id,
        c.report_due_on as occurred_on,
        cast(null as {{ text_type() }}) as flag,
        'callbacks' as source_feed,
        c.callback_id as source_key,
        c.rule_version
    from calls as c
    cross join context as a
    left join people as e
        on e.employee_id = c.employee_id
        and c.report_due_on >= e.valid_from
        and c.report_due_on < e.valid_to
    where c.report_due_on <= a.as_of
        and (c.report_filed_on is null or c.report_filed_on > c.report_due_on)
),

unreported_issues as (
    select
        'R3-e6' as clause_id,
        'miss' as outcome_type,
        'employee' as subject_type,
        c.employee_id as subject_id,
        c.unit_id,
        c.called_on as occurred_on,
        cast(null as {{ text_type() }}) as flag,
        'callbacks' as source_feed,
        c.callback_id as source_key,
        c.rule_version
    from calls as c
    cross join context as a
    where c.issue_due_on <= a.as_of
        and (c.issue_reported_on is null or c.issue_reported_on > c.issue_due_on)
),

-- the source leaves the size of the bonus blank, so a reward has no amount
satisfaction as (
    select
        'R3-c8' as clause_id,
        case when satisfaction_flag = 'quality_bonus' then 'reward' else 'warning' end as outcome_type,
        'unit' as subject_type,
        unit_id as subject_id,
        unit_id,
        last_day(month) as occurred_on,
        satisfaction_flag as flag,
        'fct_callback_months' as source_feed,
        unit_id || '|' || cast(month as {{ text_type() }}) as source_key,
        rule_version
    from unit_months
    where satisfaction_flag is not null
        and is_ended
),

outcomes as (
    select * from missed
    union all
    select * from disturbed
    union all
    select * from unreported_visits
    union all
    select * from unreported_issues
    union all
    select * from satisfaction
),

final as (
    select
        *,
        1 as quantity,
        cast(null as decimal(18,2)) as amount,
        cast(null as bigint) as tie_order,
        cast(null as {{ text_type() }}) as computation,
        cast(null as decimal(18,2)) as base_amount,
        cast(null as decimal(9,4)) as multiplier,
        cast(null as bigint) as divisor,
        cast(null as decimal(18,2)) as adjustment_amount
    from outcomes
)

{{ select_outcomes('final') }}

with lines as (
    select * from {{ ref('int_expense_lines') }}
),

checks as (
    select * from {{ ref('int_expense_checks') }}
),

delays as (
    select * from {{ ref('int_expense_delays') }}
),

breaches as (
    select * from {{ ref('int_budget_breaches') }}
),

budget_months as (
    select * from {{ ref('int_budget_months') }}
),

budget_quarters as (
    select * from {{ ref('int_budget_quarters') }}
),

final as (
    select
        c.clause_id,
        'disallowance' as outcome_type,
        'employee' as subject_type,
        l.employee_id as subject_id,
        l.unit_id,
        l.incurred_on as occurred_on,
        c.taken_amount as amount,
        'expense_lines' as source_feed,
        c.claim_id || '|' || cast(c.line_no as {{ text_type() }}) as source_key,
        c.rule_version,
        case when c.is_limit then 'disallowed_over_limit' else 'disallowed_rest' end as computation,
        c.left_before_amount as base_amount,
        1 as multiplier,
        -c.room_amount as adjustment_amount,
        1 as quantity,
        cast(null as {{ text_type() }}) as flag,
        1 as divisor,
        cast(null as bigint) as tie_order
    from checks as c
    inner join lines as l
        on l.claim_id = c.claim_id
        and l.line_no = c.line_no
    union all
    select
        clause_id,
        'miss',
        'employee',
        employee_id,
        unit_id,
        incurred_on,
        null,
        'expense_lines',
        claim_id || '|' || cast(line_no as {{ text_type() }}),
        rule_version,
        null,
        null,
        null,
        null,
        1,
        null,
        null,
        null
    from delays
    union all
    select
        'R9-1',
        'breach',
        'unit',
        unit_id,
        unit_id,
        incurred_on,
        breach_amount,
        'expense_lines',
        claim_id || '|' || cast(line_no as {{ text_type() }}),
        rule_version,
        case when breach_amount < allowed_amount then 'budget_excess' else 'budget_excess_whole' end,
        case when breach_amount < allowed_amount then spent_amount else allowed_amount end,
        1,
        case when breach_amount < allowed_amount then -budget_amount else 0 end,
        1,
        null,
        1,
        null
    from breaches
    union all
    select
        'R4-7',
        'reward',
        'unit',
        unit_id,
        unit_id,
        month_end_on,
        reward_amount,
        'fct_budget_months',
        unit_id || '|' || cast(month as {{ text_type() }}),
        rule_version,
        'saving_share',
        saving_amount,
        reward_share,
        0,
        1,
        null,
        1,
        null
    from budget_months
    where reward_amount > 0
    union all
    select
        'R4-7',
        'reward',
        'unit',
        unit_id,
        unit_id,
        quarter_end_on,
        incentive_amount,
        'fct_budget_quarters',
        unit_id || '|' || cast(quarter as {{ text_type() }}),
        rule_version,
        'saving_share',
        saving_amount,
        incentive_share,
        0,
        1,
        null,
        1,
        null
    from budget_quarters
    where incentive_amount > 0
)

{{ select_outcomes('final') }}

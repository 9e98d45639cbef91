with shares as (
    select * from {{ ref('int_liability_shares') }}
),

people as (
    select * from {{ ref('int_employee_periods') }}
),

advances as (
    select * from {{ ref('int_cash_advances') }}
),

credit_sales as (
    select * from {{ ref('int_credit_sales') }}
),

deposits as (
    select * from {{ ref('int_receipt_deposits') }}
),

transactions as (
    select * from {{ ref('stg_account_transactions') }}
),

office_rules as (
    {{ unit_rules('R4') | indent(4) }}
),

-- a bad debt belongs to no unit of its own: its liability is noted where the bearer is that day
liabilities as (
    select
        s.*,
        case when s.source_feed = 'bad_debts' then p.unit_id else s.unit_id end as outcome_unit_id,
        {{ money_share('s.debt_amount', 's.side_share', '1', 's.side_count') }} as plain_share_amount
    from shares as s
    left join people as p
        on p.employee_id = s.employee_id
        and s.borne_on >= p.valid_from
        and s.borne_on < p.valid_to
),

recoveries as (
    select
        a.*,
        p.unit_id as recovered_unit_id
    from advances as a
    left join people as p
        on p.employee_id = a.employee_id
        and a.recovered_on >= p.valid_from
        and a.recovered_on < p.valid_to
    where a.status = 'overdue'
        and a.recovered_on <= {{ as_of() }}
),

withdrawals as (
    select
        t.transaction_id,
        t.unit_id,
        cast(t.occurred_at as date) as occurred_on,
        r.rule_version
    from transactions as t
    inner join office_rules as r
        on r.unit_id = t.unit_id
        and cast(t.occurred_at as date) >= r.valid_from
        and cast(t.occurred_at as date) < r.valid_to
    where t.account = 'income'
        and t.direction = 'out'
),

misses as (
    select
        'R4-2.3' as clause_id,
        'employee' as subject_type,
        employee_id as subject_id,
        unit_id,
        borrowed_on as occurred_on,
        'over_limit' as flag,
        'cash_advances' as source_feed,
        advance_id as source_key,
        rule_version
    from advances
    where is_over_limit
    union all
    select
        'R4-3.3',
        'employee',
        employee_id,
        unit_id,
        borrowed_on,
        approval_flag,
        'cash_advances',
        advance_id,
        rule_version
    from advances
    where approval_flag is not null
    union all
    select
        'R4-3.1',
        'unit',
        unit_id,
        unit_id,
        shipped_on,
        null,
        'receivables',
        invoice_id,
        rule_version
    from credit_sales
    where is_over_limit
    union all
    select
        'R4-3.2',
        'unit',
        unit_id,
        unit_id,
        due_on,
        null,
        'receipts',
        receipt_id,
        rule_version
    from deposits
    where status = 'late'
    union all
    select
        'R4-1',
        'unit',
        unit_id,
        unit_id,
        occurred_on,
        null,
        'account_transactions',
        transaction_id,
        rule_version
    from withdrawals
),

final as (
    select
        clause_id,
        'liability' as outcome_type,
        'employee' as subject_type,
        employee_id as subject_id,
        outcome_unit_id as unit_id,
        borne_on as occurred_on,
        1 as quantity,
        share_amount as amount,
        cast(null as {{ text_type() }}) as flag,
        source_feed,
        source_key,
        rule_version,
        bearer_place as tie_order,
        'shared_half' as computation,
        debt_amount as base_amount,
        side_share as multiplier,
        side_count as divisor,
        share_amount - plain_share_amount as adjustment_amount
    from liabilities
    union all
    select
        'R4-2.3',
        'advance_recovery',
        'employee',
        employee_id,
        recovered_unit_id,
        recovered_on,
        1,
        overdue_amount,
        null,
        'cash_advances',
        advance_id,
        rule_version,
        null,
        'advance_open',
        amount,
        1,
        1,
        -repaid_by_due_amount
    from recoveries
    union all
    select
        clause_id,
        'miss',
        subject_type,
        subject_id,
        unit_id,
        occurred_on,
        1,
        null,
        flag,
        source_feed,
        source_key,
        rule_version,
        null,
        null,
        null,
        null,
        null,
        null
    from misses
)

{{ select_outcomes('final') }}

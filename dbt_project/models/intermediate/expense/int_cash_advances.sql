with advances as (
    select * from {{ ref('stg_cash_advances') }}
),

repayments as (
    select * from {{ ref('stg_advance_repayments') }}
),

people as (
    select * from {{ ref('int_employee_periods') }}
),

office_rules as (
    {{ unit_rules('R4', {
        'advance_limit': 'decimal(18,2)', 'advance_months': 'bigint', 'advance_approver': 'varchar', 'advance_barred_role': 'varchar'
    }) | indent(4) }}
),

-- the rules of the day of borrowing hold for the advance to its end
borrowed as (
    select
        a.*,
        p.unit_id,
        p.position,
        {{ add_months('a.borrowed_on', 'r.advance_months') }} as due_on,
        r.advance_limit,
        r.advance_approver,
        r.advance_barred_role,
        r.rule_version
    from advances as a
    inner join people as p
        on p.employee_id = a.employee_id
        and a.borrowed_on >= p.valid_from
        and a.borrowed_on < p.valid_to
    inner join office_rules as r
        on r.unit_id = p.unit_id
        and a.borrowed_on >= r.valid_from
        and a.borrowed_on < r.valid_to
),

-- a later repayment changes nothing (R4-2.3)
repaid as (
    select
        b.advance_id,
        sum(r.amount) as repaid_by_due_amount
    from borrowed as b
    inner join repayments as r
        on r.advance_id = b.advance_id
        and r.repaid_on <= b.due_on
    group by b.advance_id
),

opened as (
    select
        b.*,
        coalesce(r.repaid_by_due_amount, 0) as repaid_by_due_amount,
        greatest(b.amount - coalesce(r.repaid_by_due_amount, 0), 0) as open_amount,
        b.due_on <= {{ as_of() }} as is_due
    from borrowed as b
    left join repaid as r
        on r.advance_id = b.advance_id
),

final as (
    select
        cast(advance_id as {{ text_type() }}) as advance_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(amount as decimal(18,2)) as amount,
        cast(borrowed_on as date) as borrowed_on,
        cast(due_on as date) as due_on,
        cast({{ add_days('due_on', '1') }} as date) as recovered_on,
        cast(repaid_by_due_amount as decimal(18,2)) as repaid_by_due_amount,
        cast(case when is_due then open_amount else 0 end as decimal(18,2)) as overdue_amount,
        cast(case
            when open_amount = 0 then 'repaid'
            when is_due then 'overdue'
            else 'open'
        end as {{ text_type() }}) as status,
        cast(amount > advance_limit as boolean) as is_over_limit,
        cast(case
            when approved_by = employee_id and (position = advance_barred_role or coalesce(approved_by_role = advance_barred_role, false))
                then 'own_approval'
            when coalesce(approved_by_role <> advance_approver, true) then 'wrong_approver'
        end as {{ text_type() }}) as approval_flag,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from opened
)

select * from final

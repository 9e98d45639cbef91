with bad_debts as (
    select * from {{ ref('stg_bad_debts') }}
),

invoices as (
    select * from {{ ref('stg_receivables') }}
),

lines as (
    select * from {{ ref('int_expense_lines') }}
),

people as (
    select * from {{ ref('int_employee_periods') }}
),

office_rules as (
    {{ unit_rules('R4', {'manager_share': 'decimal(9,4)', 'bad_debt_confirmer': 'varchar'}) | indent(4) }}
),

-- what an office answers for: bad debts once confirmed (R4-2.1), and money spent that finance finally refused (R4-5.2b)
debts as (
    select
        'R4-2.1' as clause_id,
        'bad_debts' as source_feed,
        d.bad_debt_id as source_key,
        i.unit_id,
        d.confirmed_on as borne_on,
        d.amount as debt_amount,
        i.business_manager_id,
        d.confirmed_by_role
    from bad_debts as d
    inner join invoices as i
        on i.invoice_id = d.invoice_id
    union all
    select
        'R4-5.2b',
        'expense_lines',
        claim_id || '|' || cast(line_no as {{ text_type() }}),
        unit_id,
        incurred_on,
        claimed_amount,
        null,
        null
    from lines
    where is_refused
        and claimed_amount > 0
),

shared_out as (
    select
        d.*,
        r.manager_share,
        r.rule_version
    from debts as d
    inner join office_rules as r
        on r.unit_id = d.unit_id
        and d.borne_on >= r.valid_from
        and d.borne_on < r.valid_to
    where d.clause_id = 'R4-5.2b'
        or d.confirmed_by_role = r.bad_debt_confirmer
),

bearers as (
    select
        d.source_feed,
        d.source_key,
        p.employee_id,
        p.position as bearer_role
    from shared_out as d
    inner join people as p
        on p.unit_id = d.unit_id
        and p.position in ('office_manager', 'office_supervisor')
        and d.borne_on >= p.employed_from
        and d.borne_on <= p.employed_to
    union all
    select
        source_feed,
        source_key,
        business_manager_id,
        'business_manager'
    from shared_out
    where business_manager_id is not null
),

counted as (
    select
        d.*,
        b.employee_id,
        b.bearer_role,
        count(case when b.bearer_role = 'office_manager' then 1 end) over (
            partition by d.source_feed, d.source_key
        ) as manager_count,
        count(case when b.bearer_role <> 'office_manager' then 1 end) over (
            partition by d.source_feed, d.source_key
        ) as other_count,
        row_number() over (
            partition by d.source_feed, d.source_key, b.bearer_role order by b.employee_id
        ) as role_place
    from shared_out as d
    inner join bearers as b
        on b.source_feed = d.source_feed
        and b.source_key = d.source_key
),

other_shares as (
    select
        *,
        {{ money_share('debt_amount', '1 - manager_share', '1', 'other_count') }} as other_share_amount
    from counted
),

-- the managers take what the others' rounded shares leave, or their own share alone where there is nobody else
manager_parts as (
    select
        *,
        case
            when other_count > 0 then debt_amount - other_count * other_share_amount
            else {{ money_share('debt_amount', 'manager_share') }}
        end as managers_amount
    from other_shares
),

-- several managers bear whole cents alike, the first by id the cents that are left
manager_shares as (
    select
        *,
        {{ even_share('managers_amount', 'manager_count') }} as manager_each_amount
    from manager_parts
),

final as (
    select
        cast(clause_id as {{ text_type() }}) as clause_id,
        cast(source_feed as {{ text_type() }}) as source_feed,
        cast(source_key as {{ text_type() }}) as source_key,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(borne_on as date) as borne_on,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(bearer_role as {{ text_type() }}) as bearer_role,
        cast(case bearer_role when 'office_manager' then 0 when 'business_manager' then 1 else 2 end as bigint) as bearer_place,
        cast(debt_amount as decimal(18,2)) as debt_amount,
        cast(case when bearer_role = 'office_manager' then manager_share else 1 - manager_share end as decimal(9,4)) as side_share,
        cast(case when bearer_role = 'office_manager' then manager_count else other_count end as bigint) as side_count,
        cast(case
            when bearer_role <> 'office_manager' then other_share_amount
            when role_place = 1 then managers_amount - (manager_count - 1) * manager_each_amount
            else manager_each_amount
        end as decimal(18,2)) as share_amount,
        cast(rule_version as {{ text_type() }}) as rule_version
    from manager_shares
)

select * from final

with lines as (
    select
        l.claim_id,
        l.line_no,
        l.unit_id,
        l.category,
        l.incurred_on,
        l.month,
        l.budget_version,
        a.allowed_amount
    from {{ ref('int_expense_lines') }} as l
    inner join {{ ref('int_expense_allowances') }} as a
        on a.claim_id = l.claim_id
        and a.line_no = l.line_no
),

category_months as (
    select * from {{ ref('int_category_months') }}
),

-- a refund gives its budget back from its day on
running as (
    select
        l.*,
        m.year_to_date_budget_amount as budget_amount,
        sum(l.allowed_amount) over (
            partition by l.unit_id, l.category, year(l.month)
            order by l.incurred_on, l.claim_id, l.line_no
            rows between unbounded preceding and current row
        ) as spent_amount
    from lines as l
    inner join category_months as m
        on m.unit_id = l.unit_id
        and m.category = l.category
        and m.month = l.month
    where m.is_budgeted
),

final as (
    select
        cast(claim_id as {{ text_type() }}) as claim_id,
        cast(line_no as bigint) as line_no,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(incurred_on as date) as incurred_on,
        cast(allowed_amount as decimal(18,2)) as allowed_amount,
        cast(spent_amount as decimal(18,2)) as spent_amount,
        cast(budget_amount as decimal(18,2)) as budget_amount,
        cast(least(allowed_amount, spent_amount - budget_amount) as decimal(18,2)) as breach_amount,
        cast(budget_version as {{ text_type() }}) as rule_version
    from running
    where budget_version is not null
        and allowed_amount > 0
        and spent_amount > budget_amount
)

select * from final

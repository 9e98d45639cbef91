with lines as (
    select
        l.unit_id,
        l.category,
        l.month,
        l.claimed_amount,
        a.allowed_amount
    from {{ ref('int_expense_lines') }} as l
    inner join {{ ref('int_expense_allowances') }} as a
        on a.claim_id = l.claim_id
        and a.line_no = l.line_no
),

spent as (
    select
        unit_id,
        category,
        month,
        sum(claimed_amount) as claimed_amount,
        sum(allowed_amount) as allowed_amount,
        count(*) as line_count
    from lines
    group by unit_id, category, month
),

budgets as (
    select
        unit_id,
        category,
        {{ month_of('month') }} as month,
        sum(amount) as budget_amount
    from {{ ref('stg_budgets') }}
    group by unit_id, category, {{ month_of('month') }}
),

together as (
    select
        coalesce(s.unit_id, b.unit_id) as unit_id,
        coalesce(s.category, b.category) as category,
        coalesce(s.month, b.month) as month,
        coalesce(s.claimed_amount, 0) as claimed_amount,
        coalesce(s.allowed_amount, 0) as allowed_amount,
        coalesce(s.line_count, 0) as line_count,
        b.budget_amount
    from spent as s
    full outer join budgets as b
        on b.unit_id = s.unit_id
        and b.category = s.category
        and b.month = s.month
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(category as {{ text_type() }}) as category,
        cast(month as date) as month,
        cast(last_day(month) as date) as month_end_on,
        cast(claimed_amount as decimal(18,2)) as claimed_amount,
        cast(allowed_amount as decimal(18,2)) as allowed_amount,
        cast(line_count as bigint) as line_count,
        cast(budget_amount as decimal(18,2)) as budget_amount,
        cast(sum(allowed_amount) over (
            partition by unit_id, category, year(month) order by month rows between unbounded preceding and current row
        ) as decimal(18,2)) as year_to_date_allowed_amount,
        cast(coalesce(sum(budget_amount) over (
            partition by unit_id, category, year(month) order by month rows between unbounded preceding and current row
        ), 0) as decimal(18,2)) as year_to_date_budget_amount,
        cast(count(budget_amount) over (partition by unit_id, category, year(month)) > 0 as boolean) as is_budgeted
    from together
)

select * from final

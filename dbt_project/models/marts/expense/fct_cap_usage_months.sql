with category_months as (
    select * from {{ ref('int_category_months') }}
),

office_rules as (
    {{ unit_rules('R4') | indent(4) }}
),

company_rules as (
    {{ unit_rules('R9') | indent(4) }}
),

budget_rules as (
    {{ unit_rules('R9', {}, 'R9-1') | indent(4) }}
),

monthly_limits as (
    {{ rule_items('R4', 'monthly_limit', 'decimal(18,2)') | indent(4) }}
),

-- the rules of a month are those of its last day
ruled as (
    select
        m.*,
        l.value as cap_amount,
        o.rule_version as office_version,
        coalesce(o.rule_version, c.rule_version, b.rule_version) is not null as is_in_scope
    from category_months as m
    left join office_rules as o
        on o.unit_id = m.unit_id
        and m.month_end_on >= o.valid_from
        and m.month_end_on < o.valid_to
    left join company_rules as c
        on c.unit_id = m.unit_id
        and m.month_end_on >= c.valid_from
        and m.month_end_on < c.valid_to
    left join budget_rules as b
        on b.unit_id = m.unit_id
        and m.month_end_on >= b.valid_from
        and m.month_end_on < b.valid_to
    left join monthly_limits as l
        on l.rule_version = o.rule_version
        and l.item = m.category
),

final as (
    select
        unit_id,
        category,
        month,
        claimed_amount,
        allowed_amount,
        cast(cap_amount as decimal(18,2)) as cap_amount,
        cast({{ ratio('claimed_amount', 'cap_amount') }} as double) as cap_usage_rate,
        cast(coalesce(claimed_amount > cap_amount, false) as boolean) as is_cap_breached,
        budget_amount,
        cast({{ ratio('allowed_amount', 'budget_amount') }} as double) as budget_usage_rate,
        cast(budget_amount is not null and year_to_date_allowed_amount > year_to_date_budget_amount as boolean) as is_budget_breached,
        year_to_date_allowed_amount,
        year_to_date_budget_amount
    from ruled
    where (line_count > 0 or is_in_scope)
        and (is_budgeted or cap_amount is not null)
)

select * from final

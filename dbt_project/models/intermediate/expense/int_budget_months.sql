with category_months as (
    select * from {{ ref('int_category_months') }}
),

office_rules as (
    {{ unit_rules('R4', {'carry_share': 'decimal(9,4)', 'reward_share': 'decimal(9,4)'}) | indent(4) }}
),

-- a region has no office of its own: it is settled by the quarter (R4-7)
offices as (
    select unit_id
    from {{ ref('stg_units') }}
    where unit_type <> 'region'
),

months as (
    select
        unit_id,
        month,
        month_end_on,
        coalesce(sum(budget_amount), 0) as budget_amount,
        sum(allowed_amount) as spent_amount
    from category_months
    group by unit_id, month, month_end_on
),

judged as (
    select
        m.unit_id,
        m.month,
        m.month_end_on,
        m.budget_amount,
        m.spent_amount,
        greatest(m.budget_amount - m.spent_amount, 0) as saving_amount,
        greatest(m.spent_amount - m.budget_amount, 0) as over_amount,
        m.month_end_on <= {{ as_of() }} as is_settled,
        r.carry_share,
        r.reward_share,
        r.rule_version
    from months as m
    inner join offices as o
        on o.unit_id = m.unit_id
    inner join office_rules as r
        on r.unit_id = m.unit_id
        and m.month_end_on >= r.valid_from
        and m.month_end_on < r.valid_to
),

-- until the month is over nothing is given out
shared as (
    select
        *,
        case when is_settled then {{ money_share('saving_amount', 'carry_share') }} else 0 end as carry_out_amount,
        case when is_settled then {{ money_share('saving_amount', 'reward_share') }} else 0 end as reward_amount
    from judged
),

-- what was carried out is there for the next month only
carried as (
    select
        s.*,
        coalesce(b.carry_out_amount, 0) as carry_in_amount
    from shared as s
    left join shared as b
        on b.unit_id = s.unit_id
        and {{ add_months('b.month', '1') }} = s.month
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(month as date) as month,
        cast(month_end_on as date) as month_end_on,
        cast(budget_amount as decimal(18,2)) as budget_amount,
        cast(carry_in_amount as decimal(18,2)) as carry_in_amount,
        cast(spent_amount as decimal(18,2)) as spent_amount,
        cast(saving_amount as decimal(18,2)) as saving_amount,
        cast(carry_out_amount as decimal(18,2)) as carry_out_amount,
        cast(reward_amount as decimal(18,2)) as reward_amount,
        cast(case when is_settled then saving_amount - carry_out_amount - reward_amount else 0 end as decimal(18,2)) as returned_amount,
        cast(least(carry_in_amount, over_amount) as decimal(18,2)) as carry_in_used_amount,
        cast(greatest(over_amount - carry_in_amount, 0) as decimal(18,2)) as overspend_amount,
        cast(is_settled as boolean) as is_settled,
        cast(reward_share as decimal(9,4)) as reward_share,
        cast(rule_version as {{ text_type() }}) as rule_version
    from carried
)

select * from final

with category_months as (
    select * from {{ ref('int_category_months') }}
),

office_rules as (
    {{ unit_rules('R4', {'incentive_share': 'decimal(9,4)'}) | indent(4) }}
),

regions as (
    select unit_id
    from {{ ref('stg_units') }}
    where unit_type = 'region'
),

quarters as (
    select
        unit_id,
        cast(date_trunc('quarter', month) as date) as quarter,
        cast(date_trunc('quarter', month) + interval 3 month - interval 1 day as date) as quarter_end_on,
        coalesce(sum(budget_amount), 0) as budget_amount,
        sum(allowed_amount) as spent_amount
    from category_months
    group by
        unit_id,
        cast(date_trunc('quarter', month) as date),
        cast(date_trunc('quarter', month) + interval 3 month - interval 1 day as date)
),

judged as (
    select
        q.unit_id,
        q.quarter,
        q.quarter_end_on,
        q.budget_amount,
        q.spent_amount,
        greatest(q.budget_amount - q.spent_amount, 0) as saving_amount,
        q.quarter_end_on <= {{ as_of() }} as is_settled,
        r.incentive_share,
        r.rule_version
    from quarters as q
    inner join regions as g
        on g.unit_id = q.unit_id
    inner join office_rules as r
        on r.unit_id = q.unit_id
        and q.quarter_end_on >= r.valid_from
        and q.quarter_end_on < r.valid_to
),

-- until the quarter is over nothing is given out
shared as (
    select
        *,
        case when is_settled then {{ money_share('saving_amount', 'incentive_share') }} else 0 end as incentive_amount
    from judged
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(quarter as date) as quarter,
        cast(quarter_end_on as date) as quarter_end_on,
        cast(budget_amount as decimal(18,2)) as budget_amount,
        cast(spent_amount as decimal(18,2)) as spent_amount,
        cast(saving_amount as decimal(18,2)) as saving_amount,
        cast(incentive_amount as decimal(18,2)) as incentive_amount,
        cast(case when is_settled then saving_amount - incentive_amount else 0 end as decimal(18,2)) as returned_amount,
        cast(is_settled as boolean) as is_settled,
        cast(incentive_share as decimal(9,4)) as incentive_share,
        cast(rule_version as {{ text_type() }}) as rule_version
    from shared
)

select * from final

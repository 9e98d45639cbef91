{#- the steps that the mart's columns are named for -#}
{%- set three_visits = 3 -%}
with customers as (
    select
        *,
        {{ month_of('first_visited_on') }} as month
    from {{ ref('int_store_customers') }}
    where first_visited_on is not null
),

customer_months as (
    select * from {{ ref('int_store_customer_months') }}
),

targets as (
    select * from {{ ref('stg_sales_targets') }}
),

scope as (
    select
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_unit_scope') }}
    where rule_set = 'R10'
        and clause_id is null
),

parameters as (
    {{ rule_parameters('R10', {'new_to_target_multiple': 'decimal(9,4)'}) | indent(4) }}
),

-- what the new customers of a month did in that month, wherever they did it
new_customers as (
    select
        c.first_visit_unit_id as unit_id,
        c.month,
        count(*) as new_customers,
        sum(case when c.is_back_next_day then 1 else 0 end) as returned_next_day,
        sum(case when m.visits >= {{ three_visits }} then 1 else 0 end) as three_visits,
        sum(case when m.assessments > 0 then 1 else 0 end) as assessed,
        sum(case when m.deposits > 0 then 1 else 0 end) as deposit_payers,
        sum(case when m.purchases > 0 then 1 else 0 end) as buyers,
        sum(case when c.is_referred then 1 else 0 end) as referred_new_customers,
        sum(case when c.is_referred and m.purchases > 0 then 1 else 0 end) as referred_buyers
    from customers as c
    inner join customer_months as m
        on m.customer_id = c.customer_id
        and m.month = c.month
    group by c.first_visit_unit_id, c.month
),

-- the store's own target stands for it, else its people's together (R10-2.1.5)
store_targets as (
    select
        t.unit_id,
        t.month,
        coalesce(
            max(case when t.employee_id is null then t.target_units end),
            sum(case when t.employee_id is not null then t.target_units end)
        ) as target_units
    from targets as t
    inner join scope as s
        on s.unit_id = t.unit_id
        and last_day(t.month) >= s.valid_from
        and last_day(t.month) < s.valid_to
    where t.target_units is not null
    group by t.unit_id, t.month
),

months as (
    select unit_id, month from new_customers
    union
    select unit_id, month from store_targets
),

final as (
    select
        cast(m.unit_id as {{ text_type() }}) as unit_id,
        cast(m.month as date) as month,
        cast(coalesce(n.new_customers, 0) as bigint) as new_customers,
        cast(coalesce(n.returned_next_day, 0) as bigint) as returned_next_day,
        cast(coalesce(n.three_visits, 0) as bigint) as three_visits,
        cast(coalesce(n.assessed, 0) as bigint) as assessed,
        cast(coalesce(n.deposit_payers, 0) as bigint) as deposit_payers,
        cast(coalesce(n.buyers, 0) as bigint) as buyers,
        cast(coalesce(n.referred_new_customers, 0) as bigint) as referred_new_customers,
        cast(coalesce(n.referred_buyers, 0) as bigint) as referred_buyers,
        cast(t.target_units as bigint) as target_units,
        {{ ratio('coalesce(n.new_customers, 0)', 't.target_units') }} as new_to_target_ratio,
        cast(case when t.target_units > 0 then coalesce(n.new_customers, 0) >= t.target_units * p.new_to_target_multiple end as boolean) as is_new_to_target_reached,
        cast(p.rule_version as {{ text_type() }}) as rule_version
    from months as m
    left join new_customers as n
        on n.unit_id = m.unit_id
        and n.month = m.month
    left join store_targets as t
        on t.unit_id = m.unit_id
        and t.month = m.month
    inner join parameters as p
        on last_day(m.month) >= p.valid_from
        and last_day(m.month) < p.valid_to
)

select * from final

with promotions as (
    select * from {{ ref('stg_promotions') }}
),

context as (
    select as_of from {{ ref('int_as_of') }}
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

orders as (
    select * from {{ ref('int_store_orders') }}
),

-- a promotion that runs has had only its days up to as_of
running as (
    select
        m.*,
        {{ days_between('m.starts_on', 'least(m.ends_on, a.as_of)') }} + 1 as elapsed_days
    from promotions as m
    cross join context as a
    inner join scope as s
        on s.unit_id = m.unit_id
        and m.starts_on >= s.valid_from
        and m.starts_on < s.valid_to
),

sold as (
    select
        promotion_id,
        sum(case when order_type = 'purchase' then 1 else 0 end) as purchases,
        sum(case when order_type = 'purchase' then quantity else 0 end) as units_sold,
        sum(case when order_type = 'purchase' then amount else 0 end) as sold_amount,
        sum(case when order_type <> 'refund' then coalesce(gift_amount, 0) else 0 end) as gift_amount,
        sum(case when is_price_wrong or is_deposit_wrong then 1 else 0 end) as outliers
    from orders
    where promotion_id is not null
    group by promotion_id
),

-- what the store sold in as many days right before
before as (
    select
        r.promotion_id,
        sum(o.quantity) as units_sold
    from running as r
    inner join orders as o
        on o.unit_id = r.unit_id
        and o.ordered_on < r.starts_on
        and o.ordered_on >= {{ add_days('r.starts_on', '-r.elapsed_days') }}
        and o.order_type = 'purchase'
    group by r.promotion_id
),

final as (
    select
        cast(r.promotion_id as {{ text_type() }}) as promotion_id,
        cast(r.unit_id as {{ text_type() }}) as unit_id,
        cast(r.starts_on as date) as starts_on,
        cast(r.ends_on as date) as ends_on,
        cast(r.name as {{ text_type() }}) as promotion_name,
        cast(r.elapsed_days as bigint) as elapsed_days,
        cast(coalesce(s.purchases, 0) as bigint) as purchases,
        cast(coalesce(s.units_sold, 0) as bigint) as units_sold,
        cast(coalesce(b.units_sold, 0) as bigint) as units_sold_before,
        cast(coalesce(s.sold_amount, 0) as decimal(18,2)) as sold_amount,
        cast(coalesce(s.gift_amount, 0) as decimal(18,2)) as gift_amount,
        cast(coalesce(s.outliers, 0) as bigint) as outliers,
        cast(r.load_id as bigint) as load_id,
        cast(r.source_row as bigint) as source_row
    from running as r
    left join sold as s
        on s.promotion_id = r.promotion_id
    left join before as b
        on b.promotion_id = r.promotion_id
)

select * from final

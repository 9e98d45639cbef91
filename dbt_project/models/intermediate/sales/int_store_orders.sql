with orders as (
    select
        *,
        cast(ordered_at as date) as ordered_on
    from {{ ref('stg_sales_orders') }}
),

promotions as (
    select * from {{ ref('stg_promotions') }}
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
    {{ rule_parameters('R10', {
        'priced_product': text_type(),
        'unit_price': 'decimal(18,2)',
        'gift_limit': 'decimal(18,2)',
        'deposit_minimum': 'decimal(18,2)',
        'deposit_maximum': 'decimal(18,2)'
    }) | indent(4) }}
),

-- where promotions overlap, an order belongs to the one that began last
in_promotions as (
    select
        o.order_id,
        m.promotion_id,
        row_number() over (
            partition by o.order_id
            order by m.starts_on desc, m.promotion_id
        ) as place
    from orders as o
    inner join promotions as m
        on m.unit_id = o.unit_id
        and o.ordered_on >= m.starts_on
        and o.ordered_on <= m.ends_on
),

-- an order that names no product is one of the priced product (R10-2.2.8)
judged as (
    select
        o.*,
        p.unit_price as asked_price,
        p.rule_version,
        i.promotion_id,
        o.order_type = 'purchase' and o.unit_price <> p.unit_price as is_price_wrong,
        i.promotion_id is null
            and o.order_type in ('purchase', 'deposit')
            and coalesce(o.gift_value, p.gift_limit) > p.gift_limit as is_gift_wrong,
        o.order_type = 'deposit'
            and (o.amount < p.deposit_minimum or o.amount > p.deposit_maximum) as is_deposit_wrong
    from orders as o
    inner join scope as s
        on s.unit_id = o.unit_id
        and o.ordered_on >= s.valid_from
        and o.ordered_on < s.valid_to
    inner join parameters as p
        on o.ordered_on >= p.valid_from
        and o.ordered_on < p.valid_to
    left join in_promotions as i
        on i.order_id = o.order_id
        and i.place = 1
    where coalesce(o.product, p.priced_product) = p.priced_product
),

final as (
    select
        cast(order_id as {{ text_type() }}) as order_id,
        cast(customer_id as {{ text_type() }}) as customer_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(ordered_at as timestamp) as ordered_at,
        cast(ordered_on as date) as ordered_on,
        {{ month_of('ordered_on') }} as month,
        cast(order_type as {{ text_type() }}) as order_type,
        cast(quantity as bigint) as quantity,
        cast(unit_price as decimal(18,2)) as unit_price,
        cast(asked_price as decimal(18,2)) as asked_price,
        cast(amount as decimal(18,2)) as amount,
        cast(gift_value as decimal(18,2)) as gift_amount,
        cast(promotion_id as {{ text_type() }}) as promotion_id,
        cast(is_price_wrong as boolean) as is_price_wrong,
        cast(is_gift_wrong as boolean) as is_gift_wrong,
        cast(is_deposit_wrong as boolean) as is_deposit_wrong,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from judged
)

select * from final

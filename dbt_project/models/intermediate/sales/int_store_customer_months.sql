with activities as (
    select * from {{ ref('int_store_activities') }}
),

customers as (
    select
        customer_id,
        first_purchased_on,
        {{ month_of('first_purchased_on') }} as first_purchase_month
    from {{ ref('int_store_customers') }}
),

classes as (
    select * from {{ ref('int_customer_classes') }}
),

-- a customer belongs to the store of whatever came last in the month
last_places as (
    select
        customer_id,
        month,
        unit_id,
        row_number() over (
            partition by customer_id, month
            order by happened_at desc, activity_order desc, activity_id desc
        ) as place
    from activities
),

counted as (
    select
        customer_id,
        month,
        sum(case when activity = 'visit' then 1 else 0 end) as visits,
        sum(case when activity = 'assessment' then 1 else 0 end) as assessments,
        sum(case when priced_order_type = 'deposit' then 1 else 0 end) as deposits,
        sum(case when priced_order_type = 'purchase' then 1 else 0 end) as purchases,
        sum(case when priced_order_type = 'purchase' then priced_quantity else 0 end) as purchased_units,
        sum(case when priced_order_type = 'purchase' then priced_amount else 0 end) as purchased_amount,
        sum(case when priced_order_type = 'refund' then priced_quantity else 0 end) as refunded_units,
        sum(case when priced_order_type = 'refund' then priced_amount else 0 end) as refunded_amount
    from activities
    group by customer_id, month
),

-- a buyer is judged by the class on the day of the first purchase, all others by that of the month's end
judged as (
    select
        n.*,
        p.unit_id,
        coalesce(c.first_purchase_month = n.month, false) as is_buyer,
        coalesce(c.first_purchase_month < n.month, false) as has_bought_before,
        case when c.first_purchase_month = n.month then c.first_purchased_on else last_day(n.month) end as class_on
    from counted as n
    inner join last_places as p
        on p.customer_id = n.customer_id
        and p.month = n.month
        and p.place = 1
    inner join customers as c
        on c.customer_id = n.customer_id
),

final as (
    select
        cast(j.customer_id as {{ text_type() }}) as customer_id,
        cast(j.month as date) as month,
        cast(j.unit_id as {{ text_type() }}) as unit_id,
        cast(coalesce(c.customer_class, 'unclassified') as {{ text_type() }}) as customer_class,
        cast(j.is_buyer as boolean) as is_buyer,
        cast(j.has_bought_before as boolean) as has_bought_before,
        cast(j.visits as bigint) as visits,
        cast(j.assessments as bigint) as assessments,
        cast(j.deposits as bigint) as deposits,
        cast(j.purchases as bigint) as purchases,
        cast(j.purchased_units as bigint) as purchased_units,
        cast(j.purchased_amount as decimal(18,2)) as purchased_amount,
        cast(j.refunded_units as bigint) as refunded_units,
        cast(j.refunded_amount as decimal(18,2)) as refunded_amount
    from judged as j
    left join classes as c
        on c.customer_id = j.customer_id
        and c.valid_from <= j.class_on
        and c.valid_to > j.class_on
)

select * from final

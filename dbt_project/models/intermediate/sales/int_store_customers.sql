with activities as (
    select * from {{ ref('int_store_activities') }}
),

classes as (
    select
        customer_id,
        customer_class
    from {{ ref('int_customer_classes') }}
    where assessment_no = 1
),

referrals as (
    select
        customer_id,
        referred_by_customer_id
    from {{ ref('stg_customers') }}
),

purchases as (
    select
        customer_id,
        min(happened_on) as first_purchased_on
    from activities
    where priced_order_type = 'purchase'
    group by customer_id
),

visits as (
    select
        customer_id,
        unit_id,
        happened_on,
        row_number() over (partition by customer_id order by happened_at, activity_id) as visit_no
    from activities
    where activity = 'visit'
),

first_visits as (
    select
        customer_id,
        unit_id,
        happened_on
    from visits
    where visit_no = 1
),

-- the invitation to come again the next day was taken up (R10-2.1)
back_next_day as (
    select distinct f.customer_id
    from first_visits as f
    inner join visits as v
        on v.customer_id = f.customer_id
        and v.happened_on = {{ add_days('f.happened_on', '1') }}
),

seen as (
    select distinct customer_id
    from activities
),

final as (
    select
        cast(s.customer_id as {{ text_type() }}) as customer_id,
        cast(v.unit_id as {{ text_type() }}) as first_visit_unit_id,
        cast(v.happened_on as date) as first_visited_on,
        cast(b.customer_id is not null as boolean) as is_back_next_day,
        cast(coalesce(c.customer_class, 'unclassified') as {{ text_type() }}) as first_customer_class,
        cast(p.first_purchased_on as date) as first_purchased_on,
        cast(r.referred_by_customer_id is not null as boolean) as is_referred
    from seen as s
    left join first_visits as v
        on v.customer_id = s.customer_id
    left join back_next_day as b
        on b.customer_id = s.customer_id
    left join classes as c
        on c.customer_id = s.customer_id
    left join purchases as p
        on p.customer_id = s.customer_id
    left join referrals as r
        on r.customer_id = s.customer_id
)

select * from final

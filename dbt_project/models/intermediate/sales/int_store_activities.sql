with visits as (
    select * from {{ ref('stg_experience_visits') }}
),

assessments as (
    select * from {{ ref('stg_class_assessments') }}
),

orders as (
    select * from {{ ref('stg_sales_orders') }}
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
    {{ rule_parameters('R10', {'priced_product': text_type()}) | indent(4) }}
),

-- of things at one time a visit comes before an assessment, an assessment before an order
activities as (
    select
        'visit' as activity,
        1 as activity_order,
        visit_id as activity_id,
        customer_id,
        unit_id,
        visited_at as happened_at,
        cast(null as {{ text_type() }}) as order_type,
        cast(null as {{ text_type() }}) as product,
        cast(null as bigint) as quantity,
        cast(null as decimal(18,2)) as amount
    from visits
    union all
    select
        'assessment' as activity,
        2 as activity_order,
        assessment_id as activity_id,
        customer_id,
        unit_id,
        cast(assessed_on as timestamp) as happened_at,
        cast(null as {{ text_type() }}) as order_type,
        cast(null as {{ text_type() }}) as product,
        cast(null as bigint) as quantity,
        cast(null as decimal(18,2)) as amount
    from assessments
    union all
    select
        'order' as activity,
        3 as activity_order,
        order_id as activity_id,
        customer_id,
        unit_id,
        ordered_at as happened_at,
        order_type,
        product,
        quantity,
        amount
    from orders
),

dated as (
    select
        *,
        cast(happened_at as date) as happened_on
    from activities
),

-- an order that names no product is one of the priced product (R10-2.2.8)
in_stores as (
    select
        a.*,
        a.activity = 'order' and coalesce(a.product, p.priced_product) = p.priced_product as is_priced_product
    from dated as a
    inner join scope as s
        on s.unit_id = a.unit_id
        and a.happened_on >= s.valid_from
        and a.happened_on < s.valid_to
    inner join parameters as p
        on a.happened_on >= p.valid_from
        and a.happened_on < p.valid_to
),

final as (
    select
        cast(activity as {{ text_type() }}) as activity,
        cast(activity_id as {{ text_type() }}) as activity_id,
        cast(activity_order as bigint) as activity_order,
        cast(customer_id as {{ text_type() }}) as customer_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(happened_at as timestamp) as happened_at,
        cast(happened_on as date) as happened_on,
        {{ month_of('happened_on') }} as month,
        cast(case when is_priced_product then order_type end as {{ text_type() }}) as priced_order_type,
        cast(case when is_priced_product then quantity end as bigint) as priced_quantity,
        cast(case when is_priced_product then amount end as decimal(18,2)) as priced_amount
    from in_stores
)

select * from final

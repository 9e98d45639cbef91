with customer_months as (
    select * from {{ ref('int_store_customer_months') }}
),

parameters as (
    {{ rule_parameters('R10', {}) | indent(4) }}
),

-- someone who bought in an earlier month is no prospect any more; what they buy or return is shown beside
counted as (
    select
        unit_id,
        month,
        customer_class,
        sum(case when has_bought_before then 0 else 1 end) as prospects,
        sum(case when is_buyer then 1 else 0 end) as buyers,
        sum(case when is_buyer then purchased_units - refunded_units else 0 end) as units_sold,
        sum(case when is_buyer then purchased_amount - refunded_amount else 0 end) as revenue,
        sum(case when has_bought_before then purchased_units else 0 end) as repeat_units,
        sum(case when has_bought_before then refunded_amount else 0 end) as later_refund_amount
    from customer_months
    where not has_bought_before
        or purchases > 0
        or refunded_amount <> 0
    group by unit_id, month, customer_class
),

final as (
    select
        cast(c.unit_id as {{ text_type() }}) as unit_id,
        cast(c.month as date) as month,
        cast(c.customer_class as {{ text_type() }}) as customer_class,
        cast(c.prospects as bigint) as prospects,
        cast(c.buyers as bigint) as buyers,
        {{ ratio('c.buyers', 'c.prospects') }} as conversion_rate,
        cast(c.units_sold as bigint) as units_sold,
        cast(c.revenue as decimal(18,2)) as revenue,
        cast(c.repeat_units as bigint) as repeat_units,
        cast(c.later_refund_amount as decimal(18,2)) as later_refund_amount,
        cast(p.rule_version as {{ text_type() }}) as rule_version
    from counted as c
    inner join parameters as p
        on last_day(c.month) >= p.valid_from
        and last_day(c.month) < p.valid_to
)

select * from final

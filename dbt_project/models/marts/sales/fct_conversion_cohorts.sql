{#- the spans that the mart's columns are named for -#}
{%- set spans = [30, 60, 90] -%}
with customers as (
    select * from {{ ref('int_store_customers') }}
),

context as (
    select as_of from {{ ref('int_as_of') }}
),

parameters as (
    {{ rule_parameters('R10', {}) | indent(4) }}
),

cohort_members as (
    select
        first_visit_unit_id as unit_id,
        {{ month_of('first_visited_on') }} as cohort_month,
        first_customer_class as customer_class,
        {{ days_between('first_visited_on', 'first_purchased_on') }} as days_to_purchase
    from customers
    where first_visited_on is not null
),

counted as (
    select
        unit_id,
        cohort_month,
        customer_class,
        count(*) as customers
        {%- for days in spans %},
        sum(case when days_to_purchase >= 0 and days_to_purchase <= {{ days }} then 1 else 0 end) as bought_{{ days }}d
        {%- endfor %}
    from cohort_members
    group by unit_id, cohort_month, customer_class
),

-- a share of customers who have not all had the time would look like a worse cohort
final as (
    select
        cast(c.unit_id as {{ text_type() }}) as unit_id,
        cast(c.cohort_month as date) as cohort_month,
        cast(c.customer_class as {{ text_type() }}) as customer_class,
        cast(c.customers as bigint) as customers
        {%- for days in spans %},
        cast(case when {{ add_days('last_day(c.cohort_month)', days) }} <= a.as_of then c.bought_{{ days }}d end as bigint) as bought_{{ days }}d
        {%- endfor %},
        cast(p.rule_version as {{ text_type() }}) as rule_version
    from counted as c
    cross join context as a
    inner join parameters as p
        on last_day(c.cohort_month) >= p.valid_from
        and last_day(c.cohort_month) < p.valid_to
)

select * from final

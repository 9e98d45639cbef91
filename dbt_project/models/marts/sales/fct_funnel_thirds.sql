with activities as (
    select * from {{ ref('int_store_activities') }}
),

customers as (
    select
        first_visit_unit_id,
        first_visited_on
    from {{ ref('int_store_customers') }}
    where first_visited_on is not null
),

third_starts as (
    {{ rule_items('R10', 'month_third_start', 'bigint') | indent(4) }}
),

-- each counts where it happened
counted_days as (
    select
        first_visit_unit_id as unit_id,
        first_visited_on as happened_on,
        1 as new_customers,
        0 as assessments,
        0 as purchases
    from customers
    union all
    select
        unit_id,
        happened_on,
        0 as new_customers,
        case when activity = 'assessment' then 1 else 0 end as assessments,
        case when priced_order_type = 'purchase' then 1 else 0 end as purchases
    from activities
    where activity = 'assessment'
        or priced_order_type = 'purchase'
),

days as (
    select
        unit_id,
        happened_on,
        sum(new_customers) as new_customers,
        sum(assessments) as assessments,
        sum(purchases) as purchases
    from counted_days
    group by unit_id, happened_on
),

placed as (
    select
        d.unit_id,
        d.happened_on,
        d.new_customers,
        d.assessments,
        d.purchases,
        t.rule_version,
        max(cast(t.item as bigint)) as month_third
    from days as d
    inner join third_starts as t
        on last_day(d.happened_on) >= t.valid_from
        and last_day(d.happened_on) < t.valid_to
        and extract(day from d.happened_on) >= t.value
    group by d.unit_id, d.happened_on, d.new_customers, d.assessments, d.purchases, t.rule_version
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        {{ month_of('happened_on') }} as month,
        cast(month_third as bigint) as month_third,
        cast(sum(new_customers) as bigint) as new_customers,
        cast(sum(assessments) as bigint) as assessments,
        cast(sum(purchases) as bigint) as purchases,
        cast(rule_version as {{ text_type() }}) as rule_version
    from placed
    group by unit_id, {{ month_of('happened_on') }}, month_third, rule_version
)

select * from final

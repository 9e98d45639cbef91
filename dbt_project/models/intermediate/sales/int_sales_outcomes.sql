with orders as (
    select * from {{ ref('int_store_orders') }}
),

shifts as (
    select
        *,
        cast(starts_at as date) as shift_on
    from {{ ref('stg_shifts') }}
),

people as (
    select
        employee_id,
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_employee_periods') }}
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
    {{ rule_parameters('R10', {'opening_minutes': 'bigint'}) | indent(4) }}
),

-- staff are in before the shop opens (R10-1)
late_openings as (
    select
        'R10-1' as clause_id,
        'employee' as subject_type,
        h.employee_id as subject_id,
        e.unit_id,
        h.shift_on as occurred_on,
        cast(null as {{ text_type() }}) as flag,
        'shifts' as source_feed,
        h.shift_id as source_key,
        p.rule_version
    from shifts as h
    inner join people as e
        on e.employee_id = h.employee_id
        and h.shift_on >= e.valid_from
        and h.shift_on < e.valid_to
    inner join scope as s
        on s.unit_id = e.unit_id
        and h.shift_on >= s.valid_from
        and h.shift_on < s.valid_to
    inner join parameters as p
        on h.shift_on >= p.valid_from
        and h.shift_on < p.valid_to
    where h.arrived_at is null
        or {{ add_seconds('h.arrived_at', 'p.opening_minutes * 60') }} > h.starts_at
),

-- a promotion keeps the price (R10-2.3.2); all else on an order hangs on R10-2.2.8
wrong_orders as (
    select
        case when is_price_wrong and promotion_id is not null then 'R10-2.3.2' else 'R10-2.2.8' end as clause_id,
        case when employee_id is not null then 'employee' else 'unit' end as subject_type,
        coalesce(employee_id, unit_id) as subject_id,
        unit_id,
        ordered_on as occurred_on,
        case when is_price_wrong then 'price' else '' end
            || case when is_price_wrong and is_gift_wrong then '+' else '' end
            || case when is_gift_wrong then 'gift' else '' end
            || case when is_gift_wrong and is_deposit_wrong then '+' else '' end
            || case when is_deposit_wrong then 'deposit' else '' end as flag,
        'sales_orders' as source_feed,
        order_id as source_key,
        rule_version
    from orders
    where is_price_wrong
        or is_gift_wrong
        or is_deposit_wrong
),

misses as (
    select * from late_openings
    union all
    select * from wrong_orders
),

final as (
    select
        *,
        'miss' as outcome_type,
        1 as quantity,
        cast(null as decimal(18,2)) as amount,
        cast(null as bigint) as tie_order,
        cast(null as {{ text_type() }}) as computation,
        cast(null as decimal(18,2)) as base_amount,
        cast(null as decimal(9,4)) as multiplier,
        cast(null as bigint) as divisor,
        cast(null as decimal(18,2)) as adjustment_amount
    from misses
)

{{ select_outcomes('final') }}

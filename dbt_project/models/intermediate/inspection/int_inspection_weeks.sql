with service_days as (
    select
        *,
        cast(date_trunc('week', service_date) as date) as week_start_on
    from {{ ref('int_inspection_days') }}
),

service_weeks as (
    select
        asset_id,
        week_start_on,
        min(unit_id) as unit_id,
        count(*) as days_in_service
    from service_days
    group by asset_id, week_start_on
),

items as (
    {{ rule_items('R8', 'weekly_item', 'boolean') | indent(4) }}
),

-- the list in force on the week's last day
items_due as (
    select
        w.asset_id,
        w.week_start_on,
        max(i.rule_version) as rule_version,
        count(*) as items_due
    from service_weeks as w
    inner join items as i
        on {{ add_days('w.week_start_on', '6') }} >= i.valid_from
        and {{ add_days('w.week_start_on', '6') }} < i.valid_to
    where i.value
    group by w.asset_id, w.week_start_on
),

-- an item's code is its number, written with or without leading zeros
weekly_inspections as (
    select
        asset_id,
        cast(date_trunc('week', cast(inspected_at as date)) as date) as week_start_on,
        regexp_replace(item_code, '^0+', '') as item
    from {{ ref('stg_inspections') }}
    where round_type = 'weekly'
        and item_code is not null
),

items_done as (
    select
        d.asset_id,
        d.week_start_on,
        count(distinct w.item) as items_done
    from items_due as d
    inner join weekly_inspections as w
        on w.asset_id = d.asset_id
        and w.week_start_on = d.week_start_on
    inner join items as i
        on i.rule_version = d.rule_version
        and i.item = w.item
    where i.value
    group by d.asset_id, d.week_start_on
),

final as (
    select
        cast(w.asset_id as {{ text_type() }}) as asset_id,
        cast(w.week_start_on as date) as week_start_on,
        cast({{ add_days('w.week_start_on', '6') }} as date) as week_end_on,
        cast(w.unit_id as {{ text_type() }}) as unit_id,
        cast(coalesce(n.items_done, 0) as bigint) as items_done,
        cast(d.items_due as bigint) as items_due,
        cast(w.days_in_service = 7 as boolean) as is_wholly_in_service,
        cast(d.rule_version as {{ text_type() }}) as rule_version
    from service_weeks as w
    inner join items_due as d
        on d.asset_id = w.asset_id
        and d.week_start_on = w.week_start_on
    left join items_done as n
        on n.asset_id = w.asset_id
        and n.week_start_on = w.week_start_on
)

select * from final

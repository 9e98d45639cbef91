with outcomes as (
    select
        outcome_id,
        source_feed,
        source_key,
        split_part(source_key, '|', 1) as asset_id
    from {{ ref('int_outcomes') }}
    where source_feed in ('fct_inspection_slots', 'fct_inspection_weeks')
),

slots as (
    select
        asset_id || '|' || cast(slot_at as {{ text_type() }}) as source_key,
        inspection_id
    from {{ ref('int_inspection_slots') }}
    where inspection_id is not null
),

assets as (
    select * from {{ ref('stg_inspection_assets') }}
),

inspections as (
    select * from {{ ref('stg_inspections') }}
),

-- what was not done has no row of its own: the lift's record says that it was due
sources as (
    select
        o.outcome_id,
        'asset' as role,
        'inspection_assets' as log_feed,
        a.asset_id as log_key,
        a.load_id,
        a.source_row
    from outcomes as o
    inner join assets as a
        on a.asset_id = o.asset_id
    union all
    select
        o.outcome_id,
        'inspection',
        'inspections',
        i.inspection_id,
        i.load_id,
        i.source_row
    from outcomes as o
    inner join slots as s
        on s.source_key = o.source_key
    inner join inspections as i
        on i.inspection_id = s.inspection_id
    where o.source_feed = 'fct_inspection_slots'
    union all
    select
        o.outcome_id,
        'inspection',
        'inspections',
        i.inspection_id,
        i.load_id,
        i.source_row
    from outcomes as o
    inner join inspections as i
        on i.asset_id = o.asset_id
        and i.round_type = 'weekly'
        and cast(date_trunc('week', cast(i.inspected_at as date)) as date) = cast(split_part(o.source_key, '|', 2) as date)
    where o.source_feed = 'fct_inspection_weeks'
),

final as (
    select
        cast(outcome_id as {{ text_type() }}) as outcome_id,
        cast(role as {{ text_type() }}) as role,
        cast(log_feed as {{ text_type() }}) as log_feed,
        cast(log_key as {{ text_type() }}) as log_key,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from sources
)

select * from final

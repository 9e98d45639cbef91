with outcomes as (
    select
        outcome_id,
        source_feed,
        source_key
    from {{ ref('int_outcomes') }}
    where source_feed in ('fct_inspection_slots', 'fct_inspection_weeks')
),

slot_outcomes as (
    select
        o.outcome_id,
        s.asset_id,
        s.inspection_id
    from outcomes as o
    inner join {{ ref('int_inspection_slots') }} as s
        on o.source_key = s.asset_id || '|' || cast(s.slot_at as {{ text_type() }})
    where o.source_feed = 'fct_inspection_slots'
),

week_outcomes as (
    select
        o.outcome_id,
        w.asset_id,
        w.week_start_on
    from outcomes as o
    inner join {{ ref('int_inspection_weeks') }} as w
        on o.source_key = w.asset_id || '|' || cast(w.week_start_on as {{ text_type() }})
    where o.source_feed = 'fct_inspection_weeks'
),

inspections as (
    select
        *,
        cast(date_trunc('week', cast(inspected_at as date)) as date) as week_start_on
    from {{ ref('stg_inspections') }}
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
    from (
        select outcome_id, asset_id from slot_outcomes
        union all
        select outcome_id, asset_id from week_outcomes
    ) as o
    inner join {{ ref('stg_inspection_assets') }} as a
        on a.asset_id = o.asset_id
    union all
    select
        o.outcome_id,
        'inspection',
        'inspections',
        i.inspection_id,
        i.load_id,
        i.source_row
    from slot_outcomes as o
    inner join inspections as i
        on i.inspection_id = o.inspection_id
    union all
    select
        o.outcome_id,
        'inspection',
        'inspections',
        i.inspection_id,
        i.load_id,
        i.source_row
    from week_outcomes as o
    inner join inspections as i
        on i.asset_id = o.asset_id
        and i.week_start_on = o.week_start_on
    where i.round_type = 'weekly'
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

with service_days as (
    select * from {{ ref('int_inspection_days') }}
    where service_date >= {{ rebuilt_from() }}
),

round_times as (
    {{ rule_items('R8', 'round_time', text_type()) | indent(4) }}
),

due_rounds as (
    select
        d.asset_id,
        d.service_date,
        d.unit_id,
        d.rule_version,
        d.round_tolerance_minutes,
        {{ at_time('d.service_date', 't.value') }} as slot_at
    from service_days as d
    inner join round_times as t
        on t.rule_version = d.rule_version
),

with_windows as (
    select
        *,
        {{ add_seconds('slot_at', '-60 * round_tolerance_minutes') }} as window_from_at,
        {{ add_seconds('slot_at', '60 * round_tolerance_minutes') }} as window_to_at,
        lead(slot_at) over (partition by asset_id, service_date order by slot_at) as next_slot_at
    from due_rounds
),

-- a late round may be made up until the next one's window opens, the day's last until midnight (R8-3)
with_ends as (
    select
        *,
        case
            when next_slot_at is not null then {{ add_seconds('next_slot_at', '-60 * round_tolerance_minutes') }}
            else cast(service_date as timestamp) + interval 1 day
        end as made_up_before_at
    from with_windows
),

daily_inspections as (
    select
        inspection_id,
        asset_id,
        inspected_at,
        cast(inspected_at as date) as inspected_on
    from {{ ref('stg_inspections') }}
    where round_type = 'daily'
),

candidates as (
    select
        s.asset_id,
        s.slot_at,
        i.inspection_id,
        i.inspected_at,
        i.inspected_at <= s.window_to_at as is_on_time,
        abs({{ elapsed_seconds('s.slot_at', 'i.inspected_at') }}) as seconds_off
    from with_ends as s
    inner join daily_inspections as i
        on i.asset_id = s.asset_id
        and i.inspected_on = s.service_date
    where i.inspected_at >= s.window_from_at
        and (i.inspected_at <= s.window_to_at or i.inspected_at < s.made_up_before_at)
),

-- each inspection serves one round: the nearest, of two equally near the earlier
one_round_each as (
    select
        *,
        row_number() over (
            partition by inspection_id
            order by is_on_time desc, seconds_off, slot_at
        ) as place
    from candidates
),

one_inspection_each as (
    select
        *,
        row_number() over (
            partition by asset_id, slot_at
            order by is_on_time desc, seconds_off, inspected_at, inspection_id
        ) as slot_place
    from one_round_each
    where place = 1
),

final as (
    select
        cast(s.asset_id as {{ text_type() }}) as asset_id,
        cast(s.slot_at as timestamp) as slot_at,
        cast(s.service_date as date) as service_date,
        cast(s.unit_id as {{ text_type() }}) as unit_id,
        cast(i.inspection_id as {{ text_type() }}) as inspection_id,
        cast(i.inspected_at as timestamp) as inspected_at,
        cast(case
            when i.inspection_id is null then 'missed'
            when i.is_on_time then 'on_time'
            else 'off_time'
        end as {{ text_type() }}) as status,
        cast(s.rule_version as {{ text_type() }}) as rule_version
    from with_ends as s
    left join one_inspection_each as i
        on i.asset_id = s.asset_id
        and i.slot_at = s.slot_at
        and i.slot_place = 1
)

select * from final

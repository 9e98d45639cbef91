with slots as (
    select * from {{ ref('int_inspection_slots') }}
),

weeks as (
    select * from {{ ref('int_inspection_weeks') }}
),

faults as (
    select * from {{ ref('int_inspection_faults') }}
),

-- a round or a week belongs to nobody in particular: the property answers for it
misses as (
    select
        'R8-3' as clause_id,
        'unit' as subject_type,
        unit_id as subject_id,
        unit_id,
        service_date as occurred_on,
        1 as quantity,
        status as flag,
        'fct_inspection_slots' as source_feed,
        asset_id || '|' || cast(slot_at as {{ text_type() }}) as source_key,
        rule_version
    from slots
    where status != 'on_time'
    union all
    select
        'R8-w',
        'unit',
        unit_id,
        unit_id,
        week_end_on,
        items_due - items_done,
        null,
        'fct_inspection_weeks',
        asset_id || '|' || cast(week_start_on as {{ text_type() }}),
        rule_version
    from weeks
    where is_wholly_in_service
        and items_done < items_due
    union all
    select
        'R8-2',
        case when inspector_id is null then 'unit' else 'employee' end,
        coalesce(inspector_id, unit_id),
        unit_id,
        found_on,
        1,
        null,
        'inspections',
        inspection_id,
        rule_version
    from faults
    where not is_seen_to_same_day
),

final as (
    select
        *,
        'miss' as outcome_type,
        null as amount,
        null as tie_order,
        null as computation,
        null as base_amount,
        null as multiplier,
        null as divisor,
        null as adjustment_amount
    from misses
)

{{ select_outcomes('final') }}

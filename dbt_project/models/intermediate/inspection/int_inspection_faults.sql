with faults as (
    select
        *,
        cast(inspected_at as date) as found_on
    from {{ ref('stg_inspections') }}
    where result = 'fault'
),

assets as (
    select
        asset_id,
        unit_id
    from {{ ref('stg_inspection_assets') }}
),

rules as (
    {{ unit_rules('R8') | indent(4) }}
),

final as (
    select
        cast(f.inspection_id as {{ text_type() }}) as inspection_id,
        cast(f.asset_id as {{ text_type() }}) as asset_id,
        cast(a.unit_id as {{ text_type() }}) as unit_id,
        cast(f.inspector_id as {{ text_type() }}) as inspector_id,
        cast(f.found_on as date) as found_on,
        cast(f.inspected_at as timestamp) as found_at,
        cast(f.fault_handled_at as timestamp) as handled_at,
        cast(f.escalated_at as timestamp) as escalated_at,
        cast({{ elapsed_minutes('f.inspected_at', 'f.fault_handled_at') }} as bigint) as handling_minutes,
        cast(
            coalesce(cast(f.fault_handled_at as date) <= f.found_on, false)
            or coalesce(cast(f.escalated_at as date) <= f.found_on, false)
        as boolean) as is_seen_to_same_day,
        cast(f.fault_handled_at is null as boolean) as is_open,
        cast(r.rule_version as {{ text_type() }}) as rule_version,
        cast(f.load_id as bigint) as load_id,
        cast(f.source_row as bigint) as source_row
    from faults as f
    inner join assets as a
        on a.asset_id = f.asset_id
    inner join rules as r
        on r.unit_id = a.unit_id
        and f.found_on >= r.valid_from
        and f.found_on < r.valid_to
)

select * from final

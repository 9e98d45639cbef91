with assets as (
    select * from {{ ref('stg_inspection_assets') }}
),

rules as (
    {{ unit_rules('R8', {'round_tolerance_minutes': 'bigint'}) | indent(4) }}
),

-- no data is no neglect: a property is judged from the first inspection that it recorded, of whichever lift
first_inspections as (
    select
        a.unit_id,
        min(cast(i.inspected_at as date)) as first_inspected_on
    from {{ ref('stg_inspections') }} as i
    inner join assets as a
        on a.asset_id = i.asset_id
    group by a.unit_id
),

spans as (
    select
        a.asset_id,
        a.unit_id,
        r.rule_version,
        r.round_tolerance_minutes,
        greatest(a.in_service_from, f.first_inspected_on, r.valid_from) as from_date,
        least(coalesce(a.in_service_to, x.as_of), x.as_of, {{ add_days('r.valid_to', '-1') }}) as to_date
    from assets as a
    inner join first_inspections as f
        on f.unit_id = a.unit_id
    inner join rules as r
        on r.unit_id = a.unit_id
    cross join {{ ref('int_as_of') }} as x
),

service_days as (
    select
        asset_id,
        unit_id,
        rule_version,
        round_tolerance_minutes,
        {{ explode_dates('from_date', 'to_date') }} as service_date
    from spans
    where from_date <= to_date
),

final as (
    select
        cast(asset_id as {{ text_type() }}) as asset_id,
        cast(service_date as date) as service_date,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(round_tolerance_minutes as bigint) as round_tolerance_minutes
    from service_days
)

select * from final

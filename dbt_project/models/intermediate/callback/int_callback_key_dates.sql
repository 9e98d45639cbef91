with key_dates as (
    select * from {{ ref('stg_key_dates') }}
),

units as (
    select unit_id from {{ ref('stg_units') }}
),

-- a unit has its own dates and those of the whole organisation
unit_dates as (
    select
        unit_id,
        key_date,
        kind
    from key_dates
    where unit_id is not null
    union all
    select
        u.unit_id,
        k.key_date,
        k.kind
    from key_dates as k
    cross join units as u
    where k.unit_id is null
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(key_date as date) as key_date,
        cast(max(case when kind = 'node' then 1 else 0 end) = 1 as boolean) as is_node,
        cast(max(case when kind = 'festival' then 1 else 0 end) = 1 as boolean) as is_festival
    from unit_dates
    group by unit_id, key_date
)

select * from final

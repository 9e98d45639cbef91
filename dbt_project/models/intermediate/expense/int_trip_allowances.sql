with trips as (
    select * from {{ ref('stg_business_trips') }}
),

travellers as (
    select * from {{ ref('int_employee_periods') }}
),

versions as (
    select *
    from {{ ref('int_rule_versions') }}
    where rule_set = 'R4'
),

rates as (
    {{ rule_items('R4', 'per_diem_rate', 'decimal(18,2)') | indent(4) }}
),

-- the rate is that of the traveller's position on departure (R4-8.1a)
departures as (
    select
        t.*,
        p.position
    from trips as t
    left join travellers as p
        on p.employee_id = t.employee_id
        and t.departs_on >= p.valid_from
        and t.departs_on < p.valid_to
),

final as (
    select
        cast(d.trip_id as {{ text_type() }}) as trip_id,
        cast(d.employee_id as {{ text_type() }}) as employee_id,
        cast(d.departs_on as date) as departs_on,
        cast(d.returns_on as date) as returns_on,
        cast(d.status = 'approved' and coalesce(d.form_complete, false) as boolean) as is_approved_and_complete,
        cast(greatest({{ days_between('d.departs_on', 'd.returns_on') }} + 1, 0) as bigint) as trip_days,
        cast(greatest({{ days_between('d.departs_on', 'd.returns_on') }} + 1, 0) * r.value as decimal(18,2)) as allowance_amount,
        cast(v.rule_version as {{ text_type() }}) as rule_version
    from departures as d
    left join versions as v
        on d.departs_on >= v.valid_from
        and d.departs_on < v.valid_to
    left join rates as r
        on r.rule_version = v.rule_version
        and r.item = d.position
)

select * from final

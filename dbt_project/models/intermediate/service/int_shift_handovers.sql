{{ config(materialized='view') }}
with shifts as (
    select
        *,
        cast(starts_at as date) as starts_on
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

rules as (
    select * from {{ ref('int_service_rules') }}
),

-- a shift belongs to the unit in which its operator stands on the day on which it starts
judged_by as (
    select
        s.*,
        p.unit_id,
        r.rule_version,
        {{ add_seconds('s.starts_at', '-60 * r.arrival_lead_minutes') }} as arrival_due_at,
        s.ends_at < x.as_of + interval 1 day as has_ended
    from shifts as s
    inner join people as p
        on p.employee_id = s.employee_id
        and s.starts_on >= p.valid_from
        and s.starts_on < p.valid_to
    inner join rules as r
        on r.unit_id = p.unit_id
        and s.starts_on >= r.valid_from
        and s.starts_on < r.valid_to
    cross join {{ ref('int_as_of') }} as x
),

judged as (
    select
        *,
        case when has_ended then coalesce(arrived_at <= arrival_due_at, false) end as is_in_early,
        case when has_ended then coalesce(left_at >= handed_over_at, false) end as is_left_after_handover
    from judged_by
),

final as (
    select
        cast(shift_id as {{ text_type() }}) as shift_id,
        cast(employee_id as {{ text_type() }}) as operator_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(starts_on as date) as starts_on,
        cast(starts_at as timestamp) as starts_at,
        cast(ends_at as timestamp) as ends_at,
        cast(arrived_at as timestamp) as arrived_at,
        cast(handed_over_at as timestamp) as handed_over_at,
        cast(left_at as timestamp) as left_at,
        cast(is_in_early as boolean) as is_in_early,
        cast(is_left_after_handover as boolean) as is_left_after_handover,
        cast(is_in_early and is_left_after_handover as boolean) as is_handover_met,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from judged
)

select * from final

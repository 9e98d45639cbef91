with expected as (
    select
        d.unit_id,
        d.work_date,
        count(*) filter (where coalesce(l.leave_days, 0) < 1) as expected_count
    from {{ ref('int_attendance_working_days') }} as d
    left join {{ ref('int_leave_days') }} as l
        on l.employee_id = d.employee_id
        and l.leave_date = d.work_date
    where d.is_judged
    group by d.unit_id, d.work_date
),

punched as (
    select
        unit_id,
        work_date
    from {{ ref('int_unit_punch_days') }}
),

rules as (
    select
        valid_from,
        valid_to,
        evidence_min_staff
    from {{ ref('int_attendance_rules') }}
),

-- no data is not absence: a whole unit without one punch is a file that has not come (R7 evidence)
final as (
    select
        cast(e.unit_id as {{ text_type() }}) as unit_id,
        cast(e.work_date as date) as work_date,
        cast(e.expected_count as bigint) as expected_count,
        cast(p.unit_id is not null or e.expected_count < r.evidence_min_staff as boolean) as has_evidence
    from expected as e
    inner join rules as r
        on e.work_date >= r.valid_from
        and e.work_date < r.valid_to
    left join punched as p
        on p.unit_id = e.unit_id
        and p.work_date = e.work_date
)

select * from final

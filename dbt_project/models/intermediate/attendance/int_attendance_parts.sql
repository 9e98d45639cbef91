with judged as (
    select
        employee_id,
        work_date,
        unit_id
    from {{ ref('int_attendance_working_days') }}
    where is_judged
),

leave as (
    select * from {{ ref('int_leave_days') }}
),

sessions as (
    select * from {{ ref('int_attendance_sessions') }}
),

rules as (
    select
        rule_version,
        late_grace_minutes,
        early_grace_minutes
    from {{ ref('int_attendance_rules') }}
),

evidence as (
    select
        unit_id,
        work_date,
        has_evidence
    from {{ ref('int_attendance_evidence') }}
),

punch_days as (
    select * from {{ ref('int_punch_days') }}
),

-- only what is approved and was reported to finance excuses (R7-1.2)
exceptions as (
    select
        employee_id,
        work_date,
        max(case when covers in ('in', 'day') then 1 else 0 end) = 1 as covers_in,
        max(case when covers in ('out', 'day') then 1 else 0 end) = 1 as covers_out,
        max(case when covers = 'day' then 1 else 0 end) = 1 as covers_day
    from {{ ref('stg_attendance_exceptions') }}
    where status = 'approved'
        and reported_to_finance
    group by employee_id, work_date
),

-- the whole day is one part, or each session is
punch_modes as (
    select 'day' as punch_mode, 0 as part_no
    union all
    select 'session' as punch_mode, 1 as part_no
    union all
    select 'session' as punch_mode, 2 as part_no
),

days as (
    select
        j.employee_id,
        j.work_date,
        j.unit_id,
        s.rule_version,
        s.punch_mode,
        s.morning_start_at,
        s.morning_end_at,
        s.afternoon_start_at,
        s.afternoon_end_at,
        s.split_at,
        coalesce(l.is_morning_leave, false) as is_morning_leave,
        coalesce(l.is_afternoon_leave, false) as is_afternoon_leave
    from judged as j
    inner join sessions as s
        on s.calendar_date = j.work_date
    left join leave as l
        on l.employee_id = j.employee_id
        and l.leave_date = j.work_date
),

expected as (
    select
        d.*,
        m.part_no,
        case
            when m.part_no <> 2 and not d.is_morning_leave then d.morning_start_at
            else d.afternoon_start_at
        end as expected_in_at,
        case
            when m.part_no <> 1 and not d.is_afternoon_leave then d.afternoon_end_at
            else d.morning_end_at
        end as expected_out_at,
        case when m.part_no = 0 and not d.is_morning_leave and not d.is_afternoon_leave then 1 else 0.5 end as part_days,
        m.part_no <> 2 or d.is_morning_leave as is_first_part,
        m.part_no <> 1 or d.is_afternoon_leave as is_last_part
    from days as d
    inner join punch_modes as m
        on m.punch_mode = d.punch_mode
    where (m.part_no = 0 and not (d.is_morning_leave and d.is_afternoon_leave))
        or (m.part_no = 1 and not d.is_morning_leave)
        or (m.part_no = 2 and not d.is_afternoon_leave)
),

-- with punches for each session the day is split halfway through the break
punched as (
    select
        e.*,
        {{ halfway('e.expected_in_at', 'e.expected_out_at') }} as midpoint_at,
        case when e.part_no = 2 then p.first_own_after_split_at else p.first_own_at end as first_at,
        case when e.part_no = 1 then p.last_own_before_split_at else p.last_own_at end as last_at,
        coalesce(p.proxied_count, 0) > 0 as has_proxy_punch,
        v.has_evidence,
        coalesce(x.covers_day, false) or (coalesce(x.covers_in, false) and e.is_first_part) as is_in_waived,
        coalesce(x.covers_day, false) or (coalesce(x.covers_out, false) and e.is_last_part) as is_out_waived
    from expected as e
    inner join evidence as v
        on v.unit_id = e.unit_id
        and v.work_date = e.work_date
    left join punch_days as p
        on p.employee_id = e.employee_id
        and p.work_date = e.work_date
    left join exceptions as x
        on x.employee_id = e.employee_id
        and x.work_date = e.work_date
),

in_and_out as (
    select
        *,
        case when first_at < midpoint_at then first_at end as in_at,
        case when last_at >= midpoint_at then last_at end as out_at
    from punched
),

-- whoever lets somebody else punch is absent, whatever else there is (R7-1.1); whoever neither came nor was excused too (R7-1.6)
with_absence as (
    select
        *,
        has_evidence and (
            has_proxy_punch
            or (in_at is null and out_at is null and not is_in_waived and not is_out_waived)
        ) as is_absent
    from in_and_out
),

with_lateness as (
    select
        a.*,
        a.has_evidence and not a.is_absent and not a.is_in_waived and (
            a.in_at > {{ add_seconds('a.expected_in_at', '60 * r.late_grace_minutes') }}
            or (a.in_at is null and (a.out_at is not null or a.is_out_waived))
        ) as is_late,
        a.has_evidence and not a.is_absent and not a.is_out_waived and (
            a.out_at <= {{ add_seconds('a.expected_out_at', '-60 * r.early_grace_minutes') }}
            or (a.out_at is null and (a.in_at is not null or a.is_in_waived))
        ) as is_early
    from with_absence as a
    inner join rules as r
        on r.rule_version = a.rule_version
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(work_date as date) as work_date,
        cast(part_no as bigint) as part_no,
        cast(expected_in_at as timestamp) as expected_in_at,
        cast(expected_out_at as timestamp) as expected_out_at,
        cast(in_at as timestamp) as in_at,
        cast(out_at as timestamp) as out_at,
        cast(is_in_waived as boolean) as is_in_waived,
        cast(is_out_waived as boolean) as is_out_waived,
        cast(coalesce(is_late, false) as boolean) as is_late,
        cast(coalesce(is_early, false) as boolean) as is_early,
        cast(case
            when in_at is null then null
            when coalesce(is_late, false) then {{ elapsed_minutes('expected_in_at', 'in_at') }}
            else 0
        end as bigint) as late_minutes,
        cast(case
            when out_at is null then null
            when coalesce(is_early, false) then {{ elapsed_minutes('out_at', 'expected_out_at') }}
            else 0
        end as bigint) as early_minutes,
        cast(case when is_absent then part_days else 0 end as decimal(9,1)) as absent_days
    from with_lateness
)

select * from final

with punches as (
    select * from {{ ref('int_punches') }}
),

sessions as (
    select
        calendar_date,
        split_at
    from {{ ref('int_attendance_sessions') }}
),

-- the earliest punch is the only one that can be the earliest before a midpoint, the latest the only one after it
gathered as (
    select
        p.employee_id,
        p.work_date,
        count(*) as punch_count,
        count(*) filter (where not p.is_own) as proxied_count,
        min(p.punched_at) filter (where p.is_own) as first_own_at,
        max(p.punched_at) filter (where p.is_own) as last_own_at,
        max(p.punched_at) filter (where p.is_own and p.punched_at < s.split_at) as last_own_before_split_at,
        min(p.punched_at) filter (where p.is_own and p.punched_at >= s.split_at) as first_own_after_split_at
    from punches as p
    left join sessions as s
        on s.calendar_date = p.work_date
    where p.work_date >= {{ rebuilt_from() }}
    group by p.employee_id, p.work_date
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(work_date as date) as work_date,
        cast(punch_count as bigint) as punch_count,
        cast(proxied_count as bigint) as proxied_count,
        cast(first_own_at as timestamp) as first_own_at,
        cast(last_own_at as timestamp) as last_own_at,
        cast(last_own_before_split_at as timestamp) as last_own_before_split_at,
        cast(first_own_after_split_at as timestamp) as first_own_after_split_at
    from gathered
)

select * from final

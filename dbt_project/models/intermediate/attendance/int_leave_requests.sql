with requests as (
    select
        *,
        cast(start_at as date) as start_on,
        cast(requested_at as date) as requested_on
    from {{ ref('stg_leave_requests') }}
),

periods as (
    select
        *,
        row_number() over (partition by employee_id order by valid_from) as period_no
    from {{ ref('int_employee_periods') }}
),

scope as (
    select
        unit_id,
        rule_set,
        valid_from,
        valid_to
    from {{ ref('int_unit_scope') }}
    where clause_id is null
        and rule_set in ('R2', 'R5', 'R7')
),

positions as (
    select
        position,
        is_manager_grade
    from {{ source('rules', 'positions') }}
),

asked_days as (
    select
        request_id,
        sum(days) as requested_days
    from {{ ref('int_leave_request_parts') }}
    group by request_id
),

rules as (
    select * from {{ ref('int_attendance_rules') }}
),

wedding_rules as (
    {{ rule_parameters('R5', {'leave_notice_days': 'bigint'}) | indent(4) }}
),

approvers as (
    select * from {{ ref('int_leave_approvers') }}
),

entitlements as (
    {{ rule_items('R7', 'entitled_days', 'decimal(9,1)') | indent(4) }}
),

calendar_entitlements as (
    {{ rule_items('R7', 'entitled_calendar_days', 'boolean') | indent(4) }}
),

seniority_steps as (
    {{ rule_items('R7', 'annual_days_from_years', 'decimal(9,1)') | indent(4) }}
),

-- leave that began before somebody's first row is judged by that row, so that it stands on the days that follow
placed as (
    select
        r.*,
        p.valid_from <= r.start_on as is_known_at_start,
        p.unit_id,
        p.position,
        coalesce(p.career_start_on, p.hired_on) as career_from
    from requests as r
    inner join periods as p
        on p.employee_id = r.employee_id
        and (r.start_on >= p.valid_from or p.period_no = 1)
        and r.start_on < p.valid_to
),

scoped as (
    select
        p.request_id,
        max(case when s.rule_set = 'R2' then 1 else 0 end) = 1 as is_in_centre,
        max(case when s.rule_set = 'R5' then 1 else 0 end) = 1 as is_in_wedding,
        max(case when s.rule_set = 'R7' then 1 else 0 end) = 1 as is_in_company
    from placed as p
    left join scope as s
        on s.unit_id = p.unit_id
        and p.start_on >= s.valid_from
        and p.start_on < s.valid_to
    group by p.request_id
),

with_rules as (
    select
        p.*,
        case when s.is_in_centre then 'R2' else 'R7' end as rule_set,
        p.is_known_at_start and (s.is_in_centre or s.is_in_company) as is_in_scope,
        s.is_in_wedding,
        coalesce(d.requested_days, 0) as requested_days,
        coalesce(g.is_manager_grade, false) as is_manager_grade,
        r.rule_version as r7_version,
        r.manager_leave_approver,
        {{ add_months('p.requested_on', 'r.annual_notice_months') }} as annual_from,
        {{ add_days('p.requested_on', 'w.leave_notice_days') }} as wedding_from
    from placed as p
    inner join scoped as s
        on s.request_id = p.request_id
    left join asked_days as d
        on d.request_id = p.request_id
    left join positions as g
        on g.position = p.position
    left join rules as r
        on p.start_on >= r.valid_from
        and p.start_on < r.valid_to
    left join wedding_rules as w
        on p.start_on >= w.valid_from
        and p.start_on < w.valid_to
),

-- the lowest step that reaches as far as the request (R7-2.2, R2-2.3.1)
lowest_steps as (
    select
        r.request_id,
        a.approver_role,
        row_number() over (partition by r.request_id order by a.approver_rank, a.approver_role) as place
    from with_rules as r
    inner join approvers as a
        on a.rule_set = r.rule_set
        and a.is_step
        and r.start_on >= a.valid_from
        and r.start_on < a.valid_to
        and (a.up_to_days is null or r.requested_days <= a.up_to_days)
),

required as (
    select
        r.request_id,
        case when r.rule_set = 'R7' and r.is_manager_grade then r.manager_leave_approver else l.approver_role end as required_approver_role
    from with_rules as r
    left join lowest_steps as l
        on l.request_id = r.request_id
        and l.place = 1
),

ranked as (
    select
        r.request_id,
        q.required_approver_role,
        max(case when a.approver_role = q.required_approver_role then a.approver_rank end) as required_rank,
        max(case when a.approver_role = r.approver_role then a.approver_rank end) as given_rank,
        max(a.rule_version) as approver_version
    from with_rules as r
    inner join required as q
        on q.request_id = r.request_id
    left join approvers as a
        on a.rule_set = r.rule_set
        and r.start_on >= a.valid_from
        and r.start_on < a.valid_to
    group by r.request_id, q.required_approver_role
),

-- so many full years of work at the start of the leave (R7-3.5)
annual as (
    select
        r.request_id,
        max(s.value) as annual_days
    from with_rules as r
    inner join seniority_steps as s
        on s.rule_version = r.r7_version
        and {{ add_months('r.career_from', '12 * cast(s.item as bigint)') }} <= r.start_on
    where r.leave_type = 'annual'
    group by r.request_id
),

judged as (
    select
        r.*,
        k.required_approver_role,
        k.approver_version,
        case
            when r.status <> 'approved' then 'not_approved'
            when k.given_rank is null or k.required_rank is null or k.given_rank < k.required_rank then 'approver_rank'
            when r.requested_at >= r.start_at
                and not (coalesce(r.is_emergency, false) and r.requested_on <= r.start_on) then 'asked_late'
            when r.leave_type = 'annual' and r.annual_from > r.start_on then 'annual_notice'
            when r.is_in_wedding
                and not coalesce(r.is_emergency, false)
                and r.wedding_from > r.start_on then 'wedding_notice'
        end as invalid_reason,
        case when r.leave_type = 'annual' then coalesce(y.annual_days, 0) else coalesce(e.value, 0) end as entitled_days,
        coalesce(c.value, false) as is_calendar_entitlement
    from with_rules as r
    inner join ranked as k
        on k.request_id = r.request_id
    left join annual as y
        on y.request_id = r.request_id
    left join entitlements as e
        on e.rule_version = r.r7_version
        and e.item = r.leave_type
    left join calendar_entitlements as c
        on c.rule_version = r.r7_version
        and c.item = r.leave_type
),

final as (
    select
        cast(request_id as {{ text_type() }}) as request_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(leave_type as {{ text_type() }}) as leave_type,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(start_at as timestamp) as start_at,
        cast(end_at as timestamp) as end_at,
        cast(requested_at as timestamp) as requested_at,
        cast(start_on as date) as start_on,
        cast(requested_days as decimal(9,1)) as requested_days,
        cast(required_approver_role as {{ text_type() }}) as required_approver_role,
        cast(approver_role as {{ text_type() }}) as approver_role,
        cast(invalid_reason is null as boolean) as is_valid,
        cast(invalid_reason as {{ text_type() }}) as invalid_reason,
        cast(entitled_days as decimal(9,1)) as entitled_days,
        cast(is_calendar_entitlement as boolean) as is_calendar_entitlement,
        cast(is_in_scope as boolean) as is_in_scope,
        cast(approver_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from judged
)

select * from final

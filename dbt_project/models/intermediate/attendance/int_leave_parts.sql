with parts as (
    select * from {{ ref('int_leave_request_parts') }}
),

requests as (
    select * from {{ ref('int_leave_requests') }}
    where is_valid
),

-- where two valid requests overlap, the one that starts first has the session (R7 leave)
claimed as (
    select
        p.request_id,
        p.employee_id,
        p.leave_date,
        p.session_no,
        p.days,
        r.leave_type,
        r.start_at,
        r.start_on,
        r.entitled_days,
        r.is_calendar_entitlement,
        row_number() over (
            partition by p.employee_id, p.leave_date, p.session_no
            order by r.start_at, p.request_id
        ) as place
    from parts as p
    inner join requests as r
        on r.request_id = p.request_id
),

-- annual leave shares the days of its calendar year, any other leave has its own (R7-3.2 to R7-3.5)
budgeted as (
    select
        *,
        case
            when leave_type = 'annual' then employee_id || '|' || cast(year(leave_date) as {{ text_type() }})
            else request_id
        end as budget_key,
        case when leave_type = 'annual' then 1 else 0 end as budget_kind
    from claimed
    where place = 1
),

placed as (
    select
        *,
        row_number() over (
            partition by budget_kind, budget_key order by start_at, request_id, leave_date, session_no
        ) as budget_place,
        min(entitled_days) over (partition by budget_kind, budget_key) as lowest_entitled_days,
        max(entitled_days) over (partition by budget_kind, budget_key) as highest_entitled_days
    from budgeted
),

-- one entitlement for all of its days: the first ones are paid, up to it
steady as (
    select
        *,
        sum(days) over (
            partition by budget_kind, budget_key order by budget_place rows between unbounded preceding and current row
        ) as days_so_far
    from placed
    where lowest_entitled_days = highest_entitled_days
),

-- an entitlement that grows or shrinks on the way, by years of work or a second employment: few, part by part
changing as (
    select *
    from placed
    where lowest_entitled_days < highest_entitled_days
),

changing_uses as (
    select
        budget_kind,
        budget_key,
        {{ running_use('budget_place', 'days', 'entitled_days') }} as paid_before
    from changing
    group by budget_kind, budget_key
),

shared as (
    select
        employee_id,
        leave_date,
        session_no,
        least(days, greatest(entitled_days - days_so_far + days, 0)) as paid_within_budget
    from steady
    union all
    select
        c.employee_id,
        c.leave_date,
        c.session_no,
        least(c.days, greatest(c.entitled_days - {{ array_element('u.paid_before', 'c.budget_place') }}, 0))
    from changing as c
    inner join changing_uses as u
        on u.budget_kind = c.budget_kind
        and u.budget_key = c.budget_key
),

paid as (
    select
        b.*,
        case
            when not b.is_calendar_entitlement then s.paid_within_budget
            when {{ days_between('b.start_on', 'b.leave_date') }} < b.entitled_days then b.days
            else 0
        end as paid_days
    from budgeted as b
    inner join shared as s
        on s.employee_id = b.employee_id
        and s.leave_date = b.leave_date
        and s.session_no = b.session_no
),

final as (
    select
        cast(request_id as {{ text_type() }}) as request_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(leave_date as date) as leave_date,
        cast(session_no as bigint) as session_no,
        cast(leave_type as {{ text_type() }}) as leave_type,
        cast(days as decimal(9,1)) as days,
        cast(paid_days as decimal(9,1)) as paid_days,
        cast(days - paid_days as decimal(9,1)) as unpaid_days
    from paid
)

select * from final

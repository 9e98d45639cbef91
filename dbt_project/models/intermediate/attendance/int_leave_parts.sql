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

running as (
    select
        *,
        sum(days) over (
            partition by budget_kind, budget_key
            order by start_at, request_id, leave_date, session_no
            rows between unbounded preceding and current row
        ) as days_so_far
    from budgeted
),

-- what is paid so far never exceeds the days so far, nor what any request up to here was entitled to plus the days since
limited as (
    select
        *,
        days_so_far + least(0, min(entitled_days - days_so_far) over (
            partition by budget_kind, budget_key
            order by start_at, request_id, leave_date, session_no
            rows between unbounded preceding and current row
        )) as paid_so_far
    from running
),

shared as (
    select
        *,
        greatest(paid_so_far - coalesce(lag(paid_so_far) over (
            partition by budget_kind, budget_key
            order by start_at, request_id, leave_date, session_no
        ), 0), 0) as paid_within_budget
    from limited
),

paid as (
    select
        *,
        case
            when not is_calendar_entitlement then paid_within_budget
            when {{ days_between('start_on', 'leave_date') }} < entitled_days then days
            else 0
        end as paid_days
    from shared
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

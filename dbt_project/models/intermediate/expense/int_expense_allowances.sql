with lines as (
    select
        claim_id,
        line_no,
        incurred_on,
        claimed_amount,
        first_failed_no,
        limit_no,
        limit_key,
        limit_amount,
        fare_limit_amount
    from {{ ref('int_expense_lines') }}
),

-- what a line asks of its limit (nothing where an earlier check took it all), and what it uses up in the end: nothing
-- where a duty fails, even one that comes after the limit
asked as (
    select
        *,
        case
            when claimed_amount < 0 or first_failed_no < limit_no then 0
            else claimed_amount
        end as asked_amount,
        case when first_failed_no is null then claimed_amount else 0 end as used_amount
    from lines
),

placed as (
    select
        *,
        row_number() over (partition by limit_key order by incurred_on, claim_id, line_no) as place,
        count(limit_amount) over (partition by limit_key) as limited_line_count,
        count(*) over (partition by limit_key) as line_count,
        min(limit_amount) over (partition by limit_key) as lowest_limit_amount,
        max(limit_amount) over (partition by limit_key) as highest_limit_amount
    from asked
    where limit_key is not null
),

-- one limit for all of its lines: with S the running sum, S less the most by which any S up to here exceeded the limit
-- is what has been allowed, for min(limit, allowed before + amount) is a walk held down by a ceiling
summed as (
    select
        *,
        sum(used_amount) over (
            partition by limit_key order by place rows between unbounded preceding and current row
        ) as running_amount
    from placed
    where limited_line_count = line_count
        and lowest_limit_amount = highest_limit_amount
),

held as (
    select
        *,
        running_amount - greatest(
            max(running_amount - limit_amount) over (
                partition by limit_key order by place rows between unbounded preceding and current row
            ),
            0
        ) as used_after_amount
    from summed
),

steady as (
    select
        claim_id,
        line_no,
        limit_amount,
        asked_amount,
        coalesce(lag(used_after_amount) over (partition by limit_key order by place), 0) as used_before_amount
    from held
),

-- a limit that changes on the way, with the claimant's position or the rule version within the month: few, line by line
changing as (
    select *
    from placed
    where limited_line_count > 0
        and (limited_line_count < line_count or lowest_limit_amount < highest_limit_amount)
),

changing_uses as (
    select
        limit_key,
        {{ running_use('place', 'used_amount', 'limit_amount') }} as used_amounts
    from changing
    group by limit_key
),

unsteady as (
    select
        c.claim_id,
        c.line_no,
        c.limit_amount,
        c.asked_amount,
        {{ array_element('u.used_amounts', 'c.place') }} as used_before_amount
    from changing as c
    inner join changing_uses as u
        on u.limit_key = c.limit_key
),

-- a class of transport above the one allowed is limited to the other's fare, line by line
rooms as (
    select
        claim_id,
        line_no,
        greatest(limit_amount - used_before_amount, 0) as room_amount,
        asked_amount
    from steady
    union all
    select
        claim_id,
        line_no,
        greatest(limit_amount - used_before_amount, 0),
        asked_amount
    from unsteady
    where limit_amount is not null
    union all
    select
        claim_id,
        line_no,
        fare_limit_amount,
        asked_amount
    from asked
    where fare_limit_amount is not null
),

cut as (
    select
        claim_id,
        line_no,
        room_amount,
        greatest(asked_amount - room_amount, 0) as cut_amount
    from rooms
),

final as (
    select
        cast(l.claim_id as {{ text_type() }}) as claim_id,
        cast(l.line_no as bigint) as line_no,
        cast(c.room_amount as decimal(18,2)) as room_amount,
        cast(coalesce(c.cut_amount, 0) as decimal(18,2)) as cut_amount,
        cast(case
            when l.first_failed_no is not null then 0
            else l.claimed_amount - coalesce(c.cut_amount, 0)
        end as decimal(18,2)) as allowed_amount
    from lines as l
    left join cut as c
        on c.claim_id = l.claim_id
        and c.line_no = l.line_no
)

select * from final

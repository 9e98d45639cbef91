with lines as (
    select * from {{ ref('int_expense_lines') }}
),

allowances as (
    select * from {{ ref('int_expense_allowances') }}
),

-- only lines of which something is not allowed, or of which a duty failed (a claim of nothing)
failing as (
    select
        l.*,
        a.cut_amount,
        a.room_amount,
        l.claimed_amount - a.cut_amount as after_limit_amount
    from lines as l
    inner join allowances as a
        on a.claim_id = l.claim_id
        and a.line_no = l.line_no
    where l.first_failed_no is not null
        or a.cut_amount > 0
),

-- a duty that fails takes all that was left when its turn came
failed_checks as (
    {%- for check in expense_checks() if 'fails' in check %}
    {%- set no = expense_checks().index(check) + 1 %}
    select
        claim_id,
        line_no,
        {{ no }} as check_no,
        {{ check.clause }} as clause_id,
        {{ check.version }} as rule_version,
        case
            when first_failed_no < {{ no }} then 0
            when limit_no < {{ no }} then after_limit_amount
            else claimed_amount
        end as left_before_amount,
        0 as room_amount,
        false as is_limit
    from failing
    where {{ check.fails }}
    union all
    {%- endfor %}
    -- a limit takes what is above it, and has a row only where it takes something
    select
        claim_id,
        line_no,
        limit_no,
        limit_clause_id,
        limit_version,
        claimed_amount,
        room_amount,
        true
    from failing
    where cut_amount > 0
),

final as (
    select
        cast(c.claim_id as {{ text_type() }}) as claim_id,
        cast(c.line_no as bigint) as line_no,
        cast(c.check_no as bigint) as check_no,
        cast(c.clause_id as {{ text_type() }}) as clause_id,
        cast(c.is_limit as boolean) as is_limit,
        cast(c.left_before_amount as decimal(18,2)) as left_before_amount,
        cast(c.left_before_amount - c.room_amount as decimal(18,2)) as taken_amount,
        cast(c.room_amount as decimal(18,2)) as room_amount,
        cast(c.rule_version as {{ text_type() }}) as rule_version
    from failed_checks as c
)

select * from final

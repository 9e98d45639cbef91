with lines as (
    select * from {{ ref('int_expense_lines') }}
),

allowances as (
    select * from {{ ref('int_expense_allowances') }}
),

-- the first check that took something; with nothing claimed nothing was taken
first_takers as (
    select
        claim_id,
        line_no,
        min(check_no) as check_no
    from {{ ref('int_expense_checks') }}
    where taken_amount > 0
    group by claim_id, line_no
),

disallowers as (
    select
        c.claim_id,
        c.line_no,
        c.clause_id
    from {{ ref('int_expense_checks') }} as c
    inner join first_takers as f
        on f.claim_id = c.claim_id
        and f.line_no = c.line_no
        and f.check_no = c.check_no
),

final as (
    select
        l.claim_id,
        l.line_no,
        l.unit_id,
        l.employee_id,
        l.category,
        l.incurred_on,
        l.month,
        l.claimed_amount,
        a.allowed_amount,
        cast(l.claimed_amount - a.allowed_amount as decimal(18,2)) as disallowed_amount,
        d.clause_id as disallow_clause_id,
        coalesce(l.office_version, l.company_version) as rule_version,
        l.load_id,
        l.source_row
    from lines as l
    inner join allowances as a
        on a.claim_id = l.claim_id
        and a.line_no = l.line_no
    left join disallowers as d
        on d.claim_id = l.claim_id
        and d.line_no = l.line_no
)

select * from final

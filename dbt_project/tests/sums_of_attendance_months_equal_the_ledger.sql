with ledger as (
    select
        subject_id as employee_id,
        month,
        sum(case when outcome_type = 'fine' then effective_amount else 0 end) as fine_amount,
        sum(case when outcome_type = 'wage_deduction' then effective_amount else 0 end) as wage_deduction_amount,
        sum(case when outcome_type = 'bonus_forfeit' then effective_amount else 0 end) as bonus_forfeit_amount
    from {{ ref('fct_rule_outcomes') }}
    where subject_type = 'employee'
        and clause_id like 'R7-%'
    group by subject_id, month
)

select m.employee_id, m.month
from {{ ref('fct_attendance_months') }} as m
left join ledger as l
    on l.employee_id = m.employee_id
    and l.month = m.month
where m.fine_amount <> coalesce(l.fine_amount, 0)
    or m.wage_deduction_amount <> coalesce(l.wage_deduction_amount, 0)
    or m.bonus_forfeit_amount <> coalesce(l.bonus_forfeit_amount, 0)

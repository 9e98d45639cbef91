with outcomes as (
    select
        subject_id as employee_id,
        month,
        outcome_type,
        effective_amount
    from {{ ref('fct_rule_outcomes') }}
    where subject_type = 'employee'
        and outcome_type in (
            'fine', 'wage_deduction', 'bonus_forfeit', 'compensation', 'liability', 'advance_recovery'
        )
),

employee_months as (
    select * from {{ ref('int_employee_months') }}
),

periods as (
    select
        employee_id,
        valid_from,
        valid_to,
        unit_id
    from {{ ref('int_employee_periods') }}
),

context as (
    select as_of
    from {{ ref('int_as_of') }}
),

law as (
    {{ rule_parameters('R0', {'deduction_cap_rate': 'decimal(9,4)', 'minimum_wage': 'decimal(18,2)'}) | indent(4) }}
),

taken as (
    select
        employee_id,
        month,
        sum(coalesce(effective_amount, 0)) as deducted_amount,
        sum(case when outcome_type = 'fine' then coalesce(effective_amount, 0) else 0 end) as fine_amount,
        sum(case when outcome_type = 'wage_deduction' then coalesce(effective_amount, 0) else 0 end) as wage_deduction_amount,
        sum(case when outcome_type = 'bonus_forfeit' then coalesce(effective_amount, 0) else 0 end) as bonus_forfeit_amount,
        sum(case when outcome_type = 'compensation' then coalesce(effective_amount, 0) else 0 end) as compensation_amount,
        sum(case when outcome_type = 'liability' then coalesce(effective_amount, 0) else 0 end) as liability_amount,
        sum(case when outcome_type = 'advance_recovery' then coalesce(effective_amount, 0) else 0 end) as advance_recovery_amount,
        sum(case when effective_amount is null then 1 else 0 end) as missing_amount_count
    from outcomes
    group by employee_id, month
),

-- who was not employed in the month at all has no wage to take from
placed as (
    select
        t.*,
        case when m.employee_id is not null then m.unit_id else p.unit_id end as unit_id,
        m.monthly_wage as wage_amount,
        {{ money_share('m.monthly_wage', 'l.deduction_cap_rate') }} as rate_cap_amount,
        greatest(m.monthly_wage - l.minimum_wage, 0) as above_minimum_amount,
        l.minimum_wage,
        l.rule_version
    from taken as t
    cross join context as c
    left join employee_months as m
        on m.employee_id = t.employee_id
        and m.month = t.month
    left join periods as p
        on p.employee_id = t.employee_id
        and least(last_day(t.month), c.as_of) >= p.valid_from
        and least(last_day(t.month), c.as_of) < p.valid_to
    left join law as l
        on last_day(t.month) >= l.valid_from
        and last_day(t.month) < l.valid_to
),

-- what is left of the wage is at least the minimum wage, once that is set (national law)
capped as (
    select
        *,
        case
            when minimum_wage is null or wage_amount is null then rate_cap_amount
            when rate_cap_amount <= above_minimum_amount then rate_cap_amount
            else above_minimum_amount
        end as cap_amount
    from placed
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(month as date) as month,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(deducted_amount as decimal(18,2)) as deducted_amount,
        cast(wage_amount as decimal(18,2)) as wage_amount,
        cast(cap_amount as decimal(18,2)) as cap_amount,
        cast(case when deducted_amount > cap_amount then deducted_amount - cap_amount when cap_amount is not null then 0 end as decimal(18,2)) as excess_amount,
        cast(fine_amount as decimal(18,2)) as fine_amount,
        cast(wage_deduction_amount as decimal(18,2)) as wage_deduction_amount,
        cast(bonus_forfeit_amount as decimal(18,2)) as bonus_forfeit_amount,
        cast(compensation_amount as decimal(18,2)) as compensation_amount,
        cast(liability_amount as decimal(18,2)) as liability_amount,
        cast(advance_recovery_amount as decimal(18,2)) as advance_recovery_amount,
        cast(missing_amount_count as bigint) as missing_amount_count,
        cast(rule_version as {{ text_type() }}) as rule_version
    from capped
)

select * from final

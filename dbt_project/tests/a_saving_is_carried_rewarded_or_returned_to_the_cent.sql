-- R4-7: the three parts make the saving, and what is carried out is what the next month carries in
with months as (
    select
        *,
        lag(carry_out_amount) over (partition by unit_id order by month) as last_carry_out_amount,
        lag(month) over (partition by unit_id order by month) as last_month
    from {{ ref('fct_budget_months') }}
)

select unit_id, month
from months
where (is_settled and carry_out_amount + reward_amount + returned_amount <> saving_amount)
    or (not is_settled and carry_out_amount + reward_amount + returned_amount <> 0)
    or carry_in_amount <> case
        when last_month = {{ add_months('month', '-1') }} then last_carry_out_amount
        else 0
    end

with scope as (
    {{ unit_rules('R5') | indent(4) }}
),

signed as (
    select
        c.unit_id,
        c.employee_id,
        {{ month_of('c.signed_on') }} as month,
        sum(c.total_amount) as signed_amount,
        count(*) as contracts_signed
    from {{ ref('stg_event_contracts') }} as c
    inner join scope as s
        on s.unit_id = c.unit_id
        and c.signed_on >= s.valid_from
        and c.signed_on < s.valid_to
    where c.status != 'cancelled'
    group by c.unit_id, c.employee_id, {{ month_of('c.signed_on') }}
),

-- a target of the whole unit is nobody's own (R5-11)
targets as (
    select
        t.unit_id,
        t.employee_id,
        t.month,
        t.target_amount
    from {{ ref('stg_sales_targets') }} as t
    inner join scope as s
        on s.unit_id = t.unit_id
        and last_day(t.month) >= s.valid_from
        and last_day(t.month) < s.valid_to
    where t.employee_id is not null
),

final as (
    select
        cast(coalesce(s.unit_id, t.unit_id) as {{ text_type() }}) as unit_id,
        cast(coalesce(s.employee_id, t.employee_id) as {{ text_type() }}) as employee_id,
        cast(coalesce(s.month, t.month) as date) as month,
        cast(coalesce(s.signed_amount, 0) as decimal(18,2)) as signed_amount,
        cast(t.target_amount as decimal(18,2)) as target_amount,
        cast({{ ratio('coalesce(s.signed_amount, 0)', 't.target_amount') }} as double) as attainment_rate,
        cast(coalesce(s.contracts_signed, 0) as bigint) as contracts_signed
    from signed as s
    full outer join targets as t
        on t.unit_id = s.unit_id
        and t.employee_id = s.employee_id
        and t.month = s.month
)

select * from final

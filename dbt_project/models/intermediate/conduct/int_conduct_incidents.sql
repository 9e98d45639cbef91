with incidents as (
    select
        *,
        cast(occurred_at as date) as occurred_on
    from {{ ref('stg_conduct_incidents') }}
),

people as (
    select
        employee_id,
        unit_id,
        position,
        valid_from,
        valid_to
    from {{ ref('int_employee_periods') }}
),

scope as (
    {{ unit_rules('R1') | indent(4) }}
),

rules as (
    select * from {{ ref('int_conduct_rules') }}
),

enforcers as (
    {{ rule_items('R1', 'enforced_by', text_type()) | indent(4) }}
),

positions as (
    select
        position,
        is_manager_grade
    from {{ source('rules', 'positions') }}
),

-- only what happens while the person stands in a school is there at all, so nothing else can move the ladder
in_scope as (
    select
        i.*,
        p.unit_id,
        p.position,
        s.rule_version,
        r.clause_id,
        r.sanction,
        r.outcome_type as amount_outcome_type,
        r.amount_multiple,
        r.fine_from,
        r.fine_to,
        r.is_repair_ordered,
        r.ladder_warning_from,
        r.ladder_fine_from,
        r.ladder_reset
    from incidents as i
    inner join people as p
        on p.employee_id = i.employee_id
        and i.occurred_on >= p.valid_from
        and i.occurred_on < p.valid_to
    inner join scope as s
        on s.unit_id = p.unit_id
        and i.occurred_on >= s.valid_from
        and i.occurred_on < s.valid_to
    inner join rules as r
        on r.rule_code = i.rule_code
        and r.rule_version = s.rule_version
),

-- R1-1.5 to R1-1.9: one ladder for all five articles, in the order in which things happened, not in that of the log
counted as (
    select
        *,
        case when sanction = 'ladder' then sum(case when sanction = 'ladder' then 1 else 0 end) over (
            partition by employee_id
            order by occurred_at, incident_id
            rows between unbounded preceding and current row
        ) end as times_ever,
        case when sanction = 'ladder' then sum(case when sanction = 'ladder' then 1 else 0 end) over (
            partition by employee_id, year(occurred_on)
            order by occurred_at, incident_id
            rows between unbounded preceding and current row
        ) end as times_in_year
    from in_scope
),

placed as (
    select
        *,
        case when ladder_reset = 'calendar_year' then times_in_year else times_ever end as ladder_place
    from counted
),

sanctioned as (
    select
        *,
        case
            when sanction != 'ladder' then amount_outcome_type
            when ladder_place >= ladder_fine_from then amount_outcome_type
            when ladder_place >= ladder_warning_from then 'warning'
            else 'reminder'
        end as outcome_type,
        sanction = 'range' or (sanction = 'ladder' and ladder_place >= ladder_fine_from) as is_range_fine,
        sanction in ('price', 'loss') as is_by_value
    from placed
),

priced as (
    select
        *,
        case
            when is_range_fine then greatest(fine_from, least(fine_to, coalesce(assessed_amount, fine_from)))
            when sanction = 'price' then item_price
            when sanction = 'loss' then loss_amount
        end as base_amount,
        case
            when is_range_fine then cast(1 as decimal(9,4))
            when is_by_value then amount_multiple
        end as multiplier,
        case
            when is_range_fine and assessed_amount is null then 'amount_defaulted'
            when is_range_fine and (assessed_amount < fine_from or assessed_amount > fine_to) then 'amount_out_of_range'
            when sanction = 'price' and item_price is null then 'amount_missing'
            when sanction = 'loss' and loss_amount is null then 'amount_missing'
        end as flag,
        case
            when is_range_fine then 'range_fine'
            when sanction = 'price' then 'item_price_multiple'
            when sanction = 'loss' then 'loss_multiple'
        end as computation
    from sanctioned
),

final as (
    select
        cast(p.incident_id as {{ text_type() }}) as incident_id,
        cast(p.employee_id as {{ text_type() }}) as employee_id,
        cast(p.unit_id as {{ text_type() }}) as unit_id,
        cast(p.occurred_on as date) as occurred_on,
        cast(p.occurred_at as timestamp) as occurred_at,
        cast(p.rule_code as {{ text_type() }}) as rule_code,
        cast(p.clause_id as {{ text_type() }}) as clause_id,
        cast(p.sanction as {{ text_type() }}) as sanction,
        cast(p.ladder_place as bigint) as ladder_place,
        cast(p.outcome_type as {{ text_type() }}) as outcome_type,
        cast({{ money_share('p.base_amount', 'p.multiplier') }} as decimal(18,2)) as amount,
        cast(p.flag as {{ text_type() }}) as flag,
        cast(e.value as {{ text_type() }}) as enforced_by,
        cast(p.is_repair_ordered as boolean) as is_repair_ordered,
        cast(p.computation as {{ text_type() }}) as computation,
        cast(p.base_amount as decimal(18,2)) as base_amount,
        cast(p.multiplier as decimal(9,4)) as multiplier,
        cast(p.rule_version as {{ text_type() }}) as rule_version,
        cast(p.load_id as bigint) as load_id,
        cast(p.source_row as bigint) as source_row
    from priced as p
    left join positions as g
        on g.position = p.position
    left join enforcers as e
        on e.rule_version = p.rule_version
        and e.item = case when g.is_manager_grade then 'manager_grade' else 'staff_grade' end
)

select * from final

with calls as (
    select * from {{ ref('int_callback_calls') }}
),

obligations as (
    select
        *,
        {{ month_of('due_on') }} as month
    from {{ ref('int_callback_obligations') }}
    where status <> 'pending'
),

context as (
    select as_of from {{ ref('int_as_of') }}
),

parameters as (
    {{ rule_parameters('R3', {
        'reward_satisfaction_rate': 'decimal(9,4)',
        'criticism_satisfaction_rate': 'decimal(9,4)',
        'transfer_satisfaction_rate': 'decimal(9,4)',
        'callback_rate_target': 'decimal(9,4)'
    }) | indent(4) }}
),

counted as (
    select
        unit_id,
        month,
        1 as due,
        case when status = 'met' then 1 else 0 end as met,
        case when trigger_feed = 'work_orders' then 1 else 0 end as orders_due,
        case when trigger_feed = 'work_orders' and status = 'met' then 1 else 0 end as orders_met,
        0 as scores,
        0 as good_scores
    from obligations
    union all
    select
        unit_id,
        month,
        0 as due,
        0 as met,
        0 as orders_due,
        0 as orders_met,
        1 as scores,
        case when is_good_score then 1 else 0 end as good_scores
    from calls
    where satisfaction_score is not null
),

unit_months as (
    select
        unit_id,
        month,
        sum(due) as due_count,
        sum(met) as met_count,
        sum(orders_due) as orders_due_count,
        sum(orders_met) as orders_called_back_count,
        sum(scores) as score_count,
        sum(good_scores) as good_score_count
    from counted
    group by unit_id, month
),

-- counts times the share, not a quotient: nothing is rounded at the boundary (R3-c8)
final as (
    select
        cast(m.unit_id as {{ text_type() }}) as unit_id,
        cast(m.month as date) as month,
        cast(m.due_count as bigint) as due_count,
        cast(m.met_count as bigint) as met_count,
        {{ ratio('m.met_count', 'm.due_count') }} as callback_rate,
        cast(p.callback_rate_target as double) as callback_rate_target,
        cast(m.orders_due_count as bigint) as orders_due_count,
        cast(m.orders_called_back_count as bigint) as orders_called_back_count,
        {{ ratio('m.orders_called_back_count', 'm.orders_due_count') }} as order_callback_rate,
        cast(m.score_count as bigint) as score_count,
        cast(m.good_score_count as bigint) as good_score_count,
        {{ ratio('m.good_score_count', 'm.score_count') }} as satisfaction_rate,
        cast(case
            when m.score_count = 0 then null
            when m.good_score_count >= m.score_count * p.reward_satisfaction_rate then 'quality_bonus'
            when m.good_score_count < m.score_count * p.transfer_satisfaction_rate then 'transfer_review'
            when m.good_score_count < m.score_count * p.criticism_satisfaction_rate then 'criticism'
        end as {{ text_type() }}) as satisfaction_flag,
        cast(last_day(m.month) <= a.as_of as boolean) as is_ended,
        cast(p.rule_version as {{ text_type() }}) as rule_version
    from unit_months as m
    cross join context as a
    inner join parameters as p
        on last_day(m.month) >= p.valid_from
        and last_day(m.month) < p.valid_to
)

select * from final

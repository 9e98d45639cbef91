{{ config(meta={'rebuilt_where': ledger_rebuilt_where()}) }}
with outcomes as (
    select * from {{ ref('int_outcomes') }}
),

waived as (
    select distinct outcome_id
    from {{ ref('stg_waivers') }}
    where status = 'approved'
),

context as (
    select as_of from {{ ref('int_as_of') }}
),

final as (
    select
        o.outcome_id,
        o.clause_id,
        o.outcome_type,
        o.subject_type,
        o.subject_id,
        o.unit_id,
        o.occurred_on,
        {{ month_of('o.occurred_on') }} as month,
        o.quantity,
        o.amount,
        cast(case when w.outcome_id is not null then o.amount * 0 else o.amount end as decimal(18,2)) as effective_amount,
        o.flag,
        o.source_feed,
        o.source_key,
        o.rule_version,
        cast(last_day(o.occurred_on) > c.as_of as boolean) as is_provisional,
        cast(w.outcome_id is not null as boolean) as is_waived,
        o.computation,
        o.base_amount,
        o.multiplier,
        o.divisor,
        o.adjustment_amount
    from outcomes as o
    cross join context as c
    left join waived as w
        on w.outcome_id = o.outcome_id
)

select * from final
-- whoever asks for a month or a log reads that part of the ledger alone
order by month, source_feed

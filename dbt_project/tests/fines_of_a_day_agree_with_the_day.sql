-- two roads to the same count: the day (twice late where people punch for each session) and the ledger's rows
with ledger as (
    select
        source_key,
        sum(case when clause_id in ('R7-1.4', 'R7-1.4b', 'R7-1.2') then 1 else 0 end) as lateness_outcomes,
        sum(case when clause_id = 'R7-1.6' then quantity else 0 end) as absent_days
    from {{ ref('fct_rule_outcomes') }}
    where source_feed = 'fct_attendance_days'
        and occurred_on >= {{ rebuilt_from() }}
    group by source_key
),

days as (
    select
        employee_id || '|' || cast(work_date as {{ text_type() }}) as source_key,
        late_count + early_count as lateness,
        absent_days
    from {{ ref('fct_attendance_days') }}
    where work_date >= {{ rebuilt_from() }}
)

select d.source_key
from days as d
left join ledger as l
    on l.source_key = d.source_key
where d.lateness <> coalesce(l.lateness_outcomes, 0)
    or d.absent_days <> coalesce(l.absent_days, 0)

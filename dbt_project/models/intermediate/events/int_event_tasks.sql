with contracts as (
    select
        *,
        cast(event_at as date) as event_on
    from {{ ref('stg_event_contracts') }}
    where status != 'cancelled'
),

rules as (
    {{ unit_rules('R5', {'signing_grace_days': 'bigint'}) | indent(4) }}
),

milestones as (
    select * from {{ ref('int_event_milestones') }}
),

-- every milestone of every ceremony is owed; the rules are those of the day of the ceremony
owed as (
    select
        c.contract_id,
        m.task_code,
        m.clause_id,
        c.unit_id,
        c.employee_id,
        c.event_at,
        case
            when m.due_minutes is not null then {{ add_seconds('c.event_at', '60 * m.due_minutes') }}
            else cast({{ add_days('c.event_on', 'm.due_days + 1') }} as timestamp) - interval 1 second
        end as planned_due_at,
        cast({{ add_days('c.signed_on', 'r.signing_grace_days + 1') }} as timestamp) - interval 1 second as first_due_at,
        r.rule_version,
        c.load_id,
        c.source_row
    from contracts as c
    inner join rules as r
        on r.unit_id = c.unit_id
        and c.event_on >= r.valid_from
        and c.event_on < r.valid_to
    inner join milestones as m
        on m.rule_version = r.rule_version
),

-- nothing is due before the end of the day after signing
due as (
    select
        *,
        greatest(planned_due_at, first_due_at) as due_at
    from owed
),

done as (
    select
        contract_id,
        task_code,
        done_at,
        load_id as task_load_id,
        source_row as task_source_row
    from {{ ref('stg_event_tasks') }}
),

final as (
    select
        cast(d.contract_id as {{ text_type() }}) as contract_id,
        cast(d.task_code as {{ text_type() }}) as task_code,
        cast(d.clause_id as {{ text_type() }}) as clause_id,
        cast(d.unit_id as {{ text_type() }}) as unit_id,
        cast(d.employee_id as {{ text_type() }}) as employee_id,
        cast(d.event_at as timestamp) as event_at,
        cast(d.due_at as timestamp) as due_at,
        cast(t.done_at as timestamp) as done_at,
        cast(case
            when t.done_at <= d.due_at then 'done_on_time'
            when t.done_at > d.due_at then 'done_late'
            when d.due_at < x.as_of + interval 1 day then 'overdue'
            else 'pending'
        end as {{ text_type() }}) as status,
        cast(d.rule_version as {{ text_type() }}) as rule_version,
        cast(d.load_id as bigint) as load_id,
        cast(d.source_row as bigint) as source_row,
        cast(t.task_load_id as bigint) as task_load_id,
        cast(t.task_source_row as bigint) as task_source_row
    from due as d
    left join done as t
        on t.contract_id = d.contract_id
        and t.task_code = d.task_code
    cross join {{ ref('int_as_of') }} as x
)

select * from final

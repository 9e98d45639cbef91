{{ config(materialized='view') }}
with cases as (
    select
        *,
        cast(received_at as date) as received_on
    from {{ ref('stg_cases') }}
),

rules as (
    select * from {{ ref('int_service_rules') }}
),

with_limits as (
    select
        c.*,
        r.rule_version,
        r.repeat_dispatch_count,
        {{ add_seconds(
            'c.received_at',
            '60 * case when coalesce(c.system_fault, false) then r.dispatch_limit_minutes_fault else r.dispatch_limit_minutes end'
        ) }} as dispatch_due_at,
        {{ add_seconds('c.dispatched_at', '60 * r.read_limit_minutes') }} as read_due_at,
        {{ add_seconds('c.dispatched_at', '60 * (r.read_limit_minutes + r.reminder_limit_minutes)') }} as reminder_due_at,
        {{ add_seconds('c.result_received_at', '60 * r.feedback_limit_minutes') }} as feedback_due_at,
        x.as_of + interval 1 day as known_before
    from cases as c
    inner join rules as r
        on r.unit_id = c.unit_id
        and c.received_on >= r.valid_from
        and c.received_on < r.valid_to
    cross join {{ ref('int_as_of') }} as x
),

-- R2-2.1.4b: the hour is over, and the case had not been read when it ended
with_need as (
    select
        *,
        coalesce(read_due_at < known_before and (read_at is null or read_at > read_due_at), false) as needed_reminder
    from with_limits
),

final as (
    select
        cast(case_id as {{ text_type() }}) as case_id,
        cast(operator_id as {{ text_type() }}) as operator_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(received_on as date) as received_on,
        cast(received_at as timestamp) as received_at,
        cast({{ elapsed_minutes('received_at', 'dispatched_at') }} as bigint) as dispatch_minutes,
        cast(case
            when dispatched_at is not null then dispatched_at <= dispatch_due_at
            when dispatch_due_at < known_before then false
        end as boolean) as is_dispatched_in_time,
        cast(needed_reminder as boolean) as needed_reminder,
        cast(case
            when not needed_reminder then null
            when reminded_at is not null then reminded_at <= reminder_due_at
            when reminder_due_at < known_before then false
        end as boolean) as is_reminded_in_time,
        cast({{ elapsed_minutes('result_received_at', 'feedback_sent_at') }} as bigint) as feedback_minutes,
        cast(case
            when result_received_at is null then null
            when feedback_sent_at is not null then feedback_sent_at <= feedback_due_at
            when feedback_due_at < known_before then false
        end as boolean) as is_fed_back_in_time,
        cast(coalesce(dispatch_count, 0) >= repeat_dispatch_count as boolean) as is_repeat_dispatch,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from with_need
)

select * from final

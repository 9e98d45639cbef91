{{ config(materialized='view') }}
with calls as (
    select
        *,
        cast(ringing_at as date) as rung_on
    from {{ ref('stg_hotline_calls') }}
),

rules as (
    select * from {{ ref('int_service_rules') }}
),

judged_by as (
    select
        c.*,
        r.rule_version,
        {{ add_seconds('c.ringing_at', 'r.answer_limit_seconds') }} as answer_due_at,
        x.as_of + interval 1 day as known_before
    from calls as c
    inner join rules as r
        on r.unit_id = c.unit_id
        and c.rung_on >= r.valid_from
        and c.rung_on < r.valid_to
    cross join {{ ref('int_as_of') }} as x
),

final as (
    select
        cast(call_id as {{ text_type() }}) as call_id,
        cast(operator_id as {{ text_type() }}) as operator_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(rung_on as date) as rung_on,
        cast(ringing_at as timestamp) as ringing_at,
        cast(answered_at as timestamp) as answered_at,
        cast({{ elapsed_seconds('ringing_at', 'answered_at') }} as bigint) as answer_seconds,
        -- R2-3.4.1: a call still ringing when as_of ends may yet be answered in time
        cast(case
            when answered_at is not null then answered_at <= answer_due_at
            when answer_due_at < known_before then false
        end as boolean) as is_answered_in_time,
        -- R2-2.1.6: only a call that was answered can be hung up on
        cast(answered_at is not null and coalesce(hung_up_by, '') = 'operator' as boolean) as is_operator_hang_up,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from judged_by
)

select * from final

with calls as (
    select * from {{ ref('int_hotline_calls') }}
),

cases as (
    select * from {{ ref('int_cases') }}
),

handovers as (
    select * from {{ ref('int_shift_handovers') }}
),

misses as (
    select
        'R2-3.4.1' as clause_id,
        operator_id,
        unit_id,
        rung_on as occurred_on,
        'hotline_calls' as source_feed,
        call_id as source_key,
        rule_version
    from calls
    where not is_answered_in_time
    union all
    select
        'R2-2.1.6',
        operator_id,
        unit_id,
        rung_on,
        'hotline_calls',
        call_id,
        rule_version
    from calls
    where is_operator_hang_up
    union all
    select
        'R2-2.1.4',
        operator_id,
        unit_id,
        received_on,
        'cases',
        case_id,
        rule_version
    from cases
    where not is_dispatched_in_time
    union all
    select
        'R2-2.1.4b',
        operator_id,
        unit_id,
        received_on,
        'cases',
        case_id,
        rule_version
    from cases
    where not is_reminded_in_time
    union all
    select
        'R2-2.1.5',
        operator_id,
        unit_id,
        received_on,
        'cases',
        case_id,
        rule_version
    from cases
    where not is_fed_back_in_time
    union all
    select
        'R2-2.2.1',
        operator_id,
        unit_id,
        starts_on,
        'shifts',
        shift_id,
        rule_version
    from handovers
    where not is_in_early
    union all
    select
        'R2-2.2.3',
        operator_id,
        unit_id,
        starts_on,
        'shifts',
        shift_id,
        rule_version
    from handovers
    where not is_left_after_handover
),

-- a call that names no operator is the centre's
final as (
    select
        clause_id,
        'miss' as outcome_type,
        case when operator_id is null then 'unit' else 'employee' end as subject_type,
        coalesce(operator_id, unit_id) as subject_id,
        unit_id,
        occurred_on,
        1 as quantity,
        null as amount,
        null as flag,
        source_feed,
        source_key,
        rule_version,
        null as tie_order,
        null as computation,
        null as base_amount,
        null as multiplier,
        null as divisor,
        null as adjustment_amount
    from misses
)

{{ select_outcomes('final') }}

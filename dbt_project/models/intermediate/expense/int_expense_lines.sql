with lines as (
    select * from {{ ref('int_expense_lines_in_scope') }}
),

office_receipts as (
    {{ rule_items('R4', 'accepted_receipt', 'boolean') | indent(4) }}
),

company_receipts as (
    {{ rule_items('R9', 'accepted_receipt', 'boolean') | indent(4) }}
),

period_ends as (
    {{ rule_items('R4', 'sending_period_last_day', 'bigint') | indent(4) }}
),

monthly_limits as (
    {{ rule_items('R4', 'monthly_limit', 'decimal(18,2)') | indent(4) }}
),

class_limits as (
    {{ rule_item_rows('R4', {'transport_class_short': 'varchar', 'transport_class_long': 'varchar'}) | indent(4) }}
),

class_ranks as (
    {{ rule_items('R4', 'transport_class_rank', 'bigint') | indent(4) }}
),

positions as (
    select * from {{ ref('int_employee_periods') }}
),

trips as (
    select * from {{ ref('int_trip_allowances') }}
),

requests as (
    select * from {{ ref('stg_special_expense_requests') }}
),

phone_limits as (
    select * from {{ ref('stg_phone_limits') }}
),

-- the day on which each day's claims are collected, as a day of the month (R4-8.2t)
collection_days as (
    select
        rule_version,
        value as last_day_no,
        coalesce(lag(value) over (partition by rule_version order by value), 0) as day_before_no
    from period_ends
),

-- what each check looks at
evidenced as (
    select
        l.*,
        coalesce(r4.value, false) as is_office_receipt,
        coalesce(r9.value, false) as is_company_receipt,
        coalesce(t.employee_id = l.employee_id and t.is_approved_and_complete, false) as has_trip,
        t.returns_on as trip_returns_on,
        t.allowance_amount as trip_allowance_amount,
        t.rule_version as trip_version,
        coalesce(q.approved_on <= l.incurred_on, false) as has_request,
        q.amount as request_amount,
        {{ add_days("least(" ~ add_days('l.month', 'p.last_day_no - 1') ~ ", last_day(l.incurred_on))", 'l.sending_grace_days') }} as send_by_on,
        m.value as monthly_limit_amount,
        ph.amount as phone_limit_amount,
        case
            when coalesce(l.transport_hours, 0) < l.long_journey_hours then cl.transport_class_short
            else cl.transport_class_long
        end as allowed_class
    from lines as l
    left join office_receipts as r4
        on r4.rule_version = l.office_version
        and r4.item = l.category || '|' || l.receipt_type
    left join company_receipts as r9
        on r9.rule_version = l.company_version
        and r9.item = l.receipt_type
    left join trips as t
        on t.trip_id = l.trip_id
    left join requests as q
        on q.request_id = l.special_request_id
        and q.unit_id = l.unit_id
        and q.category = l.category
        and q.status = 'approved'
    left join collection_days as p
        on p.rule_version = l.office_version
        and day(l.incurred_on) > p.day_before_no
        and day(l.incurred_on) <= p.last_day_no
    left join monthly_limits as m
        on m.rule_version = l.office_version
        and m.item = l.category
    left join positions as e
        on e.employee_id = l.employee_id
        and l.incurred_on >= e.valid_from
        and l.incurred_on < e.valid_to
    left join class_limits as cl
        on cl.rule_version = l.office_version
        and cl.item = e.position
        and l.category = 'long_distance_transport'
    left join phone_limits as ph
        on ph.position = e.position
        and ph.month = l.month
        and l.category = 'phone'
),

-- a refund is allowed as it stands, so no check looks at it
checked as (
    select
        v.*,
        v.office_version is not null and v.amount >= 0 as is_office_claim,
        v.company_version is not null and v.amount >= 0 as is_company_claim,
        coalesce(used.value > best.value, false) as is_class_too_high
    from evidenced as v
    left join class_ranks as used
        on used.rule_version = v.office_version
        and used.item = v.transport_mode
    left join class_ranks as best
        on best.rule_version = v.office_version
        and best.item = v.allowed_class
),

duties as (
    select
        *,
        is_office_claim and not is_office_receipt as lacks_receipt,
        is_office_claim and not is_signed as lacks_signatures,
        is_office_claim and is_rejected as is_refused,
        is_office_claim and category in ('per_diem', 'long_distance_transport') and not has_trip as lacks_trip,
        is_office_claim and category in ('promotion', 'other') and not has_request as lacks_request,
        is_office_claim and submitted_on > send_by_on as is_sent_late,
        is_company_claim and not is_company_receipt as lacks_company_receipt,
        is_company_claim and category = 'entertainment'
            and not coalesce(contains('>' || approvals || '>', '>' || entertainment_approver || '>'), false) as lacks_general_manager,
        is_company_claim and category = 'entertainment'
            and not has_guests as lacks_guests,
        is_company_claim and (coalesce(approvals <> wanted_approvals, true) or is_rejected) as lacks_approvals,
        is_company_claim and lacks_signature_of_co_traveller as lacks_co_traveller,
        is_company_claim and category = 'taxi'
            and not (
                has_no_car
                and coalesce(contains('>' || approvals || '>', '>' || taxi_approver || '>'), false)
            ) as lacks_taxi_reason,
        is_company_claim and category = 'training' and not has_request as lacks_training_request
    from checked
),

-- the limit that bears on a line: one at most, whatever its category. limit_key names what is used up together
limited as (
    select
        *,
        case
            {%- for check in expense_checks() if 'fails' in check %}
            when {{ check.fails }} then {{ expense_checks().index(check) + 1 }}
            {%- endfor %}
        end as first_failed_no,
        case
            when office_version is not null and category in ('promotion', 'other') and has_request then {{ expense_limit_no('office_request') }}
            when office_version is not null and category in ('per_diem', 'long_distance_transport', 'office_phone', 'office_supplies')
                then {{ expense_limit_no('office') }}
            when company_version is not null and category in ('entertainment', 'training') and has_request then {{ expense_limit_no('company') }}
            when company_version is not null and category = 'phone' then {{ expense_limit_no('company') }}
        end as limit_no,
        case
            when office_version is not null and category = 'promotion' then 'R4-8.2p'
            when office_version is not null and category = 'other' then 'R4-8.2o'
            when office_version is not null and category = 'per_diem' then 'R4-8.1a'
            when office_version is not null and category = 'long_distance_transport' then 'R4-8.1b'
            when office_version is not null and category = 'office_phone' then 'R4-8.1c'
            when office_version is not null and category = 'office_supplies' then 'R4-8.1d'
            when company_version is not null and category = 'entertainment' then 'R9-6.1'
            when company_version is not null and category = 'training' then 'R9-9.3'
            when company_version is not null and category = 'phone' then 'R9-8'
        end as limit_clause_id,
        case
            when office_version is not null and category in ('promotion', 'other') and has_request
                then 'request|' || special_request_id
            when office_version is not null and category = 'per_diem' and has_trip
                then 'trip|' || trip_id
            when office_version is not null and category in ('office_phone', 'office_supplies')
                then 'unit|' || unit_id || '|' || category || '|' || cast(month as {{ text_type() }})
            when company_version is not null and category in ('entertainment', 'training') and has_request
                then 'request|' || special_request_id
            when company_version is not null and category = 'phone'
                then 'phone|' || employee_id || '|' || cast(month as {{ text_type() }})
        end as limit_key,
        case
            when category in ('promotion', 'other', 'entertainment', 'training') then request_amount
            when category = 'per_diem' then trip_allowance_amount
            when category = 'phone' then phone_limit_amount
            else monthly_limit_amount
        end as limit_amount,
        case when is_class_too_high then greatest(coalesce(reference_fare, 0), 0) end as fare_limit_amount
    from duties
),

final as (
    select
        cast(claim_id as {{ text_type() }}) as claim_id,
        cast(line_no as bigint) as line_no,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(category as {{ text_type() }}) as category,
        cast(incurred_on as date) as incurred_on,
        cast(submitted_on as date) as submitted_on,
        cast(month as date) as month,
        cast(amount as decimal(18,2)) as claimed_amount,
        cast(trip_returns_on as date) as trip_returns_on,
        cast(is_rejected as boolean) as is_rejected,
        cast(office_version as {{ text_type() }}) as office_version,
        cast(company_version as {{ text_type() }}) as company_version,
        cast(budget_version as {{ text_type() }}) as budget_version,
        {%- for check in expense_checks() if 'fails' in check %}
        cast({{ check.fails }} as boolean) as {{ check.fails }},
        {%- endfor %}
        cast(first_failed_no as bigint) as first_failed_no,
        cast(limit_no as bigint) as limit_no,
        cast(limit_clause_id as {{ text_type() }}) as limit_clause_id,
        cast(limit_key as {{ text_type() }}) as limit_key,
        cast(case when limit_amount < 0 then 0 else limit_amount end as decimal(18,2)) as limit_amount,
        cast(fare_limit_amount as decimal(18,2)) as fare_limit_amount,
        cast(case
            when limit_clause_id = 'R4-8.1a' then trip_version
            else coalesce(office_version, company_version)
        end as {{ text_type() }}) as limit_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from limited
)

select * from final

with lines as (
    select * from {{ ref('stg_expense_lines') }}
),

office_rules as (
    {{ unit_rules('R4', {'sending_grace_days': 'bigint', 'long_journey_hours': 'decimal(9,2)'}) | indent(4) }}
),

company_rules as (
    {{ unit_rules('R9', {'approval_path': 'varchar', 'entertainment_approver': 'varchar', 'taxi_approver': 'varchar'}) | indent(4) }}
),

-- branch offices answer for their budgets by this one clause of R9
budget_rules as (
    {{ unit_rules('R9', {}, 'R9-1') | indent(4) }}
),

judged as (
    select
        l.*,
        coalesce(l.approved_by_manager and l.audited_by_supervisor, false) as is_signed,
        coalesce(l.finance_status = 'rejected', false) as is_rejected,
        coalesce(l.guests_noted, false) and coalesce(l.guests_count, 0) > 0 as has_guests,
        coalesce(l.is_shared, false) and not coalesce(l.co_traveller_signed, false) as lacks_signature_of_co_traveller,
        coalesce(l.no_car_available, false) as has_no_car,
        {{ month_of('l.incurred_on') }} as month,
        replace(l.approval_path, ' ', '') as approvals,
        o.rule_version as office_version,
        o.sending_grace_days,
        o.long_journey_hours,
        c.rule_version as company_version,
        c.approval_path as wanted_approvals,
        c.entertainment_approver,
        c.taxi_approver,
        coalesce(c.rule_version, b.rule_version) as budget_version
    from lines as l
    left join office_rules as o
        on o.unit_id = l.unit_id
        and l.incurred_on >= o.valid_from
        and l.incurred_on < o.valid_to
    left join company_rules as c
        on c.unit_id = l.unit_id
        and l.incurred_on >= c.valid_from
        and l.incurred_on < c.valid_to
    left join budget_rules as b
        on b.unit_id = l.unit_id
        and l.incurred_on >= b.valid_from
        and l.incurred_on < b.valid_to
    where o.rule_version is not null
        or c.rule_version is not null
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
        cast(amount as decimal(18,2)) as amount,
        cast(receipt_type as {{ text_type() }}) as receipt_type,
        cast(trip_id as {{ text_type() }}) as trip_id,
        cast(special_request_id as {{ text_type() }}) as special_request_id,
        cast(approvals as {{ text_type() }}) as approvals,
        cast(is_signed as boolean) as is_signed,
        cast(is_rejected as boolean) as is_rejected,
        cast(transport_mode as {{ text_type() }}) as transport_mode,
        cast(transport_hours as decimal(18,2)) as transport_hours,
        cast(reference_fare as decimal(18,2)) as reference_fare,
        cast(has_guests as boolean) as has_guests,
        cast(lacks_signature_of_co_traveller as boolean) as lacks_signature_of_co_traveller,
        cast(has_no_car as boolean) as has_no_car,
        cast(office_version as {{ text_type() }}) as office_version,
        cast(sending_grace_days as bigint) as sending_grace_days,
        cast(long_journey_hours as decimal(9,2)) as long_journey_hours,
        cast(company_version as {{ text_type() }}) as company_version,
        cast(wanted_approvals as {{ text_type() }}) as wanted_approvals,
        cast(entertainment_approver as {{ text_type() }}) as entertainment_approver,
        cast(taxi_approver as {{ text_type() }}) as taxi_approver,
        cast(budget_version as {{ text_type() }}) as budget_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from judged
)

select * from final

with requests as (
    select * from {{ ref('int_leave_requests') }}
    where is_in_scope
),

taken as (
    select
        request_id,
        sum(paid_days) as paid_days,
        sum(unpaid_days) as unpaid_days
    from {{ ref('int_leave_parts') }}
    group by request_id
),

final as (
    select
        cast(r.request_id as {{ text_type() }}) as request_id,
        cast(r.employee_id as {{ text_type() }}) as employee_id,
        cast(r.leave_type as {{ text_type() }}) as leave_type,
        cast(r.requested_days as decimal(9,1)) as requested_days,
        cast(r.required_approver_role as {{ text_type() }}) as required_approver_role,
        cast(r.is_valid as boolean) as is_valid,
        cast(r.invalid_reason as {{ text_type() }}) as invalid_reason,
        cast(r.entitled_days as decimal(9,1)) as entitled_days,
        cast(coalesce(t.paid_days, 0) as decimal(9,1)) as paid_days,
        cast(coalesce(t.unpaid_days, 0) as decimal(9,1)) as unpaid_days,
        cast(r.unit_id as {{ text_type() }}) as unit_id,
        cast(r.start_at as timestamp) as start_at,
        cast(r.end_at as timestamp) as end_at,
        cast(r.requested_at as timestamp) as requested_at,
        cast(r.approver_role as {{ text_type() }}) as approver_role,
        cast(r.rule_version as {{ text_type() }}) as rule_version,
        cast(r.load_id as bigint) as load_id,
        cast(r.source_row as bigint) as source_row
    from requests as r
    left join taken as t
        on t.request_id = r.request_id
)

select * from final

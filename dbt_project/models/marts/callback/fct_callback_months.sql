with obligations as (
    select * from {{ ref('int_callback_obligations') }}
    where status <> 'pending'
),

calls as (
    select * from {{ ref('int_callback_calls') }}
    where is_phone_call
),

-- what was owed counts for its owner, a call for whoever made it
counted as (
    select
        unit_id,
        employee_id,
        {{ month_of('due_on') }} as month,
        1 as due,
        case when status = 'met' then 1 else 0 end as met,
        0 as phone_callbacks,
        0 as in_window,
        0 as over_contacts
    from obligations
    union all
    select
        unit_id,
        employee_id,
        month,
        0 as due,
        0 as met,
        1 as phone_callbacks,
        case when is_at_good_time then 1 else 0 end as in_window,
        case when is_over_contact then 1 else 0 end as over_contacts
    from calls
),

summed as (
    select
        unit_id,
        employee_id,
        month,
        sum(due) as due_count,
        sum(met) as met_count,
        sum(phone_callbacks) as phone_callbacks,
        sum(in_window) as in_window_count,
        sum(over_contacts) as over_contact_count
    from counted
    group by unit_id, employee_id, month
),

final as (
    select
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(month as date) as month,
        cast(due_count as bigint) as due_count,
        cast(met_count as bigint) as met_count,
        cast(due_count - met_count as bigint) as missed_count,
        {{ ratio('met_count', 'due_count') }} as compliance_rate,
        cast(phone_callbacks as bigint) as phone_callbacks,
        cast(in_window_count as bigint) as in_window_count,
        {{ ratio('in_window_count', 'phone_callbacks') }} as in_window_rate,
        cast(over_contact_count as bigint) as over_contact_count
    from summed
)

select * from final

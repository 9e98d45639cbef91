with employee_rows as (
    select
        *,
        cast(coalesce(
            lead(effective_on) over (partition by employee_id order by effective_on),
            date '9999-12-31'
        ) as date) as valid_to
    from {{ ref('stg_employees') }}
),

-- a later row of the same employment may say that they had left before it
known_leaving as (
    select
        *,
        min(left_on) over (
            partition by employee_id, hired_on
            order by effective_on
            rows between current row and unbounded following
        ) as first_known_left_on
    from employee_rows
),

final as (
    select
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(effective_on as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(greatest(effective_on, hired_on) as date) as employed_from,
        cast(least({{ add_days('valid_to', '-1') }}, coalesce(first_known_left_on, date '9999-12-30')) as date) as employed_to,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(position as {{ text_type() }}) as position,
        cast(employee_name as {{ text_type() }}) as employee_name,
        cast(hired_on as date) as hired_on,
        cast(left_on as date) as left_on,
        cast(resignation_applied_on as date) as resignation_applied_on,
        cast(career_start_on as date) as career_start_on,
        cast(monthly_wage as decimal(18,2)) as monthly_wage,
        cast(full_attendance_bonus as decimal(18,2)) as full_attendance_bonus,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from known_leaving
)

select * from final

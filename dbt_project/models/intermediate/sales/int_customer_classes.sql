with assessed as (
    select
        activity_id,
        customer_id,
        happened_on as assessed_on
    from {{ ref('int_store_activities') }}
    where activity = 'assessment'
),

classes as (
    select
        assessment_id,
        customer_class
    from {{ ref('stg_class_assessments') }}
),

-- each class holds until the next one is given (R10-4); of several on a day the last by id
sequenced as (
    select
        a.activity_id as assessment_id,
        a.customer_id,
        c.customer_class,
        a.assessed_on as valid_from,
        lead(a.assessed_on) over (partition by a.customer_id order by a.assessed_on, a.activity_id) as next_assessed_on,
        row_number() over (partition by a.customer_id order by a.assessed_on, a.activity_id) as assessment_no
    from assessed as a
    inner join classes as c
        on c.assessment_id = a.activity_id
),

final as (
    select
        cast(assessment_id as {{ text_type() }}) as assessment_id,
        cast(customer_id as {{ text_type() }}) as customer_id,
        cast(customer_class as {{ text_type() }}) as customer_class,
        cast(assessment_no as bigint) as assessment_no,
        cast(valid_from as date) as valid_from,
        cast(coalesce(next_assessed_on, date '9999-12-31') as date) as valid_to
    from sequenced
)

select * from final

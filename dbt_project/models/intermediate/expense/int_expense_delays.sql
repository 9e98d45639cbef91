with lines as (
    select *
    from {{ ref('int_expense_lines') }}
    where company_version is not null
),

versions as (
    {{ rule_parameters('R9', {'travel_working_days': 'bigint', 'entertainment_working_days': 'bigint'}) | indent(4) }}
),

calendar as (
    select * from {{ ref('int_calendar_days') }}
),

-- travel is handed in after the return, entertainment after the day itself; travel without a trip is not judged
counted_from as (
    select
        l.claim_id,
        l.line_no,
        l.unit_id,
        l.employee_id,
        l.incurred_on,
        l.submitted_on,
        case when l.category = 'entertainment' then 'R9-6.5' else 'R9-4.3' end as clause_id,
        case when l.category = 'entertainment' then l.incurred_on else l.trip_returns_on end as from_on,
        case when l.category = 'entertainment' then v.entertainment_working_days else v.travel_working_days end as working_days,
        l.company_version as rule_version
    from lines as l
    inner join versions as v
        on v.rule_version = l.company_version
    where l.category = 'entertainment'
        or (l.category in ('per_diem', 'long_distance_transport') and l.trip_returns_on is not null)
),

due as (
    select
        c.*,
        last_day.calendar_date as due_on
    from counted_from as c
    inner join calendar as first_day
        on first_day.unit_id = c.unit_id
        and first_day.calendar_date = {{ add_days('c.from_on', '1') }}
    inner join calendar as last_day
        on last_day.unit_id = c.unit_id
        and last_day.working_day_no = first_day.working_day_no - case when first_day.is_working_day then 1 else 0 end + c.working_days
        and last_day.is_working_day
),

final as (
    select
        cast(claim_id as {{ text_type() }}) as claim_id,
        cast(line_no as bigint) as line_no,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(incurred_on as date) as incurred_on,
        cast(submitted_on as date) as submitted_on,
        cast(due_on as date) as due_on,
        cast(clause_id as {{ text_type() }}) as clause_id,
        cast(rule_version as {{ text_type() }}) as rule_version
    from due
    where submitted_on > due_on
)

select * from final

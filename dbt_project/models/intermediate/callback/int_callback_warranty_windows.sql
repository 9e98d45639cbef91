{#- years as the calendar has them -#}
{%- set year, two_years = 12, 24 -%}
with contacts as (
    select * from {{ ref('int_callback_contacts') }}
),

context as (
    select as_of from {{ ref('int_as_of') }}
),

warranty_items as (
    {{ rule_items('R3', 'warranty_step_months', 'bigint') | indent(4) }}
),

warranty_steps as (
    select
        rule_version,
        max(case when item = 'year_1' then value end) as year_1_step,
        max(case when item = 'year_2' then value end) as year_2_step,
        max(case when item = 'later' then value end) as later_step
    from warranty_items
    group by rule_version
),

completions as (
    select
        c.*,
        w.year_1_step,
        w.year_2_step,
        w.later_step,
        (extract(year from a.as_of) - extract(year from c.contact_on)) * {{ year }}
            + extract(month from a.as_of) - extract(month from c.contact_on)
            + greatest(w.year_1_step, w.year_2_step, w.later_step) as last_month_no
    from contacts as c
    inner join warranty_steps as w
        on w.rule_version = c.rule_version
    cross join context as a
    where c.contact_type = 'completion'
),

warranty_months as (
    select
        c.*,
        {{ explode_integers('1', 'c.last_month_no') }} as month_no
    from completions as c
),

-- quarters, then half-years, then years, each counted from the completion (R3-e4)
warranty_ends as (
    select
        *,
        {{ add_months('contact_on', 'month_no') }} as due_on
    from warranty_months
    where case
        when month_no <= {{ year }} then month_no % year_1_step = 0
        when month_no <= {{ two_years }} then (month_no - {{ year }}) % year_2_step = 0
        else (month_no - {{ two_years }}) % later_step = 0
    end
),

windows as (
    select
        contact_id,
        customer_id,
        unit_id,
        employee_id,
        occurred_at,
        rule_version,
        'R3-e4' as clause_id,
        next_same_type_on as ends_on,
        {{ add_days('coalesce(lag(due_on) over (partition by contact_id order by month_no), contact_on)', '1') }} as window_start_on,
        due_on
    from warranty_ends
),

-- a window opens with its first day; one that has not ended before the day of a new completion is not owed
final as (
    select
        cast(contact_id as {{ text_type() }}) as contact_id,
        cast(clause_id as {{ text_type() }}) as clause_id,
        cast(customer_id as {{ text_type() }}) as customer_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(occurred_at as timestamp) as occurred_at,
        cast(window_start_on as date) as window_start_on,
        cast(due_on as date) as due_on,
        cast(rule_version as {{ text_type() }}) as rule_version
    from windows as w
    cross join context as a
    where w.window_start_on <= a.as_of
        and (w.ends_on is null or w.due_on < w.ends_on)
)

select * from final

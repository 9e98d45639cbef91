with contacts as (
    select * from {{ ref('int_callback_contacts') }}
),

key_dates as (
    select * from {{ ref('int_callback_key_dates') }}
),

context as (
    select as_of from {{ ref('int_as_of') }}
),

first_days as (
    {{ rule_items('R3', 'window_first_day', 'bigint') | indent(4) }}
),

last_days as (
    {{ rule_items('R3', 'window_last_day', 'bigint') | indent(4) }}
),

repeats as (
    {{ rule_items('R3', 'repeat_days', 'bigint') | indent(4) }}
),

warranty_items as (
    {{ rule_items('R3', 'warranty_step_months', 'bigint') | indent(4) }}
),

series as (
    select
        f.rule_version,
        f.item as series,
        split_part(f.item, '|', 1) as clause_id,
        f.value as first_day,
        l.value as last_day,
        r.value as repeat_days
    from first_days as f
    inner join last_days as l
        on l.rule_version = f.rule_version
        and l.item = f.item
    left join repeats as r
        on r.rule_version = f.rule_version
        and r.item = f.item
),

-- which series a contact starts; special customers are left in peace after visits and call-ins (R3-a2b)
started as (
    select
        c.contact_id,
        c.customer_id,
        c.unit_id,
        c.employee_id,
        c.occurred_at,
        c.rule_version,
        s.clause_id,
        case when c.contact_type in ('call_in', 'visit', 'deal') then c.next_contact_on end as ends_on,
        {{ add_days('c.contact_on', 's.first_day') }} as first_start_on,
        s.last_day - s.first_day as more_days,
        s.repeat_days
    from contacts as c
    inner join series as s
        on s.rule_version = c.rule_version
        and case c.contact_type
            when 'call_in' then not c.is_special_customer and (
                s.series = 'R3-a1.1'
                or (s.series = 'R3-a1.2' and c.is_high_quality)
                or (s.series = 'R3-a1.3' and c.is_high_quality and not c.has_visited)
            )
            when 'visit' then not c.is_special_customer and (
                (s.series in ('R3-a2.1', 'R3-a2.2') and c.customer_class in ('A', 'B'))
                or (s.series = 'R3-a2.3|key' and c.customer_class in ('A', 'B') and c.is_key)
                or (s.series = 'R3-a2.3|other' and c.customer_class in ('A', 'B') and not c.is_key)
                or (s.series = 'R3-a2.4' and c.customer_class = 'C')
            )
            when 'deal' then s.series in ('R3-a3.1', 'R3-a3.2')
            when 'project_start' then s.series = 'R3-e1'
            when 'mid_payment' then s.series = 'R3-e2'
            when 'completion' then s.series = 'R3-e3'
            else false
        end
),

-- as many windows as have opened by as_of, and before the contact that ends the series
repeated as (
    select
        s.*,
        {{ explode_integers(
            '0',
            'coalesce(' ~ int_div(days_between('s.first_start_on', 'least(a.as_of, coalesce(s.ends_on, a.as_of))'), 's.repeat_days') ~ ', 0)'
        ) }} as repeat_no
    from started as s
    cross join context as a
    where s.first_start_on <= a.as_of
        and s.first_start_on <= coalesce(s.ends_on, a.as_of)
),

dated_windows as (
    select
        contact_id,
        customer_id,
        unit_id,
        employee_id,
        occurred_at,
        rule_version,
        clause_id,
        ends_on,
        {{ add_days('first_start_on', 'repeat_no * coalesce(repeat_days, 0)') }} as window_start_on,
        {{ add_days('first_start_on', 'repeat_no * coalesce(repeat_days, 0) + more_days') }} as due_on
    from repeated
),

-- a greeting is owed on the day itself; buyers owe it whatever they do next, until they buy again
key_date_windows as (
    select
        c.contact_id,
        c.customer_id,
        c.unit_id,
        c.employee_id,
        c.occurred_at,
        c.rule_version,
        case when c.is_special_customer then 'R3-a2b' else 'R3-a2.5' end as clause_id,
        c.next_contact_on as ends_on,
        k.key_date as window_start_on,
        k.key_date as due_on
    from contacts as c
    inner join key_dates as k
        on k.unit_id = c.unit_id
        and k.key_date > c.contact_on
    where (c.is_special_customer and c.contact_type in ('call_in', 'visit'))
        or (not c.is_special_customer and c.contact_type = 'visit' and c.customer_class = 'D')
    {%- for clause, kind in {'R3-a3.3': 'is_node', 'R3-a3.4': 'is_festival'}.items() %}
    union all
    select
        c.contact_id,
        c.customer_id,
        c.unit_id,
        c.employee_id,
        c.occurred_at,
        c.rule_version,
        '{{ clause }}' as clause_id,
        c.next_same_type_on as ends_on,
        k.key_date as window_start_on,
        k.key_date as due_on
    from contacts as c
    inner join key_dates as k
        on k.unit_id = c.unit_id
        and k.key_date > c.contact_on
    where c.contact_type = 'deal'
        and k.{{ kind }}
    {%- endfor %}
),

{#- years as the calendar has them -#}
{% set year, two_years = 12, 24 %}
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

warranty_windows as (
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

windows as (
    select * from dated_windows
    union all
    select * from key_date_windows
    union all
    select * from warranty_windows
),

-- a window that has not ended before the day of the next contact is not owed
final as (
    select
        cast(w.contact_id as {{ text_type() }}) as contact_id,
        cast(w.clause_id as {{ text_type() }}) as clause_id,
        cast(w.customer_id as {{ text_type() }}) as customer_id,
        cast(w.unit_id as {{ text_type() }}) as unit_id,
        cast(w.employee_id as {{ text_type() }}) as employee_id,
        cast(w.occurred_at as timestamp) as occurred_at,
        cast(w.window_start_on as date) as window_start_on,
        cast(w.due_on as date) as due_on,
        cast(w.rule_version as {{ text_type() }}) as rule_version
    from windows as w
    cross join context as a
    where w.window_start_on <= a.as_of
        and (w.ends_on is null or w.due_on < w.ends_on)
)

select * from final

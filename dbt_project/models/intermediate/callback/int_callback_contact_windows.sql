with contacts as (
    select * from {{ ref('int_callback_contacts') }}
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

-- a window that has not opened by as_of, or not ended before the day of the next contact, is not owed
bounded as (
    select
        s.*,
        {{ days_between('s.first_start_on', rebuilt_from()) }} - s.more_days as due_before_days,
        least(a.as_of, coalesce({{ add_days('s.ends_on', '-1 - s.more_days') }}, a.as_of)) as last_start_on
    from started as s
    cross join context as a
),

-- only windows that end on a day that is rebuilt: of a series that goes on, from the first of them on
repeated as (
    select
        *,
        {{ explode_integers(
            'case when due_before_days > 0 then ' ~ int_div('due_before_days + repeat_days - 1', 'repeat_days') ~ ' else 0 end',
            'coalesce(' ~ int_div(days_between('first_start_on', 'last_start_on'), 'repeat_days') ~ ', 0)'
        ) }} as repeat_no
    from bounded
    where first_start_on <= last_start_on
        and (repeat_days is not null or due_before_days <= 0)
),

final as (
    select
        cast(contact_id as {{ text_type() }}) as contact_id,
        cast(clause_id as {{ text_type() }}) as clause_id,
        cast(customer_id as {{ text_type() }}) as customer_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(occurred_at as timestamp) as occurred_at,
        cast({{ add_days('first_start_on', 'repeat_no * coalesce(repeat_days, 0)') }} as date) as window_start_on,
        cast({{ add_days('first_start_on', 'repeat_no * coalesce(repeat_days, 0) + more_days') }} as date) as due_on,
        cast(rule_version as {{ text_type() }}) as rule_version
    from repeated
)

select * from final

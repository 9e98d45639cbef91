{{ config(meta={'rebuilt_where': 'called_on >= :rebuilt_from or is_special_customer'}) }}
with customers as (
    select
        customer_id,
        segment
    from {{ ref('stg_customers') }}
),

known_callers as (
    select
        b.*,
        cast(b.called_at as date) as called_on,
        coalesce(c.segment in ('leader_introduced', 'vip'), false) as is_special_customer
    from {{ ref('stg_callbacks') }} as b
    left join customers as c
        on c.customer_id = b.customer_id
),

callbacks as (
    select * from known_callers
    where called_on >= {{ rebuilt_from() }}
        or is_special_customer
),

people as (
    select
        employee_id,
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_employee_periods') }}
),

key_dates as (
    select * from {{ ref('int_callback_key_dates') }}
),

obligations as (
    select distinct callback_id
    from {{ ref('int_callback_obligations') }}
    where callback_id is not null
),

scope as (
    select
        unit_id,
        valid_from,
        valid_to
    from {{ ref('int_unit_scope') }}
    where rule_set = 'R3'
        and clause_id is null
),

parameters as (
    {{ rule_parameters('R3', {'good_score': 'bigint', 'visit_report_days': 'bigint', 'issue_report_days': 'bigint'}) | indent(4) }}
),

window_starts as (
    {{ rule_items('R3', 'calling_window_start', text_type()) | indent(4) }}
),

window_ends as (
    {{ rule_items('R3', 'calling_window_end', text_type()) | indent(4) }}
),

-- what hangs on a callback itself is judged where the caller works that day
in_scope as (
    select
        b.*,
        e.unit_id,
        p.rule_version,
        p.good_score,
        {{ add_days('b.called_on', 'p.visit_report_days') }} as report_due_on,
        {{ add_days('b.called_on', 'p.issue_report_days') }} as issue_due_on
    from callbacks as b
    inner join people as e
        on e.employee_id = b.employee_id
        and b.called_on >= e.valid_from
        and b.called_on < e.valid_to
    inner join scope as s
        on s.unit_id = e.unit_id
        and b.called_on >= s.valid_from
        and b.called_on < s.valid_to
    inner join parameters as p
        on b.called_on >= p.valid_from
        and b.called_on < p.valid_to
),

calling_windows as (
    select
        f.rule_version,
        {{ seconds_of_day('f.value') }} as from_second,
        {{ seconds_of_day('t.value') }} as to_second
    from window_starts as f
    inner join window_ends as t
        on t.rule_version = f.rule_version
        and t.item = f.item
),

-- ends included (R3-a5.3)
calls_at_good_times as (
    select distinct b.callback_id
    from in_scope as b
    inner join calling_windows as w
        on w.rule_version = b.rule_version
        and b.called_at >= {{ add_seconds('cast(b.called_on as timestamp)', 'w.from_second') }}
        and b.called_at <= {{ add_seconds('cast(b.called_on as timestamp)', 'w.to_second') }}
    where b.channel = 'phone'
),

judged as (
    select
        b.*,
        b.channel = 'phone' as is_phone_call,
        g.callback_id is not null as is_at_good_time,
        b.channel = 'phone'
            and b.is_special_customer
            and k.key_date is null
            and o.callback_id is null
            and b.work_order_id is null as is_over_contact
    from in_scope as b
    left join key_dates as k
        on k.unit_id = b.unit_id
        and k.key_date = b.called_on
    left join obligations as o
        on o.callback_id = b.callback_id
    left join calls_at_good_times as g
        on g.callback_id = b.callback_id
),

final as (
    select
        cast(callback_id as {{ text_type() }}) as callback_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(employee_id as {{ text_type() }}) as employee_id,
        cast(customer_id as {{ text_type() }}) as customer_id,
        cast(channel as {{ text_type() }}) as channel,
        cast(called_at as timestamp) as called_at,
        cast(called_on as date) as called_on,
        {{ month_of('called_on') }} as month,
        cast(is_special_customer as boolean) as is_special_customer,
        cast(is_phone_call as boolean) as is_phone_call,
        cast(is_at_good_time as boolean) as is_at_good_time,
        cast(is_over_contact as boolean) as is_over_contact,
        cast(satisfaction_score as bigint) as satisfaction_score,
        cast(satisfaction_score >= good_score as boolean) as is_good_score,
        cast(case when channel = 'visit' then report_due_on end as date) as report_due_on,
        cast(report_filed_on as date) as report_filed_on,
        cast(case when issue_raised then issue_due_on end as date) as issue_due_on,
        cast(issue_reported_at as date) as issue_reported_on,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from judged
)

select * from final

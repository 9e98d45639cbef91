{{ config(meta={'rebuilt_where': 'due_on >= :rebuilt_from'}) }}
with windows as (
    select * from {{ ref('int_callback_windows') }}
    where due_on >= {{ rebuilt_from() }}
),

contacts as (
    select
        contact_id,
        contact_type,
        customer_class,
        load_id,
        source_row
    from {{ ref('int_callback_contacts') }}
),

work_orders as (
    select
        *,
        cast(opened_at as date) as opened_on
    from {{ ref('stg_work_orders') }}
),

callbacks as (
    select
        *,
        cast(called_at as date) as called_on
    from {{ ref('stg_callbacks') }}
),

scope as (
    select
        unit_id,
        valid_from,
        valid_to,
        clause_id
    from {{ ref('int_unit_scope') }}
    where rule_set = 'R3'
        and (clause_id is null or clause_id = 'R3-b2')
),

context as (
    select as_of from {{ ref('int_as_of') }}
),

parameters as (
    {{ rule_parameters('R3', {'work_order_hours': 'bigint'}) | indent(4) }}
),

channel_items as (
    {{ rule_items('R3', 'allowed_channel', 'boolean') | indent(4) }}
),

channels as (
    select
        rule_version,
        split_part(item, '|', 1) as clause_id,
        split_part(item, '|', 2) as channel
    from channel_items
    where value
),

-- the earliest that counts meets the window; a second one meets nothing
answers as (
    select
        w.contact_id,
        w.clause_id,
        w.window_start_on,
        b.callback_id,
        b.called_at,
        row_number() over (
            partition by w.contact_id, w.clause_id, w.window_start_on
            order by b.called_at, b.callback_id
        ) as place
    from windows as w
    inner join callbacks as b
        on b.customer_id = w.customer_id
        and b.called_on >= w.window_start_on
        and b.called_on <= w.due_on
        and b.called_at > w.occurred_at
    inner join channels as h
        on h.rule_version = w.rule_version
        and h.clause_id = w.clause_id
        and h.channel = b.channel
),

orders_in_scope as (
    select distinct
        o.work_order_id,
        o.customer_id,
        o.unit_id,
        o.order_type,
        o.opened_at,
        o.opened_on,
        {{ add_seconds('o.opened_at', 'p.work_order_hours * 3600') }} as due_at,
        p.rule_version,
        o.load_id,
        o.source_row
    from work_orders as o
    inner join scope as s
        on s.unit_id = o.unit_id
        and o.opened_on >= s.valid_from
        and o.opened_on < s.valid_to
    inner join parameters as p
        on o.opened_on >= p.valid_from
        and o.opened_on < p.valid_to
),

orders_to_judge as (
    select * from orders_in_scope
    where due_at >= {{ rebuilt_from() }}
),

-- whoever calls, and how, the order must be named (R3-b2)
order_answers as (
    select
        o.work_order_id,
        b.callback_id,
        b.called_at,
        row_number() over (partition by o.work_order_id order by b.called_at, b.callback_id) as place
    from orders_to_judge as o
    inner join callbacks as b
        on b.work_order_id = o.work_order_id
        and b.called_at > o.opened_at
        and b.called_at <= o.due_at
),

owed as (
    select
        'customer_contacts' as trigger_feed,
        w.contact_id as trigger_key,
        w.clause_id,
        w.customer_id,
        w.unit_id,
        w.employee_id,
        w.window_start_on,
        w.due_on,
        a.callback_id,
        a.called_at,
        c.contact_type as trigger_type,
        w.occurred_at as triggered_at,
        c.customer_class as contact_class,
        w.rule_version,
        c.load_id,
        c.source_row
    from windows as w
    inner join contacts as c
        on c.contact_id = w.contact_id
    left join answers as a
        on a.contact_id = w.contact_id
        and a.clause_id = w.clause_id
        and a.window_start_on = w.window_start_on
        and a.place = 1
    union all
    select
        'work_orders' as trigger_feed,
        o.work_order_id as trigger_key,
        'R3-b2' as clause_id,
        o.customer_id,
        o.unit_id,
        cast(null as {{ text_type() }}) as employee_id,
        o.opened_on as window_start_on,
        cast(o.due_at as date) as due_on,
        a.callback_id,
        a.called_at,
        o.order_type as trigger_type,
        o.opened_at as triggered_at,
        cast(null as {{ text_type() }}) as contact_class,
        o.rule_version,
        o.load_id,
        o.source_row
    from orders_to_judge as o
    left join order_answers as a
        on a.work_order_id = o.work_order_id
        and a.place = 1
),

final as (
    select
        cast(o.trigger_feed as {{ text_type() }}) as trigger_feed,
        cast(o.trigger_key as {{ text_type() }}) as trigger_key,
        cast(o.clause_id as {{ text_type() }}) as clause_id,
        cast(o.customer_id as {{ text_type() }}) as customer_id,
        cast(o.unit_id as {{ text_type() }}) as unit_id,
        cast(o.employee_id as {{ text_type() }}) as employee_id,
        cast(o.window_start_on as date) as window_start_on,
        cast(o.due_on as date) as due_on,
        cast(o.callback_id as {{ text_type() }}) as callback_id,
        cast(case
            when o.callback_id is not null then 'met'
            when o.due_on > x.as_of then 'pending'
            else 'missed'
        end as {{ text_type() }}) as status,
        cast(o.called_at as timestamp) as called_at,
        cast(o.trigger_type as {{ text_type() }}) as trigger_type,
        cast(o.triggered_at as timestamp) as triggered_at,
        cast(o.contact_class as {{ text_type() }}) as contact_class,
        cast(o.rule_version as {{ text_type() }}) as rule_version,
        cast(o.load_id as bigint) as load_id,
        cast(o.source_row as bigint) as source_row
    from owed as o
    cross join context as x
)

select * from final

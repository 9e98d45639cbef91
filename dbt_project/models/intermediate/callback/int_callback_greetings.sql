with contacts as (
    select * from {{ ref('int_callback_contacts') }}
),

key_dates as (
    select * from {{ ref('int_callback_key_dates') }}
),

-- a date that is node and festival obliges buyers under both clauses
clause_dates as (
    {%- for clause, condition in {'R3-a2.5': 'is_node or is_festival', 'R3-a2b': 'is_node or is_festival', 'R3-a3.3': 'is_node', 'R3-a3.4': 'is_festival'}.items() %}
    select
        unit_id,
        key_date,
        '{{ clause }}' as clause_id
    from key_dates
    where ({{ condition }})
        and key_date >= {{ rebuilt_from() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- owed on the day itself; buyers are owed it whatever they do next, until they buy again
greetings as (
    select
        c.contact_id,
        c.customer_id,
        c.unit_id,
        c.employee_id,
        c.occurred_at,
        c.rule_version,
        k.clause_id,
        case when c.contact_type = 'deal' then c.next_same_type_on else c.next_contact_on end as ends_on,
        k.key_date as window_start_on,
        k.key_date as due_on
    from contacts as c
    inner join clause_dates as k
        on k.unit_id = c.unit_id
        and k.key_date > c.contact_on
        and case
            when c.contact_type = 'deal' then k.clause_id in ('R3-a3.3', 'R3-a3.4')
            when c.is_special_customer then c.contact_type in ('call_in', 'visit') and k.clause_id = 'R3-a2b'
            when c.contact_type = 'visit' then c.customer_class = 'D' and k.clause_id = 'R3-a2.5'
            else false
        end
),

-- a greeting on the day of the next contact is not owed
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
    from greetings
    where ends_on is null
        or due_on < ends_on
)

select * from final

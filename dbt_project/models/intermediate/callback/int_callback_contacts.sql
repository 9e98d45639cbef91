with contacts as (
    select
        *,
        cast(occurred_at as date) as contact_on
    from {{ ref('stg_customer_contacts') }}
),

customers as (
    select
        customer_id,
        segment
    from {{ ref('stg_customers') }}
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
    {{ rule_parameters('R3', {}) | indent(4) }}
),

in_scope as (
    select
        c.*,
        p.rule_version,
        row_number() over (
            partition by c.customer_id, c.contact_type, c.contact_on
            order by c.occurred_at, c.contact_id
        ) as place_in_day
    from contacts as c
    inner join scope as s
        on s.unit_id = c.unit_id
        and c.contact_on >= s.valid_from
        and c.contact_on < s.valid_to
    inner join parameters as p
        on c.contact_on >= p.valid_from
        and c.contact_on < p.valid_to
),

-- of several contacts of one type on a day the first counts, the others are as if not there
counted as (
    select
        *,
        case when contact_type in ('call_in', 'visit', 'deal') then 'sale' else contact_type end as series_group
    from in_scope
    where place_in_day = 1
),

-- a call-in, visit or deal ends the series of the one before; a deal ends the key dates of the deal before, a
-- completion the warranty of the completion before
followed as (
    select
        *,
        lead(contact_on) over (
            partition by customer_id, series_group
            order by occurred_at, contact_id
        ) as next_contact_on,
        lead(contact_on) over (
            partition by customer_id, contact_type
            order by occurred_at, contact_id
        ) as next_same_type_on,
        max(case when contact_type = 'visit' then 1 else 0 end) over (
            partition by customer_id
            order by occurred_at, contact_id
            rows between unbounded preceding and current row
        ) as has_visited
    from counted
),

final as (
    select
        cast(f.contact_id as {{ text_type() }}) as contact_id,
        cast(f.customer_id as {{ text_type() }}) as customer_id,
        cast(f.unit_id as {{ text_type() }}) as unit_id,
        cast(f.employee_id as {{ text_type() }}) as employee_id,
        cast(f.contact_type as {{ text_type() }}) as contact_type,
        cast(f.occurred_at as timestamp) as occurred_at,
        cast(f.contact_on as date) as contact_on,
        cast(f.customer_class as {{ text_type() }}) as customer_class,
        cast(coalesce(f.is_high_quality, false) as boolean) as is_high_quality,
        cast(coalesce(f.is_key, false) as boolean) as is_key,
        cast(coalesce(c.segment in ('leader_introduced', 'vip'), false) as boolean) as is_special_customer,
        cast(f.has_visited = 1 as boolean) as has_visited,
        cast(f.next_contact_on as date) as next_contact_on,
        cast(f.next_same_type_on as date) as next_same_type_on,
        cast(f.rule_version as {{ text_type() }}) as rule_version,
        cast(f.load_id as bigint) as load_id,
        cast(f.source_row as bigint) as source_row
    from followed as f
    left join customers as c
        on c.customer_id = f.customer_id
)

select * from final

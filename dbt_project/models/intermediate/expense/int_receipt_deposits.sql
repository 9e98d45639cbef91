with receipts as (
    select
        *,
        {{ add_days('cast(received_at as date)', '1') }} as due_on
    from {{ ref('stg_receipts') }}
),

office_rules as (
    {{ unit_rules('R4', {'deposit_by_time': 'varchar'}) | indent(4) }}
),

judged as (
    select
        p.receipt_id,
        p.unit_id,
        p.received_at,
        p.amount,
        p.due_on,
        p.deposited_at,
        {{ at_time('p.due_on', 'r.deposit_by_time') }} as due_at,
        r.rule_version,
        p.load_id,
        p.source_row
    from receipts as p
    inner join office_rules as r
        on r.unit_id = p.unit_id
        and p.due_on >= r.valid_from
        and p.due_on < r.valid_to
),

final as (
    select
        cast(receipt_id as {{ text_type() }}) as receipt_id,
        cast(unit_id as {{ text_type() }}) as unit_id,
        cast(received_at as timestamp) as received_at,
        cast(amount as decimal(18,2)) as amount,
        cast(due_on as date) as due_on,
        cast(due_at as timestamp) as due_at,
        cast(deposited_at as timestamp) as deposited_at,
        cast(case
            when deposited_at <= due_at then 'in_time'
            when due_on <= {{ as_of() }} then 'late'
            else 'pending'
        end as {{ text_type() }}) as status,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(load_id as bigint) as load_id,
        cast(source_row as bigint) as source_row
    from judged
)

select * from final

with invoices as (
    select * from {{ ref('stg_receivables') }}
),

receipts as (
    select * from {{ ref('stg_receipts') }}
),

office_rules as (
    {{ unit_rules('R4', {'default_credit_limit': 'decimal(18,2)'}) | indent(4) }}
),

sold as (
    select
        i.invoice_id,
        i.unit_id,
        i.customer_id,
        i.shipped_on,
        i.amount,
        coalesce(i.credit_limit, r.default_credit_limit) as credit_limit_amount,
        r.rule_version
    from invoices as i
    inner join office_rules as r
        on r.unit_id = i.unit_id
        and i.shipped_on >= r.valid_from
        and i.shipped_on < r.valid_to
),

-- a receipt counts from the end of its own day on for every invoice shipped that day, and never before the invoice it names
movements as (
    select
        customer_id,
        shipped_on as counts_on,
        invoice_id as counts_from_invoice_id,
        amount
    from sold
    union all
    select
        s.customer_id,
        greatest(cast(p.received_at as date), s.shipped_on),
        case when cast(p.received_at as date) <= s.shipped_on then s.invoice_id else '' end,
        -p.amount
    from receipts as p
    inner join sold as s
        on s.invoice_id = p.invoice_id
),

moments as (
    select
        customer_id,
        counts_on,
        counts_from_invoice_id,
        sum(amount) as amount
    from movements
    group by customer_id, counts_on, counts_from_invoice_id
),

balances as (
    select
        customer_id,
        counts_on,
        counts_from_invoice_id,
        sum(amount) over (
            partition by customer_id order by counts_on, counts_from_invoice_id
            rows between unbounded preceding and current row
        ) as balance_amount
    from moments
),

final as (
    select
        cast(s.invoice_id as {{ text_type() }}) as invoice_id,
        cast(s.unit_id as {{ text_type() }}) as unit_id,
        cast(s.customer_id as {{ text_type() }}) as customer_id,
        cast(s.shipped_on as date) as shipped_on,
        cast(s.amount as decimal(18,2)) as amount,
        cast(s.credit_limit_amount as decimal(18,2)) as credit_limit_amount,
        cast(b.balance_amount as decimal(18,2)) as balance_amount,
        cast(s.amount > 0 and b.balance_amount > s.credit_limit_amount as boolean) as is_over_limit,
        cast(s.rule_version as {{ text_type() }}) as rule_version
    from sold as s
    inner join balances as b
        on b.customer_id = s.customer_id
        and b.counts_on = s.shipped_on
        and b.counts_from_invoice_id = s.invoice_id
)

select * from final

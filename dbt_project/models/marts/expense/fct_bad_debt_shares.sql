with debts as (
    select * from {{ ref('stg_bad_debts') }}
),

shares as (
    select *
    from {{ ref('int_liability_shares') }}
    where source_feed = 'bad_debts'
),

final as (
    select
        cast(s.source_key as {{ text_type() }}) as bad_debt_id,
        s.employee_id,
        s.bearer_role,
        s.share_amount,
        s.rule_version,
        d.load_id,
        d.source_row
    from shares as s
    inner join debts as d
        on d.bad_debt_id = s.source_key
)

select * from final

with plain as (
    {{ rule_parameters('R1', {
        'ladder_warning_from': 'bigint',
        'ladder_fine_from': 'bigint',
        'ladder_reset': text_type(),
    }) | indent(4) }}
),

codes as (
    {{ rule_item_rows('R1', {
        'incident_clause': 'varchar',
        'incident_sanction': 'varchar',
        'incident_outcome_type': 'varchar',
        'amount_multiple': 'decimal(9,4)',
        'fine_from': 'decimal(18,2)',
        'fine_to': 'decimal(18,2)',
        'repair_ordered': 'boolean',
    }) | indent(4) }}
),

final as (
    select
        cast(c.item as {{ text_type() }}) as rule_code,
        cast(c.rule_version as {{ text_type() }}) as rule_version,
        cast(c.valid_from as date) as valid_from,
        cast(c.valid_to as date) as valid_to,
        cast(c.incident_clause as {{ text_type() }}) as clause_id,
        cast(c.incident_sanction as {{ text_type() }}) as sanction,
        cast(c.incident_outcome_type as {{ text_type() }}) as outcome_type,
        cast(c.amount_multiple as decimal(9,4)) as amount_multiple,
        cast(c.fine_from as decimal(18,2)) as fine_from,
        cast(c.fine_to as decimal(18,2)) as fine_to,
        cast(coalesce(c.repair_ordered, false) as boolean) as is_repair_ordered,
        cast(p.ladder_warning_from as bigint) as ladder_warning_from,
        cast(p.ladder_fine_from as bigint) as ladder_fine_from,
        cast(p.ladder_reset as {{ text_type() }}) as ladder_reset
    from codes as c
    inner join plain as p
        on p.rule_version = c.rule_version
)

select * from final

with codes as (
    {{ rule_item_rows('R6', {
        'incident_clause': 'varchar',
        'incident_section': 'varchar',
        'points_per': 'varchar',
        'points_from': 'bigint',
        'points_to': 'bigint',
    }) | indent(4) }}
),

final as (
    select
        cast(item as {{ text_type() }}) as rule_code,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        cast(incident_clause as {{ text_type() }}) as clause_id,
        cast(incident_section as {{ text_type() }}) as section,
        cast(points_per in ('person', 'pane') as boolean) as is_multiplied,
        cast(points_from as bigint) as points_from,
        cast(points_to as bigint) as points_to
    from codes
)

select * from final

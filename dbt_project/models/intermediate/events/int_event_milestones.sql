with milestones as (
    {{ rule_item_rows('R5', {
        'milestone_clause': 'varchar',
        'milestone_due_days': 'bigint',
        'milestone_due_minutes': 'bigint',
    }) | indent(4) }}
),

final as (
    select
        cast(item as {{ text_type() }}) as task_code,
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(milestone_clause as {{ text_type() }}) as clause_id,
        cast(milestone_due_days as bigint) as due_days,
        cast(milestone_due_minutes as bigint) as due_minutes
    from milestones
)

select * from final

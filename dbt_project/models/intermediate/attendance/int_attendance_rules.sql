with versions as (
    {{ rule_parameters('R7', {
        'morning_start': text_type(),
        'morning_end': text_type(),
        'afternoon_start': text_type(),
        'afternoon_end': text_type(),
        'punch_mode': text_type(),
        'late_grace_minutes': 'bigint',
        'early_grace_minutes': 'bigint',
        'late_fine': 'decimal(18,2)',
        'early_fine': 'decimal(18,2)',
        'proxy_fine': 'decimal(18,2)',
        'absence_fine_multiple': 'decimal(9,4)',
        'absence_wage_multiple': 'decimal(9,4)',
        'daily_wage_basis': text_type(),
        'bonus_forfeit_count': 'bigint',
        'dismissal_consecutive_days': 'bigint',
        'dismissal_month_days': 'decimal(9,1)',
        'resignation_notice_months': 'bigint',
        'evidence_min_staff': 'bigint',
        'manager_leave_approver': text_type(),
        'annual_notice_months': 'bigint'
    }) | indent(4) }}
),

final as (
    select
        cast(rule_version as {{ text_type() }}) as rule_version,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to,
        morning_start,
        morning_end,
        afternoon_start,
        afternoon_end,
        punch_mode,
        late_grace_minutes,
        early_grace_minutes,
        late_fine,
        early_fine,
        proxy_fine,
        absence_fine_multiple,
        absence_wage_multiple,
        daily_wage_basis,
        bonus_forfeit_count,
        dismissal_consecutive_days,
        dismissal_month_days,
        resignation_notice_months,
        evidence_min_staff,
        manager_leave_approver,
        annual_notice_months
    from versions
)

select * from final

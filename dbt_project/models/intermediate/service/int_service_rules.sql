{{ unit_rules('R2', {
    'answer_limit_seconds': 'bigint',
    'dispatch_limit_minutes': 'bigint',
    'dispatch_limit_minutes_fault': 'bigint',
    'read_limit_minutes': 'bigint',
    'reminder_limit_minutes': 'bigint',
    'feedback_limit_minutes': 'bigint',
    'arrival_lead_minutes': 'bigint',
    'repeat_dispatch_count': 'bigint',
}) }}

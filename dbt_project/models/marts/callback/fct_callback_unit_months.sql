select
    unit_id,
    month,
    due_count,
    met_count,
    callback_rate,
    callback_rate_target,
    orders_due_count,
    orders_called_back_count,
    order_callback_rate,
    score_count,
    good_score_count,
    satisfaction_rate,
    satisfaction_flag,
    is_ended,
    rule_version
from {{ ref('int_callback_unit_months') }}

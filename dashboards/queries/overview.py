"""The month at a glance: one figure for each subject, and what is off, worst first."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, TAKEN, kept, with_changes
from warehouse.reader import Published

MOST = 8


@kept
def units(published: Published) -> pa.Table:
    """Every unit that a mart has something of."""
    return published.table(
        "select unit_id from marts.fct_rule_outcomes union select unit_id from marts.fct_attendance_months "
        "union select unit_id from marts.fct_cap_usage_months union select unit_id from marts.fct_budget_months "
        "union select unit_id from marts.fct_callback_months union select unit_id from marts.fct_conversion_months "
        "union select unit_id from marts.fct_operator_months"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: attendance, fines, use of caps, callbacks made in time, conversion, operators' score.

    The attendance rate is the share of judged working days that were neither absent nor on leave. The score is the mean
    of the operators' scores of the month.
    """
    names = ["attendance_rate", "fine_amount", "cap_usage_rate", "compliance_rate", "conversion_rate", "operator_score"]
    measures = f"""
        with {SPINE},
        attendance as (
            select
                month,
                cast(sum(scheduled_days - absent_days - paid_leave_days - unpaid_leave_days) as double)
                    / nullif(sum(scheduled_days), 0) as attendance_rate
            from marts.fct_attendance_months
            where {IN_UNIT}
            group by month
        ),
        ledger as (
            select month, sum(effective_amount) as fine_amount
            from marts.fct_rule_outcomes
            where subject_type = 'employee' and outcome_type = 'fine' and {IN_UNIT}
            group by month
        ),
        caps as (
            select month, cast(sum(claimed_amount) as double) / nullif(sum(cap_amount), 0) as cap_usage_rate
            from marts.fct_cap_usage_months
            where cap_amount is not null and {IN_UNIT}
            group by month
        ),
        callbacks as (
            select month, cast(sum(met_count) as double) / nullif(sum(due_count), 0) as compliance_rate
            from marts.fct_callback_months
            where {IN_UNIT}
            group by month
        ),
        conversion as (
            select month, cast(sum(buyers) as double) / nullif(sum(prospects), 0) as conversion_rate
            from marts.fct_conversion_months
            where {IN_UNIT}
            group by month
        ),
        service as (
            select month, avg(score) as operator_score from marts.fct_operator_months where {IN_UNIT} group by month
        ),
        measures as (
            select
                month, attendance_rate, coalesce(fine_amount, 0) as fine_amount, cap_usage_rate, compliance_rate,
                conversion_rate, operator_score
            from months
            left join attendance using (month)
            left join ledger using (month)
            left join caps using (month)
            left join callbacks using (month)
            left join conversion using (month)
            left join service using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def people_off(published: Published, month: date, unit: str | None) -> pa.Table:
    """The people of whom most was taken; those whom a flag of dismissal names come first."""
    return published.table(
        f"""
        select
            subject_id as employee_id,
            any_value(unit_id order by occurred_on desc) as unit_id,
            bool_or(outcome_type = 'dismissal_flag') as is_dismissal_flagged,
            coalesce(sum(effective_amount) filter (outcome_type in {TAKEN}), 0) as taken_amount
        from marts.fct_rule_outcomes
        where month = $month and subject_type = 'employee' and {IN_UNIT}
            and (outcome_type in {TAKEN} or outcome_type = 'dismissal_flag')
        group by subject_id
        order by is_dismissal_flagged desc, taken_amount desc, subject_id
        limit {MOST}
        """,
        {"month": month, "unit": unit},
    )


@kept
def categories_off(published: Published, month: date, unit: str | None) -> pa.Table:
    """Caps and budgets that were broken: how much lies over them, the most first."""
    return published.table(
        f"""
        select
            unit_id,
            category,
            case
                when is_cap_breached then claimed_amount - cap_amount
                else year_to_date_allowed_amount - year_to_date_budget_amount
            end as over_amount,
            is_cap_breached,
            is_budget_breached
        from marts.fct_cap_usage_months
        where month = $month and (is_cap_breached or is_budget_breached) and {IN_UNIT}
        order by is_cap_breached desc, over_amount desc, unit_id, category
        limit {MOST}
        """,
        {"month": month, "unit": unit},
    )


@kept
def customers_off(published: Published, month: date, unit: str | None) -> pa.Table:
    """Customers whose callbacks of the month were missed, the most first."""
    return published.table(
        f"""
        select
            customer_id,
            any_value(unit_id order by due_on desc) as unit_id,
            any_value(employee_id order by due_on desc) as employee_id,
            count(*) as missed_count,
            min(due_on) as first_due_on
        from marts.fct_callback_obligations
        where status = 'missed' and customer_id is not null and due_on between $month and last_day($month)
            and {IN_UNIT}
        group by customer_id
        order by missed_count desc, first_due_on, customer_id
        limit {MOST}
        """,
        {"month": month, "unit": unit},
    )


@kept
def rounds_off(published: Published, month: date, unit: str | None) -> pa.Table:
    """Assets whose rounds were missed or made outside their time, the most missed first."""
    return published.table(
        f"""
        select
            asset_id,
            any_value(unit_id order by slot_at desc) as unit_id,
            count(*) filter (status = 'missed') as missed_count,
            count(*) filter (status = 'off_time') as off_time_count
        from marts.fct_inspection_slots
        where slot_at >= $month and slot_at < $month + interval 1 month and {IN_UNIT}
        group by asset_id
        having count(*) filter (status in ('missed', 'off_time')) > 0
        order by missed_count desc, off_time_count desc, asset_id
        limit {MOST}
        """,
        {"month": month, "unit": unit},
    )

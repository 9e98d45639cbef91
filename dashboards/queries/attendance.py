"""Attendance and fines."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, TAKEN, kept, with_changes
from warehouse.reader import Published


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_attendance_months union select unit_id from marts.fct_rule_outcomes "
        f"where subject_type = 'employee' and outcome_type in {TAKEN}"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: fines, other deductions, late arrivals and early leavings, absent days."""
    names = ["fine_amount", "other_deduction_amount", "late_early_count", "absent_days"]
    measures = f"""
        with {SPINE},
        ledger as (
            select
                month,
                sum(effective_amount) filter (outcome_type = 'fine') as fine_amount,
                sum(effective_amount) filter (outcome_type <> 'fine') as other_deduction_amount
            from marts.fct_rule_outcomes
            where subject_type = 'employee' and outcome_type in {TAKEN} and {IN_UNIT}
            group by month
        ),
        attendance as (
            select
                month,
                cast(sum(late_count + early_count) as bigint) as late_early_count,
                sum(absent_days) as absent_days
            from marts.fct_attendance_months
            where {IN_UNIT}
            group by month
        ),
        measures as (
            select
                month,
                coalesce(fine_amount, 0) as fine_amount,
                coalesce(other_deduction_amount, 0) as other_deduction_amount,
                coalesce(late_early_count, 0) as late_early_count,
                coalesce(absent_days, 0) as absent_days
            from months
            left join ledger using (month)
            left join attendance using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def people(published: Published, month: date, unit: str | None) -> pa.Table:
    """Each person's month: counts from attendance, money from the ledger, those with most taken first."""
    return published.table(
        f"""
        with attendance as (
            select employee_id, unit_id, late_count, early_count, absent_days, paid_leave_days, unpaid_leave_days,
                is_dismissal_flagged
            from marts.fct_attendance_months
            where month = $month and {IN_UNIT}
        ),
        ledger as (
            select
                subject_id as employee_id,
                unit_id,
                coalesce(sum(effective_amount) filter (outcome_type = 'fine'), 0) as fine_amount,
                coalesce(sum(effective_amount) filter (outcome_type = 'wage_deduction'), 0) as wage_deduction_amount,
                coalesce(sum(effective_amount) filter (outcome_type = 'bonus_forfeit'), 0) as bonus_forfeit_amount,
                coalesce(sum(effective_amount), 0) as taken_amount
            from marts.fct_rule_outcomes
            where month = $month and subject_type = 'employee' and outcome_type in {TAKEN} and {IN_UNIT}
            group by all
        ),
        excess as (
            select employee_id, unit_id, excess_amount
            from marts.fct_deductions_months
            where month = $month and excess_amount > 0
        )
        select
            employee_id, unit_id, late_count, early_count, absent_days, paid_leave_days, unpaid_leave_days,
            coalesce(fine_amount, 0) as fine_amount, coalesce(wage_deduction_amount, 0) as wage_deduction_amount,
            coalesce(bonus_forfeit_amount, 0) as bonus_forfeit_amount, coalesce(taken_amount, 0) as taken_amount,
            excess_amount, is_dismissal_flagged
        from attendance
        full join ledger using (employee_id, unit_id)
        left join excess using (employee_id, unit_id)
        order by coalesce(taken_amount, 0) desc, late_count desc nulls last, employee_id, unit_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def taken_by_clause(published: Published, month: date, unit: str | None) -> pa.Table:
    """What each clause took from people, after waivers; the largest first."""
    return published.table(
        f"""
        select
            clause_id,
            count(*) as outcome_count,
            sum(effective_amount) as effective_amount,
            sum(amount - effective_amount) as waived_amount
        from marts.fct_rule_outcomes
        where month = $month and subject_type = 'employee' and outcome_type in {TAKEN} and {IN_UNIT}
        group by clause_id
        order by effective_amount desc nulls last, clause_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def days_without_evidence(published: Published, month: date, unit: str | None) -> pa.Table:
    """The working days on which no punch of a unit was read: nobody was judged."""
    return published.table(
        f"""
        select unit_id, work_date, count(*) as people_count
        from marts.fct_attendance_days
        where not has_evidence and work_date between $month and last_day($month) and {IN_UNIT}
        group by unit_id, work_date
        order by work_date, unit_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def person_days(published: Published, month: date, person: str) -> pa.Table:
    return published.table(
        """
        select work_date, unit_id, first_in_at, last_out_at, late_minutes, early_minutes, absent_days, paid_leave_days,
            unpaid_leave_days, has_proxy_punch, has_evidence
        from marts.fct_attendance_days
        where employee_id = $person and work_date between $month and last_day($month)
        order by work_date
        """,
        {"month": month, "person": person},
    )


@kept
def people_outcomes(
    published: Published, month: date, unit: str | None, person: str | None, clause: str | None
) -> pa.Table:
    """Outcomes of people; without a person only those that take something."""
    return published.table(
        f"""
        select outcome_id, occurred_on, subject_id as employee_id, unit_id, clause_id, outcome_type, flag, quantity,
            amount, effective_amount
        from marts.fct_rule_outcomes
        where month = $month and subject_type = 'employee' and {IN_UNIT}
            and ($person::varchar is null or subject_id = $person)
            and ($clause::varchar is null or clause_id = $clause)
            and ($person::varchar is not null or outcome_type in {TAKEN})
        order by occurred_on, subject_id, clause_id, outcome_id
        """,
        {"month": month, "unit": unit, "person": person, "clause": clause},
    )

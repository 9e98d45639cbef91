"""Attendance and fines."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, TAKEN, Question, kept, listed, with_changes
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


@listed
def people(month: date, unit: str | None) -> Question:
    """Each person's month: counts from attendance, money from the ledger, those with most taken first."""
    return (
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


# what a day was: the gravest thing first
DAY_STATE = """
    case
        when not has_evidence then 'no_evidence'
        when absent_days > 0 then 'absent'
        when is_late or is_early then 'late_or_early'
        when leave_days > 0 then 'on_leave'
        else 'present'
    end"""
MOST_PEOPLE = 25  # rows of a heat map that can still be read


@kept
def unit_days(published: Published, month: date) -> pa.Table:
    """Each unit's working days: the share of its people who were late, early or absent; null without evidence.

    The units with the largest shares come first.
    """
    return published.table(
        """
        select
            unit_id,
            work_date,
            count(*) as people_count,
            cast(count(*) filter (is_late or is_early or absent_days > 0) as double)
                / nullif(count(*) filter (has_evidence), 0) as off_rate
        from marts.fct_attendance_days
        where work_date between $month and last_day($month)
        group by unit_id, work_date
        order by
            avg(off_rate) over (partition by unit_id) desc nulls last, unit_id, work_date
        """,
        {"month": month},
    )


@kept
def people_days(published: Published, month: date, unit: str) -> pa.Table:
    """Each person's working days in a unit and what they were; the people with most to show first."""
    return published.table(
        f"""
        with days as (
            select employee_id, work_date, {DAY_STATE} as day_state
            from marts.fct_attendance_days
            where work_date between $month and last_day($month) and unit_id = $unit
        ),
        shown as (
            select employee_id, count(*) filter (day_state in ('absent', 'late_or_early')) as off_count
            from days
            group by employee_id
            order by off_count desc, employee_id
            limit {MOST_PEOPLE}
        )
        select employee_id, work_date, day_state
        from days
        inner join shown using (employee_id)
        order by off_count desc, employee_id, work_date
        """,
        {"month": month, "unit": unit},
    )


@kept
def near_dismissal(published: Published, month: date, unit: str | None) -> pa.Table:
    """People one day or less from a flag of dismissal (R7-1.6b), or past it: days absent, and the two limits."""
    return published.table(
        f"""
        with limits as (
            select
                rule_version,
                max(cast(value as decimal(9,1))) filter (parameter = 'dismissal_consecutive_days') as run_limit_days,
                max(cast(value as decimal(9,1))) filter (parameter = 'dismissal_month_days') as month_limit_days
            from reference.parameters
            where parameter in ('dismissal_consecutive_days', 'dismissal_month_days')
            group by rule_version
        ),
        reached as (
            select
                employee_id,
                any_value(unit_id order by work_date desc) as unit_id,
                coalesce(max(absent_run_days), 0) as absent_run_days,
                max(run_limit_days) as run_limit_days,
                max(month_to_date_absent_days) as month_to_date_absent_days,
                max(month_limit_days) as month_limit_days
            from marts.fct_attendance_days
            inner join limits using (rule_version)
            where work_date between $month and last_day($month) and {IN_UNIT}
            group by employee_id
        )
        select *
        from reached
        where absent_run_days >= run_limit_days - 1 or month_to_date_absent_days >= month_limit_days - 1
        order by absent_run_days desc, month_to_date_absent_days desc, employee_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def clause_months(published: Published, unit: str | None) -> pa.Table:
    """What each clause took from people, by month."""
    return published.table(
        f"""
        select month, clause_id, sum(effective_amount) as effective_amount
        from marts.fct_rule_outcomes
        where subject_type = 'employee' and outcome_type in {TAKEN} and {IN_UNIT}
        group by month, clause_id
        order by month, clause_id
        """,
        {"unit": unit},
    )


# ---------------------------------------------------------------- one person


@kept
def people_of(published: Published, month: date, unit: str | None) -> pa.Table:
    """Everybody who has a judged day or an outcome in a month."""
    return published.table(
        f"""
        select employee_id from marts.fct_attendance_months where month = $month and {IN_UNIT}
        union
        select subject_id from marts.fct_rule_outcomes where month = $month and subject_type = 'employee' and {IN_UNIT}
        order by employee_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def person_totals(published: Published, person: str) -> pa.Table:
    """By month: what was taken from a person, the part of fines, the legal cap, and the counts of attendance."""
    names = ["taken_amount", "fine_amount", "late_early_count", "absent_days", "leave_days"]
    measures = f"""
        with {SPINE},
        ledger as (
            select
                month,
                sum(effective_amount) as taken_amount,
                sum(effective_amount) filter (outcome_type = 'fine') as fine_amount
            from marts.fct_rule_outcomes
            where subject_type = 'employee' and subject_id = $person and outcome_type in {TAKEN}
            group by month
        ),
        measures as (
            select
                month,
                coalesce(l.taken_amount, 0) as taken_amount,
                coalesce(l.fine_amount, 0) as fine_amount,
                a.late_count + a.early_count as late_early_count,
                a.absent_days,
                a.paid_leave_days + a.unpaid_leave_days as leave_days
            from months
            left join ledger as l using (month)
            left join marts.fct_attendance_months as a on a.month = months.month and a.employee_id = $person
        )"""
    return published.table(with_changes(measures, names), {"person": person})


@kept
def person_cap(published: Published, month: date, person: str) -> pa.Table:
    """The month's deductions of a person, of every rule set, against the legal cap; no row without a deduction."""
    return published.table(
        """
        select fine_amount, wage_deduction_amount, bonus_forfeit_amount, compensation_amount, liability_amount,
            advance_recovery_amount, deducted_amount, wage_amount, cap_amount, excess_amount
        from marts.fct_deductions_months
        where month = $month and employee_id = $person
        """,
        {"month": month, "person": person},
    )


@kept
def person_calendar(published: Published, month: date, person: str) -> pa.Table:
    """The days of the month's weeks, Monday to Sunday, with what each was; days of other months have no state."""
    return published.table(
        f"""
        with dates as (
            select
                cast(unnest(generate_series(
                    date_trunc('week', $month::date),
                    date_trunc('week', last_day($month::date)) + interval 6 day,
                    interval 1 day
                )) as date) as work_date
        ),
        days as (
            select work_date, {DAY_STATE} as day_state from marts.fct_attendance_days where employee_id = $person
        )
        select
            work_date,
            cast(date_trunc('week', work_date) as date) as week_start_on,
            isodow(work_date) as weekday,
            case when work_date between $month and last_day($month) then coalesce(day_state, 'not_judged') end as day_state
        from dates
        left join days using (work_date)
        order by work_date
        """,
        {"month": month, "person": person},
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


@listed
def people_outcomes(month: date, unit: str | None, person: str | None, clause: str | None) -> Question:
    """Outcomes of people; without a person only those that take something."""
    return (
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


@kept
def person_outcomes(published: Published, month: date, person: str) -> pa.Table:
    """Every outcome of a person in a month, whole rows of the ledger."""
    return published.table(
        "select * from marts.fct_rule_outcomes where month = $month and subject_type = 'employee' "
        "and subject_id = $person order by occurred_on, clause_id, outcome_id",
        {"month": month, "person": person},
    )

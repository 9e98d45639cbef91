"""Every figure of the pages: the only SQL here. Each function asks one published version one question.

Parameters are bound, never pasted; answers are Arrow tables, kept by version and parameters. ``unit`` None means every
unit, ``person`` and ``clause`` None everybody and every clause. Sums and rates over several rows of a mart are made here,
from counts, never from rates. A ``<figure>_change`` is the difference from the month before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import ParamSpec

import pyarrow as pa
import streamlit as st

from warehouse.reader import Published

P = ParamSpec("P")


def _kept(query: Callable[P, pa.Table]) -> Callable[P, pa.Table]:
    """Keep the answers: a version never changes, so its path and the parameters are the key."""
    kept = st.cache_data(max_entries=300, show_spinner=False, hash_funcs={Published: lambda p: str(p.path)})(query)
    return wraps(query)(kept)


# ---------------------------------------------------------------- what the whole app needs

SEEN = """
    seen as (
        select month from marts.fct_rule_outcomes
        union select month from marts.fct_attendance_months
        union select month from marts.fct_cap_usage_months
        union select month from marts.fct_budget_months
        union select month from marts.fct_conversion_months
        union select month from marts.fct_funnel_months
        union select month from marts.fct_operator_months
    )"""
SPINE = f"""{SEEN},
    months as (
        select cast(unnest(generate_series(min(month), max(month), interval 1 month)) as date) as month from seen
    )"""
IN_UNIT = "($unit::varchar is null or unit_id = $unit)"
TAKEN = "('fine', 'wage_deduction', 'bonus_forfeit', 'compensation')"


def _with_changes(measures: str, names: list[str]) -> str:
    """The measures by month, each with its difference from the month before."""
    changes = ", ".join(f"{n} - lag({n}) over (order by month) as {n}_change" for n in names)
    return f"{measures} select *, {changes} from measures order by month"


@_kept
def build(published: Published) -> pa.Table:
    """One row: as_of and the first date of any log; as_of null when nothing was logged."""
    return published.table("select as_of, first_on from reference.build")


@_kept
def months(published: Published) -> pa.Table:
    """The months that have something to show, latest first; provisional ones are not over by as_of."""
    return published.table(
        f"with {SEEN} select month, last_day(month) > (select as_of from reference.build) as is_provisional "
        "from seen where month is not null order by month desc"
    )


@_kept
def units(published: Published) -> pa.Table:
    return published.table("select unit_id, unit_name, unit_type from reference.units order by unit_id")


@_kept
def people(published: Published) -> pa.Table:
    """Everybody's latest name."""
    return published.table(
        "select employee_id, arg_max(employee_name, valid_from) as employee_name from reference.employees group by 1"
    )


@_kept
def clauses(published: Published) -> pa.Table:
    return published.table("select clause_id, label_zh, label_en from reference.clauses")


@_kept
def labels(published: Published) -> pa.Table:
    return published.table(
        "select kind, code, label_zh, label_en from reference.labels "
        "union all select 'position', position, label_zh, label_en from reference.positions"
    )


# ---------------------------------------------------------------- attendance and fines


@_kept
def attendance_units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_attendance_months union select unit_id from marts.fct_rule_outcomes "
        f"where subject_type = 'employee' and outcome_type in {TAKEN}"
    )


@_kept
def attendance_totals(published: Published, unit: str | None) -> pa.Table:
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
    return published.table(_with_changes(measures, names), {"unit": unit})


@_kept
def attendance_people(published: Published, month: date, unit: str | None) -> pa.Table:
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


@_kept
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


@_kept
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


@_kept
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


@_kept
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


# ---------------------------------------------------------------- budget and caps


@_kept
def budget_units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_expense_lines union select unit_id from marts.fct_budget_months "
        "union select unit_id from marts.fct_budget_quarters union select unit_id from marts.fct_cap_usage_months"
    )


@_kept
def budget_totals(published: Published, unit: str | None) -> pa.Table:
    """By month: allowed and disallowed claims, breaches; budget, spending and their ratio of units with an office."""
    names = ["allowed_amount", "disallowed_amount", "budget_use_rate", "breach_count"]
    measures = f"""
        with {SPINE},
        lines as (
            select month, sum(allowed_amount) as allowed_amount, sum(disallowed_amount) as disallowed_amount
            from marts.fct_expense_lines
            where {IN_UNIT}
            group by month
        ),
        budgets as (
            select month, sum(budget_amount) as budget_amount, sum(spent_amount) as spent_amount
            from marts.fct_budget_months
            where {IN_UNIT}
            group by month
        ),
        breaches as (
            select month, count(*) filter (is_cap_breached or is_budget_breached) as breach_count
            from marts.fct_cap_usage_months
            where {IN_UNIT}
            group by month
        ),
        measures as (
            select
                month,
                coalesce(allowed_amount, 0) as allowed_amount,
                coalesce(disallowed_amount, 0) as disallowed_amount,
                budget_amount,
                spent_amount,
                cast(spent_amount as double) / nullif(budget_amount, 0) as budget_use_rate,
                coalesce(breach_count, 0) as breach_count
            from months
            left join lines using (month)
            left join budgets using (month)
            left join breaches using (month)
        )"""
    return published.table(_with_changes(measures, names), {"unit": unit})


@_kept
def cap_usage(published: Published, month: date, unit: str | None) -> pa.Table:
    """Capped and budgeted categories, breaches first, then the fullest."""
    return published.table(
        f"""
        select unit_id, category, is_cap_breached, is_budget_breached, claimed_amount, allowed_amount, cap_amount,
            cap_usage_rate, budget_amount, budget_usage_rate
        from marts.fct_cap_usage_months
        where month = $month and {IN_UNIT}
        order by is_cap_breached or is_budget_breached desc, cap_usage_rate desc nulls last,
            budget_usage_rate desc nulls last, unit_id, category
        """,
        {"month": month, "unit": unit},
    )


@_kept
def fullest_caps(published: Published, month: date, unit: str | None) -> pa.Table:
    """The twelve fullest caps."""
    return published.table(
        f"""
        select unit_id, category, cap_usage_rate, is_cap_breached
        from marts.fct_cap_usage_months
        where month = $month and cap_usage_rate is not null and {IN_UNIT}
        order by cap_usage_rate desc, unit_id, category
        limit 12
        """,
        {"month": month, "unit": unit},
    )


@_kept
def budget_months(published: Published, month: date, unit: str | None) -> pa.Table:
    """Budget months of units with an office: of one unit all months, of all units the one month."""
    return published.table(
        """
        select unit_id, month, budget_amount, carry_in_amount, spent_amount, saving_amount, carry_out_amount,
            reward_amount, returned_amount, carry_in_used_amount, overspend_amount, is_settled
        from marts.fct_budget_months
        where unit_id = $unit or ($unit::varchar is null and month = $month)
        order by month desc, unit_id
        """,
        {"month": month, "unit": unit},
    )


@_kept
def budget_quarters(published: Published, month: date, unit: str | None) -> pa.Table:
    """The quarter of units without an office: of one unit all quarters."""
    return published.table(
        """
        select unit_id, quarter, budget_amount, spent_amount, saving_amount, incentive_amount, returned_amount, is_settled
        from marts.fct_budget_quarters
        where unit_id = $unit or ($unit::varchar is null and quarter = date_trunc('quarter', $month::date))
        order by quarter desc, unit_id
        """,
        {"month": month, "unit": unit},
    )


@_kept
def disallowed_lines(published: Published, month: date, unit: str | None) -> pa.Table:
    """Expense lines that were cut, with the first clause that took something; the largest cut first."""
    return published.table(
        """
        select o.outcome_id, l.incurred_on, l.unit_id, l.employee_id, l.claim_id, l.line_no, l.category,
            l.claimed_amount, l.allowed_amount, l.disallowed_amount, l.disallow_clause_id as clause_id
        from marts.fct_expense_lines as l
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'expense_lines'
            and o.source_key = concat_ws('|', l.claim_id, l.line_no)
            and o.clause_id = l.disallow_clause_id
            and o.outcome_type = 'disallowance'
        where l.month = $month and l.disallowed_amount <> 0 and ($unit::varchar is null or l.unit_id = $unit)
        order by l.disallowed_amount desc, l.claim_id, l.line_no
        """,
        {"month": month, "unit": unit},
    )


# ---------------------------------------------------------------- conversion


@_kept
def conversion_units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_conversion_months union select unit_id from marts.fct_funnel_months"
    )


@_kept
def conversion_totals(published: Published, unit: str | None) -> pa.Table:
    """By month: new customers, buyers of all prospects, revenue."""
    names = ["new_customers", "buyers", "conversion_rate", "revenue"]
    measures = f"""
        with {SPINE},
        conversion as (
            select month, sum(prospects) as prospects, sum(buyers) as buyers, sum(revenue) as revenue
            from marts.fct_conversion_months
            where {IN_UNIT}
            group by month
        ),
        funnel as (
            select month, sum(new_customers) as new_customers
            from marts.fct_funnel_months
            where {IN_UNIT}
            group by month
        ),
        measures as (
            select
                month,
                cast(coalesce(new_customers, 0) as bigint) as new_customers,
                cast(coalesce(buyers, 0) as bigint) as buyers,
                cast(buyers as double) / nullif(prospects, 0) as conversion_rate,
                coalesce(revenue, 0) as revenue
            from months
            left join conversion using (month)
            left join funnel using (month)
        )"""
    return published.table(_with_changes(measures, names), {"unit": unit})


CLASS_FIGURES = """
    cast(sum(prospects) as bigint) as prospects,
    cast(sum(buyers) as bigint) as buyers,
    cast(sum(buyers) as double) / nullif(sum(prospects), 0) as conversion_rate,
    cast(sum(units_sold) as bigint) as units_sold,
    sum(revenue) as revenue,
    cast(sum(repeat_units) as bigint) as repeat_units,
    sum(later_refund_amount) as later_refund_amount"""


@_kept
def conversion_by_class(published: Published, unit: str | None) -> pa.Table:
    """By month and class, all months: for the lines."""
    return published.table(
        f"select month, customer_class, {CLASS_FIGURES} from marts.fct_conversion_months where {IN_UNIT} "
        "group by month, customer_class order by month, customer_class",
        {"unit": unit},
    )


@_kept
def conversion_classes(published: Published, month: date, unit: str | None) -> pa.Table:
    """The classes of one month."""
    return published.table(
        f"select customer_class, {CLASS_FIGURES} from marts.fct_conversion_months where month = $month and {IN_UNIT} "
        "group by customer_class order by customer_class",
        {"month": month, "unit": unit},
    )


@_kept
def cohorts(published: Published, unit: str | None) -> pa.Table:
    """By month of the first visit and class: how many bought within 30, 60, 90 days; null until those days are over."""
    counted = ", ".join(
        f"cast(case when count(*) = count(bought_{d}d) then sum(bought_{d}d) end as bigint) as bought_{d}d, "
        f"cast(case when count(*) = count(bought_{d}d) then sum(bought_{d}d) end as double) / nullif(sum(customers), 0) "
        f"as bought_{d}d_rate"
        for d in (30, 60, 90)
    )
    return published.table(
        f"select cohort_month, customer_class, cast(sum(customers) as bigint) as customers, {counted} "
        f"from marts.fct_conversion_cohorts where {IN_UNIT} "
        "group by cohort_month, customer_class order by cohort_month desc, customer_class",
        {"unit": unit},
    )


@_kept
def funnel(published: Published, month: date, unit: str | None) -> pa.Table:
    """One row a step of the month's new customers: how many, and their share of the new ones."""
    return published.table(
        f"""
        with steps as (
            select
                sum(new_customers) as new_customers,
                sum(returned_next_day) as returned_next_day,
                sum(three_visits) as three_visits,
                sum(assessed) as assessed,
                sum(deposit_payers) as deposit_payers,
                sum(buyers) as buyers
            from marts.fct_funnel_months
            where month = $month and {IN_UNIT}
            having count(*) > 0
        )
        select u.step, cast(u.customers as bigint) as customers,
            cast(u.customers as double) / nullif(s.new_customers, 0) as share_rate
        from (unpivot steps on * into name step value customers) as u
        cross join steps as s
        """,
        {"month": month, "unit": unit},
    )


@_kept
def funnel_months(published: Published, month: date, unit: str | None) -> pa.Table:
    """Referrals and targets beside the funnel, a row a unit."""
    return published.table(
        f"""
        select unit_id, new_customers, referred_new_customers, referred_buyers, target_units, new_to_target_ratio
        from marts.fct_funnel_months
        where month = $month and {IN_UNIT}
        order by unit_id
        """,
        {"month": month, "unit": unit},
    )


@_kept
def thirds(published: Published, month: date, unit: str | None) -> pa.Table:
    """The three parts of the month (to the 10th, to the 20th, the rest), each with a row."""
    return published.table(
        f"""
        with counted as (
            select month_third, sum(new_customers) as new_customers, sum(assessments) as assessments,
                sum(purchases) as purchases
            from marts.fct_funnel_thirds
            where month = $month and {IN_UNIT}
            group by month_third
        )
        select
            cast(t.month_third as bigint) as month_third,
            cast(coalesce(c.new_customers, 0) as bigint) as new_customers,
            cast(coalesce(c.assessments, 0) as bigint) as assessments,
            cast(coalesce(c.purchases, 0) as bigint) as purchases
        from (values (1), (2), (3)) as t(month_third)
        left join counted as c on c.month_third = t.month_third
        where exists (select 1 from counted)
        order by t.month_third
        """,
        {"month": month, "unit": unit},
    )


# ---------------------------------------------------------------- operators


@_kept
def operator_units(published: Published) -> pa.Table:
    return published.table("select unit_id from marts.fct_operator_months")


@_kept
def operator_totals(published: Published, unit: str | None) -> pa.Table:
    """By month: calls and cases, and which share of them was in time."""
    names = ["calls", "answered_in_time_rate", "cases", "dispatched_in_time_rate", "fed_back_in_time_rate"]
    measures = f"""
        with {SPINE},
        calls as (
            select
                cast(date_trunc('month', ringing_at) as date) as month,
                count(*) as calls,
                avg(cast(is_answered_in_time as integer)) as answered_in_time_rate
            from marts.fct_hotline_calls
            where {IN_UNIT}
            group by 1
        ),
        cases as (
            select
                cast(date_trunc('month', received_at) as date) as month,
                count(*) as cases,
                avg(cast(is_dispatched_in_time as integer)) as dispatched_in_time_rate,
                avg(cast(is_fed_back_in_time as integer)) as fed_back_in_time_rate
            from marts.fct_cases
            where {IN_UNIT}
            group by 1
        ),
        measures as (
            select month, coalesce(calls, 0) as calls, answered_in_time_rate, coalesce(cases, 0) as cases,
                dispatched_in_time_rate, fed_back_in_time_rate
            from months
            left join calls using (month)
            left join cases using (month)
        )"""
    return published.table(_with_changes(measures, names), {"unit": unit})


@_kept
def operators(published: Published, month: date, unit: str | None) -> pa.Table:
    """Each operator's month, the best score first, with the mean of the year so far and its grade."""
    return published.table(
        """
        select m.operator_id, m.score, y.mean_score, y.grade, m.calls, m.answered_in_time_rate, m.operator_hang_ups,
            m.cases, m.dispatched_in_time_rate, m.reminded_in_time_rate, m.fed_back_in_time_rate, m.handover_rate, m.unit_id
        from marts.fct_operator_months as m
        left join marts.fct_operator_years as y
            on y.operator_id = m.operator_id and cast(y.year as integer) = year(m.month)
        where m.month = $month and ($unit::varchar is null or m.unit_id = $unit)
        order by m.score desc nulls last, m.operator_id
        """,
        {"month": month, "unit": unit},
    )


@_kept
def operator_scores(published: Published, person: str) -> pa.Table:
    """One operator's scores by month."""
    return published.table(
        "select month, score from marts.fct_operator_months where operator_id = $person order by month",
        {"person": person},
    )


def _missed(mart: str, key: str, at: str, columns: str, broken: str) -> str:
    """Calls or cases out of limit, a row for each clause that they miss."""
    return f"""
        select o.outcome_id, m.{at}, m.{key}, m.operator_id, m.unit_id, o.clause_id, {columns}
        from marts.{mart} as m
        left join marts.fct_rule_outcomes as o
            on o.source_feed = '{mart.removeprefix("fct_")}' and o.source_key = m.{key} and o.outcome_type = 'miss'
        where m.{at} >= $month and m.{at} < $month + interval 1 month and ({broken})
            and ($unit::varchar is null or m.unit_id = $unit) and ($person::varchar is null or m.operator_id = $person)
        order by m.{at}, m.{key}, o.clause_id"""


@_kept
def calls_out_of_limit(published: Published, month: date, unit: str | None, person: str | None) -> pa.Table:
    return published.table(
        _missed(
            "fct_hotline_calls",
            "call_id",
            "ringing_at",
            "m.answer_seconds, m.is_operator_hang_up",
            "not m.is_answered_in_time or m.is_operator_hang_up",
        ),
        {"month": month, "unit": unit, "person": person},
    )


@_kept
def cases_out_of_limit(published: Published, month: date, unit: str | None, person: str | None) -> pa.Table:
    return published.table(
        _missed(
            "fct_cases",
            "case_id",
            "received_at",
            "m.dispatch_minutes, m.feedback_minutes, m.is_repeat_dispatch",
            "not m.is_dispatched_in_time or not m.is_reminded_in_time or not m.is_fed_back_in_time",
        ),
        {"month": month, "unit": unit, "person": person},
    )


# ---------------------------------------------------------------- data quality


@_kept
def quality_totals(published: Published) -> pa.Table:
    """One row: files, rows, rows refused and still open, unknown ids, tests."""
    return published.table(
        """
        select
            (select count(*) from quality.loads) as files_count,
            (select cast(coalesce(sum(rows_read), 0) as bigint) from quality.loads) as rows_read,
            (select count(distinct (load_id, source_row)) from quality.quarantine where is_open) as open_rows,
            (select count(*) from quality.unknown_ids) as unknown_count,
            (select count(*) from quality.tests) as tests_count,
            (select count(*) from quality.tests where status not in ('pass', 'success')) as failed_tests_count
        """
    )


@_kept
def loads(published: Published, language: str) -> pa.Table:
    """The files, latest first: every row read is loaded, a correction, a duplicate or refused."""
    return published.table(
        """
        select file_name, feed, loaded_at, rows_read, rows_loaded, rows_corrected, rows_duplicate, rows_quarantined,
            rows_read = rows_loaded + rows_corrected + rows_duplicate + rows_quarantined as is_complete,
            sheet, encoding, status,
            case
                when not json_valid(note) then note
                when $language = 'zh' then array_to_string(json_extract_string(note, '$[*].zh'), ' ')
                else array_to_string(json_extract_string(note, '$[*].en'), ' ')
            end as note
        from quality.loads
        order by load_id desc
        """,
        {"language": language},
    )


@_kept
def quarantine_feeds(published: Published) -> pa.Table:
    return published.table("select distinct feed from quality.quarantine where is_open order by feed")


@_kept
def quarantine(published: Published, feed: str | None, language: str) -> pa.Table:
    """Refused rows that no mended row has replaced yet, with the reason and the row as it was."""
    return published.table(
        """
        select file_name, source_row, feed, column_name,
            case when $language = 'zh' then reason_zh else reason_en end as reason, row_text
        from quality.quarantine
        where is_open and ($feed::varchar is null or feed = $feed)
        order by load_id desc, source_row, column_name
        limit 5000
        """,
        {"feed": feed, "language": language},
    )


@_kept
def unknown_ids(published: Published) -> pa.Table:
    return published.table(
        "select feed, column_name, value, expected_in, row_count from quality.unknown_ids "
        "order by row_count desc, feed, column_name, value limit 5000"
    )


@_kept
def tests(published: Published) -> pa.Table:
    """The tests of this version, failed ones first."""
    return published.table(
        "select status, failures, test_name from quality.tests order by status in ('pass', 'success'), test_name"
    )


@_kept
def rule_versions(published: Published) -> pa.Table:
    return published.table(
        "select rule_set, rule_version, valid_from, nullif(valid_to, date '9999-12-31') as valid_to, origin, source_document "
        "from reference.rule_versions order by length(rule_set), rule_set, valid_from"
    )


# ---------------------------------------------------------------- why


@_kept
def outcome(published: Published, outcome_id: str, language: str) -> pa.Table:
    """One outcome with its clause's words; no row for an unknown id."""
    return published.table(
        """
        select o.*, case when $language = 'zh' then c.text_zh else c.text_en end as clause_text
        from marts.fct_rule_outcomes as o
        left join reference.clauses as c on c.clause_id = o.clause_id
        where o.outcome_id = $outcome_id
        """,
        {"outcome_id": outcome_id, "language": language},
    )

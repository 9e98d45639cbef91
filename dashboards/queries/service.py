"""Operators."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, kept, with_changes
from warehouse.reader import Published


@kept
def units(published: Published) -> pa.Table:
    return published.table("select unit_id from marts.fct_operator_months")


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
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
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
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


@kept
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


@kept
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


@kept
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

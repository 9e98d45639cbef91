"""Operators."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import FIRST, IN_UNIT, NEAR_MONTH, SPINE, Question, kept, listed, with_changes
from warehouse.reader import Published


@kept
def units(published: Published) -> pa.Table:
    return published.table("select distinct unit_id from marts.fct_operator_months")


RATES = (
    "answered_in_time_rate",
    "dispatched_in_time_rate",
    "reminded_in_time_rate",
    "fed_back_in_time_rate",
    "handover_rate",
)


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: calls, cases and shifts, and which share of them was in time or in order."""
    names = [*RATES, "repeat_dispatches"]
    measures = f"""
        with {SPINE},
        calls as (
            select
                cast(date_trunc('month', ringing_at) as date) as month,
                avg(cast(is_answered_in_time as integer)) as answered_in_time_rate
            from marts.fct_hotline_calls
            where {IN_UNIT}
            group by 1
        ),
        cases as (
            select
                cast(date_trunc('month', received_at) as date) as month,
                avg(cast(is_dispatched_in_time as integer)) as dispatched_in_time_rate,
                avg(cast(is_reminded_in_time as integer)) as reminded_in_time_rate,
                avg(cast(is_fed_back_in_time as integer)) as fed_back_in_time_rate,
                count(*) filter (is_repeat_dispatch) as repeat_dispatches
            from marts.fct_cases
            where {IN_UNIT}
            group by 1
        ),
        shifts as (
            select
                cast(date_trunc('month', starts_at) as date) as month,
                avg(cast(is_handover_met as integer)) as handover_rate
            from marts.fct_shift_handovers
            where {IN_UNIT}
            group by 1
        ),
        measures as (
            select month, answered_in_time_rate, dispatched_in_time_rate, reminded_in_time_rate, fed_back_in_time_rate,
                handover_rate, coalesce(repeat_dispatches, 0) as repeat_dispatches
            from months
            left join calls using (month)
            left join cases using (month)
            left join shifts using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def measures(published: Published, month: date, unit: str | None, person: str | None, language: str) -> pa.Table:
    """Each clause's duty in the month: its limits, how much was judged and met, against the month before, and how long
    it took (in the unit of its limit)."""
    return published.table(
        """
        with duties as (
            select 'R2-3.4.1' as clause_id, ringing_at as happened_at, is_answered_in_time as is_met, answer_seconds as taken,
                operator_id, unit_id
            from marts.fct_hotline_calls
            union all
            select 'R2-2.1.6', ringing_at, not is_operator_hang_up, null, operator_id, unit_id
            from marts.fct_hotline_calls where answer_seconds is not null
            union all
            select 'R2-2.1.4', received_at, is_dispatched_in_time, dispatch_minutes, operator_id, unit_id
            from marts.fct_cases
            union all
            select 'R2-2.1.4b', received_at, is_reminded_in_time, null, operator_id, unit_id from marts.fct_cases
            union all
            select 'R2-2.1.5', received_at, is_fed_back_in_time, feedback_minutes, operator_id, unit_id
            from marts.fct_cases
            union all
            select 'R2-2.2.1', starts_at, is_in_early, null, operator_id, unit_id from marts.fct_shift_handovers
            union all
            select 'R2-2.2.3', starts_at, is_left_after_handover, null, operator_id, unit_id
            from marts.fct_shift_handovers
        ),
        by_month as (
            select
                clause_id,
                cast(date_trunc('month', happened_at) as date) as month,
                count(is_met) as judged_count,
                count(*) filter (is_met) as met_count,
                count(*) filter (not is_met) as unmet_count,
                avg(cast(is_met as integer)) as met_rate,
                quantile_disc(taken, 0.5) as median_taken,
                quantile_disc(taken, 0.9) as slowest_tenth_taken,
                max(taken) as longest_taken
            from duties
            where happened_at >= $month::date - interval 1 month and happened_at < $month::date + interval 1 month
                and ($unit::varchar is null or unit_id = $unit)
                and ($person::varchar is null or operator_id = $person)
            group by all
        ),
        limits as (
            select
                unnest(string_split(clause_ids, '|')) as clause_id,
                string_agg(
                    case when $language = 'zh' then label_zh || '：' || value else label_en || ': ' || value end,
                    case when $language = 'zh' then '；' else '; ' end order by valid_from, parameter
                ) as limits
            from reference.parameters
            where rule_set = 'R2' and item is null and valid_from <= last_day($month::date) and valid_to > $month
            group by 1
        )
        select m.clause_id, l.limits, m.judged_count, m.met_count, m.unmet_count, m.met_rate,
            m.met_rate - before.met_rate as met_rate_change, m.median_taken, m.slowest_tenth_taken, m.longest_taken
        from by_month as m
        left join by_month as before
            on before.clause_id = m.clause_id and before.month = m.month - interval 1 month
        left join limits as l on l.clause_id = m.clause_id
        where m.month = $month
        order by m.met_rate, m.clause_id
        """,
        {"month": month, "unit": unit, "person": person, "language": language},
    )


def _times(mart: str, at: str, taken: str, is_met: str, parameter: str) -> str:
    """How many took how long: bars a fifth of the limit wide, so that one ends at the limit; what took more than four
    times as long is one bar, what never came another (place null)."""
    return f"""
        with in_force as (
            select cast(value as integer) as time_limit
            from reference.parameters
            where parameter = '{parameter}' and last_day($month::date) >= valid_from and last_day($month::date) < valid_to
        ),
        scale as (select time_limit, greatest(1, cast(ceil(time_limit / 5) as integer)) as width from in_force),
        placed as (
            select
                case
                    when {taken} is null then null
                    else least(cast(ceil(({taken} - time_limit) / width) as integer),
                        cast(ceil(3 * time_limit / width) as integer) + 1)
                end as place,
                {is_met} as is_met,
                time_limit,
                width
            from marts.{mart}
            cross join scale
            where {at} >= $month and {at} < $month + interval 1 month and {is_met} is not null
                and ($unit::varchar is null or unit_id = $unit) and ($person::varchar is null or operator_id = $person)
        )
        select
            place,
            time_limit + least(place, cast(ceil(3 * time_limit / width) as integer)) * width as upto,
            place > cast(ceil(3 * time_limit / width) as integer) as is_over,
            is_met,
            count(*) as row_count
        from placed
        group by all
        order by place nulls last, is_met"""


@kept
def answer_times(published: Published, month: date, unit: str | None, person: str | None) -> pa.Table:
    """Seconds from ringing to answer, around the limit in force at the month's end."""
    return published.table(
        _times("fct_hotline_calls", "ringing_at", "answer_seconds", "is_answered_in_time", "answer_limit_seconds"),
        {"month": month, "unit": unit, "person": person},
    )


@kept
def dispatch_times(published: Published, month: date, unit: str | None, person: str | None) -> pa.Table:
    """Minutes from receipt to dispatch, around the usual limit in force at the month's end."""
    return published.table(
        _times("fct_cases", "received_at", "dispatch_minutes", "is_dispatched_in_time", "dispatch_limit_minutes"),
        {"month": month, "unit": unit, "person": person},
    )


@kept
def operators(published: Published, month: date, unit: str | None) -> pa.Table:
    """Each operator's month, the best score first, with the mean of the year so far and its grade."""
    return published.table(
        """
        select m.operator_id, m.score, m.score - p.score as score_change, y.mean_score, y.grade, y.scored_months, m.calls,
            m.answered_in_time_rate, m.operator_hang_ups,
            m.cases, m.dispatched_in_time_rate, m.reminded_in_time_rate, m.fed_back_in_time_rate, m.handover_rate,
            m.repeat_dispatches, m.unit_id
        from marts.fct_operator_months as m
        left join marts.fct_operator_years as y
            on y.operator_id = m.operator_id and cast(y.year as integer) = year(m.month)
        left join marts.fct_operator_months as p
            on p.operator_id = m.operator_id and p.month = m.month - interval 1 month
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


@kept
def scores_of_year(published: Published, month: date, unit: str | None) -> pa.Table:
    """The monthly scores of the month's year, the best mean first."""
    return published.table(
        """
        select m.operator_id, m.month, m.score
        from marts.fct_operator_months as m
        left join marts.fct_operator_years as y on y.operator_id = m.operator_id and y.year = year(m.month)
        where year(m.month) = year($month::date) and m.score is not null
            and ($unit::varchar is null or m.unit_id = $unit)
        order by y.mean_score desc, m.operator_id, m.month
        """,
        {"month": month, "unit": unit},
    )


@kept
def grade_bounds(published: Published, month: date) -> pa.Table:
    """The lowest mean of each yearly grade and the weight of each measure, as in force at the month's end."""
    return published.table(
        """
        select parameter, item as grade, cast(value as decimal(9, 2)) as mean_score, origin
        from reference.parameters
        where parameter = 'grade_floor' and last_day($month::date) >= valid_from and last_day($month::date) < valid_to
        order by cast(value as decimal(9, 4)) desc
        """,
        {"month": month},
    ).drop_columns(["parameter"])


def _missed(mart: str, feed: str, key: str, at: str, columns: str, broken: str) -> str:
    """Calls, cases or shifts out of limit, a row for each clause that they miss."""
    return f"""
        with missed as (
            select *
            from marts.{mart} as m
            where m.{at} >= $month and m.{at} < $month + interval 1 month and ({broken})
                and ($unit::varchar is null or m.unit_id = $unit)
                and ($person::varchar is null or m.operator_id = $person)
            order by m.{at}, m.{key}
            {FIRST}
        )
        select o.outcome_id, m.{at}, m.{key}, m.operator_id, m.unit_id, o.clause_id, {columns}
        from missed as m
        left join marts.fct_rule_outcomes as o
            on o.source_feed = '{feed}' and o.source_key = m.{key} and o.outcome_type = 'miss' and {NEAR_MONTH}
        order by m.{at}, m.{key}, o.clause_id"""


@listed
def calls_out_of_limit(month: date, unit: str | None, person: str | None) -> Question:
    return (
        _missed(
            "fct_hotline_calls",
            "hotline_calls",
            "call_id",
            "ringing_at",
            "m.answer_seconds, m.is_operator_hang_up",
            "not m.is_answered_in_time or m.is_operator_hang_up",
        ),
        {"month": month, "unit": unit, "person": person},
    )


@listed
def cases_out_of_limit(month: date, unit: str | None, person: str | None) -> Question:
    return (
        _missed(
            "fct_cases",
            "cases",
            "case_id",
            "received_at",
            "m.dispatch_minutes, m.feedback_minutes, m.is_repeat_dispatch",
            "not m.is_dispatched_in_time or not m.is_reminded_in_time or not m.is_fed_back_in_time",
        ),
        {"month": month, "unit": unit, "person": person},
    )


@listed
def repeat_dispatches(month: date, unit: str | None, person: str | None) -> Question:
    """Cases that were sent out more than once."""
    return (
        """
        select case_id, received_at, operator_id, unit_id, dispatch_minutes, feedback_minutes, is_dispatched_in_time
        from marts.fct_cases
        where is_repeat_dispatch and received_at >= $month and received_at < $month + interval 1 month
            and ($unit::varchar is null or unit_id = $unit) and ($person::varchar is null or operator_id = $person)
        order by received_at, case_id
        """,
        {"month": month, "unit": unit, "person": person},
    )


@listed
def handovers_out_of_order(month: date, unit: str | None, person: str | None) -> Question:
    return (
        _missed(
            "fct_shift_handovers",
            "shifts",
            "shift_id",
            "starts_at",
            "m.arrived_at, m.handed_over_at, m.left_at, m.is_in_early, m.is_left_after_handover",
            "not m.is_handover_met",
        ),
        {"month": month, "unit": unit, "person": person},
    )

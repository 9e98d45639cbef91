"""Callbacks: what was owed to customers, what was done, what is due this week. The week is that of as_of."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import FIRST, IN_UNIT, SPINE, Question, kept, listed, with_changes
from warehouse.reader import Published

OF_PERSON = "($person::varchar is null or employee_id = $person)"
OF_CLAUSE = "($clause::varchar is null or clause_id = $clause)"
HALVES = ("in_window_count", "outside_count")  # of the calls: inside and outside the calling windows
# what was owed: counts by status, and the share of what could no longer be put off that was met
COUNTS = """
    count(*) filter (status <> 'pending') as due_count,
    count(*) filter (status = 'met') as met_count,
    count(*) filter (status = 'missed') as missed_count,
    count(*) filter (status = 'pending') as pending_count,
    cast(count(*) filter (status = 'met') as double) / nullif(count(*) filter (status <> 'pending'), 0)
        as compliance_rate"""
IN_MONTH = "due_on between $month and last_day($month::date)"
# Monday to Sunday of as_of, or of a week after it
WEEK = """
    week as (
        select as_of,
            cast(date_trunc('week', as_of) as date) + 7 * $weeks_on as week_start_on,
            cast(date_trunc('week', as_of) as date) + 7 * $weeks_on + 6 as week_end_on
        from reference.build
    )"""


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_callback_obligations union select unit_id from marts.fct_callbacks"
    )


@kept
def people(published: Published, unit: str | None) -> pa.Table:
    """Everybody who owed a callback or made one."""
    return published.table(
        f"select distinct employee_id from marts.fct_callback_obligations where employee_id is not null and {IN_UNIT} "
        f"union select employee_id from marts.fct_callbacks where {IN_UNIT} order by employee_id",
        {"unit": unit},
    )


@kept
def totals(published: Published, unit: str | None, person: str | None) -> pa.Table:
    """By month: what was due (pending left out) and met or missed, calls at good times, special customers disturbed."""
    names = ["due_count", "missed_count", "pending_count", "compliance_rate", "in_window_rate", "over_contact_count"]
    measures = f"""
        with {SPINE},
        callbacks as (
            select month, sum(due_count) as due_count, sum(met_count) as met_count, sum(missed_count) as missed_count,
                sum(phone_callbacks) as phone_callbacks, sum(in_window_count) as in_window_count,
                sum(over_contact_count) as over_contact_count
            from marts.fct_callback_months
            where {IN_UNIT} and {OF_PERSON}
            group by month
        ),
        pending as (
            select cast(date_trunc('month', due_on) as date) as month, count(*) as pending_count
            from marts.fct_callback_obligations
            where status = 'pending' and {IN_UNIT} and {OF_PERSON}
            group by 1
        ),
        measures as (
            select
                month,
                cast(coalesce(due_count, 0) as bigint) as due_count,
                cast(coalesce(missed_count, 0) as bigint) as missed_count,
                coalesce(pending_count, 0) as pending_count,
                cast(met_count as double) / nullif(due_count, 0) as compliance_rate,
                cast(in_window_count as double) / nullif(phone_callbacks, 0) as in_window_rate,
                cast(coalesce(over_contact_count, 0) as bigint) as over_contact_count
            from months
            left join callbacks using (month)
            left join pending using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit, "person": person})


@kept
def week(published: Published, unit: str | None, person: str | None, weeks_on: int) -> pa.Table:
    """One row: the week of as_of (or one after it), what falls due in it, and how it stands."""
    return published.table(
        f"""
        with {WEEK},
        owed as (
            select o.*
            from marts.fct_callback_obligations as o
            inner join week as w on o.due_on between w.week_start_on and w.week_end_on
            where {IN_UNIT} and {OF_PERSON}
        )
        select any_value(w.week_start_on) as week_start_on, any_value(w.week_end_on) as week_end_on,
            count(o.status) as owed_count,
            count(*) filter (o.status = 'met') as met_count,
            count(*) filter (o.status = 'missed') as missed_count,
            count(*) filter (o.status = 'pending') as pending_count
        from week as w
        left join owed as o on true
        """,
        {"unit": unit, "person": person, "weeks_on": weeks_on},
    )


@listed
def to_do(unit: str | None, person: str | None, weeks_on: int, language: str) -> Question:
    """What is still to be done of a week, the first due first: a row a customer and obligation."""
    return (
        f"""
        with {WEEK},
        owed as (
            select *
            from marts.fct_callback_obligations
            where status = 'pending' and {IN_UNIT} and {OF_PERSON}
                and due_on between (select week_start_on from week) and (select week_end_on from week)
            order by due_on, employee_id nulls last, customer_id, clause_id, trigger_key
            {FIRST}
        ),
        channels as (
            select rule_version, split_part(item, '|', 1) as clause_id,
                string_agg(split_part(item, '|', 2), '+' order by split_part(item, '|', 2) desc) as channel
            from reference.parameters
            where parameter = 'allowed_channel' and value = 'true'
            group by all
        )
        select o.due_on, o.customer_id, o.employee_id, o.clause_id, coalesce(h.channel, 'any') as channel,
            o.trigger_type, o.triggered_at, o.contact_class, coalesce(c.segment, 'ordinary') as segment,
            o.trigger_key, o.window_start_on, o.unit_id,
            case when $language = 'zh' then r.text_zh else r.text_en end as clause_text
        from owed as o
        left join channels as h on h.rule_version = o.rule_version and h.clause_id = o.clause_id
        left join reference.customers as c on c.customer_id = o.customer_id
        left join reference.clauses as r on r.clause_id = o.clause_id
        order by o.due_on, o.employee_id nulls last, o.customer_id, o.clause_id, o.trigger_key
        """,
        {"unit": unit, "person": person, "weeks_on": weeks_on, "language": language},
    )


@kept
def by_clause(published: Published, month: date, unit: str | None, person: str | None) -> pa.Table:
    """What fell due in the month by the clause that asks for it, most missed first."""
    return published.table(
        f"select clause_id, {COUNTS} from marts.fct_callback_obligations "
        f"where {IN_MONTH} and {IN_UNIT} and {OF_PERSON} group by clause_id order by missed_count desc, clause_id",
        {"month": month, "unit": unit, "person": person},
    )


@kept
def by_owner(published: Published, month: date, unit: str | None, clause: str | None) -> pa.Table:
    """What fell due in the month by who owed it (work orders: their unit), most missed first."""
    return published.table(
        f"select employee_id, unit_id, {COUNTS} from marts.fct_callback_obligations "
        f"where {IN_MONTH} and {IN_UNIT} and {OF_CLAUSE} group by employee_id, unit_id "
        "order by missed_count desc, employee_id, unit_id",
        {"month": month, "unit": unit, "clause": clause},
    )


@kept
def by_class(published: Published, month: date, unit: str | None, person: str | None, clause: str | None) -> pa.Table:
    """What fell due in the month by what obliged, and by the class of the customer where the contact gives one."""
    return published.table(
        f"select trigger_type, contact_class, {COUNTS} from marts.fct_callback_obligations "
        f"where {IN_MONTH} and {IN_UNIT} and {OF_PERSON} and {OF_CLAUSE} group by trigger_type, contact_class "
        "order by due_count desc, trigger_type, contact_class",
        {"month": month, "unit": unit, "person": person, "clause": clause},
    )


@listed
def missed(month: date, unit: str | None, person: str | None, clause: str | None) -> Question:
    """What was missed, the latest first."""
    return (
        f"""
        with missed as (
            select *
            from marts.fct_callback_obligations
            where status = 'missed' and {IN_MONTH} and {IN_UNIT} and {OF_PERSON} and {OF_CLAUSE}
            order by due_on desc, customer_id, clause_id, trigger_key
            {FIRST}
        )
        select r.outcome_id, o.due_on, o.customer_id, o.employee_id, o.clause_id, o.trigger_type, o.triggered_at,
            o.contact_class, o.trigger_key, o.window_start_on, o.unit_id
        from missed as o
        left join marts.fct_rule_outcomes as r
            on r.source_feed = o.trigger_feed and r.source_key = o.trigger_key and r.clause_id = o.clause_id
            and r.occurred_on = o.due_on and r.outcome_type = 'miss' and r.month = $month
        order by o.due_on desc, o.customer_id, o.clause_id, o.trigger_key
        """,
        {"month": month, "unit": unit, "person": person, "clause": clause},
    )


@listed
def over_contacted(month: date, unit: str | None, person: str | None) -> Question:
    """Special customers who were called though nothing asked for it, a row a call; how often each, in the month and ever."""
    return (
        """
        with calls as (
            select *,
                count(*) filter (month = $month) over (partition by customer_id) as month_call_count,
                count(*) filter (called_at < $month::date + interval 1 month) over (partition by customer_id) as so_far_call_count
            from marts.fct_callbacks
            where is_over_contact
        )
        select r.outcome_id, b.customer_id, coalesce(c.segment, 'ordinary') as segment, b.called_at, b.employee_id,
            b.month_call_count, b.so_far_call_count, b.callback_id, b.unit_id, r.clause_id
        from calls as b
        left join marts.fct_rule_outcomes as r
            on r.source_feed = 'callbacks' and r.source_key = b.callback_id and r.flag = 'over_contact'
        left join reference.customers as c on c.customer_id = b.customer_id
        where b.month = $month and ($unit::varchar is null or b.unit_id = $unit)
            and ($person::varchar is null or b.employee_id = $person)
        order by b.month_call_count desc, b.customer_id, b.called_at
        """,
        {"month": month, "unit": unit, "person": person},
    )


@kept
def calling_times(published: Published, month: date, unit: str | None) -> pa.Table:
    """Each caller's phone callbacks of the month and how many were made inside the calling windows, the lowest share first."""
    return published.table(
        f"""
        select employee_id, phone_callbacks, in_window_count, in_window_rate
        from marts.fct_callback_months
        where month = $month and phone_callbacks > 0 and {IN_UNIT}
        order by in_window_rate, phone_callbacks desc, employee_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def calls_by_hour(published: Published, month: date, unit: str | None, person: str | None) -> pa.Table:
    """Phone callbacks by the half hour in which they were made, inside and outside the calling windows."""
    return published.table(
        f"""
        select strftime(time_bucket(interval 30 minute, called_at), '%H:%M') as half_hour,
            count(*) filter (is_at_good_time) as in_window_count,
            count(*) filter (not is_at_good_time) as outside_count
        from marts.fct_callbacks
        where is_phone_call and month = $month and {IN_UNIT} and {OF_PERSON}
        group by 1
        order by 1
        """,
        {"month": month, "unit": unit, "person": person},
    )

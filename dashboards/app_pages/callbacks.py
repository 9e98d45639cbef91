"""Callbacks: this week's list to work off, what was owed, met and missed, who was called too often, when calls are made."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, fmt, layout, urlstate
from dashboards.layout import card, chart, choose, details, figures, open_page, outcomes, rows, sections, table
from dashboards.queries import callback

WEEKS, FULL = {"this": 0, "next": 1}, {"compliance_rate": 1.0, "in_window_rate": 1.0}

view = open_page("callbacks", callback.units)
source, month, unit, text = view.published, view.month, view.unit, view.text
known = callback.people(source, unit).column("employee_id").to_pylist()
person = urlstate.one_of("person", known)

totals = callback.totals(source, unit, person)
good = {"compliance_rate": "more", "due_count": "", "missed_count": "less", "pending_count": ""}
figures(view, totals, **good, in_window_rate="more", over_contact_count="less")

with card(view, "week"):
    with st.container(horizontal=True, key="filters_week", vertical_alignment="bottom"):
        choose(view, "person", known, view.words.person, "filters.everybody")
        words = {"label": text("callbacks.which_week"), "format_func": lambda code: text(f"callbacks.{code}_week")}
        hidden = {"label_visibility": "collapsed", "required": True}
        weeks_on = WEEKS[urlstate.pick(st.segmented_control, "week", list(WEEKS), "this", **words, **hidden)]
    standing = callback.week(source, unit, person, weeks_on).to_pylist()[0]
    days = {name: fmt.day(standing.pop(name), text) for name in ("week_start_on", "week_end_on")}
    st.caption(text("callbacks.week_standing", **days, **standing))
    rows(view, callback.to_do(source, unit, person, weeks_on, text.language), "week")

by_clause = layout.with_labels(view, callback.by_clause(source, month, unit, person), "clause_id")
clause = urlstate.one_of("clause", named := by_clause.column("clause_id").to_pylist())
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "by_month", totals, lambda: charts.months(totals, "compliance_rate", text, month))
with right:
    most = by_clause.slice(0, 10)
    bars = ("clause_id_label", "missed_count", text, "clause_id", clause, None, None, "compliance_rate")
    chart(view, "most_missed", most, lambda: charts.ranked(most, *bars), clicked="clause", opens="missed")

with sections(view, "clauses", "owners", "missed", "over_contacted", "times") as opened:
    if "clauses" in opened:
        left, right = st.columns([1, 1], gap="small")
        with left:
            table(view, by_clause, "clauses", hidden=("clause_id_label",), bars=FULL)
        with right:
            table(view, callback.by_class(source, month, unit, person, clause), "classes", bars=FULL)
    if "owners" in opened:
        details(view, callback.by_owner(source, month, unit, clause), "owners", {"person": "employee_id"}, bars=FULL)
    if "missed" in opened:
        with card(view, "missed"):
            with st.container(horizontal=True, key="filters_missed"):
                choose(view, "clause", named, view.words.clause, "filters.all_clauses")
            outcomes(view, callback.missed(source, month, unit, person, clause), "missed")
    if "over_contacted" in opened:
        with card(view, "over_contacted"):
            outcomes(view, callback.over_contacted(source, month, unit, person), "over_contacted")
    if "times" in opened:
        callers = layout.with_labels(view, callback.calling_times(source, month, unit), "employee_id")
        hours, lowest = callback.calls_by_hour(source, month, unit, person), callers.slice(0, 15)
        by_caller = ("employee_id_label", "in_window_rate", text, "employee_id", person, None, None, "phone_callbacks")
        left, right = st.columns([1, 1], gap="small")
        with left:
            chart(view, "windows", lowest, lambda: charts.ranked(lowest, *by_caller), clicked="person")
        with right:
            chart(view, "hours", hours, lambda: charts.in_parts(hours, "half_hour", callback.HALVES, text))
        table(view, callers, "callers", hidden=("employee_id_label",), bars=FULL)

"""Callbacks: this week's list to work off, what was owed, met and missed, who was called too often, when calls are made."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, fmt, urlstate
from dashboards.layout import card, chart, choose, details, figures, open_page, outcomes, rows, table, with_words
from dashboards.queries import callback

WEEKS = {"this": 0, "next": 1}

view = open_page("callbacks", callback.units)
source, month, unit, text = view.published, view.month, view.unit, view.text
known = callback.people(source, unit).column("employee_id").to_pylist()
person = urlstate.value("person") if urlstate.value("person") in known else None

totals = callback.totals(source, unit, person)
figures(view, totals, compliance_rate="more", due_count="", missed_count="less", in_window_rate="more",
        over_contact_count="less")  # fmt: skip

with card(view, "week"):
    with st.container(horizontal=True, key="filters_week", vertical_alignment="bottom"):
        choose(view, "person", known, view.words.person, "filters.everybody")
        chosen = urlstate.pick(
            st.segmented_control, "week", list(WEEKS), "this", label=text("callbacks.which_week"), required=True,
            label_visibility="collapsed", format_func=lambda code: text(f"callbacks.{code}_week"),
        )  # fmt: skip
    standing = callback.week(source, unit, person, WEEKS[chosen]).to_pylist()[0]
    days = {name: fmt.day(standing.pop(name), text) for name in ("week_start_on", "week_end_on")}
    st.caption(text("callbacks.week_standing", **days, **standing))
    rows(view, callback.to_do(source, unit, person, WEEKS[chosen], text.language), "week")

by_clause = with_words(view, callback.by_clause(source, month, unit, person), "clause_id")
asked = urlstate.value("clause")
clause = asked if asked in by_clause.column("clause_id").to_pylist() else None
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "by_month", totals, lambda: charts.months(totals, "compliance_rate", text, month))
with right:
    bars = ("label", "missed_count", text, "clause_id", clause)
    most = by_clause.slice(0, 10)
    chart(view, "most_missed", most, lambda: charts.ranked(most, *bars, beside="compliance_rate"), clicked="clause")

full = {"compliance_rate": 1.0}
left, right = st.columns([1, 1], gap="small")
with left:
    table(view, by_clause, "clauses", hidden=("label",), bars=full)
with right:
    table(view, callback.by_class(source, month, unit, person, clause), "classes", bars=full)
owners = callback.by_owner(source, month, unit, clause)
details(view, owners, "owners", {"person": "employee_id"}, bars=full)

with card(view, "missed"):
    with st.container(horizontal=True, key="filters_missed"):
        choose(view, "clause", by_clause.column("clause_id").to_pylist(), view.words.clause, "filters.all_clauses")
    outcomes(view, callback.missed(source, month, unit, person, clause), "missed")

with card(view, "over_contacted"):
    outcomes(view, callback.over_contacted(source, month, unit, person), "over_contacted")

callers = with_words(view, callback.calling_times(source, month, unit), "employee_id")
hours = callback.calls_by_hour(source, month, unit, person)
left, right = st.columns([1, 1], gap="small")
with left:
    by_caller = ("label", "in_window_rate", text, "employee_id", person)
    chart(
        view,
        "windows",
        callers,
        lambda: charts.ranked(callers.slice(0, 15), *by_caller, beside="phone_callbacks"),
        "person",
    )
with right:
    measures = ("in_window_count", "outside_count")
    chart(view, "hours", hours, lambda: charts.stacked(hours, "half_hour", measures, text))
    table(view, callers, "callers", hidden=("label",), bars={"in_window_rate": 1.0})

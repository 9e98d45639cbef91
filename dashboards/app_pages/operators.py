"""Operators: what the command centre's operators did in time, their scores and grades, and what was out of limit."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, urlstate
from dashboards.layout import card, chart, choose, figures, open_page, outcomes, table, with_words
from dashboards.queries import service

view = open_page("operators", service.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = service.totals(source, unit)
shares = ("answered_in_time_rate", "dispatched_in_time_rate", "fed_back_in_time_rate")
figures(view, totals, calls="", cases="", **dict.fromkeys(shares, "more"))

people = with_words(view, service.operators(source, month, unit), "operator_id")
names = people.column("operator_id").to_pylist()
chosen = urlstate.value("person")
person = chosen if chosen in names else None
left, right = st.columns([1, 1], gap="small")
with left:
    by_score = ("label", "score", text, "operator_id", person)
    chart(view, "scores", people, lambda: charts.ranked(people, *by_score), clicked="person")
with right:
    if person:
        scores = service.operator_scores(source, person)
        chart(view, "trend", scores, lambda: charts.months(scores, "score", text, month))
    else:
        chart(view, "dispatched", totals, lambda: charts.months(totals, "dispatched_in_time_rate", text, month))
    chart(view, "answered", totals, lambda: charts.months(totals, "answered_in_time_rate", text, month))

full = dict.fromkeys((*shares, "reminded_in_time_rate", "handover_rate"), 1.0) | {"score": 100.0}
table(view, people, "people", hidden=("label",), bars=full)

with card(view, "missed"):
    with st.container(horizontal=True, key="filters_missed"):
        person = choose(view, "person", sorted(names), view.words.person, "filters.everybody")
    calls, cases = st.tabs([text("operators.calls"), text("operators.cases")])
    with calls:
        outcomes(view, service.calls_out_of_limit(source, month, unit, person), "calls")
    with cases:
        outcomes(view, service.cases_out_of_limit(source, month, unit, person), "cases")

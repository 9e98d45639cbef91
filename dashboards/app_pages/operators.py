"""Operators: each duty against its limit, how long answers and dispatches took, scores and grades, what was missed."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, layout, urlstate
from dashboards.layout import card, chart, choose, details, figures, open_page, outcomes, rows, sections, table
from dashboards.queries import service

MISSED = {
    "calls": service.calls_out_of_limit,
    "cases": service.cases_out_of_limit,
    "handovers": service.handovers_out_of_order,
}

view = open_page("operators", service.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = service.totals(source, unit)
figures(view, totals, **dict.fromkeys(service.RATES, "more"), repeat_dispatches="less")

people = layout.with_words(view, service.operators(source, month, unit), "operator_id")
names = people.column("operator_id").to_pylist()
chosen = urlstate.value("person")
person = chosen if chosen in names else None
here = (source, month, unit, person)

answers, dispatches = service.answer_times(*here), service.dispatch_times(*here)
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "answers", answers, lambda: charts.times(answers, text, "answer_seconds"))
with right:
    chart(view, "dispatches", dispatches, lambda: charts.times(dispatches, text, "dispatch_minutes"))

table(view, service.measures(*here, text.language), "measures", bars={"met_rate": 1.0})

with sections(view, "people", "course", "year", "missed") as opened:
    if "people" in opened:
        full = dict.fromkeys(service.RATES, 1.0) | {"score": 100.0}
        details(view, people, "people", {"person": "operator_id"}, hidden=("label",), bars=full)
    if "course" in opened:
        left, right = st.columns([1, 1], gap="small")
        with left:
            chart(view, "shares", totals, lambda: charts.rates(totals, service.RATES, text, month))
        with right:
            if person:
                own = service.operator_scores(source, person)
                chart(view, "trend", own, lambda: charts.months(own, "score", text, month))
            table(view, service.grade_bounds(source, month), "bounds")
    if "year" in opened:
        by_score = ("label", "score", text, "operator_id", person)
        chart(view, "scores", people, lambda: charts.ranked(people, *by_score), clicked="person")
        year = layout.with_words(view, service.scores_of_year(source, month, unit), "operator_id")
        chart(view, "year", year, lambda: charts.heat(year, "label", "score", text))
    if "missed" in opened:
        with st.container(horizontal=True, key="filters_missed"):
            person = choose(view, "person", sorted(names), view.words.person, "filters.everybody")
        for name, query in MISSED.items():
            with card(view, name):
                outcomes(view, query(source, month, unit, person), name)
        with card(view, "repeats"):
            rows(view, service.repeat_dispatches(source, month, unit, person), "repeats")

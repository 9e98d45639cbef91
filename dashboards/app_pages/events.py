"""Weddings: milestones of the coming ones, what is due next and what is overdue, and sales against targets."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, urlstate
from dashboards.layout import card, chart, choose, figures, open_page, outcomes, sections, table, with_words
from dashboards.queries import events

view = open_page("events", events.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = events.totals(source, unit)
ways = {"weddings": "", "milestone_on_time_rate": "more", "late_count": "less", "overdue_count": "less"}
figures(view, totals, **ways, signed_amount="more", attainment_rate="more")

coming = events.coming(source, unit, text.language)
words = {status: view.words.code("event_task_status", status) for status in events.STATUSES}
chart(
    view, "coming", coming, lambda: charts.duties(coming, words, text, 20, 26, -60), clicked="contract", opens="to_do"
)

with sections(view, "to_do", "late", "targets") as opened:
    everybody = events.people(source, unit)
    people = sorted(set(everybody.column("employee_id").to_pylist()))
    contracts = everybody.column("contract_id").to_pylist()
    if "to_do" in opened:
        with card(view, "to_do"):
            with st.container(horizontal=True, key="filters_milestones"):
                person = choose(view, "person", people, view.words.person, "filters.everybody")
                contract = choose(view, "contract", contracts, str, "filters.all_contracts")
            outcomes(view, events.to_do(source, unit, person, contract), "to_do")
    if "late" in opened:
        with card(view, "late"):
            outcomes(view, events.late(source, month, unit, urlstate.one_of("person", people)), "late")
        with card(view, "lunches"):
            outcomes(view, events.long_lunches(source, month, unit), "lunches")
    if "targets" in opened:
        targets = with_words(view, events.targets(source, month, unit), "employee_id")
        left, right = st.columns([1, 1], gap="small")
        with left:
            by_share = ("label", "attainment_rate", text)
            chart(view, "attainment", targets, lambda: charts.ranked(targets, *by_share, limit=1.0))
        with right:
            chart(view, "signed", totals, lambda: charts.months(totals, "signed_amount", text, month))
        table(view, targets, "targets", hidden=("label",))

"""Attendance and fines: the month's figures, who was late, early or absent, what it cost, and one person's month."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, urlstate
from dashboards.layout import card, chart, choose, figures, open_page, outcomes, people, rows, table, with_words
from dashboards.queries import attendance

view = open_page("attendance", attendance.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = attendance.totals(source, unit)
figures(view, totals, fine_amount="less", other_deduction_amount="less", late_early_count="less", absent_days="less")

clauses = with_words(view, attendance.taken_by_clause(source, month, unit), "clause_id")
chosen = urlstate.value("clause") or None
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "by_month", totals, lambda: charts.months(totals, "fine_amount", text, month))
with right:
    by_clause = ("label", "effective_amount", text, "clause_id", chosen)
    chart(view, "by_clause", clauses, lambda: charts.ranked(clauses, *by_clause), clicked="clause")

everybody = attendance.people(source, month, unit)
people(view, everybody, "people", "employee_id")

left, right = st.columns([2, 1], gap="small")
with left, card(view, "days"):
    names = sorted(set(everybody.column("employee_id").to_pylist()))
    person = choose(view, "person", names, view.words.person, "filters.everybody")
    if person:
        rows(view, attendance.person_days(source, month, person), "days")
    else:
        st.caption(text("attendance.days_choose"))
with right:
    table(view, attendance.days_without_evidence(source, month, unit), "evidence")

with card(view, "outcomes"):
    clause = choose(view, "clause", clauses.column("clause_id").to_pylist(), view.words.clause, "filters.all_clauses")
    outcomes(view, attendance.people_outcomes(source, month, unit, person, clause), "outcomes")

"""Attendance and fines: the month's figures, its days as a heat map, who was late or absent, and what each clause took."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, layout, urlstate
from dashboards.layout import card, chart, choose, figures, leads, open_page, outcomes, sections, table
from dashboards.queries import attendance

view = open_page("attendance", attendance.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = attendance.totals(source, unit)
figures(view, totals, fine_amount="less", other_deduction_amount="less", late_early_count="less", absent_days="less")

if unit:
    days = layout.with_days(view, attendance.people_days(source, month, unit), "employee_id")
    cells = ("label", "day", "day_state", text, "employee_id")
    chart(view, "days", days, lambda: charts.states(days, *cells), clicked="person", leads_to="person")
else:
    days = layout.with_days(view, attendance.unit_days(source, month), "unit_id")
    cells = ("label", "day", "off_rate", text, "unit_id")
    chart(view, "unit_days", days, lambda: charts.shares(days, *cells), clicked="unit")

with sections(view, "people", "limits", "clauses") as opened:
    if "people" in opened:
        with card(view, "people"):
            leads(view, attendance.people(source, month, unit), "people", "person", person="employee_id")
    if "limits" in opened:
        left, right = st.columns([1, 1], gap="small")
        with left:
            table(view, attendance.near_dismissal(source, month, unit), "near_dismissal")
        with right:
            table(view, attendance.days_without_evidence(source, month, unit), "evidence")
    if "clauses" in opened:
        clauses = layout.with_words(view, attendance.taken_by_clause(source, month, unit), "clause_id")
        by_month = layout.with_words(view, attendance.clause_months(source, unit), "clause_id")
        known = clauses.column("clause_id").to_pylist()
        left, right = st.columns([1, 1], gap="small")
        with left:
            chart(view, "by_month", by_month, lambda: charts.stacked(by_month, "label", "effective_amount", text))
        with right:
            by_clause = ("label", "effective_amount", text, "clause_id", urlstate.value("clause") or None)
            chart(view, "by_clause", clauses, lambda: charts.ranked(clauses, *by_clause), clicked="clause")
        with card(view, "outcomes"):
            clause = choose(view, "clause", known, view.words.clause, "filters.all_clauses")
            outcomes(view, attendance.people_outcomes(source, month, unit, None, clause), "outcomes")

"""One person's month: what was taken against the legal cap, every day, and every outcome with its arithmetic."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.explaining import with_arithmetic
from dashboards.layout import card, chart, choose, empty, figures, in_weeks, open_page, outcomes, table
from dashboards.queries import attendance
from dashboards.tables import turned

view = open_page("person", attendance.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

with st.container(horizontal=True, key="filters_person"):
    everybody = attendance.people_of(source, month, unit).column("employee_id").to_pylist()
    person = choose(view, "person", everybody, view.words.person, "filters.choose_person")
if not person:
    empty(view, "person.none")
    st.stop()

totals = attendance.person_totals(source, person)
figures(
    view, totals, taken_amount="less", fine_amount="less", late_early_count="less", absent_days="less", leave_days=""
)

left, right = st.columns([1, 1], gap="small")
days = in_weeks(view, attendance.person_calendar(source, month, person))
with left:
    cells = ("week", "weekday_name", "day_state", text, "work_date", "day")
    chart(view, "calendar", days, lambda: charts.states(days, *cells))
    chart(view, "by_month", totals, lambda: charts.months(totals, "taken_amount", text, month))
with right:
    table(view, turned(view, attendance.person_cap(source, month, person)), "cap", export=False)

table(view, attendance.person_days(source, month, person), "days")
with card(view, "outcomes"):
    found = with_arithmetic(view, attendance.person_outcomes(source, month, person))
    outcomes(view, found, "outcomes")

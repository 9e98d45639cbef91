"""The month at a glance: a unit's figures against last month, and what needs attention, worst first."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.layout import card, chart, figures, leads, open_page, with_words
from dashboards.queries import overview, sales

view = open_page("glance", overview.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

figures(
    view,
    overview.totals(source, unit),
    attendance_rate="more",
    fine_amount="less",
    cap_usage_rate="less",
    compliance_rate="more",
    conversion_rate="more",
    operator_score="more",
)

left, right = st.columns([1, 1], gap="small")
with left, card(view, "people"):
    leads(view, overview.people_off(source, month, unit), "people", "person", person="employee_id")
with right, card(view, "categories"):
    leads(view, overview.categories_off(source, month, unit), "categories", "budget", unit="unit_id")

left, right = st.columns([1, 1], gap="small")
with left, card(view, "customers"):
    missed = overview.customers_off(source, month, unit)
    leads(view, missed, "customers", "callbacks", unit="unit_id", person="employee_id")
with right, card(view, "rounds"):
    leads(view, overview.rounds_off(source, month, unit), "rounds", "inspections", unit="unit_id")

by_class = with_words(view, sales.conversion_by_class(source, unit), "customer_class")
chart(view, "by_class", by_class, lambda: charts.lines(by_class, "label", "conversion_rate", text))

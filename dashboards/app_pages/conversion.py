"""Conversion: prospects and buyers by class, cohorts of first visitors, the funnel of new customers, month thirds."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.layout import chart, figures, open_page, table, with_words
from dashboards.queries import sales

view = open_page("conversion", sales.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = sales.totals(source, unit)
figures(view, totals, new_customers="more", buyers="more", conversion_rate="more", revenue="more")

by_class = with_words(view, sales.conversion_by_class(source, unit), "customer_class")
steps = sales.funnel(source, month, unit)
steps = steps.append_column("label", [[text(f"measures.{step}") for step in steps.column("step").to_pylist()]])
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "by_class", by_class, lambda: charts.lines(by_class, "label", "conversion_rate", text))
with right:
    chart(view, "funnel", steps, lambda: charts.ranked(steps, "label", "customers", text, beside="share_rate"))

table(view, sales.conversion_classes(source, month, unit), "classes", bars={"conversion_rate": 1.0})

thirds = with_words(view, sales.thirds(source, month, unit), "month_third")
measures = ("new_customers", "assessments", "purchases")
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "thirds", thirds, lambda: charts.grouped(thirds, "label", measures, text))
with right:
    table(view, sales.funnel_months(source, month, unit), "targets")

full = dict.fromkeys(("bought_30d_rate", "bought_60d_rate", "bought_90d_rate"), 1.0)
table(view, sales.cohorts(source, unit), "cohorts", bars=full)

"""Sales and conversion: prospects and buyers by class, cohorts of first visitors, the funnel, referrals, prices."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.layout import card, chart, choose, figures, open_page, outcomes, plot, rows, sections, table, with_words
from dashboards.queries import sales

SPANS = ("bought_30d", "bought_60d", "bought_90d")

view = open_page("conversion", sales.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = sales.totals(source, unit)
figures(
    view, totals, new_customers="more", buyers="more", conversion_rate="more", revenue="more",
    referred_new_customers="more", outlier_count="less",
)  # fmt: skip

by_class = with_words(view, sales.conversion_by_class(source, unit), "customer_class")
steps = sales.funnel(source, month, unit)
steps = steps.append_column("label", [[text(f"measures.{step}") for step in steps.column("step").to_pylist()]])
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "by_class", by_class, lambda: charts.lines(by_class, "label", "conversion_rate", text))
with right:
    chart(view, "funnel", steps, lambda: charts.ranked(steps, "label", "customers", text, beside="share_rate"))

with sections(view, "classes", "targets", "cohorts", "referrals", "prices") as opened:
    if "targets" in opened:
        targets = with_words(view, sales.targets(source, month, unit), "unit_id")
        thirds = with_words(view, sales.thirds(source, month, unit), "month_third")
        left, right = st.columns([1, 1], gap="small")
        with left, card(view, "targets"):
            asked = ("new_to_target_ratio", "asked_ratio", "is_short", text)
            plot(view, "targets", targets, lambda: charts.against(targets, *asked))
            rows(view, targets, "targets", hidden=("label", "is_short"))
        with right:
            measures = ("new_customers", "assessments", "purchases")
            chart(view, "thirds", thirds, lambda: charts.grouped(thirds, "label", measures, text))
    if "cohorts" in opened:
        with card(view, "cohorts"):
            known = sales.classes(source).column("customer_class").to_pylist()
            with st.container(horizontal=True, key="filters_cohorts"):
                words = (view.words.customer_class, "filters.all_customer_classes")
                chosen = choose(view, "customer_class", known, *words)
            triangle = sales.cohort_months(source, unit, chosen)
            rates = tuple(f"{span}_rate" for span in SPANS)
            plot(view, "cohorts", triangle, lambda: charts.triangle(triangle, "cohort_month", rates, SPANS, text))
            rows(view, sales.cohorts(source, unit, chosen), "cohorts", bars=dict.fromkeys(rates, 1.0))
    if "classes" in opened:
        table(view, sales.conversion_classes(source, month, unit), "classes", bars={"conversion_rate": 1.0})
    if "referrals" in opened:
        left, right = st.columns([1, 1], gap="small")
        with left:
            by_referral = ("referred_new_customers", text, month, "referred_buyers")
            chart(view, "referred", totals, lambda: charts.months(totals, *by_referral))
        with right:
            table(view, sales.referrals(source, month, unit), "referrals")
    if "prices" in opened:
        table(view, sales.promotions(source, month, unit), "promotions")
        with card(view, "outliers"):
            outcomes(view, sales.outliers(source, month, unit), "outliers")

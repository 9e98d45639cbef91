"""Budget and caps: what was allowed and cut, which caps and budgets were broken, what each budget month left."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.layout import card, chart, figures, open_page, outcomes, table, with_words
from dashboards.queries import expense

view = open_page("budget", expense.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = expense.totals(source, unit)
figures(view, totals, allowed_amount="less", budget_use_rate="less", disallowed_amount="less", breach_count="less")

fullest = with_words(view, expense.fullest_caps(source, month, unit), "unit_id", "category")
left, right = st.columns([1, 1], gap="small")
with left:
    chart(view, "by_month", totals, lambda: charts.months(totals, "spent_amount", text, month, "budget_amount"))
with right:
    by_cap = {"alarm": "is_cap_breached", "limit": 1.0}
    chart(view, "fullest", fullest, lambda: charts.ranked(fullest, "label", "cap_usage_rate", text, **by_cap))

table(view, expense.cap_usage(source, month, unit), "usage")
table(view, expense.budget_months(source, month, unit), "months")
table(view, expense.budget_quarters(source, month, unit), "quarters")
with card(view, "disallowed"):
    outcomes(view, expense.disallowed_lines(source, month, unit), "disallowed")

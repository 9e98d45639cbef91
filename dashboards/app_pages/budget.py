"""Expenses, caps and budgets: what went beyond its limit, how full caps and budgets are, what was cut, what was saved."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, layout, urlstate
from dashboards.layout import card, chart, choose, details, figures, open_page, outcomes, rows, sections, table
from dashboards.queries import expense

CASH = {
    "advances": expense.advances_due,
    "bad_debts": expense.bad_debt_shares,
    "deposits": expense.late_deposits,
    "misses": expense.money_misses,
}
AHEAD = ("projected_claimed_amount", "projected_cap_usage_rate", "projected_budget_usage_rate")

view = open_page("budget", expense.units)
source, month, unit, text = view.published, view.month, view.unit, view.text
known = expense.categories(source, month, unit).column("category").to_pylist()
category = urlstate.one_of("category", known)

totals = expense.totals(source, unit)
less = ("breach_count", "overspend_amount", "budget_use_rate", "allowed_amount", "disallowed_amount", "overdue_amount")
figures(view, totals, **dict.fromkeys(less, "less"))

details(view, expense.breaches(source, month, unit), "breaches", {"unit": "unit_id", "category": "category"})

fullest = layout.with_labels(view, expense.fullest_caps(source, month, unit), "unit_id", "category")
steps = expense.savings(source, month, unit)
steps = steps.append_column("label", [[text(f"measures.{step}") for step in steps.column("step").to_pylist()]])
left, right = st.columns([1, 1], gap="small")
with left:
    labels, codes = ("unit_id_label", "category_label"), ("category", "unit_id")
    by_cap = (labels, "cap_usage_rate", text, codes, category, "projected_cap_usage_rate")
    chart(view, "fullest", fullest, lambda: charts.usage(fullest, *by_cap), clicked="category", opens="usage")
with right:
    chart(view, "flow", steps, lambda: charts.flow(steps, "label", "step_amount", "start_amount", text))

with sections(view, "usage", "cut", "cash", "budgets") as opened:
    if "usage" in opened:
        with card(view, "usage"):
            with st.container(horizontal=True, key="filters_usage"):
                choose(view, "category", known, view.words.category, "filters.all_categories")
            usage = expense.cap_usage(source, month, unit, category)
            rows(view, usage, "usage", hidden=() if view.is_provisional else AHEAD)
        if category:
            with card(view, "lines"):
                outcomes(view, expense.lines(source, month, unit, category), "lines")
    if "cut" in opened:
        clauses = layout.with_labels(view, expense.disallowed_by_clause(source, month, unit, category), "clause_id")
        named = clauses.column("clause_id").to_pylist()
        clause = urlstate.one_of("clause", named)
        by_clause = ("clause_id_label", "disallowed_amount", text, "clause_id", clause, None, None, "outcome_count")
        chart(view, "by_clause", clauses, lambda: charts.ranked(clauses, *by_clause), clicked="clause")
        with card(view, "disallowed"):
            with st.container(horizontal=True, key="filters_disallowed"):
                choose(view, "clause", named, view.words.clause, "filters.all_clauses")
            outcomes(view, expense.disallowed_lines(source, month, unit, category, clause), "disallowed")
    if "cash" in opened:
        for name, query in CASH.items():
            with card(view, name):
                outcomes(view, query(source, month, unit), name)
    if "budgets" in opened:
        chart(view, "by_month", totals, lambda: charts.months(totals, "spent_amount", text, month, "budget_amount"))
        table(view, expense.budget_months(source, month, unit), "months")
        table(view, expense.budget_quarters(source, month, unit), "quarters")

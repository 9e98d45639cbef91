"""Expenses, caps and budgets: what went beyond its limit, how full caps and budgets are, what was cut, what was saved."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, urlstate
from dashboards.layout import (
    card,
    chart,
    choose,
    details,
    figures,
    open_page,
    outcomes,
    rows,
    table,
    with_labels,
    with_words,
)
from dashboards.queries import expense

view = open_page("budget", expense.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = expense.totals(source, unit)
figures(view, totals, breach_count="less", overspend_amount="less", budget_use_rate="less", allowed_amount="less",
        disallowed_amount="less", overdue_amount="less")  # fmt: skip

details(view, expense.breaches(source, month, unit), "breaches", {"unit": "unit_id", "category": "category"})

fullest = with_labels(view, expense.fullest_caps(source, month, unit), "unit_id", "category")
steps = expense.savings(source, month, unit)
steps = steps.append_column("label", [[text(f"measures.{step}") for step in steps.column("step").to_pylist()]])
known = expense.categories(source, month, unit).column("category").to_pylist()
asked, labels = urlstate.value("category"), ("unit_id_label", "category_label")
left, right = st.columns([1, 1], gap="small")
with left:
    by_cap = (labels, "cap_usage_rate", text, ("category", "unit_id"), asked, "projected_cap_usage_rate")
    chart(view, "fullest", fullest, lambda: charts.usage(fullest, *by_cap), clicked="category")
with right:
    chart(view, "flow", steps, lambda: charts.flow(steps, "label", "step_amount", "start_amount", text))

with card(view, "usage"):
    with st.container(horizontal=True, key="filters_usage"):
        category = choose(view, "category", known, view.words.category, "filters.all_categories")
    ahead = ("projected_claimed_amount", "projected_cap_usage_rate", "projected_budget_usage_rate")
    rows(view, expense.cap_usage(source, month, unit, category), "usage", hidden=() if view.is_provisional else ahead)
if category:
    with card(view, "lines"):
        outcomes(view, expense.lines(source, month, unit, category), "lines")

clauses = with_words(view, expense.disallowed_by_clause(source, month, unit, category), "clause_id")
clause = urlstate.value("clause") or None
left, right = st.columns([1, 1], gap="small")
with left:
    by_clause = ("label", "disallowed_amount", text, "clause_id", clause)
    drawn = lambda: charts.ranked(clauses, *by_clause, beside="outcome_count")  # noqa: E731
    chart(view, "by_clause", clauses, drawn, clicked="clause")
with right:
    chart(view, "by_month", totals, lambda: charts.months(totals, "spent_amount", text, month, "budget_amount"))
with card(view, "disallowed"):
    with st.container(horizontal=True, key="filters_disallowed"):
        choose(view, "clause", clauses.column("clause_id").to_pylist(), view.words.clause, "filters.all_clauses")
    outcomes(view, expense.disallowed_lines(source, month, unit, category, clause), "disallowed")

with card(view, "cash"):
    tabs = st.tabs([text(f"budget.{name}") for name in ("advances", "bad_debts", "deposits", "misses")])
    frames = (expense.advances_due, expense.bad_debt_shares, expense.late_deposits, expense.money_misses)
    for tab, query, name in zip(tabs, frames, ("advances", "bad_debts", "deposits", "misses"), strict=True):
        with tab:
            outcomes(view, query(source, month, unit), name)

table(view, expense.budget_months(source, month, unit), "months")
table(view, expense.budget_quarters(source, month, unit), "quarters")

"""Budget and caps."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, kept, with_changes
from warehouse.reader import Published


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_expense_lines union select unit_id from marts.fct_budget_months "
        "union select unit_id from marts.fct_budget_quarters union select unit_id from marts.fct_cap_usage_months"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: allowed and disallowed claims, breaches; budget, spending and their ratio of units with an office."""
    names = ["allowed_amount", "disallowed_amount", "budget_use_rate", "breach_count"]
    measures = f"""
        with {SPINE},
        lines as (
            select month, sum(allowed_amount) as allowed_amount, sum(disallowed_amount) as disallowed_amount
            from marts.fct_expense_lines
            where {IN_UNIT}
            group by month
        ),
        budgets as (
            select month, sum(budget_amount) as budget_amount, sum(spent_amount) as spent_amount
            from marts.fct_budget_months
            where {IN_UNIT}
            group by month
        ),
        breaches as (
            select month, count(*) filter (is_cap_breached or is_budget_breached) as breach_count
            from marts.fct_cap_usage_months
            where {IN_UNIT}
            group by month
        ),
        measures as (
            select
                month,
                coalesce(allowed_amount, 0) as allowed_amount,
                coalesce(disallowed_amount, 0) as disallowed_amount,
                budget_amount,
                spent_amount,
                cast(spent_amount as double) / nullif(budget_amount, 0) as budget_use_rate,
                coalesce(breach_count, 0) as breach_count
            from months
            left join lines using (month)
            left join budgets using (month)
            left join breaches using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def cap_usage(published: Published, month: date, unit: str | None) -> pa.Table:
    """Capped and budgeted categories, breaches first, then the fullest."""
    return published.table(
        f"""
        select unit_id, category, is_cap_breached, is_budget_breached, claimed_amount, allowed_amount, cap_amount,
            cap_usage_rate, budget_amount, budget_usage_rate
        from marts.fct_cap_usage_months
        where month = $month and {IN_UNIT}
        order by is_cap_breached or is_budget_breached desc, cap_usage_rate desc nulls last,
            budget_usage_rate desc nulls last, unit_id, category
        """,
        {"month": month, "unit": unit},
    )


@kept
def fullest_caps(published: Published, month: date, unit: str | None) -> pa.Table:
    """The twelve fullest caps."""
    return published.table(
        f"""
        select unit_id, category, cap_usage_rate, is_cap_breached
        from marts.fct_cap_usage_months
        where month = $month and cap_usage_rate is not null and {IN_UNIT}
        order by cap_usage_rate desc, unit_id, category
        limit 12
        """,
        {"month": month, "unit": unit},
    )


@kept
def budget_months(published: Published, month: date, unit: str | None) -> pa.Table:
    """Budget months of units with an office: of one unit all months, of all units the one month."""
    return published.table(
        """
        select unit_id, month, budget_amount, carry_in_amount, spent_amount, saving_amount, carry_out_amount,
            reward_amount, returned_amount, carry_in_used_amount, overspend_amount, is_settled
        from marts.fct_budget_months
        where unit_id = $unit or ($unit::varchar is null and month = $month)
        order by month desc, unit_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def budget_quarters(published: Published, month: date, unit: str | None) -> pa.Table:
    """The quarter of units without an office: of one unit all quarters."""
    return published.table(
        """
        select unit_id, quarter, budget_amount, spent_amount, saving_amount, incentive_amount, returned_amount, is_settled
        from marts.fct_budget_quarters
        where unit_id = $unit or ($unit::varchar is null and quarter = date_trunc('quarter', $month::date))
        order by quarter desc, unit_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def disallowed_lines(published: Published, month: date, unit: str | None) -> pa.Table:
    """Expense lines that were cut, with the first clause that took something; the largest cut first."""
    return published.table(
        """
        select o.outcome_id, l.incurred_on, l.unit_id, l.employee_id, l.claim_id, l.line_no, l.category,
            l.claimed_amount, l.allowed_amount, l.disallowed_amount, l.disallow_clause_id as clause_id
        from marts.fct_expense_lines as l
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'expense_lines'
            and o.source_key = concat_ws('|', l.claim_id, l.line_no)
            and o.clause_id = l.disallow_clause_id
            and o.outcome_type = 'disallowance'
        where l.month = $month and l.disallowed_amount <> 0 and ($unit::varchar is null or l.unit_id = $unit)
        order by l.disallowed_amount desc, l.claim_id, l.line_no
        """,
        {"month": month, "unit": unit},
    )

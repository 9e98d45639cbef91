"""Budget and caps."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, Question, kept, listed, with_changes
from warehouse.reader import Published


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_expense_lines union select unit_id from marts.fct_budget_months "
        "union select unit_id from marts.fct_budget_quarters union select unit_id from marts.fct_cap_usage_months"
    )


# what went beyond its limit: a cap of the month, a budget since January, what an office or a region had to spend
BREACHES = """
    breaches as (
        select month, unit_id, category, 'monthly_cap' as limit_kind,
            claimed_amount as used_amount, cap_amount as limit_amount
        from marts.fct_cap_usage_months
        where is_cap_breached
        union all
        select month, unit_id, category, 'yearly_budget', year_to_date_allowed_amount, year_to_date_budget_amount
        from marts.fct_cap_usage_months
        where is_budget_breached
        union all
        select month, unit_id, null, 'office_month', spent_amount, budget_amount + carry_in_amount
        from marts.fct_budget_months
        where overspend_amount > 0
        union all
        select
            least(cast(q.quarter + interval 2 month as date), cast(date_trunc('month', b.as_of) as date)),
            q.unit_id, null, 'region_quarter', q.spent_amount, q.budget_amount
        from marts.fct_budget_quarters as q
        cross join reference.build as b
        where q.spent_amount > q.budget_amount
    )"""

# days of a month to its days gone by as_of; null once the month is over: nothing is projected then
PACE = """
    pace as (
        select case
            when as_of >= $month and as_of < last_day($month::date)
                then cast(day(last_day($month::date)) as decimal(18, 6)) / day(as_of)
        end as pace
        from reference.build
    )"""


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: breaches, overspend, claims allowed and cut, what advances left open, budget use of units with an office."""
    names = [
        "breach_count", "overspend_amount", "budget_use_rate", "allowed_amount", "disallowed_amount", "overdue_amount"
    ]  # fmt: skip
    measures = f"""
        with {SPINE}, {BREACHES},
        lines as (
            select month, sum(allowed_amount) as allowed_amount, sum(disallowed_amount) as disallowed_amount
            from marts.fct_expense_lines
            where {IN_UNIT}
            group by month
        ),
        budgets as (
            select month, sum(budget_amount) as budget_amount, sum(spent_amount) as spent_amount,
                sum(overspend_amount) as overspend_amount
            from marts.fct_budget_months
            where {IN_UNIT}
            group by month
        ),
        broken as (
            select month, count(*) as breach_count
            from breaches
            where {IN_UNIT}
            group by month
        ),
        advances as (
            select cast(date_trunc('month', due_on) as date) as month, sum(overdue_amount) as overdue_amount
            from marts.fct_cash_advances
            where {IN_UNIT}
            group by 1
        ),
        measures as (
            select
                month,
                coalesce(breach_count, 0) as breach_count,
                coalesce(overspend_amount, 0) as overspend_amount,
                budget_amount,
                spent_amount,
                cast(spent_amount as double) / nullif(budget_amount, 0) as budget_use_rate,
                coalesce(allowed_amount, 0) as allowed_amount,
                coalesce(disallowed_amount, 0) as disallowed_amount,
                coalesce(overdue_amount, 0) as overdue_amount
            from months
            left join lines using (month)
            left join budgets using (month)
            left join broken using (month)
            left join advances using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def breaches(published: Published, month: date, unit: str | None) -> pa.Table:
    """Every limit that the month went beyond, the largest excess first."""
    return published.table(
        f"""
        with {BREACHES}
        select unit_id, category, limit_kind, used_amount, limit_amount, used_amount - limit_amount as over_amount,
            cast(used_amount as double) / nullif(limit_amount, 0) as usage_rate
        from breaches
        where month = $month and {IN_UNIT}
        order by over_amount desc, unit_id, category, limit_kind
        """,
        {"month": month, "unit": unit},
    )


@kept
def categories(published: Published, month: date, unit: str | None) -> pa.Table:
    """The categories that a month spent in, or has a limit for."""
    return published.table(
        f"""
        select category from marts.fct_cap_usage_months where month = $month and {IN_UNIT}
        union
        select category from marts.fct_expense_lines where month = $month and {IN_UNIT}
        order by category
        """,
        {"month": month, "unit": unit},
    )


@kept
def cap_usage(published: Published, month: date, unit: str | None, category: str | None) -> pa.Table:
    """Capped and budgeted categories, breaches first, then the fullest; projected_… to the month's end, at its pace so far."""
    return published.table(
        f"""
        with {PACE}
        select unit_id, category, is_cap_breached, is_budget_breached, claimed_amount, allowed_amount, cap_amount,
            cap_usage_rate, cast(claimed_amount * pace as decimal(18, 2)) as projected_claimed_amount,
            cap_usage_rate * pace as projected_cap_usage_rate,
            budget_amount, budget_usage_rate, budget_usage_rate * pace as projected_budget_usage_rate,
            year_to_date_allowed_amount, year_to_date_budget_amount
        from marts.fct_cap_usage_months
        cross join pace
        where month = $month and {IN_UNIT} and ($category::varchar is null or category = $category)
        order by is_cap_breached or is_budget_breached desc, cap_usage_rate desc nulls last,
            budget_usage_rate desc nulls last, unit_id, category
        """,
        {"month": month, "unit": unit, "category": category},
    )


@kept
def fullest_caps(published: Published, month: date, unit: str | None) -> pa.Table:
    """The twelve fullest caps and, while the month runs, where their pace leads."""
    return published.table(
        f"""
        with {PACE}
        select unit_id, category, cap_usage_rate, cap_usage_rate * pace as projected_cap_usage_rate, is_cap_breached
        from marts.fct_cap_usage_months
        cross join pace
        where month = $month and cap_usage_rate is not null and {IN_UNIT}
        order by cap_usage_rate desc, unit_id, category
        limit 12
        """,
        {"month": month, "unit": unit},
    )


@listed
def lines(month: date, unit: str | None, category: str) -> Question:
    """The expense lines of a category, each with what the rules made of it: the clause that cut it, else another outcome."""
    return (
        """
        with judged as (
            select
                concat_ws('|', l.claim_id, l.line_no) as line_key,
                o.outcome_id, o.clause_id, o.outcome_type,
                row_number() over (
                    partition by l.claim_id, l.line_no
                    order by o.clause_id = l.disallow_clause_id desc, o.outcome_type = 'breach' desc, o.outcome_id
                ) as place
            from marts.fct_expense_lines as l
            inner join marts.fct_rule_outcomes as o
                on o.source_feed = 'expense_lines' and o.source_key = concat_ws('|', l.claim_id, l.line_no)
            where l.month = $month
        )
        select j.outcome_id, l.incurred_on, l.unit_id, l.employee_id, l.claim_id, l.line_no, l.category,
            l.claimed_amount, l.allowed_amount, l.disallowed_amount, j.clause_id, j.outcome_type
        from marts.fct_expense_lines as l
        left join judged as j on j.line_key = concat_ws('|', l.claim_id, l.line_no) and j.place = 1
        where l.month = $month and l.category = $category and ($unit::varchar is null or l.unit_id = $unit)
        order by l.incurred_on, l.claim_id, l.line_no
        """,
        {"month": month, "unit": unit, "category": category},
    )


@kept
def savings(published: Published, month: date, unit: str | None) -> pa.Table:
    """How the month's budget was used, a row a step: what there was, what was spent, what became of the rest.

    Of offices the month; of a region that is chosen the quarter. ``start_amount`` is where a step's bar begins; steps of
    nothing are left out; ``open_amount`` is the saving of a month that has not ended.
    """
    return published.table(
        f"""
        with used as (
            select budget_amount, carry_in_used_amount, overspend_amount, spent_amount, saving_amount,
                carry_out_amount, reward_amount, returned_amount
            from marts.fct_budget_months
            where month = $month and {IN_UNIT}
            union all
            select budget_amount, 0, greatest(spent_amount - budget_amount, 0), spent_amount, saving_amount,
                0, incentive_amount, returned_amount
            from marts.fct_budget_quarters
            where unit_id = $unit and quarter = date_trunc('quarter', $month::date)
        ),
        summed as (
            select sum(budget_amount) as budget, sum(carry_in_used_amount) as carried_in,
                sum(overspend_amount) as overspend, sum(spent_amount) as spent, sum(saving_amount) as saving,
                sum(carry_out_amount) as carried, sum(reward_amount) as rewarded, sum(returned_amount) as returned
            from used
            having count(*) > 0
        ),
        steps as (
            select unnest([
                {{'place': 1, 'step': 'budget_amount', 'step_amount': budget, 'start_amount': 0}},
                {{'place': 2, 'step': 'carry_in_used_amount', 'step_amount': carried_in, 'start_amount': budget}},
                {{'place': 3, 'step': 'overspend_amount', 'step_amount': overspend, 'start_amount': budget + carried_in}},
                {{'place': 4, 'step': 'spent_amount', 'step_amount': spent, 'start_amount': saving}},
                {{'place': 5, 'step': 'saving_amount', 'step_amount': saving, 'start_amount': 0}},
                {{'place': 6, 'step': 'carry_out_amount', 'step_amount': carried, 'start_amount': saving - carried}},
                {{'place': 7, 'step': 'reward_amount', 'step_amount': rewarded, 'start_amount': saving - carried - rewarded}},
                {{'place': 8, 'step': 'returned_amount', 'step_amount': returned,
                    'start_amount': saving - carried - rewarded - returned}},
                {{'place': 9, 'step': 'open_amount', 'step_amount': saving - carried - rewarded - returned,
                    'start_amount': 0}}
            ], recursive := true)
            from summed
        )
        select step, step_amount, start_amount
        from steps
        where step_amount <> 0 or step in ('budget_amount', 'spent_amount', 'saving_amount')
        order by place
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
def disallowed_by_clause(published: Published, month: date, unit: str | None, category: str | None) -> pa.Table:
    """What each clause cut, the largest first; all clauses together are what was disallowed."""
    return published.table(
        """
        select o.clause_id, count(*) as outcome_count, sum(o.amount) as disallowed_amount
        from marts.fct_rule_outcomes as o
        inner join marts.fct_expense_lines as l on concat_ws('|', l.claim_id, l.line_no) = o.source_key
        where o.source_feed = 'expense_lines' and o.outcome_type = 'disallowance' and l.month = $month
            and ($unit::varchar is null or l.unit_id = $unit)
            and ($category::varchar is null or l.category = $category)
        group by o.clause_id
        having sum(o.amount) <> 0
        order by disallowed_amount desc, o.clause_id
        """,
        {"month": month, "unit": unit, "category": category},
    )


@listed
def disallowed_lines(month: date, unit: str | None, category: str | None, clause: str | None) -> Question:
    """Expense lines that were cut, with the first clause that took something (or the one asked for); the largest cut first."""
    return (
        """
        select o.outcome_id, l.incurred_on, l.unit_id, l.employee_id, l.claim_id, l.line_no, l.category,
            l.claimed_amount, l.allowed_amount, l.disallowed_amount, o.clause_id
        from marts.fct_expense_lines as l
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'expense_lines'
            and o.source_key = concat_ws('|', l.claim_id, l.line_no)
            and o.clause_id = coalesce($clause, l.disallow_clause_id)
            and o.outcome_type = 'disallowance'
        where l.month = $month and l.disallowed_amount <> 0
            and ($unit::varchar is null or l.unit_id = $unit)
            and ($category::varchar is null or l.category = $category)
            and ($clause::varchar is null or o.amount <> 0)
        order by l.disallowed_amount desc, l.claim_id, l.line_no
        """,
        {"month": month, "unit": unit, "category": category, "clause": clause},
    )


@kept
def advances_due(published: Published, month: date, unit: str | None) -> pa.Table:
    """Advances that fell due in the month and were not repaid in full by then; the outcome is what wages give back."""
    return published.table(
        """
        select o.outcome_id, a.due_on, a.unit_id, a.employee_id, a.advance_id, a.borrowed_on,
            a.amount, a.repaid_by_due_amount, a.overdue_amount, a.status as advance_status
        from marts.fct_cash_advances as a
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'cash_advances' and o.source_key = a.advance_id and o.outcome_type = 'advance_recovery'
        where a.due_on between $month and last_day($month::date) and a.status <> 'repaid'
            and ($unit::varchar is null or a.unit_id = $unit)
        order by a.due_on, a.advance_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def bad_debt_shares(published: Published, month: date, unit: str | None) -> pa.Table:
    """Who bears the bad debts confirmed in the month, and as what."""
    return published.table(
        """
        with shares as (
            select *, row_number() over (partition by bad_debt_id, employee_id order by share_amount, bearer_role) as place
            from marts.fct_bad_debt_shares
        ),
        liabilities as (
            select *, row_number() over (partition by source_key, subject_id order by amount, outcome_id) as place
            from marts.fct_rule_outcomes
            where source_feed = 'bad_debts' and outcome_type = 'liability'
        )
        select o.outcome_id, o.occurred_on, s.bad_debt_id, o.unit_id, s.employee_id, s.bearer_role, s.share_amount,
            o.effective_amount
        from shares as s
        inner join liabilities as o
            on o.source_key = s.bad_debt_id and o.subject_id = s.employee_id and o.place = s.place
        where o.month = $month and ($unit::varchar is null or o.unit_id = $unit)
        order by o.occurred_on, s.bad_debt_id, s.share_amount desc, s.employee_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def late_deposits(published: Published, month: date, unit: str | None) -> pa.Table:
    """Receipts that were not in the bank in time, the latest day first."""
    return published.table(
        """
        select o.outcome_id, r.due_at, r.deposited_at, o.unit_id, r.receipt_id, r.received_at, r.amount, o.clause_id
        from marts.fct_rule_outcomes as o
        inner join marts.fct_receipt_deposits as r on r.receipt_id = o.source_key
        where o.source_feed = 'receipts' and o.month = $month and ($unit::varchar is null or o.unit_id = $unit)
        order by r.due_at, r.receipt_id
        """,
        {"month": month, "unit": unit},
    )


@listed
def money_misses(month: date, unit: str | None) -> Question:
    """What else went against the rules of money: credit, accounts, approvals of advances, claims sent in late."""
    return (
        f"""
        select outcome_id, occurred_on, unit_id, case when subject_type = 'employee' then subject_id end as employee_id,
            clause_id, flag, source_feed, source_key
        from marts.fct_rule_outcomes
        where outcome_type = 'miss' and month = $month and {IN_UNIT}
            and source_feed in ('receivables', 'account_transactions', 'cash_advances', 'expense_lines')
        order by occurred_on, clause_id, outcome_id
        """,
        {"month": month, "unit": unit},
    )

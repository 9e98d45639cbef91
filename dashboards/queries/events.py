"""Weddings: milestones and sales targets."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import FIRST, IN_UNIT, SPINE, Question, kept, listed, with_changes
from warehouse.reader import Published

STATUSES = ("done_on_time", "done_late", "overdue", "pending")
MOST_WEDDINGS = 12  # in the grid: the next ones


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_event_tasks union select unit_id from marts.fct_sales_target_months"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: weddings held, milestones by the month in which they are due, contracts signed against the targets."""
    names = ["weddings", "milestone_on_time_rate", "late_count", "overdue_count", "signed_amount", "attainment_rate"]
    measures = f"""
        with {SPINE},
        weddings as (
            select cast(date_trunc('month', event_at) as date) as month, count(distinct contract_id) as weddings
            from marts.fct_event_tasks
            where {IN_UNIT}
            group by 1
        ),
        milestones as (
            select
                cast(date_trunc('month', due_at) as date) as month,
                avg(cast(status = 'done_on_time' as integer)) filter (status <> 'pending') as milestone_on_time_rate,
                count(*) filter (status = 'done_late') as late_count,
                count(*) filter (status = 'overdue') as overdue_count
            from marts.fct_event_tasks
            where {IN_UNIT}
            group by 1
        ),
        sales as (
            select
                month,
                sum(signed_amount) as signed_amount,
                sum(signed_amount) filter (target_amount is not null) / nullif(sum(target_amount), 0) as attainment_rate
            from marts.fct_sales_target_months
            where {IN_UNIT}
            group by month
        ),
        measures as (
            select month, coalesce(weddings, 0) as weddings, milestone_on_time_rate, coalesce(late_count, 0) as late_count,
                coalesce(overdue_count, 0) as overdue_count, coalesce(signed_amount, 0) as signed_amount, attainment_rate
            from months
            left join weddings using (month)
            left join milestones using (month)
            left join sales using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def coming(published: Published, unit: str | None, language: str) -> pa.Table:
    """The milestones of the weddings from as_of on as cells: weddings down by their day, milestones across as they fall
    due."""
    return published.table(
        f"""
        with coming as (
            select t.*, dense_rank() over (order by t.event_at, t.contract_id) as wedding_no
            from marts.fct_event_tasks as t
            cross join reference.build as b
            where cast(t.event_at as date) >= b.as_of and ($unit::varchar is null or t.unit_id = $unit)
        ),
        steps as (
            select task_code,
                row_number() over (order by avg(epoch(due_at) - epoch(event_at)), task_code) as step_no
            from marts.fct_event_tasks
            group by task_code
        )
        select c.contract_id as code, c.contract_id as label, c.event_at as label_at, s.step_no as place,
            coalesce(case when $language = 'zh' then l.label_zh else l.label_en end, c.task_code) as column,
            s.step_no as column_place, c.status, c.due_at, c.done_at
        from coming as c
        inner join steps as s on s.task_code = c.task_code
        left join reference.labels as l on l.kind = 'event_task' and l.code = c.task_code
        where c.wedding_no <= {MOST_WEDDINGS}
        order by c.wedding_no, s.step_no
        """,
        {"unit": unit, "language": language},
    )


@kept
def people(published: Published, unit: str | None) -> pa.Table:
    """Who answers for a milestone, and the contracts that have one open or to come."""
    return published.table(
        f"select distinct employee_id, contract_id from marts.fct_event_tasks where {IN_UNIT} order by all",
        {"unit": unit},
    )


def _milestones(where: str, days_left: str = "") -> str:
    return f"""
        with milestones as (
            select *
            from marts.fct_event_tasks as t
            where {where} and ($unit::varchar is null or t.unit_id = $unit)
                and ($person::varchar is null or t.employee_id = $person)
            order by t.due_at, t.contract_id, t.task_code
            {FIRST}
        )
        select o.outcome_id, t.due_at, {days_left} t.contract_id, t.task_code, t.status as event_task_status,
            t.done_at, t.employee_id, t.event_at, t.clause_id, t.unit_id
        from milestones as t
        cross join reference.build as b
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'fct_event_tasks' and o.source_key = t.contract_id || '|' || t.task_code
        order by t.due_at, t.contract_id, t.task_code"""


@listed
def to_do(unit: str | None, person: str | None, contract: str | None) -> Question:
    """What is overdue or still due, by due date; of one contract everything, done or not."""
    return (
        _milestones(
            "($contract::varchar is null and t.status in ('overdue', 'pending') or t.contract_id = $contract)",
            "date_diff('day', b.as_of, cast(t.due_at as date)) as days_left,",
        ),
        {"unit": unit, "person": person, "contract": contract},
    )


@listed
def late(month: date, unit: str | None, person: str | None) -> Question:
    """Milestones due in the month that were done late or not at all."""
    return (
        _milestones(
            "t.status in ('done_late', 'overdue') and t.due_at >= $month and t.due_at < $month::date + interval 1 month"
        ),
        {"month": month, "unit": unit, "person": person},
    )


@listed
def long_lunches(month: date, unit: str | None) -> Question:
    """Lunches of wedding units that were longer than allowed (R5-2), the latest first; why has the times."""
    return (
        f"""
        select outcome_id, occurred_on, subject_id as employee_id, unit_id, clause_id
        from marts.fct_rule_outcomes
        where clause_id = 'R5-2' and outcome_type = 'miss' and month = $month and {IN_UNIT}
        order by occurred_on desc, subject_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def targets(published: Published, month: date, unit: str | None) -> pa.Table:
    """Each employee's contracts of the month against the target, the highest share first."""
    return published.table(
        f"""
        select employee_id, unit_id, contracts_signed, signed_amount, target_amount, attainment_rate
        from marts.fct_sales_target_months
        where month = $month and {IN_UNIT}
        order by attainment_rate desc nulls last, signed_amount desc, employee_id
        """,
        {"month": month, "unit": unit},
    )

"""What the questions of every page share: how answers are kept, the months there are, names for ids and codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import ParamSpec

import pyarrow as pa
import streamlit as st

from warehouse.reader import Published

P = ParamSpec("P")


def kept(query: Callable[P, pa.Table]) -> Callable[P, pa.Table]:
    """Keep the answers: a version never changes, so its path and the parameters are the key."""
    keeping = st.cache_data(max_entries=300, show_spinner=False, hash_funcs={Published: lambda p: str(p.path)})(query)
    return wraps(query)(keeping)


SEEN = """
    seen as (
        select month from marts.fct_rule_outcomes
        union select month from marts.fct_attendance_months
        union select month from marts.fct_cap_usage_months
        union select month from marts.fct_budget_months
        union select month from marts.fct_conversion_months
        union select month from marts.fct_funnel_months
        union select month from marts.fct_operator_months
        union select month from marts.fct_callback_months
        where month <= (select as_of from reference.build)
    )"""
SPINE = f"""{SEEN},
    months as (
        select cast(unnest(generate_series(min(month), max(month), interval 1 month)) as date) as month from seen
    )"""
IN_UNIT = "($unit::varchar is null or unit_id = $unit)"
TAKEN = "('fine', 'wage_deduction', 'bonus_forfeit', 'compensation')"


def with_changes(measures: str, names: list[str]) -> str:
    """The measures by month, each with its difference from the month before."""
    changes = ", ".join(f"{n} - lag({n}) over (order by month) as {n}_change" for n in names)
    return f"{measures} select *, {changes} from measures order by month"


@kept
def build(published: Published) -> pa.Table:
    """One row: as_of and the first date of any log; as_of null when nothing was logged."""
    return published.table("select as_of, first_on from reference.build")


@kept
def months(published: Published) -> pa.Table:
    """The months that have something to show, latest first; provisional ones are not over by as_of."""
    return published.table(
        f"with {SEEN} select month, last_day(month) > (select as_of from reference.build) as is_provisional "
        "from seen where month is not null order by month desc"
    )


@kept
def units(published: Published) -> pa.Table:
    return published.table("select unit_id, unit_name, unit_type from reference.units order by unit_id")


@kept
def people(published: Published) -> pa.Table:
    """Everybody's latest name."""
    return published.table(
        "select employee_id, arg_max(employee_name, valid_from) as employee_name from reference.employees group by 1"
    )


@kept
def clauses(published: Published) -> pa.Table:
    return published.table("select clause_id, label_zh, label_en from reference.clauses")


@kept
def labels(published: Published) -> pa.Table:
    return published.table(
        "select kind, code, label_zh, label_en from reference.labels "
        "union all select 'position', position, label_zh, label_en from reference.positions"
    )


@kept
def versions_in_force(published: Published, month: date, rule_sets: list[str]) -> pa.Table:
    """The versions of the rule sets that are in force on some day of a month, oldest first."""
    return published.table(
        """
        select rule_version
        from reference.rule_versions
        where list_contains($rule_sets, rule_set) and valid_from <= last_day($month::date)
            and (valid_to is null or valid_to > $month)
        order by length(rule_set), rule_set, valid_from
        """,
        {"month": month, "rule_sets": rule_sets},
    )


@kept
def rows_in_quarantine(published: Published, feeds: list[str]) -> pa.Table:
    """One row: how many rows of these feeds were refused and are not mended yet."""
    return published.table(
        "select count(distinct (load_id, source_row)) as open_rows from quality.quarantine "
        "where is_open and list_contains($feeds, feed)",
        {"feeds": feeds},
    )

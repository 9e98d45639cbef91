"""What the questions of every page share: how answers are kept, the months there are, names for ids and codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial, wraps
from typing import Any, ParamSpec

import pyarrow as pa
import streamlit as st

from warehouse.reader import Published

P = ParamSpec("P")


MOST_SENT = 500  # rows of a list that a browser is sent: nobody reads on after so many, and a page waits for them all


def kept(query: Callable[P, pa.Table]) -> Callable[P, pa.Table]:
    """Keep the answers: a version never changes, so its path and the parameters are the key. A table never changes
    either: every visitor of a scope is given the same one."""
    keeping = st.cache_resource(max_entries=150, show_spinner=False, hash_funcs={Published: lambda p: str(p.path)})(
        query
    )
    return wraps(query)(keeping)


@dataclass(frozen=True)
class Listing:
    """A list that may be long.

    Attributes:
        first: what a page shows of it, MOST_SENT rows at most.
        row_count: of the whole.
        whole: asks for all of it, for a download.
    """

    first: pa.Table
    row_count: int
    whole: Callable[[], pa.Table]

    @classmethod
    def of(cls, found: pa.Table | Listing) -> Listing:
        if isinstance(found, Listing):
            return found
        return cls(found.slice(0, MOST_SENT), found.num_rows, lambda: found)


Question = tuple[str, dict[str, Any]]
FIRST = "/* first rows */"  # stands in a question where its rows are in order, before what they are joined with is looked for


def listed(ask: Callable[P, Question]) -> Callable[..., Listing]:
    """A question whose answer may be long: its first rows are fetched and kept, all of them only for a download.

    ``ask`` gives SQL, with FIRST where the rows may be cut early, and parameters; the listing's function takes the
    published version before ``ask``'s own arguments.
    """

    @wraps(ask)
    def listing(published: Published, *args: P.args, **kwargs: P.kwargs) -> Listing:
        sql, parameters = ask(*args, **kwargs)
        first = _first_rows(published, sql, parameters)
        if first.num_rows <= MOST_SENT:
            return Listing(first, first.num_rows, lambda: first)
        count = _row_count(published, sql, parameters).column(0)[0].as_py()
        return Listing(first.slice(0, MOST_SENT), count, partial(published.table, sql, parameters))

    return listing


@kept
def _first_rows(published: Published, sql: str, parameters: dict[str, Any]) -> pa.Table:
    """One row more than is shown: whether there are more."""
    cut = f"limit {MOST_SENT + 1}"
    return published.table(f"{sql.replace(FIRST, cut)} {cut}", parameters)


@kept
def _row_count(published: Published, sql: str, parameters: dict[str, Any]) -> pa.Table:
    return published.table(f"select count(*) from ({sql})", parameters)


# what has something to show in a month; callbacks that are owed after as_of have not
MONTHLY = (
    *(f"select month from marts.{mart}" for mart in (
        "fct_rule_outcomes", "fct_attendance_months", "fct_cap_usage_months", "fct_budget_months",
        "fct_conversion_months", "fct_funnel_months", "fct_operator_months",
    )),
    "select month from marts.fct_callback_months where month <= (select as_of from reference.build)",
)  # fmt: skip
SEEN = f"seen as ({' union '.join(MONTHLY)})"
# from the first month to the last one, whether or not something happened; ends are found faster than every month
SPINE = f"""
    ends as (
        {" union all ".join(f"select min(month) as first, max(month) as last from ({m})" for m in MONTHLY)}
    ),
    months as (
        select cast(unnest(generate_series(min(first), max(last), interval 1 month)) as date) as month from ends
    )"""
# a night belongs to one day in the log and may be another's in the ledger: which part of the ledger to look in
NEAR_MONTH = "o.month between $month::date - interval 1 month and $month::date + interval 1 month"
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

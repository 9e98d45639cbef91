"""Boundaries of the rulebook that are the same in all feeds, and the working days of a year."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from ingest.loading import open_store
from tests.boundaries import broken_as_of, wrong_as_of, wrong_days
from tests.compiled import Compiled, build, connect
from warehouse.home import Home
from warehouse.rules import read_rules


@pytest.fixture(scope="module")
def empty(compiled: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every model built on a store without a row."""
    home = Home(tmp_path_factory.mktemp("empty")).create()
    open_store(home).close()
    with connect(home.store, read_rules(), None) as connection:
        build(connection, compiled)
        yield connection


def test_the_last_moment_of_as_of_is_known_and_the_first_one_after_it_is_not_in_any_feed(
    empty: duckdb.DuckDBPyConnection, compiled: Compiled
) -> None:
    feeds = [name.removeprefix("stg_") for name in compiled.models if name.startswith("stg_")]
    assert [problem for feed in feeds for problem in broken_as_of(empty, compiled, feed)] == []


def test_a_feed_that_knows_a_second_too_much_or_a_day_too_little_is_seen(
    empty: duckdb.DuckDBPyConnection, compiled: Compiled
) -> None:
    punches, lines = (compiled.models[name].sql for name in ("stg_punches", "stg_expense_lines"))
    later = punches.replace("interval 1 day", "interval 1 day + interval 1 second")
    assert later != punches
    assert broken_as_of(empty, compiled, "punches", later)
    assert broken_as_of(empty, compiled, "expense_lines", lines.replace("submitted_on <=", "submitted_on <"))


def test_saturdays_work_sundays_rest_and_announced_days_and_a_unit_s_own_come_before_both(
    empty: duckdb.DuckDBPyConnection, compiled: Compiled
) -> None:
    assert wrong_days(empty, compiled) == []


def test_a_calendar_without_make_up_days_is_seen(empty: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    sql = compiled.models["int_calendar_days"].sql
    without = sql.replace("coalesce(h.is_working_day, not w.is_weekly_rest)", "not w.is_weekly_rest")
    assert without != sql
    assert "as of 2026-03-31, CO 2026-01-04: False" in wrong_days(empty, compiled, without)


def test_as_of_is_the_last_day_on_which_anything_happened_in_any_log_and_never_a_planned_one(
    empty: duckdb.DuckDBPyConnection, compiled: Compiled
) -> None:
    assert wrong_as_of(empty, compiled) == []


def test_an_as_of_that_forgets_a_column_is_seen(empty: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    sql = compiled.models["int_as_of"].sql
    without = sql.replace("max(cast(resolved_at as date))", "max(cast(opened_at as date))")
    assert without != sql
    assert wrong_as_of(empty, compiled, without) == ["work_orders: resolved_at"]

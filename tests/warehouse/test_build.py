"""A build publishes all or nothing."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.events.types import SQLQuery
from dbt_common.events import base_types, event_manager_client
from dbt_common.events.base_types import EventLevel
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

import warehouse.build
from ingest.problems import Problem
from tests.compare import GOLDEN, every_mart, moved
from tests.conftest import built_home
from warehouse import dbt_child
from warehouse.build import build, run_dbt
from warehouse.home import Home, Settings
from warehouse.publish import current

AS_OF = date(2026, 4, 30)


def _rebuild(home: Home) -> None:
    with home.lock("test") as lock:
        build(home, Settings(), AS_OF, lock)


@pytest.fixture
def copied(money: Home, tmp_path: Path) -> Home:
    """A home of its own that starts as the golden set `money`."""
    shutil.copytree(money.root, tmp_path / "home", ignore=shutil.ignore_patterns("work.duckdb", "pub.duckdb"))
    return Home(tmp_path / "home")


def test_without_any_log_there_is_nothing_to_build(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    with pytest.raises(Problem, match="zhidu ingest") as problem:
        _rebuild(home)
    assert problem.value.exit_code == 2


def test_building_twice_changes_nothing_and_tells_what_is_being_built(copied: Home) -> None:
    before = every_mart(copied)
    told: list[str] = []
    with copied.lock("test") as lock:
        build(copied, Settings(), AS_OF, lock, lambda what, done, total: told.append(what))
    assert moved(before, every_mart(copied)) == []
    assert {"stg_punches", "int_outcomes", "fct_rule_outcomes"} <= set(told)


def test_every_mart_is_published_with_words_for_itself_and_each_column(money: Home) -> None:
    with duckdb.connect(str(money.published / current(money).file), read_only=True) as connection:
        marts = connection.execute("select table_name, comment from duckdb_tables() where schema_name = 'marts'")
        assert [name for name, comment in marts.fetchall() if not comment] == []
        columns = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    assert columns
    assert [(table, column) for table, column, comment in columns if not comment] == []


def test_what_dbt_says_outside_of_a_model_is_told(copied: Home) -> None:
    run = run_dbt(copied, ["parse", "--target", "nowhere"], Settings())
    assert not run.succeeded
    assert "nowhere" in "\n".join(run.errors)


def test_of_dbts_events_those_that_are_told_or_warn_become_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_manager_client, "_EVENT_MANAGER", None)  # put back at the end
    dbt_child._listen_to_what_is_told()
    heard: list[str] = []
    event_manager_client.add_callback_to_manager(lambda message: heard.append(message.info.msg))
    for level in (EventLevel.DEBUG, EventLevel.INFO, EventLevel.WARN, EventLevel.ERROR):
        fire_event(Note(msg=level.value), level=level)
    assert heard == ["warn", "error"]


def test_a_failing_test_publishes_nothing_and_names_itself(copied: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    version = current(copied)
    # a clause without words could not be explained: the ledger's test refuses it
    broken = copied.root / "rules" / "clauses"
    broken.mkdir(parents=True)
    seeded = (warehouse.build.CHECKOUT / "seeds" / "rules" / "clauses" / "r04_expense.csv").read_text(encoding="utf-8")
    kept = [line for line in seeded.splitlines(keepends=True) if not line.startswith("R4-8.6,")]
    (broken / "r04_expense.csv").write_text("".join(kept), encoding="utf-8")
    with pytest.raises(Problem, match="every_outcome_has_a_clause") as problem:
        _rebuild(copied)
    assert problem.value.exit_code == 1
    assert current(copied) == version


def test_a_wrong_rule_table_stops_the_build_before_it_starts(copied: Home) -> None:
    version = current(copied)
    (copied.root / "rules").mkdir()
    (copied.root / "rules" / "scope.csv").write_text("rule_set,unit_type\n", encoding="utf-8")
    with pytest.raises(Problem, match="scope.csv") as problem:
        _rebuild(copied)
    assert problem.value.exit_code == 2
    assert current(copied) == version


def test_messages_that_are_filled_directly_are_those_that_dbt_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    # when dbt_common no longer fills them by way of JSON, neither this nor what it tests is needed
    fields = {
        "conn_name": "model.zhidu.x",
        "sql": "select 1",
        "node_info": {"node_name": "x", "meta": {"grain": ["a"]}},
    }
    by_json: list[object] = []
    original = base_types.ParseDict
    monkeypatch.setattr(base_types, "ParseDict", lambda d, m: by_json.append(d) or original(d, m))
    expected = SQLQuery(**fields).pb_msg
    assert len(by_json) == 1
    dbt_child._fill_messages_directly()
    assert SQLQuery(**fields).pb_msg == expected
    assert len(by_json) == 1, "dbt's slow way was taken"
    assert base_types.msg_from_base_event(Note(msg="words")).info.msg == "words"
    assert len(by_json) == 2, "a time as text is only taken dbt's way"


@pytest.mark.parametrize(("name", "as_of"), [("people", "2026-04-08"), ("money", "2026-04-30")])
def test_the_order_of_the_rows_changes_nothing_in_any_mart(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, as_of: str
) -> None:
    turned = tmp_path / "inputs"
    turned.mkdir()
    for path in (GOLDEN / name / "inputs").glob("*.csv"):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        (turned / path.name).write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    found = every_mart(built_home(tmp_path / "home", turned, as_of), leave_out={"source_row"})
    assert moved(every_mart(request.getfixturevalue(name), leave_out={"source_row"}), found) == []

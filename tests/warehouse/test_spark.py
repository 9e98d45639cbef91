"""What the build on Spark does on this side: what it writes for Spark, what it takes back, what it says. No server needed.

Whether Spark makes the same of it: ``make parity``.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from ingest.problems import Problem
from tests.parity.compare import compare_relations
from warehouse.dbt_child import PROJECT
from warehouse.home import Home, Settings
from warehouse.rules import Rules, read_rules
from warehouse.spark import SESSION, SOURCES, Place, connect, export, fetch, scratch
from warehouse.spark_child import keep_ansi


@pytest.fixture
def home(people: Home, tmp_path: Path) -> Home:
    """The golden set `people`, loaded, in a home of its own."""
    home = Home(tmp_path / "home").create()
    shutil.copyfile(people.store, home.store)
    return home


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules()


def _place(home: Home) -> Place:
    folder = scratch(home)
    return Place("zhidu", folder, folder / "tables" / "a", "zhidu test")


def _written(home: Home, rules: Rules, full: bool = False) -> dict[str, int]:
    """How many files an export writes, by table; only those of which any was written."""
    exported = export(home, Settings(), _place(home), rules, date(2026, 4, 8), full)
    return {f"{e.schema}.{e.name}": e.written for e in exported if e.written}


def test_what_is_exported_are_the_rows_as_they_are(home: Home, rules: Rules) -> None:
    exported = export(home, Settings(), _place(home), rules, date(2026, 4, 8))
    assert {e.schema for e in exported} == set(SOURCES)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home.store}' as store (read_only)")
        for table in (e for e in exported if e.schema != "rules"):
            parquet = f"read_parquet('{table.folder}/*/*.parquet', hive_partitioning = false)"
            assert not compare_relations(
                connection, table.name, f"store.{table.schema}.{table.name}", parquet
            ).differences
    months = {p.parent.name for e in exported if e.name == "punches" for p in e.folder.rglob("*.parquet")}
    assert months == {"export_month=2026-03", "export_month=2026-04"}


def test_only_a_month_whose_rows_changed_is_exported_again(home: Home, rules: Rules) -> None:
    assert _written(home, rules)["raw.punches"] == 2
    assert _written(home, rules) == {}
    with duckdb.connect(str(home.store)) as store:
        store.execute(
            "update raw.punches set device_id = 'other' where punched_at = (select max(punched_at) from raw.punches)"
        )
    assert _written(home, rules) == {"raw.punches": 1}
    with duckdb.connect(str(home.store)) as store:
        store.execute("delete from raw.punches where punched_at < '2026-04-01'")
    assert _written(home, rules) == {}
    assert len(list((scratch(home) / "logs" / "raw" / "punches").rglob("*"))) == 2  # the folder of March is gone
    assert _written(home, rules, full=True)["raw.punches"] == 1


@pytest.mark.parametrize(
    ("before", "after"), [("null, 'a'", "'a', null"), ("'', null", "null, ''"), ("'a', 'b'", "'b', 'a'")]
)
def test_values_that_change_places_are_a_change(home: Home, rules: Rules, before: str, after: str) -> None:
    for values in (before, after):
        with duckdb.connect(str(home.store)) as store:
            store.execute("delete from raw.key_dates")
            store.execute(f"insert into raw.key_dates (key_date, unit_id, name) values ('2026-03-01', {values})")
        assert _written(home, rules).get("raw.key_dates") == 1


def test_a_table_that_breaks_its_contract_is_not_brought_back(home: Home) -> None:
    place = _place(home)
    columns = {"a": {"name": "a", "data_type": "bigint", "description": "It's a."}}
    model = {
        "resource_type": "model",
        "name": "fct_a",
        "description": "One row per 'a'.",
        "config": {"schema": "marts", "contract": {"enforced": True}},
        "columns": columns,
    }
    (scratch(home) / "target").mkdir(parents=True)
    (scratch(home) / "target" / "manifest.json").write_text(json.dumps({"nodes": {"a": model}}))
    made = place.tables / "marts" / "fct_a"
    with pytest.raises(Problem, match="was not finished"):
        fetch(home, Settings(), place)
    made.mkdir(parents=True)
    (made / "_SUCCESS").touch()
    duckdb.sql(f"copy (select cast(1 as integer) as a) to '{made}/part-0.parquet'")
    with pytest.raises(Problem, match="INTEGER.*promised are.*BIGINT"):
        fetch(home, Settings(), place)
    duckdb.sql(f"copy (select cast(1 as bigint) as a) to '{made}/part-0.parquet'")
    with duckdb.connect(str(fetch(home, Settings(), place))) as built:
        assert built.execute("from marts.fct_a").fetchall() == [(1,)]
        formats = "select tags['storage_version'] from duckdb_databases() where not internal"
        assert built.execute(formats).fetchall() == [("v1.2.0+",)]
        assert built.execute("select comment from duckdb_tables()").fetchall() == [("One row per 'a'.",)]
        assert built.execute("select comment from duckdb_columns() where table_name = 'fct_a'").fetchall() == [
            ("It's a.",)
        ]


def test_what_dbt_tells_a_session_is_what_the_export_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt.adapters.spark.connections import SparkCredentials

    monkeypatch.setattr(SparkCredentials, "__post_init__", SparkCredentials.__post_init__)
    keep_ansi()
    target = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))["zhidu"]["outputs"]["spark"]
    told = {key: target[key] for key in ("method", "host", "server_side_parameters")}
    assert SparkCredentials(schema="zhidu", **told).server_side_parameters == SESSION


@pytest.mark.parametrize("address", ["", "spark://host:7077", "sc://", "host:15002"])
def test_without_an_address_it_says_what_to_set(address: str) -> None:
    with pytest.raises(Problem, match="ZHIDU_SPARK_REMOTE=sc://") as caught:
        connect(Settings(spark_remote=address))
    assert caught.value.exit_code == 2


def test_a_server_that_does_not_answer_is_named_without_its_token() -> None:
    with pytest.raises(Problem) as caught:
        connect(Settings(spark_remote="sc://127.0.0.1:9/;token=secret"))
    assert caught.value.exit_code == 1
    assert "127.0.0.1:9" in caught.value.en and "secret" not in caught.value.en + caught.value.zh


@pytest.mark.parametrize(
    ("ours", "theirs", "differences"),
    [
        ("select 1 as a", "select 1 as a", 0),
        ("select 1 as a", "select 2 as a", 2),
        ("select 1 as a from range(2)", "select 1 as a", 1),
        ("select cast(null as int) as a", "select 0 as a", 2),
        ("select 1 as a", "select cast(1 as bigint) as a", 1),
        ("select 1 as a, 2 as b", "select 2 as b, 1 as a", 1),
        ("select timestamp '2026-01-01' as a", "select timestamptz '2026-01-01' as a", 1),
        ("select 0.1::double + 0.2::double as a", "select 0.3::double as a", 2),
    ],
)
def test_the_comparison_of_engines_sees_a_difference(ours: str, theirs: str, differences: int) -> None:
    with duckdb.connect() as connection:
        assert compare_relations(connection, "a", f"({ours})", f"({theirs})").differences == differences

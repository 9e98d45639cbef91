"""SQL from people reaches the published tables and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from ingest.problems import Problem
from warehouse.sandbox import run


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sandbox") / "wh.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create table marts.fct as select 1 as a, '甲' as b")
        connection.execute("create schema reference; create schema quality")
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "select * from marts.fct",
        "select * from fct",
        "with x as (select a from fct) select * from x",
        "with recursive t(n) as (select 1 union all select n + 1 from t where n < 5) select sum(n) from t",
        "from marts.fct",
        "select * from range(3)",
        "explain select * from fct",
        "select table_name from information_schema.tables",
    ],
)
def test_a_query_on_published_tables_is_answered(path: Path, sql: str) -> None:
    assert run(path, sql).num_rows >= 1


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "copy marts.fct to '/tmp/x.csv'",
        "copy (select 1) to 'wh.duckdb.wal' (format blob)",
        "explain analyze copy (select 1) to '/tmp/x'",
        "explain analyze select 1",
        "attach '/tmp/other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set memory_limit = '100GB'",
        "reset all",
        "pragma database_list",
        "call duckdb_settings()",
        "select * from duckdb_settings()",
        "select * from duckdb_secrets()",
        "select * from duckdb_databases",
        "select current_setting('temp_directory')",
        "select getenv('HOME')",
        "select 1; select 2",
        "create table marts.x as select 1",
        "create temp table x as select 1",
        "insert into marts.fct values (2, 'x')",
        "with x as (insert into marts.fct values (2, 'x') returning *) select * from x",
        "delete from marts.fct",
        "drop table marts.fct",
        "select * from query('select 1')",
        "select * from query_table('marts.fct')",
        "show tables",
        "export database '/tmp/x'",
        "select",
        "",
    ],
)
def test_a_statement_that_reaches_further_is_refused(path: Path, sql: str) -> None:
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(Problem) as problem:
        run(path, sql)
    assert problem.value.exit_code == 2
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from range(1000000000000) as a, range(1000000) as b",
        "select length(repeat('x', 3000000000))",
    ],
)
def test_a_query_without_end_is_ended_and_said_so(path: Path, sql: str) -> None:
    with pytest.raises(Problem):
        run(path, sql, seconds=2, memory_bytes=512 << 20)

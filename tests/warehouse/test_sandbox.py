"""SQL from people reaches the published tables and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from ingest.problems import Problem
from warehouse import sandbox
from warehouse.sandbox import query, run


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
        "select levenshtein(repeat('ab', 50000), repeat('ba', 50000))",
        # these keep the parser itself busy for hours
        "from " + "(" * 9900 + "t" + ")" * 9900,
        "with a as (" * 1600 + "select 1) select 1",
    ],
)
def test_a_query_without_end_is_ended_and_said_so(path: Path, sql: str) -> None:
    with pytest.raises(Problem, match="limits|Memory"):
        run(path, sql, seconds=1, memory_bytes=512 << 20)
    assert run(path, "select a from fct").num_rows == 1


def test_a_statement_nested_too_deeply_is_refused(path: Path) -> None:
    with pytest.raises(Problem, match="nested"):
        run(path, "from " + "(from " * 2800 + "t" + ")" * 2800)


def test_a_long_result_is_cut_at_rows_and_at_bytes_and_says_so(path: Path) -> None:
    whole = query(path, "select * from range(10000)", most_rows=10_000, most_bytes=20 << 20)
    assert (whole.table.num_rows, whole.is_cut) == (10_000, False)
    long = query(path, "select * from range(10001)", most_rows=10_000, most_bytes=20 << 20)
    assert (long.table.num_rows, long.is_cut) == (10_000, True)
    wide = query(path, "select repeat('x', 100_000) from range(1000)", most_rows=10_000, most_bytes=20 << 20)
    assert wide.is_cut and 19 << 20 < wide.table.nbytes <= 20 << 20
    assert query(path, "select * from range(10001)").table.num_rows == 10_001


def test_an_error_in_the_middle_of_a_result_is_an_error(path: Path) -> None:
    with pytest.raises(Problem, match="boom"):
        run(path, "select case when range > 90000 then error('boom') else range end from range(100000)")


def test_a_new_process_takes_over_when_the_one_that_forks_is_gone(path: Path) -> None:
    run(path, "select 1")
    sandbox._nursery._process.kill()
    sandbox._nursery._process.wait()
    assert run(path, "select 1").num_rows == 1

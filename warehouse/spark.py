"""The build on Spark: changed logs out as Parquet, the same models there, the public tables back to be published.

What it needs is a Spark Connect server and a folder that this machine and every executor see under the same path:

* ``<folder>/logs/<schema>/<table>/export_month=2026-03/<digest>.parquet``: what DuckDB holds, for Spark to read. The name
  says what the rows are, so a file is written once and stays until a row of its month changes.
* ``<folder>/tables/<build>/<schema>/<model>/``: what Spark made of it, for DuckDB to read. Gone with the next build.

docs/spark.md says how to run it and what was tested.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import socket
import uuid
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import duckdb
import yaml

from ingest.feeds import FEEDS
from ingest.problems import Problem
from warehouse.build import WITHOUT, Progress, complete_logs, failed, publish_for_people, run_dbt, write_tests
from warehouse.dbt_child import PROJECT
from warehouse.home import Home, Settings
from warehouse.publish import Version
from warehouse.rules import Rules, read_rules, write_rules

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

PORT = 15002  # of Spark Connect, where an address names none
PATIENCE_SECONDS = 5.0
SOURCES = ("raw", "ingest", "rules")
PUBLIC = ("marts", "reference", "quality")
SCHEMAS = (*SOURCES, "staging", "intermediate", *PUBLIC)
PARTITION = "export_month"
UNDATED = "__HIVE_DEFAULT_PARTITION__"
DATED = {"date", "timestamp", "month"}
# the same values whatever the server's own defaults are; for dbt they stand in profiles.yml
SESSION = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
}
SPARK_TYPE = {"VARCHAR": "string", "TIMESTAMP": "timestamp_ntz"}


@dataclass(frozen=True)
class Exported:
    """One table as Parquet.

    Attributes:
        columns: name and DuckDB type, in order.
        written: files that were written now; kept: files whose rows had not changed.
    """

    schema: str
    name: str
    folder: Path
    columns: tuple[tuple[str, str], ...]
    written: int
    kept: int


@dataclass(frozen=True)
class Place:
    """Where a home's models are made on Spark.

    Attributes:
        prefix: of the names of its schemas there: ``<prefix>_marts``.
        folder: what this machine and the executors share.
        tables: where this build's tables go.
        mark: the comment by which the home knows schemas of its own.
    """

    prefix: str
    folder: Path
    tables: Path
    mark: str

    def schema(self, layer: str) -> str:
        return f"{self.prefix}_{layer}"


def build(
    home: Home,
    settings: Settings,
    as_of: date | None = None,
    lock: int | None = None,
    on_progress: Progress | None = None,
    is_whole: bool = False,
) -> Version:
    """Run every model and test on Spark, then publish as ever. The caller holds the home's lock.

    Args:
        is_whole: export every log anew, changed or not.

    Raises:
        Problem: nothing is loaded (2), no address or no client (2), a rule table is wrong (2); Spark cannot be reached or
            does not share the folder, a model or test failed (1).
    """
    return publish_for_people(home, settings, make(home, settings, as_of, lock, on_progress, is_whole))


def make(
    home: Home,
    settings: Settings,
    as_of: date | None = None,
    lock: int | None = None,
    on_progress: Progress | None = None,
    is_whole: bool = False,
) -> Path:
    """A version built and tested on Spark, brought back, not published. Raises Problem as for build."""
    complete_logs(home)
    session = connect(settings)
    place = _place(home, settings)
    rules = read_rules(home.rules if home.rules.is_dir() else None)

    def prepare() -> None:
        exported = export(home, settings, place, rules, as_of, is_whole, on_progress)
        with _spark_problems(place):
            _begin(session, place, exported)
            session.stop()

    run = run_dbt(
        home,
        ["build", "--target", "spark", *WITHOUT, "--write-json"],
        settings,
        lock,
        on_progress,
        prepare,
        module="warehouse.spark_child",
        folder=scratch(home),
        environment={
            "SPARK_REMOTE": settings.spark_remote,
            "ZHIDU_SPARK_SCHEMA": place.prefix,
            "PYTHONWARNINGS": "ignore",
        },
        threads=settings.spark_threads,
    )
    if not run.succeeded:
        for result in run.results:
            result["message"] = _first_lines(result["message"])
            result["sql"] = None  # its rows are on Spark
        raise failed(home, run)
    built = fetch(home, settings, place)
    write_tests(built, run)
    return built


def scratch(home: Home) -> Path:
    """Where dbt's files and the version being made are while Spark works."""
    return home.work / "spark"


def connect(settings: Settings) -> SparkSession:
    """A session on the server that the settings name.

    Raises Problem: exit code 2 without an address or client, 1 when nobody answers.
    """
    address = urlsplit(settings.spark_remote)
    if address.scheme != "sc" or not address.hostname:
        raise Problem(
            "没有 Spark 的地址。请设置 ZHIDU_SPARK_REMOTE=sc://主机:15002（Spark Connect）；见 docs/spark.md。",
            "There is no address of Spark. Set ZHIDU_SPARK_REMOTE=sc://host:15002 (Spark Connect); see docs/spark.md.",
        )
    if not (find_spec("pyspark") and find_spec("dbt.adapters.spark")):
        raise Problem(
            "没有装 Spark 的客户端。请在项目文件夹里运行 .venv/bin/python -m pip install '.[spark]'。",
            "The client of Spark is not installed. Run .venv/bin/python -m pip install '.[spark]' in the project's folder.",
        )
    where = f"{address.hostname}:{address.port or PORT}"
    try:  # the client itself would try for ten minutes
        socket.create_connection((address.hostname, address.port or PORT), PATIENCE_SECONDS).close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyspark.sql import SparkSession

            session = SparkSession.builder.remote(settings.spark_remote).create()
        for name, value in SESSION.items():
            session.conf.set(name, value)
    except Exception as error:  # the client raises what its transport raises
        raise Problem(
            f"连不上 {where} 的 Spark：{_first_lines(error)}。已发布的版本没有改变。请看服务是否在运行、地址与口令是否对。",
            f"Spark at {where} cannot be reached: {_first_lines(error)}. The published version is unchanged. "
            "See that the server runs, and that address and token are right.",
            exit_code=1,
        ) from error
    return session


def export(
    home: Home,
    settings: Settings,
    place: Place,
    rules: Rules,
    as_of: date | None,
    is_whole: bool = False,
    on_progress: Progress | None = None,
) -> list[Exported]:
    """Logs, loads, quarantine and rules as Parquet; a month of a feed is written only when a row of it has changed.

    Raises Problem (exit code 1): the folder cannot be written.
    """
    try:
        with duckdb.connect(config=_limits(home, settings)) as connection:
            connection.execute(f"attach '{_quoted(home.store)}' as store (read_only)")
            write_rules(rules, connection, as_of.isoformat() if as_of else None)
            names = connection.execute(
                "select database_name, schema_name, table_name from duckdb_tables() "
                "where schema_name in ('raw', 'ingest', 'rules') order by all"
            ).fetchall()
            exported = []
            for number, (database, schema, name) in enumerate(names):
                if on_progress:
                    on_progress(f"Parquet: {name}", number, len(names))
                exported.append(_export_table(connection, place, database, schema, name, is_whole))
        return exported
    except (OSError, duckdb.Error) as error:
        raise Problem(
            f"不能把日志写到 {place.folder}：{error}。已发布的版本没有改变。请检查空间与权限后重试。",
            f"The logs cannot be written to {place.folder}: {error}. The published version is unchanged. "
            "Check space and rights, then try again.",
            exit_code=1,
        ) from error


def fetch(home: Home, settings: Settings, place: Place) -> Path:
    """The public tables that Spark made, as a DuckDB file with the types and comments that a build on DuckDB gives them.

    Raises Problem (exit code 1): a table is not there, or not of the types that its contract promises.
    """
    built = scratch(home) / "pub.duckdb"
    for old in (built, built.with_name(built.name + ".wal")):
        old.unlink(missing_ok=True)
    with duckdb.connect(config=_limits(home, settings)) as connection:
        connection.execute(f"attach '{_quoted(built)}' as pub (storage_version '{_storage_version()}')")
        connection.execute("use pub")
        for model in _public_models(scratch(home) / "target" / "manifest.json"):
            _fetch_table(connection, place, model)
    return built


def _limits(home: Home, settings: Settings) -> dict[str, str | int | bool]:
    """What DuckDB may use, as in a build of its own."""
    return {
        "memory_limit": f"{settings.memory_limit_gb}GB",
        "threads": settings.threads,
        "temp_directory": str(scratch(home) / "spill"),
        "preserve_insertion_order": False,
    }


def _storage_version() -> str:
    """The format in which a build on DuckDB writes what it publishes."""
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))["zhidu"]["outputs"]["duckdb"]
    return next(a["options"]["storage_version"] for a in profile["attach"] if a["alias"] == "pub")


def _place(home: Home, settings: Settings) -> Place:
    """Raises Problem (exit code 1) when the folders cannot be made."""
    folder = settings.spark_folder / settings.spark_schema if settings.spark_folder else scratch(home)
    tables = folder.resolve() / "tables"
    try:
        scratch(home).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(tables, ignore_errors=True)  # what is left belongs to somebody else: names are never used again
        place = Place(
            settings.spark_schema, folder.resolve(), tables / uuid.uuid4().hex, f"zhidu {_own_id(scratch(home))}"
        )
        place.tables.mkdir(parents=True)
    except OSError as error:
        raise Problem(
            f"不能写入 {folder}：{error.strerror}。请检查 ZHIDU_SPARK_FOLDER 与权限。",
            f"Cannot write {folder}: {error.strerror}. Check ZHIDU_SPARK_FOLDER and rights.",
            exit_code=1,
        ) from error
    return place


def _own_id(folder: Path) -> str:
    path = folder / "home_id"
    if not path.exists():
        path.write_text(uuid.uuid4().hex)
    return path.read_text()


def _export_table(
    connection: duckdb.DuckDBPyConnection, place: Place, database: str, schema: str, name: str, is_whole: bool
) -> Exported:
    relation = f"{database}.{schema}.{name}"
    described = connection.execute(f"describe {relation}").fetchall()
    columns = tuple((column, kind) for column, kind, *_ in described)
    folder = place.folder / "logs" / schema / name
    day = _date_column(name) if schema == "raw" else None
    wanted, written = set(), 0
    for month, digest in _months(connection, relation, columns, day):
        path = folder / f"{PARTITION}={month.strftime('%Y-%m') if month else UNDATED}" / f"{digest}.parquet"
        wanted.add(path)
        if is_whole or not path.exists():
            _write(connection, relation, day, month, path)
            written += 1
    for path in folder.glob(f"{PARTITION}=*/*"):
        if path not in wanted:
            path.unlink()
    for partition in folder.glob(f"{PARTITION}=*"):
        if not any(partition.iterdir()):
            partition.rmdir()
    return Exported(schema, name, folder, columns, written, len(wanted) - written)


def _date_column(feed: str) -> str | None:
    """The first date that every row of a feed has; None: the feed is small, and not by date."""
    return next((c.name for c in FEEDS[feed].columns if c.kind in DATED and c.required), None)


def _months(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: tuple[tuple[str, str], ...], day: str | None
) -> Iterator[tuple[date | None, str]]:
    """Each month of a table and the digest of its rows; one without a month where the table has no date or no row."""
    month = f"cast(date_trunc('month', {day}) as date)" if day else "cast(null as date)"
    row_hash = f"hash({', '.join(name for name, _ in columns)})"
    found = connection.execute(
        f"select {month}, count(*), sum({row_hash}), bit_xor({row_hash}) from {relation} group by all order by all"
    ).fetchall()
    for first, *facts in found or [(None, 0, 0, 0)]:
        yield first, hashlib.sha256(repr((columns, facts)).encode()).hexdigest()[:32]


def _write(
    connection: duckdb.DuckDBPyConnection, relation: str, day: str | None, month: date | None, path: Path
) -> None:
    """One file, moved to its name when it is whole; Spark passes over names that begin with a point."""
    condition = f"where {day} >= date '{month}' and {day} < date '{month}' + interval 1 month" if month else ""
    draft = path.with_name(f".{path.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"copy (select * from {relation} {condition}) to '{_quoted(draft)}' (format parquet, compression zstd)"
    )
    draft.replace(path)


def _begin(session: SparkSession, place: Place, exported: list[Exported]) -> None:
    """Empty schemas on Spark, and in them the exported files as tables. Raises Problem: they belong to somebody else."""
    _check_shared(session, place)
    for layer in SCHEMAS:
        schema = place.schema(layer)
        if session.catalog.databaseExists(schema) and session.catalog.getDatabase(schema).description != place.mark:
            raise Problem(
                f"Spark 上的 {schema} 不是由这个数据目录建立的，不会动它。请用 ZHIDU_SPARK_SCHEMA 另取名字，或先把它删掉。",
                f"The schema {schema} on Spark was not made by this home and is left alone. "
                "Choose another name by ZHIDU_SPARK_SCHEMA, or drop it first.",
                exit_code=1,
            )
    for layer in SCHEMAS:
        schema = place.schema(layer)
        session.sql(f"drop schema if exists {schema} cascade")
        session.sql(f"create schema {schema} comment '{place.mark}' location '{_quoted(place.tables / layer)}'")
    for table in exported:
        columns = ", ".join(f"{name} {SPARK_TYPE.get(kind, kind.lower())}" for name, kind in table.columns)
        session.sql(
            f"create table {place.schema(table.schema)}.{table.name} ({columns}) using parquet "
            f"options (recursiveFileLookup 'true') location '{_quoted(table.folder)}'"
        )


def _check_shared(session: SparkSession, place: Place) -> None:
    """Every executor writes where this machine reads: else rows would be missing without a word."""
    probe, pieces = place.tables / "probe", 32
    session.range(0, pieces, 1, pieces).write.parquet(str(probe))
    read = f"select count(*) from '{_quoted(probe)}/*.parquet'"
    found = duckdb.sql(read).fetchall() if probe.exists() else []
    if found != [(pieces,)]:
        raise Problem(
            f"Spark 的执行器与本机看到的 {place.folder} 不是同一个文件夹。请用 ZHIDU_SPARK_FOLDER 指定共享的路径。",
            f"The executors of Spark and this machine do not see the same folder at {place.folder}. "
            "Name a shared one by ZHIDU_SPARK_FOLDER.",
            exit_code=1,
        )


def _public_models(manifest: Path) -> list[Mapping]:
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return [n for n in nodes if n["resource_type"] == "model" and n["config"]["schema"] in PUBLIC]


def _fetch_table(connection: duckdb.DuckDBPyConnection, place: Place, model: Mapping) -> None:
    layer, name = model["config"]["schema"], model["name"]
    relation, folder = f"{layer}.{name}", place.tables / layer / name
    if not (folder / "_SUCCESS").exists():
        raise _not_whole(relation, f"{folder} 不在或没有写完", f"{folder} is not there or was not finished")
    connection.execute(f"create schema if not exists {layer}")
    connection.execute(f"create table {relation} as from read_parquet('{_quoted(folder)}/*.parquet')")
    if model["config"]["contract"]["enforced"]:
        promised = ", ".join(f"cast(null as {c['data_type']}) as {c['name']}" for c in model["columns"].values())
        wanted = _types(connection, f"(select {promised})")
        if (found := _types(connection, relation)) != wanted:
            raise _not_whole(
                relation, f"列为 {found}，应为 {wanted}", f"its columns are {found}, promised are {wanted}"
            )
    connection.execute(f"comment on table {relation} is '{_quoted(model['description'])}'")
    for column in model["columns"].values():
        if column["description"]:
            comment = _quoted(column["description"])
            connection.execute(f"comment on column {relation}.{column['name']} is '{comment}'")


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in connection.execute(f"describe from {relation}").fetchall()]


def _not_whole(relation: str, zh: str, en: str) -> Problem:
    return Problem(
        f"Spark 建好的 {relation} 取不回来：{zh}。已发布的版本没有改变。",
        f"What Spark made of {relation} cannot be brought back: {en}. The published version is unchanged.",
        exit_code=1,
    )


class _spark_problems:
    """What Spark refuses outside of a model, as a Problem that names the folder."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, Problem):
            raise Problem(
                f"Spark 拒绝了：{_first_lines(error)}。执行器能读写 {self.place.folder} 吗？已发布的版本没有改变。",
                f"Spark refused: {_first_lines(error)}. Can its executors read and write {self.place.folder}? "
                "The published version is unchanged.",
                exit_code=1,
            ) from error


def _first_lines(error: object) -> str:
    """What Spark says, without the stack of its Java."""
    return re.split(r"\n*JVM stacktrace:|\n\s+at ", str(error))[0].strip()[:1000]


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")

"""What DuckDB and Spark made of the same home, model by model: names, types, values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.home import Home, Settings
from warehouse.spark import PUBLIC, connect, scratch

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

SHOWN_ROWS = 3


@dataclass(frozen=True)
class Compared:
    """One model on both engines.

    Attributes:
        rows: how many DuckDB made.
        differences: rows that only one of the two has, or 1 where names or types of columns differ.
        what: the first of them, in words.
    """

    name: str
    rows: int
    differences: int
    what: tuple[str, ...] = ()


def compare(home: Home, settings: Settings) -> list[Compared]:
    """Every model of a home that was made on both engines and not yet published, views too."""
    session = connect(settings)
    manifest = json.loads((scratch(home) / "target" / "manifest.json").read_text(encoding="utf-8"))
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    (tables,) = (scratch(home) / "tables").iterdir()
    found = []
    with duckdb.connect(str(home.work / "work.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{home.store}' as store (read_only)")
        connection.execute(f"attach '{home.work / 'pub.duckdb'}' as pub (read_only)")
        connection.execute(f"attach '{scratch(home) / 'pub.duckdb'}' as fetched (read_only)")
        connection.execute("set TimeZone = 'UTC'")
        for model in sorted(models, key=lambda m: m["name"]):
            found.append(_compare_model(connection, session, tables, model))
        found += _compare_published(connection)
    session.stop()
    return found


def _compare_model(
    connection: duckdb.DuckDBPyConnection, session: SparkSession, tables: Path, model: Mapping
) -> Compared:
    layer, name = model["config"]["schema"], model["name"]
    ours = f"{'pub' if layer in PUBLIC else 'work'}.{layer}.{name}"
    if model["config"]["materialized"] == "view":
        connection.register("on_spark", session.table(f"{model['schema']}.{name}").toArrow())
        theirs = "on_spark"
    else:
        theirs = f"'{tables / layer / name}/*.parquet'"
    try:
        return compare_relations(connection, name, ours, theirs)
    finally:
        connection.unregister("on_spark")


def _compare_published(connection: duckdb.DuckDBPyConnection) -> Iterator[Compared]:
    """What would be published: every table with its types, comments and rows."""
    about = (
        "select schema_name, table_name, column_name, column_index, data_type, is_nullable, c.comment, t.comment as about "
        "from duckdb_columns() as c join duckdb_tables() as t using (database_name, schema_name, table_name) "
        "where database_name = '{}' and table_name <> 'tests'"
    )
    yield compare_relations(
        connection, "published: columns and comments", f"({about.format('pub')})", f"({about.format('fetched')})"
    )
    names = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'pub' order by all"
    ).fetchall()
    rows = [
        compare_relations(connection, name, f"pub.{name}", f"fetched.{name}")
        for (name,) in names
        if name != "quality.tests"
    ]
    tests = "(select test_name, status, failures from {}.quality.tests)"
    rows.append(compare_relations(connection, "published: tests", tests.format("pub"), tests.format("fetched")))
    yield Compared(
        "published: rows",
        sum(c.rows for c in rows),
        sum(c.differences for c in rows),
        tuple(f"{c.name}: {what}" for c in rows for what in c.what),
    )


def compare_relations(connection: duckdb.DuckDBPyConnection, name: str, ours: str, theirs: str) -> Compared:
    """Two relations: columns by name, type and order, then every row and how often it is there."""
    types = [
        [f"{column} {kind}" for column, kind, *_ in connection.execute(f"describe from {side}").fetchall()]
        for side in (ours, theirs)
    ]
    ((rows,),) = connection.execute(f"select count(*) from {ours}").fetchall()
    if types[0] != types[1]:
        only = [sorted(set(a) - set(b)) for a, b in (types, reversed(types))]
        return Compared(name, rows, 1, (f"columns: DuckDB {only[0] or 'in another order'}, Spark {only[1]}",))
    what, differences = [], 0
    for engine, a, b in (("DuckDB", ours, theirs), ("Spark", theirs, ours)):
        surplus = connection.execute(f"from (from {a} except all from {b})").fetchall()
        differences += len(surplus)
        what += [f"only {engine}: {row}" for row in surplus[:SHOWN_ROWS]]
    return Compared(name, rows, differences, tuple(what))

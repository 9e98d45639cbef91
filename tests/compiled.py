"""The project's compiled SQL, run straight in one DuckDB connection: what dbt would build, without dbt.

Compiling costs dbt's time once; after that a build is the models' own work and nothing else. Databases are laid out as in
a build: ``work``, ``store`` (read only) and ``pub``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from warehouse.dbt_child import PROJECT, QUIET
from warehouse.rules import Rules, write_rules

ALL_DATES = "date '0001-01-01'"  # from which a whole build makes everything anew
DBT = "import sys; from dbt.cli.main import cli; sys.argv[0] = 'dbt'; cli()"


@dataclass(frozen=True)
class Model:
    """One model: where it goes and what makes it.

    Attributes:
        relation: its quoted name in three parts, as other models' SQL writes it.
        is_view: a view; else a table.
        rebuilt_where: the rows that a partial build makes anew, :rebuilt_from standing for its first date; empty = all.
        parents: names of the models it reads.
        sources: quoted names of the tables it reads that no model makes.
    """

    name: str
    subject: str
    relation: str
    schema: str
    is_view: bool
    rebuilt_where: str
    sql: str
    parents: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class DataTest:
    """One data test: a query whose rows are failures."""

    name: str
    sql: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Compiled:
    """A compiled project. ``models`` are in the order of a build.

    Attributes:
        unit_tests: dbt's unit tests as they stand in the manifest.
        inputs: the quoted name behind each ``ref('…')`` and ``source('…', '…')``.
    """

    models: dict[str, Model]
    tests: list[DataTest]
    unit_tests: list[dict]
    inputs: dict[str, str]

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """The models that read a model, or a table that no model makes (by its quoted name)."""
        found: dict[str, list[str]] = {}
        for model in self.models.values():
            for parent in (*model.parents, *model.sources):
                found.setdefault(parent, []).append(model.name)
        return found


def compile_project(scratch: Path) -> Compiled:
    """Compile by dbt, for DuckDB, without a database.

    Args:
        scratch: a folder for dbt's own files.
    """
    arguments = [a for a in QUIET if a != "--no-write-json"]
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(scratch / "target")]
    run = subprocess.run(
        [sys.executable, "-c", DBT, "compile", "--no-introspect", "--no-populate-cache", *places, *arguments],
        cwd=scratch,
        env=os.environ | {"DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(f"dbt compile failed: {run.stdout}{run.stderr}")
    return read_manifest(scratch / "target" / "manifest.json")


def read_manifest(path: Path) -> Compiled:
    """A compiled project from its manifest."""
    manifest = json.loads(path.read_text(encoding="utf-8"))
    nodes = {k: n for k, n in manifest["nodes"].items() if n["resource_type"] == "model"}
    order = TopologicalSorter({k: sorted(p for p in n["depends_on"]["nodes"] if p in nodes) for k, n in nodes.items()})
    models = {}
    for key in order.static_order():
        node = nodes[key]
        parents = node["depends_on"]["nodes"]
        models[node["name"]] = Model(
            name=node["name"],
            subject=Path(node["path"]).parent.name,
            relation=node["relation_name"],
            schema=f'"{node["database"]}"."{node["schema"]}"',
            is_view=node["config"]["materialized"] == "view",
            rebuilt_where=node["config"]["meta"].get("rebuilt_where", ""),
            sql=node["compiled_code"],
            parents=tuple(nodes[p]["name"] for p in parents if p in nodes),
            sources=tuple(manifest["sources"][p]["relation_name"] for p in parents if p in manifest["sources"]),
        )
    tests = [
        DataTest(n["name"], n["compiled_code"], tuple(p.split(".")[2] for p in n["depends_on"]["nodes"]))
        for n in manifest["nodes"].values()
        if n["resource_type"] == "test"
    ]
    inputs = {f"ref('{m.name}')": m.relation for m in models.values()}
    inputs |= {f"source('{s['source_name']}', '{s['name']}')": s["relation_name"] for s in manifest["sources"].values()}
    return Compiled(models, tests, list(manifest["unit_tests"].values()), inputs)


def connect(
    store: Path, rules: Rules, as_of: date | None, scratch: Path | None = None, settings: dict[str, str] | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection with the databases of a build and the rules in ``work``, no model built yet.

    Args:
        scratch: the folder for ``work.duckdb`` and ``pub.duckdb``; None = both in memory.
    """
    options = {"preserve_insertion_order": "false", "TimeZone": "UTC", **(settings or {})}
    if scratch is not None:
        options |= {"temp_directory": str(scratch / "spill")}
    connection = duckdb.connect()
    for name, value in options.items():
        connection.execute(f"set {name} = '{value}'")
    for name in ("work", "pub"):
        connection.execute(
            f"attach '{scratch / name if scratch else ':memory:'}{'.duckdb' if scratch else ''}' as {name}"
        )
    connection.execute(f"attach '{store}' as store (read_only)")
    connection.execute("use work")
    write_rules(rules, connection, as_of.isoformat() if as_of else None)
    return connection


def build(
    connection: duckdb.DuckDBPyConnection,
    project: Compiled,
    replaced: dict[str, str] | None = None,
    on_model: Callable[[Model], None] | None = None,
    first: date | None = None,
) -> None:
    """Make every view and table, parents first.

    Args:
        replaced: SQL to use instead of a model's own, by model name.
        on_model: called after each model.
        first: the first date that is made anew, on what is there; None = all.
    """
    for model in project.models.values():
        connection.execute(f"create schema if not exists {model.schema}")
        sql = (replaced or {}).get(model.name, model.sql)
        if first is None:
            create(connection, model, sql)
        else:
            _make_anew(connection, model, sql.replace(ALL_DATES, f"date '{first}'"), first)
        if on_model:
            on_model(model)


def _make_anew(connection: duckdb.DuckDBPyConnection, model: Model, sql: str, first: date) -> None:
    if model.rebuilt_where:
        condition = model.rebuilt_where.replace(":rebuilt_from", f"date '{first}'")
        connection.execute(f"delete from {model.relation} where {condition}")
        connection.execute(f"insert into {model.relation} by name select * from ({sql}) as rebuilt where {condition}")
    else:
        create(connection, model, sql)


def create(connection: duckdb.DuckDBPyConnection, model: Model, sql: str, relation: str | None = None) -> None:
    """Make one model, under its own name or another."""
    kind = "view" if model.is_view else "table"
    connection.execute(f"create or replace {kind} {relation or model.relation} as {sql}")


def failing_tests(
    connection: duckdb.DuckDBPyConnection, tests: Iterable[DataTest], names: dict[str, str] | None = None
) -> list[str]:
    """The names of the data tests that find a row.

    Args:
        names: other names to read from, by quoted name.
    """
    return [t.name for t in tests if connection.execute(f"select 1 from ({renamed(t.sql, names)}) limit 1").fetchone()]


def renamed(sql: str, names: dict[str, str] | None) -> str:
    """The SQL reading other relations, by quoted name."""
    for old, new in (names or {}).items():
        sql = sql.replace(old, new)
    return sql

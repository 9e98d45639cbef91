"""After any sequence of loads a partial build equals a whole one, cell by cell."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from datetime import date, datetime
from pathlib import Path

import duckdb

from ingest.loading import ingest_paths
from tests.compiled import Compiled, build, connect, failing_tests
from tests.torture import SEED, is_full, times
from tests.torture.sequences import Step, steps, write
from tests.torture.tally import Tally
from warehouse import partial
from warehouse.home import Home
from warehouse.publish import Version, sha256_of
from warehouse.rules import read_rules


class Warehouse:
    """A home whose builds run the compiled SQL straight."""

    def __init__(self, root: Path, project: Compiled) -> None:
        self.home, self.project, self.firsts = Home(root).create(), project, list[date | None]()

    def take(self, step: Step) -> None:
        """Load the step's files and build on what the build before left."""
        if step.rules is not None:
            step.rules.write(self.home.rules)
        files = self.home.root / f"step{len(self.firsts)}"
        write(files, step)
        if files.exists():
            report = ingest_paths(self.home, [files])
            assert not report.has_unreadable, [m for f in report.files for m in f.messages]
        self.as_of, self.rules = step.as_of, read_rules(self.home.rules if self.home.rules.is_dir() else None)
        self.firsts.append(partial.begin(self.home, self.rules, step.as_of, is_whole=False))
        with connect(self.home.store, self.rules, step.as_of, self.home.work) as connection:
            build(connection, self.project, first=self.firsts[-1])
            (as_of,) = connection.execute("select as_of from pub.reference.build").fetchall()[0]
        self._publish(str(as_of))

    def _publish(self, as_of: str) -> None:
        name = self.published.name
        (self.home.work / "pub.duckdb").replace(self.home.published / name)
        sha256 = sha256_of(self.home.published / name)
        partial.remember(self.home, Version(name, name, sha256, as_of, datetime.min.isoformat(), {}))

    @property
    def published(self) -> Path:
        return self.home.published / f"wh_{len(self.firsts)}.duckdb"

    def outcomes(self) -> list[str]:
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return [
                o
                for (o,) in connection.execute("select outcome_id from marts.fct_rule_outcomes order by all").fetchall()
            ]

    def differences(self) -> list[str]:
        """What a whole build makes otherwise: tables, with the rows of either that the other lacks."""
        found = []
        with connect(self.home.store, self.rules, self.as_of) as connection:
            build(connection, self.project)
            connection.execute(f"attach '{self.published}' as partly (read_only)")
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'pub' order by all"
            ).fetchall():
                whole, partly = f"pub.{schema}.{table}", f"partly.{schema}.{table}"
                columns = ", ".join(
                    c for (c,) in connection.execute(f"select column_name from (describe {whole})").fetchall()
                )
                for a, b, what in ((whole, partly, "missing"), (partly, whole, "surplus")):
                    rows = connection.execute(
                        f"select {columns} from {a} except all select {columns} from {b} order by all limit 3"
                    ).fetchall()
                    found += [f"{table}: {what} {row}" for row in rows]
            found += [f"test {name}" for name in failing_tests(connection, self.project.tests)]
        return found


def test_a_partial_build_equals_a_whole_one(tally: Callable[[str], Tally], compiled: Compiled, tmp_path: Path) -> None:
    row = tally("partial builds, sequences")
    for seed in range(SEED, SEED + times(row.fault)):
        warehouse, coming = Warehouse(tmp_path / str(seed), compiled), steps(seed, 4 if is_full() else 3)
        with row.case(f"seed {seed}"):
            step = next(coming)
            while step:
                warehouse.take(step)
                step = _next(coming, warehouse.outcomes())
                if is_full() or step is None:
                    assert warehouse.differences() == [], f"built from {warehouse.firsts} on"
        row.note("partial builds of a sequence", sum(first is not None for first in warehouse.firsts))
        shutil.rmtree(warehouse.home.root)


def _next(coming: Generator[Step, list[str], None], outcomes: list[str]) -> Step | None:
    try:
        return coming.send(outcomes)
    except StopIteration:
        return None

"""After any sequence of loads a partial build equals a whole one, cell by cell."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ingest.loading import ingest_paths
from tests.compiled import Compiled, build, connect, failing_tests
from tests.partial.sequences import STEPS, Step, steps, write
from tests.torture import SEED, times
from warehouse import partial
from warehouse.home import Home
from warehouse.publish import Version, sha256_of
from warehouse.rules import read_rules


class Warehouse:
    """A home whose builds run the compiled SQL straight."""

    def __init__(self, root: Path, project: Compiled) -> None:
        self.home, self.project, self.number = Home(root / "home").create(), project, 0

    def take(self, step: Step) -> None:
        """Load the step's files and build on what the build before left."""
        self.number += 1
        if step.rules is not None:
            step.rules.write(self.home.rules)
        files = self.home.root / f"step{self.number}"
        write(files, step)
        if files.exists():
            report = ingest_paths(self.home, [files])
            assert not report.has_unreadable, [m for f in report.files for m in f.messages]
        self.as_of, self.rules = step.as_of, read_rules(self.home.rules if self.home.rules.is_dir() else None)
        self.first = partial.begin(self.home, self.rules, step.as_of, is_whole=False)
        with connect(self.home.store, self.rules, step.as_of, self.home.work) as connection:
            build(connection, self.project, first=self.first)
            (as_of,) = connection.execute("select as_of from pub.reference.build").fetchall()[0]
        self._publish(str(as_of))

    def _publish(self, as_of: str) -> None:
        name = f"wh_{self.number}.duckdb"
        (self.home.work / "pub.duckdb").replace(self.home.published / name)
        sha256 = sha256_of(self.home.published / name)
        partial.remember(self.home, Version(str(self.number), name, sha256, as_of, datetime.min.isoformat(), {}))

    @property
    def published(self) -> Path:
        return self.home.published / f"wh_{self.number}.duckdb"

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


@pytest.mark.parametrize("seed", range(SEED, SEED + times("partial builds, sequences")))
def test_a_partial_build_equals_a_whole_one(tmp_path: Path, compiled: Compiled, seed: int) -> None:
    warehouse, coming = Warehouse(tmp_path, compiled), steps(seed)
    step, firsts = next(coming), []
    for number in range(STEPS):
        warehouse.take(step)
        firsts.append(warehouse.first)
        if number == STEPS - 1 or number % 2:
            assert warehouse.differences() == [], f"builds began at {firsts}"
        if number < STEPS - 1:
            step = coming.send(warehouse.outcomes())

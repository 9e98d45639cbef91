"""Every model on DuckDB and on Spark, from the golden sets and from rows planted for trouble: no row may differ.

    python -m tests.parity [people | money | planted …]

Starts a Spark server with two executor processes, builds each set by both targets, compares every model, prints a line a
model and set. Ends with 1 where anything differs or only one executor worked; says loudly that it did nothing, and ends
with 0, where there is no Java.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

from ingest.loading import ingest_paths
from tests.compare import GOLDEN, differences, expected_rows
from tests.parity.compare import SHOWN_ROWS, Compared, compare
from tests.parity.planted import AS_OF, planted_home
from tests.parity.server import Server, lacking, server
from warehouse import build, spark
from warehouse.home import Home, Settings


def golden_home(root: Path, name: str) -> Home:
    """A home with the logs of a golden set, not yet built."""
    home = Home(root).create()
    with home.lock("parity"):
        report = ingest_paths(home, [GOLDEN / name / "inputs"])
        assert not report.has_unreadable, [m for f in report.files for m in f.messages]
    return home


SETS: dict[str, tuple[Callable[[Path], Home], date]] = {
    "people": (lambda root: golden_home(root, "people"), date(2026, 4, 8)),
    "money": (lambda root: golden_home(root, "money"), date(2026, 4, 30)),
    "planted": (planted_home, AS_OF),
}


def both(root: Path, name: str, running: Server) -> tuple[list[Compared], float, float]:
    """A set made by both engines: every model compared, and the seconds that each engine took."""
    make_home, as_of = SETS[name]
    home, settings = make_home(root / name), Settings(spark_remote=running.remote, spark_schema=f"zhidu_{name}")
    began = time.monotonic()
    with home.lock("parity") as lock:
        build.make(home, settings, as_of, lock)
        between = time.monotonic()
        spark.make(home, settings, as_of, lock)
        on_spark = time.monotonic() - between
    compared = compare(home, settings)
    if (by_hand := GOLDEN / name / "expected").is_dir():
        compared.append(_by_hand(by_hand, spark.scratch(home) / "pub.duckdb"))
    return compared, between - began, on_spark


def _by_hand(expected: Path, published: Path) -> Compared:
    """What Spark made beside what was worked out by hand."""
    rows, what = 0, []
    for file in sorted(expected.glob("*.csv")):
        rows += len(expected_rows(file))
        what += differences(file, published)
    return Compared("published by Spark: as worked out by hand", rows, len(what), tuple(what[:SHOWN_ROWS]))


def main(names: list[str]) -> int:
    """Compare the sets named; 0 when nothing differs."""
    if unknown := set(names) - set(SETS):
        print(f"no set {', '.join(sorted(unknown))}; there are {', '.join(SETS)}")
        return 2
    if why := lacking():
        print(f"*** NOTHING WAS COMPARED WITH SPARK: {why} ***")
        return 0
    found, empty_in = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as scratch:
        began = time.monotonic()
        with server(Path(scratch) / "server") as running:
            print(f"Spark began in {time.monotonic() - began:.0f} s")
            for name in names:
                compared, on_duckdb, on_spark = both(Path(scratch), name, running)
                found += _report(name, compared)
                empty_in.update(c.name for c in compared if not c.rows)
                print(f"{name}: DuckDB {on_duckdb:.0f} s, Spark {on_spark:.0f} s", flush=True)
            tasks = running.tasks_by_executor()
        print(f"tasks by executor: {tasks}; {time.monotonic() - began:.0f} s in all")
    if never := sorted(name for name, count in empty_in.items() if count == len(names)):
        print(f"without a row in any set, so compared by columns alone: {', '.join(never)}")
    if len([count for count in tasks.values() if count]) < 2:
        print("*** ONLY ONE EXECUTOR WORKED: nothing went from process to process ***")
        return 1
    return 1 if found else 0


def _report(name: str, compared: list[Compared]) -> int:
    for c in compared:
        print(f"{name:8} {c.name:50} {c.rows:>8,} rows {c.differences:>6,} differences", *c.what, sep="\n    ")
    total = sum(c.differences for c in compared)
    empty = sum(not c.rows for c in compared)
    print(
        f"{name}: {len(compared)} compared, {empty} of them empty, {sum(c.rows for c in compared):,} rows, {total} differences"
    )
    return total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SETS)))

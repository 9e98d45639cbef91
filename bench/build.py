"""What a build costs on large logs, beside the same compiled SQL run straight in one DuckDB connection.

    python -m bench.build [--huge] [--rows 1000000 …] [--models]

Makes a year of logs of 1 and 10 (with --huge also 30) million rows in ``bench/data/``, builds them by ``zhidu build``
with all its tests, then runs the same models and tests without dbt, each in a process of its own; prints CPU, memory and
rows and appends a line a run to ``bench/results.csv``.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from ingest.loading import open_store
from tests.compiled import Compiled, build, compile_project, connect, failing_tests, read_manifest
from warehouse.home import Home, Settings
from warehouse.publish import current
from warehouse.rules import read_rules

DATA = Path(__file__).resolve().parent / "data"
RESULTS = Path(__file__).with_name("results.csv")
ROOT = DATA.parent.parent
AS_OF = date(2025, 12, 31)
GOLDEN = ROOT / "tests" / "golden" / "people"
COLUMNS = [
    "log_rows",
    "what",
    "cpu_s",
    "wall_s",
    "peak_mib",
    "duckdb",
    "dbt",
    "python",
    "cores",
    "memory_gib",
    "measured_on",
]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.build", description=__doc__.splitlines()[0])
    parser.add_argument("--huge", action="store_true", help="30 million rows too")
    parser.add_argument("--rows", type=int, nargs="*", help="other sizes")
    parser.add_argument("--models", action="store_true", help="the models that cost most")
    parser.add_argument("--straight", nargs=2, metavar=("HOME", "MANIFEST"), help=argparse.SUPPRESS)
    parser.add_argument("--generate", nargs=2, metavar=("HOME", "ROWS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.straight:
        straight(Home(Path(options.straight[0])), read_manifest(Path(options.straight[1])), options.models)
    elif options.generate:
        generate(Home(Path(options.generate[0])), int(options.generate[1]))
    else:
        sizes = options.rows or [1_000_000, 10_000_000, *([30_000_000] if options.huge else [])]
        with tempfile.TemporaryDirectory() as scratch:
            compile_project(Path(scratch))
            compare(sizes, Path(scratch) / "target" / "manifest.json", options.models)


def compare(sizes: list[int], manifest: Path, shows_models: bool) -> None:
    """Measure every size and print."""
    fixed = _golden_cost(manifest)
    print(
        f"golden set people: zhidu build {fixed[0]:.1f} s of CPU, straight {fixed[1]:.1f} s: dbt and publishing cost {fixed[0] - fixed[1]:.1f} s"
    )
    print(f"{'log rows':>12} {'what':24} {'CPU s':>8} {'wall s':>8} {'MiB':>8}")
    before: tuple[int, float] | None = None
    for rows in sizes:
        home = Home(DATA / f"build_{rows}")
        if not home.store.exists():
            measure("bench.build", "--generate", str(home.root), str(rows))
        extra = ["--models"] if shows_models else []
        runs = {
            "zhidu build": measure("warehouse.cli", "--home", str(home.root), "build", "--as-of", str(AS_OF)),
            "straight, with tests": measure(
                "bench.build", "--straight", str(home.root), str(manifest), *extra, shows=shows_models
            ),
        }
        for what, figures in runs.items():
            print(f"{rows:12,} {what:24} {figures[0]:8.1f} {figures[1]:8.1f} {figures[2]:8.0f}")
            record(rows, what, *figures)
        whole, bare = runs["zhidu build"][0], runs["straight, with tests"][0]
        print(f"{rows:12,} ratio {whole / bare:.2f}; {1e6 * whole / rows:.1f} µs of CPU a log row")
        if before:
            print(f"{rows:12,} {rows / before[0]:.0f} times the rows take {whole / before[1]:.1f} times the CPU")
        before = rows, whole
        for mart, count in mart_rows(home).items():
            print(f"{'':12} {mart:32} {count:12,}")


def measure(module: str, *arguments: str, shows: bool = False) -> tuple[float, float, float]:
    """Run a module; (CPU seconds with children, wall seconds, peak MiB of its largest process)."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdout=None if shows else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    noise = process.stderr.read()
    _, code, usage = os.wait4(process.pid, 0)
    if code:
        raise SystemExit(f"{module} {' '.join(arguments)} failed: {noise.decode()[-3000:]}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024


def generate(home: Home, rows: int) -> None:
    """A store with a year of logs."""
    home.create()
    store = open_store(home)
    store.execute("set memory_limit = '6GB'")
    store.execute(f"set variable log_rows = {rows}")
    store.execute(Path(__file__).with_name("logs.sql").read_text(encoding="utf-8"))
    store.close()


def straight(home: Home, project: Compiled, shows_models: bool) -> None:
    """Models and tests in one connection, databases in files as a build has them."""
    scratch = home.root / "straight"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    limits = {"threads": str(Settings().threads), "memory_limit": f"{Settings().memory_limit_gb}GB"}
    connection = connect(home.store, read_rules(), AS_OF, scratch, limits)
    costs: dict[str, float] = {}
    last = time.process_time()

    def clock(name: str) -> None:
        nonlocal last
        now = time.process_time()
        costs[name], last = now - last, now

    build(connection, project, on_model=lambda m: clock(m.name))
    for test in project.tests:
        found = failing_tests(connection, [test])
        if found:
            raise SystemExit(f"data tests fail: {found}")
        clock(f"test {test.name}")
    connection.close()
    shutil.rmtree(scratch)
    if shows_models:
        for name, seconds in sorted(costs.items(), key=lambda c: -c[1])[:25]:
            print(f"{'':12} {name[:70]:70} {seconds:8.2f}", flush=True)


def mart_rows(home: Home) -> dict[str, int]:
    with duckdb.connect(str(home.published / current(home).file), read_only=True) as connection:
        return dict(
            connection.execute(
                "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts' order by 1"
            ).fetchall()
        )


def _golden_cost(manifest: Path) -> tuple[float, float]:
    """CPU of both ways on logs so small that only fixed cost is left."""
    root = DATA / "build_golden"
    shutil.rmtree(root, ignore_errors=True)
    measure("warehouse.cli", "--home", str(root), "ingest", str(GOLDEN / "inputs"))
    return (
        measure("warehouse.cli", "--home", str(root), "build", "--as-of", "2026-04-08")[0],
        measure("bench.build", "--straight", str(root), str(manifest))[0],
    )


def record(rows: int, what: str, cpu: float, wall: float, peak: float) -> None:
    """Append a line to the results."""
    from importlib.metadata import version

    is_new = not RESULTS.exists()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    with RESULTS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(COLUMNS)
        writer.writerow(
            [
                rows,
                what,
                f"{cpu:.1f}",
                f"{wall:.1f}",
                f"{peak:.0f}",
                duckdb.__version__,
                version("dbt-core"),
                platform.python_version(),
                os.cpu_count(),
                f"{memory:.0f}",
                date.today(),
            ]
        )


if __name__ == "__main__":
    main()

"""The same work without zhidu around it, each call a process of its own.

python -m bench.straight load FOLDER DATABASE      typed read_csv of every file into a table
python -m bench.straight sheet WORKBOOK            calamine's own read of a sheet, as text
python -m bench.straight build HOME MANIFEST AS_OF [--models]
"""

from __future__ import annotations

import shutil
import sys
import time
from datetime import date
from pathlib import Path

import duckdb


def load(folder: Path, database: Path) -> None:
    """Every ``<feed>.csv`` into a table with the contract's types, lines that do not fit left out."""
    from ingest.columns import SQL_TYPE
    from ingest.feeds import FEEDS

    store = duckdb.connect(str(database))
    store.execute("set enable_progress_bar = false")
    for path in sorted(folder.glob("*.csv")):
        columns = {c.name: SQL_TYPE[c.kind] for c in FEEDS[path.stem].columns}
        store.execute(
            f"create table {path.stem} as select * from "
            f"read_csv(?, header = true, ignore_errors = true, auto_detect = false, columns = {columns})",
            [str(path)],
        )


def sheet(workbook: Path) -> None:
    import fastexcel

    fastexcel.read_excel(workbook).load_sheet(0, dtypes="string").to_arrow()


def build(root: Path, manifest: Path, as_of: date, shows_models: bool) -> None:
    """Models and tests in one connection, databases in files as a build has them."""
    from tests.compiled import build as make
    from tests.compiled import connect, failing_tests, read_manifest
    from warehouse.home import Home, Settings
    from warehouse.rules import read_rules

    project, scratch = read_manifest(manifest), root / "straight"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    limits = {"threads": str(Settings().threads), "memory_limit": f"{Settings().memory_limit_gb}GB"}
    connection = connect(Home(root).store, read_rules(), as_of, scratch, limits)
    costs: dict[str, float] = {}
    last = time.process_time()

    def clock(name: str) -> None:
        nonlocal last
        now = time.process_time()
        costs[name], last = now - last, now

    make(connection, project, on_model=lambda m: clock(m.name))
    for test in project.tests:
        if found := failing_tests(connection, [test]):
            raise SystemExit(f"data tests fail: {found}")
        clock(f"test {test.name}")
    connection.close()
    shutil.rmtree(scratch)
    if shows_models:
        for name, seconds in sorted(costs.items(), key=lambda c: -c[1])[:25]:
            print(f"{name[:70]:70} {seconds:8.2f}", file=sys.stderr)


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "load":
        load(Path(arguments[0]), Path(arguments[1]))
    elif what == "sheet":
        sheet(Path(arguments[0]))
    else:
        build(Path(arguments[0]), Path(arguments[1]), date.fromisoformat(arguments[2]), "--models" in arguments)

"""Logs as files, all feeds in realistic proportion: made by DuckDB (logs.sql), one CSV a feed, a workbook of punches.

``python -m bench.logs ROWS YEARS`` makes them, in a process of its own: what a child counts as its memory begins with its
parent's.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import xlsxwriter

from ingest.columns import Column
from ingest.feeds import FEEDS, Feed
from ingest.loading import open_store
from warehouse.home import Home

DATA = Path(__file__).resolve().parent / "data"
LAST_DAY = date(2025, 12, 31)
SHEET_ROWS = 500_000
# one row in a hundred that nothing can be made of, one in five hundred said twice
SPOILT = {"method": "case when source_row % 100 = 0 then 'smoke' else method end"}
TWICE = "union all select * from raw.punches where source_row % 500 = 1"


def logs(rows: int, years: int = 1) -> Path:
    """The folder with ``before/<feed>.csv``, ``day/<feed>.csv`` (the last day) and ``punches.xlsx``, made once."""
    folder = DATA / f"logs_{rows}_{years}"
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "bench.logs", str(rows), str(years)], check=True)
    return folder


def temporal(feed: Feed) -> Column | None:
    """The column that says on which day a row belongs; none for lists of units and the like."""
    return next((c for c in feed.columns if c.required and c.kind in ("date", "timestamp")), None)


def _write(folder: Path, rows: int, years: int) -> None:
    draft = folder.with_suffix(".part")
    for part in ("before", "day"):
        (draft / part).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DATA) as scratch:
        store = open_store(Home(Path(scratch)).create())
        store.execute("set memory_limit = '6GB'")
        store.execute(f"set variable log_rows = {rows}")
        store.execute(f"set variable years = {years}")
        store.execute(Path(__file__).with_name("logs.sql").read_text(encoding="utf-8"))
        for feed in FEEDS.values():
            _export(store, feed, draft)
        _workbook(store, draft / "punches.xlsx")
        store.close()
    draft.rename(folder)


def _export(store: duckdb.DuckDBPyConnection, feed: Feed, folder: Path) -> None:
    is_punches = feed.name == "punches"
    columns = ", ".join(f"{SPOILT[c]} as {c}" if is_punches and c in SPOILT else c for c in feed.names)
    day = temporal(feed)
    is_last = f"cast({day.name} as date) = date '{LAST_DAY}'" if day else "false"
    for part, where in (("before", f"not coalesce({is_last}, false)"), ("day", is_last)):
        source = f"(select * from raw.{feed.name} {TWICE if is_punches else ''}) where {where}"
        if store.execute(f"select count(*) from {source}").fetchall()[0][0]:
            target = folder / part / f"{feed.name}.csv"
            store.execute(f"copy (select {columns} from {source}) to '{target}' (header)")


def _workbook(store: duckdb.DuckDBPyConnection, path: Path) -> None:
    names = FEEDS["punches"].names
    cells = ", ".join(f"cast({n} as varchar)" for n in names)
    rows = store.execute(f"select {cells} from raw.punches limit {SHEET_ROWS}")
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        for at, row in enumerate(iter(rows.fetchone, None), 1):
            sheet.write_row(at, 0, row)


if __name__ == "__main__":
    _write(DATA / f"logs_{sys.argv[1]}_{sys.argv[2]}", int(sys.argv[1]), int(sys.argv[2]))

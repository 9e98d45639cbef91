"""What zhidu costs, each figure beside a limit measured in the same run: one table, appended to bench/results.csv.

    python -m bench [--rows 1000000 …] [--huge] [--only ingest,xlsx,build,day,publish,queries,small] [--models]

See bench/README.md for what each line means and why its limit is one. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

from bench.logs import DATA, LAST_DAY, SHEET_ROWS, logs
from bench.measuring import HEAD, ROOT, Cost, Line, clocked, run, show, zhidu
from warehouse.home import Home

GOLDEN = ROOT / "tests" / "golden"
SIZES = [1_000_000, 10_000_000, 30_000_000]
HUGE = 100_000_000
DAY_BEFORE = LAST_DAY - timedelta(days=1)
ROUNDS = 2


def ingest(rows: int, _: argparse.Namespace) -> Iterator[Line]:
    """All feeds from CSV, alternating with DuckDB's own read of the same files."""
    folder, home, plain = logs(rows) / "before", _empty(f"home_{rows}"), DATA / "typed.duckdb"
    ours, typed = [], []
    for _round in range(ROUNDS):
        plain.unlink(missing_ok=True)
        typed.append(run("-m", "bench.straight", "load", folder, plain))
        _empty(home.name)
        ours.append(zhidu(home, "ingest", folder))
    plain.unlink()
    yield _line("ingest, all feeds from CSV", rows, ours, typed, "typed read_csv into tables, <= 1.5")


def xlsx(rows: int, _: argparse.Namespace) -> Iterator[Line]:
    """One sheet of punches, alternating with calamine's own read of it as text."""
    book, home = logs(rows) / "punches.xlsx", DATA / "home_sheet"
    ours, plain = [], []
    for _round in range(ROUNDS):
        plain.append(run("-m", "bench.straight", "sheet", book))
        _empty(home.name)
        ours.append(zhidu(home, "ingest", book))
    shutil.rmtree(home)
    yield _line(
        "ingest, punches from XLSX", min(SHEET_ROWS, rows * 6 // 10), ours, plain, "fastexcel, cells as text, <= 1.3"
    )


def build(rows: int, options: argparse.Namespace) -> Iterator[Line]:
    """Everything anew, beside the same compiled SQL and tests straight in one connection."""
    home = _loaded(rows)
    whole = zhidu(home, "build", "--full", "--as-of", str(DAY_BEFORE))
    more = ["--models"] if options.models else []
    bare = run("-m", "bench.straight", "build", home, _manifest(), str(DAY_BEFORE), *more)
    yield _line("build, everything anew", rows, [whole], [bare], "the same SQL straight")


def day(rows: int, _: argparse.Namespace) -> Iterator[Line]:
    """A day's logs of all feeds on three years of history, and on one: ingest and build."""
    one_more: dict[int, Cost] = {}
    for years in (3, 1):
        folder, home = logs(rows * years, years), _empty("home_day")
        zhidu(home, "ingest", folder / "before")
        whole = zhidu(home, "build", "--full", "--as-of", str(DAY_BEFORE))
        loaded = zhidu(home, "ingest", folder / "day")
        one_more[years] = zhidu(home, "build", "--as-of", str(LAST_DAY))
        share = Cost(whole.cpu / (365 * years))
        about = f"{years} year{'s' * (years > 1)}"
        yield _line(
            f"a day more on {about}: build", rows * years, [one_more[years]], [share], "a day's share of a build"
        )
        yield _line(f"a day more on {about}: ingest", rows * years, [loaded], [], "")
        shutil.rmtree(home)
    yield _line("a day more: 3 years beside 1", rows * 3, [one_more[3]], [one_more[1]], "flat: 1")


def publish(rows: int, _: argparse.Namespace) -> Iterator[Line]:
    """The published file published once more, beside copying it."""
    from warehouse.publish import current
    from warehouse.publish import publish as put

    home = Home(_built(rows))
    copy, built = home.work / "copy.duckdb", home.work / "pub.duckdb"
    copied, published = [], []
    for _round in range(3):
        with clocked(copied):
            shutil.copyfile(home.published / current(home).file, copy)
        copy.replace(built)
        with clocked(published):
            put(home, built, keep=2)
    yield _line("publish", rows, [Cost(min(published))], [Cost(min(copied))], "copying the file")


def queries(rows: int, _: argparse.Namespace) -> Iterator[Line]:
    """In a process of its own, for the pages need much memory; it prints and records its lines by itself."""
    subprocess.run([sys.executable, "-m", "bench.queries", str(_built(rows))], check=True, cwd=ROOT)
    yield from ()


def small(_: int, __: argparse.Namespace) -> Iterator[Line]:
    """The fixed cost: nothing but a few hundred rows."""
    yield _line("demo, installed to published", 0, [zhidu(_empty("home_small"), "demo", "--no-serve")], [], "")
    for name, as_of in (("people", "2026-04-08"), ("money", "2026-04-30")):
        home = _empty("home_small")
        zhidu(home, "ingest", GOLDEN / name / "inputs")
        whole = zhidu(home, "build", "--full", "--as-of", as_of)
        bare = run("-m", "bench.straight", "build", home, _manifest(), as_of)
        yield _line(f"build of golden {name}", 0, [whole], [bare], "the same SQL straight")
    shutil.rmtree(home)


PARTS: dict[str, Callable[[int, argparse.Namespace], Iterator[Line]]] = {
    f.__name__: f for f in (small, xlsx, ingest, build, publish, queries, day)
}
ONCE = ("small", "xlsx", "day")  # at the smallest size alone


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, help="log rows (default: 1, 10 and 30 million)")
    parser.add_argument("--huge", action="store_true", help="100 million rows too")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--models", action="store_true", help="the models that cost most")
    options = parser.parse_args()
    if unknown := set(options.only) - set(PARTS):
        parser.error(f"{', '.join(unknown)}: there are {', '.join(PARTS)}")
    print(HEAD)
    for rows in sorted(options.rows) + [HUGE] * options.huge:
        for name, part in PARTS.items():
            if name in options.only and (name not in ONCE or rows == min(options.rows)):
                for line in part(rows, options):
                    show(line)


def _line(what: str, rows: int, ours: list[Cost], beside: list[Cost], limit: str) -> Line:
    """The cheapest of each: what disturbs only ever adds."""
    return Line(
        what,
        rows,
        min(c.cpu for c in ours),
        min((c.cpu for c in beside), default=None),
        limit,
        max(c.peak for c in ours),
    )


def _empty(name: str) -> Path:
    shutil.rmtree(DATA / name, ignore_errors=True)
    return DATA / name


def _loaded(rows: int) -> Path:
    """A home with a year of logs in its store."""
    home = Home(DATA / f"home_{rows}")
    if not home.store.exists():
        zhidu(home.root, "ingest", logs(rows) / "before")
    return home.root


def _built(rows: int) -> Path:
    home = Home(_loaded(rows))
    if not (home.published / "CURRENT.json").exists():
        zhidu(home.root, "build", "--as-of", str(DAY_BEFORE))
    return home.root


def _manifest() -> Path:
    """The compiled project, made once."""
    return Path(_compiled().name) / "target" / "manifest.json"


@cache
def _compiled() -> tempfile.TemporaryDirectory:
    from tests.compiled import compile_project

    folder = tempfile.TemporaryDirectory(dir=DATA)
    compile_project(Path(folder.name))
    return folder


if __name__ == "__main__":
    main()

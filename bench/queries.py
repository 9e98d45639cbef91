"""What each question of the pages' first screens costs, beside ``select 1`` on the same connection.

    python -m bench.queries [HOME]

Every page is run once as a visitor of its bare address has it; what it asks of the published version is asked again,
several times, uncached. Prints and writes to ``bench/queries.csv`` milliseconds (median), CPU milliseconds and rows.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
from streamlit.testing.v1 import AppTest

from bench.pages import DATA, queries_of
from warehouse.home import CHECKOUT, Home
from warehouse.reader import Published

RESULTS = Path(__file__).with_name("queries.csv")
TIMES = 9


@dataclass(frozen=True)
class Asked:
    """One question to one version."""

    published: Published
    sql: str
    parameters: Any


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.queries", description=__doc__.splitlines()[0])
    parser.add_argument("home", nargs="?", default=DATA / "build_10000000", type=Path)
    home = Home(parser.parse_args().home.resolve())
    os.environ["ZHIDU_HOME"] = str(home.root)
    found: dict[str, Asked] = {}
    for page, query in queries_of(home).items():
        with _listening(found):
            _visit(page, query)
    any_version = next(iter(found.values())).published
    measured = {"select 1": _measured(Asked(any_version, "select 1", None))}
    measured |= {name: _measured(asked) for name, asked in found.items()}
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["question", "ms", "cpu_ms", "rows", "measured_on"])
        for name, (ms, cpu_ms, rows) in sorted(measured.items(), key=lambda entry: -entry[1][0]):
            print(f"{name:36} {ms:8.1f} ms   CPU {cpu_ms:8.1f} ms {rows:8,} rows")
            writer.writerow([name, f"{ms:.1f}", f"{cpu_ms:.1f}", rows, date.today()])
    print(f"median of {len(found)} questions: {statistics.median(ms for ms, _, _ in measured.values()):.1f} ms")


def _visit(page: str, query: dict[str, str]) -> None:
    test = AppTest.from_file(str(CHECKOUT / "dashboards" / "app.py"), default_timeout=300)
    test.switch_page(f"app_pages/{page}.py")
    for name, value in ({"lang": "en"} | query).items():
        test.query_params[name] = value
    test.run()
    if test.exception:
        raise RuntimeError(f"{page} failed: {test.exception[0].value}")


@contextmanager
def _listening(found: dict[str, Asked]) -> Iterator[None]:
    plain = Published.table

    def table(self: Published, sql: str, parameters: Any = None) -> pa.Table:
        found.setdefault(_asker(), Asked(self, sql, parameters))
        return plain(self, sql, parameters)

    with patch.object(Published, "table", table):
        yield


def _asker() -> str:
    """The function of dashboards.queries that asks; of a listing the one that words the question, and which part of it."""
    frame: Any = sys._getframe(2)
    name, subject = frame.f_code.co_name, frame.f_globals["__name__"].rsplit(".", 1)[-1]
    while name.startswith("_") and frame:
        if ask := frame.f_locals.get("ask"):
            return f"{ask.__module__.rsplit('.', 1)[-1]}.{ask.__name__}{name.replace('_', ' ')}"
        frame = frame.f_back
    return f"{subject}.{name}"


def _measured(asked: Asked) -> tuple[float, float, int]:
    times, cpu_times, rows = [], [], 0
    for _ in range(TIMES):
        start, cpu_start = time.perf_counter(), time.process_time()
        rows = asked.published.table(asked.sql, asked.parameters).num_rows
        times.append(1000 * (time.perf_counter() - start))
        cpu_times.append(1000 * (time.process_time() - cpu_start))
    return statistics.median(times), statistics.median(cpu_times), rows


if __name__ == "__main__":
    main()

"""The queries of each page's first screen, beside ``select 1`` on the same connection.

``python -m bench.queries HOME ROWS``: the pages themselves are run, as a visitor opens them, and what they ask of the
published file is written down.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measuring import ROOT, Line, clocked, show
from warehouse.home import Home
from warehouse.reader import Published, published

APP = ROOT / "dashboards" / "app.py"
PAGES = ["glance", "attendance", "budget", "callbacks", "conversion", "operators", "inspections", "quality"]
TIMES = 9
Asked = tuple[str, Any]


def lines(home: Home, rows: int) -> Iterator[Line]:
    """A line a page: its slowest query."""
    reader = published(home)
    floor = _cost(reader, ("select 1", None))
    for page in PAGES:
        asked = _asked(home, page)
        slowest = max(_cost(reader, query) for query in asked)
        yield Line(f"queries: {page}, slowest of {len(asked)}", rows, slowest, floor, "select 1", 0)


def _cost(reader: Published, asked: Asked) -> float:
    """CPU seconds of a query, the median of a few; the first is thrown away."""
    spent: list[float] = []
    for _ in range(TIMES):
        with clocked(spent):
            reader.table(*asked)
    return statistics.median(spent[1:])


def _asked(home: Home, page: str) -> list[Asked]:
    import streamlit
    from streamlit.testing.v1 import AppTest

    os.environ["ZHIDU_HOME"] = str(home.root)
    test = AppTest.from_file(str(APP), default_timeout=300)
    test.context["locale"] = "en-US"
    test.run()
    streamlit.cache_data.clear()  # what other pages have asked already
    test.switch_page(f"app_pages/{page}.py")
    with _listening() as heard:
        test.run()
    if test.exception:
        raise SystemExit(f"{page}: {test.exception[0].value}")
    return heard


@contextmanager
def _listening() -> Iterator[list[Asked]]:
    """What is asked of a published file meanwhile."""
    real, heard = Published.table, []

    def table(self: Published, sql: str, parameters: Any = None) -> Any:
        heard.append((sql, parameters))
        return real(self, sql, parameters)

    Published.table = table
    try:
        yield heard
    finally:
        Published.table = real


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # a page that is run without a server says so
    for line in lines(Home(Path(sys.argv[1])), int(sys.argv[2])):
        show(line)

"""What the pages cost, beside an empty page of the same kind served in the same run.

    python -m bench.pages [HOME]

Chromium (system package) opens an empty page and the real ones warm, switches pages and changes a filter; a plain websocket
client asks for reruns alone and twenty at once. Without HOME the published version of ``bench/data/build_10000000`` is
shown. Prints milliseconds and ratios, and appends them to ``bench/pages.csv``. It asserts nothing.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.e2e.browser import chromium, served, served_by
from warehouse.home import Home

DATA = Path(__file__).resolve().parent / "data"
RESULTS = Path(__file__).with_name("pages.csv")
PAGES = ["glance", "attendance", "budget", "callbacks", "conversion", "operators", "inspections", "quality"]
TIMES, PEOPLE, THINKING = 5, 20, 5.0
EMPTY = (
    "import sys, uvicorn; from bench.empty_page import app; uvicorn.run(app, port=int(sys.argv[2]), log_level='error')"
)
DRAWN = """() => new Promise(done => {
  let last = performance.now();
  const look = new MutationObserver(() => { last = performance.now(); });
  look.observe(document.body, {subtree: true, childList: true, characterData: true});
  const wait = () => {
    const app = document.querySelector('[data-testid=stApp]');
    const isReady = app && app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]');
    if (isReady && performance.now() - last > 400) done(last); else setTimeout(wait, 20);
  };
  wait();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__.splitlines()[0])
    parser.add_argument("home", nargs="?", default=DATA / "build_10000000", type=Path)
    home = Home(parser.parse_args().home.resolve())
    figures: dict[str, float] = {}
    with served_by(EMPTY, home) as empty, chromium() as browser:
        page = browser.new_context().new_page()
        figures["empty page, warm load"] = _median(lambda: _load(page, empty))
    with served(home) as address:
        with chromium() as browser:
            page = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-US").new_page()
            for name in PAGES:
                figures[f"{name}, warm load"] = _median(lambda name=name: _load(page, f"{address}/{name}"))
            figures["page switch"] = _median(lambda: _switch(page))
            page.goto(f"{address}/attendance")
            page.evaluate(DRAWN)
            figures["filter change"] = _median(lambda: _filter(page))
        for name in PAGES:
            with session(address, name) as rerun:
                times = [rerun() for _ in range(30)]
            figures[f"{name}, server"] = statistics.median(times[5:])
            figures[f"{name}, server p95"] = statistics.quantiles(times[5:], n=20)[-1]
        one, many = crowd(address, 1), crowd(address, PEOPLE)
        figures["one person"], figures[f"{PEOPLE} people"] = one, many
    show(figures)


def show(figures: dict[str, float]) -> None:
    floor = figures["empty page, warm load"]
    is_new = not RESULTS.exists()
    with RESULTS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(["what", "ms", "to_empty_page", "measured_on"])
        for what, milliseconds in figures.items():
            is_browser = what.endswith(("load", "switch", "change"))
            ratio = f"{milliseconds / floor:.2f}" if is_browser else ""
            print(f"{what:28} {milliseconds:8.0f} ms  {ratio}")
            writer.writerow([what, f"{milliseconds:.0f}", ratio, date.today()])
    print(f"{PEOPLE} people against one: {figures[f'{PEOPLE} people'] / figures['one person']:.2f}")


def _median(measure: Callable[[], float]) -> float:
    measure()
    return statistics.median(measure() for _ in range(TIMES))


def _load(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    return page.evaluate(DRAWN)


def _switch(page: Page) -> float:
    """To the next page of the navigation, by its link."""
    here = urlsplit(page.url).path.strip("/")
    there = PAGES[(PAGES.index(here) + 1) % len(PAGES)] if here in PAGES else PAGES[0]
    link = page.locator(
        f"[data-testid=stSidebar] a[href*='/{there}'], [data-testid=stSidebar] a[href^='{there}']"
    ).first
    start = page.evaluate("performance.now()")
    link.click()
    return page.evaluate(DRAWN) - start


def _filter(page: Page) -> float:
    """Another month, by the keyboard."""
    box = page.locator(".st-key-filter-month input").first
    box.click()
    page.keyboard.press("ArrowDown")
    start = page.evaluate("performance.now()")
    page.keyboard.press("Enter")
    return page.evaluate(DRAWN) - start


@contextmanager
def session(address: str, name: str) -> Iterator[Callable[[], float]]:
    """A visitor without a browser; calling it reruns the page and gives the milliseconds until the script has finished."""
    host = address.removeprefix("http://")
    with connect(
        f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], origin=address, max_size=None, compression=None
    ) as socket:  # type: ignore[arg-type]

        def rerun() -> float:
            message = BackMsg()
            message.rerun_script.query_string = "lang=en"
            message.rerun_script.page_name = name
            message.rerun_script.context_info.url = f"{address}/{name}"
            start = time.perf_counter()
            socket.send(message.SerializeToString())
            while True:
                answer = ForwardMsg()
                answer.ParseFromString(socket.recv(timeout=60))  # type: ignore[arg-type]
                if answer.WhichOneof("type") == "script_finished":
                    return 1000 * (time.perf_counter() - start)

        yield rerun


def crowd(address: str, people: int, seconds: float = 40) -> float:
    """Median milliseconds of a rerun while so many people turn pages, each reading for some seconds in between."""
    times: list[float] = []
    end = time.monotonic() + seconds

    def visit(number: int) -> None:
        reading = random.Random(number)
        with session(address, PAGES[number % len(PAGES)]) as rerun:
            rerun()
            while time.monotonic() < end:
                times.append(rerun())
                time.sleep(reading.uniform(0.5, 1.5) * THINKING)

    visitors = [threading.Thread(target=visit, args=(n,)) for n in range(people)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return statistics.median(times)


if __name__ == "__main__":
    main()

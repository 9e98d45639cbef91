"""What the pages cost, beside an empty page of the same kind served in the same run.

    python -m bench.pages [HOME]

Chromium (system package) opens an empty page and every real one warm, goes from page to page and chooses another month on
each; a plain websocket client asks for reruns alone and twenty at once. A time runs from the click, the key or the address
to the last change of the page; that it then has to stay as it is for 400 ms does not count. Beside each stand the CPU
milliseconds of the whole browser, which a busy machine changes less. Without HOME the published version of
``bench/data/build_10000000`` is shown. Prints milliseconds and ratios, and writes them to ``bench/pages.csv``. It asserts
nothing, but a page that fails ends it.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from dashboards.i18n import Texts
from tests.e2e.browser import chromium, served, served_by
from warehouse.home import Home
from warehouse.reader import published

DATA = Path(__file__).resolve().parent / "data"
RESULTS = Path(__file__).with_name("pages.csv")
PAGES = [
    "glance", "attendance", "person", "school", "budget", "callbacks", "conversion", "events", "operators", "inspections",
    "rulebook", "why", "sql", "quality",
]  # fmt: skip
MONTHLY = PAGES[:10]  # have the filter of the month
TIMES, PEOPLE, THINKING = 3, 20, 5.0
FLOOR = "empty page, warm load"
FAILED = Texts("en")("page.failed").encode()
EMPTY = (
    "import sys, uvicorn; from bench.empty_page import app; uvicorn.run(app, port=int(sys.argv[2]), log_level='error')"
)


class Cost(NamedTuple):
    """Of one visit: from the action to the last change, and of the whole browser."""

    ms: float
    cpu_ms: float


# from the start of a page on: when somebody acted, when the page last changed, whether the script ran since (a short run may
# begin and end between two pictures: then another title tells of it)
WATCH = """(() => {
  window.title = () => document.querySelector('h1')?.textContent;
  window.watched = {acted: 0, last: 0, hasRun: true};
  window.watchAnew = () => { window.watched = {acted: 0, last: 0, hasRun: false, before: window.title()}; };
  for (const kind of ['click', 'keydown'])
    addEventListener(kind, () => { window.watched.acted = performance.now(); }, {capture: true});
  new MutationObserver(changes => {
    for (const change of changes)
      if (change.type !== 'attributes') {
        if (document.body?.contains(change.target)) window.watched.last = performance.now();
      }
      else if (change.target.dataset.testScriptState === 'running') window.watched.hasRun = true;
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-test-script-state'],
  });
})()"""
DRAWN = """() => new Promise((done, failed) => {
  const end = performance.now() + 60000;
  const wait = () => {
    const app = document.querySelector('[data-testid=stApp]');
    const {acted, last, hasRun, before} = window.watched;
    const isReady = (hasRun || before !== window.title()) && app && app.dataset.testScriptState === 'notRunning'
      && !document.querySelector('[data-testid=stSkeleton]');
    if (isReady && performance.now() - last > 400) done(last - acted);
    else if (performance.now() > end) failed(new Error('the page did not come to rest'));
    else setTimeout(wait, 20);
  };
  wait();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__.splitlines()[0])
    parser.add_argument("home", nargs="?", default=DATA / "build_10000000", type=Path)
    home = Home(parser.parse_args().home.resolve())
    addresses = {page: f"{page}?{urlencode({'lang': 'en'} | query)}" for page, query in queries_of(home).items()}
    browsing: dict[str, Cost] = {}
    figures: dict[str, float] = {}
    with served_by(EMPTY, home) as empty, visitor() as (page, cpu):
        browsing[FLOOR] = _median(cpu, lambda: _load(page, empty))
    with served(home) as address:
        with visitor() as (page, cpu):
            for name in PAGES:
                url = f"{address}/{addresses[name]}"
                browsing[f"{name}, warm load"] = _median(cpu, lambda url=url: _load(page, url))
            for name in MONTHLY:
                _load(page, f"{address}/{addresses[name]}")
                places = count(1)
                browsing[f"{name}, filter change"] = _median(cpu, lambda places=places: _filter(page, next(places)))
            browsing |= _switches(page, cpu)
        for name in PAGES:
            with session(address, addresses[name]) as rerun:
                times = [rerun() for _ in range(30)]
            figures[f"{name}, server"] = statistics.median(times[5:])
            figures[f"{name}, server p95"] = statistics.quantiles(times[5:], n=20)[-1]
        one, many = crowd(address, addresses, 1), crowd(address, addresses, PEOPLE)
        figures["one person"], figures[f"{PEOPLE} people"] = one, many
    for kind in ("warm load", "filter change", "page switch"):
        of_kind = [cost for what, cost in browsing.items() if what.endswith(kind) and what != FLOOR]
        browsing[f"median {kind}"] = _middle(of_kind)
    show(browsing, figures)


def queries_of(home: Home) -> dict[str, dict[str, str]]:
    """What stands in the address of each page: somebody who was fined, and a fine."""
    fine = published(home).rows(
        "select outcome_id, subject_id from marts.fct_rule_outcomes "
        "where outcome_type = 'fine' and subject_type = 'employee' order by month desc, outcome_id limit 1"
    )[0]
    asked = {"person": {"person": fine["subject_id"]}, "why": {"outcome": fine["outcome_id"]}}
    return {page: asked.get(page, {}) for page in PAGES}


def show(browsing: dict[str, Cost], figures: dict[str, float]) -> None:
    floor = browsing[FLOOR]
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["what", "ms", "to_empty_page", "cpu_ms", "cpu_to_empty_page", "measured_on"])
        for what, cost in browsing.items():
            ratio, cpu_ratio = (side / least for side, least in zip(cost, floor, strict=True))
            print(f"{what:28} {cost.ms:8.0f} ms {ratio:6.2f}   CPU {cost.cpu_ms:8.0f} ms {cpu_ratio:6.2f}")
            writer.writerow(
                [what, f"{cost.ms:.0f}", f"{ratio:.2f}", f"{cost.cpu_ms:.0f}", f"{cpu_ratio:.2f}", date.today()]
            )
        for what, milliseconds in figures.items():
            print(f"{what:28} {milliseconds:8.0f} ms")
            writer.writerow([what, f"{milliseconds:.0f}", "", "", "", date.today()])
    print(f"{PEOPLE} people against one: {figures[f'{PEOPLE} people'] / figures['one person']:.2f}")


@contextmanager
def visitor() -> Iterator[tuple[Page, Callable[[], float]]]:
    """A page that is watched, and the CPU milliseconds that its whole browser has used so far."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-US")
        context.add_init_script(WATCH)
        inspector = browser.new_browser_cdp_session()

        def cpu() -> float:
            processes = inspector.send("SystemInfo.getProcessInfo")["processInfo"]
            return 1000 * sum(process["cpuTime"] for process in processes)

        yield context.new_page(), cpu


def _median(cpu: Callable[[], float], measure: Callable[[], float]) -> Cost:
    measure()
    return _middle([_measured(cpu, measure) for _ in range(TIMES)])


def _middle(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(side) for side in zip(*costs, strict=True)))


def _measured(cpu: Callable[[], float], measure: Callable[[], float]) -> Cost:
    before = cpu()
    ms = measure()
    return Cost(ms, cpu() - before)


def _load(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    return page.evaluate(DRAWN)


def _switches(page: Page, cpu: Callable[[], float]) -> dict[str, Cost]:
    """Into each page from the one before it, by the link of the navigation; the first round only warms up."""
    rounds = [{name: _measured(cpu, lambda name=name: _switch(page, name)) for name in PAGES} for _ in range(TIMES)]
    return {f"{name}, page switch": _middle([each[name] for each in rounds[1:]]) for name in PAGES}


def _switch(page: Page, there: str) -> float:
    link = page.locator(
        f"[data-testid=stSidebar] a[href*='/{there}'], [data-testid=stSidebar] a[href^='{there}']"
    ).first
    page.evaluate("watchAnew()")
    link.click()
    return page.evaluate(DRAWN)


def _filter(page: Page, place: int) -> float:
    """Another month: the one at a place of the list."""
    page.locator(".st-key-filter-month input").first.click()
    month = page.locator("[role=option]").nth(place)
    month.wait_for()
    page.evaluate("watchAnew()")
    month.click()
    return page.evaluate(DRAWN)


@contextmanager
def session(address: str, name: str) -> Iterator[Callable[[], float]]:
    """A visitor without a browser; calling it reruns the page and gives the milliseconds until the script has finished."""
    name, _, query = name.partition("?")
    host = address.removeprefix("http://")
    with connect(
        f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], origin=address, max_size=None, compression=None
    ) as socket:  # type: ignore[arg-type]

        def rerun() -> float:
            message = BackMsg()
            message.rerun_script.query_string = query
            message.rerun_script.page_name = name
            message.rerun_script.context_info.url = f"{address}/{name}?{query}"
            start = time.perf_counter()
            socket.send(message.SerializeToString())
            while True:
                answer = ForwardMsg()
                said: bytes = socket.recv(timeout=60)  # type: ignore[assignment]
                if FAILED in said:
                    raise RuntimeError(f"{name} failed: the server's log says why")
                answer.ParseFromString(said)
                if answer.WhichOneof("type") == "script_finished":
                    return 1000 * (time.perf_counter() - start)

        yield rerun


def crowd(address: str, addresses: dict[str, str], people: int, seconds: float = 40) -> float:
    """Median milliseconds of a rerun while so many people turn pages, each reading for some seconds in between."""
    times: list[float] = []
    end = time.monotonic() + seconds

    def visit(number: int) -> None:
        reading = random.Random(number)
        with session(address, addresses[PAGES[number % len(PAGES)]]) as rerun:
            rerun()
            while time.monotonic() < end:
                times.append(rerun())
                time.sleep(reading.uniform(0.5, 1.5) * THINKING)

    with ThreadPoolExecutor(people) as visitors:
        list(visitors.map(visit, range(people)))  # raises what one of them met
    return statistics.median(times)


if __name__ == "__main__":
    main()

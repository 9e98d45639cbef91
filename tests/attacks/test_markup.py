"""Text of logs in the pages: some forty payloads, all of them in every page, shown as the text they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboards import analyst
from tests.attacks.conftest import PAYLOADS
from tests.attacks.corpora import families, with_unseen
from tests.dashboards.conftest import PAGES, RunPage, texts_on
from tests.dashboards.test_pages import CHOSEN
from tests.e2e.browser import CHROMIUM, chromium, served, settled
from warehouse.home import Home

LIVE = [with_unseen(c) for f in families("payloads") if f.name in ("HTML", "Markdown") for c in f.cases]
TAGS = re.compile(
    r"<(img|script|svg|a|iframe|object|link|style|meta|form|div|math|video|details|b style)[\s>/]", re.IGNORECASE
)
QUERY = "select unit_name, employee_name, 1 as n from employees join units using (unit_id)"
# what a payload would have made, in the page or in a figure of it
MADE = """() => {
    const of = (a) => [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a));
    return [
        ...of(a => /evil|alert\\(1\\)|^javascript:|^mailto:|^data:text/i.test(a.value) && /^(href|xlink:href|src|srcdoc|action|data|style|on.*)$/.test(a.name)),
        ...of(a => /^on(error|load|mouseover|toggle)$/.test(a.name)),
        ...document.querySelectorAll('img[src=x], iframe, object, video, details[ontoggle], meta[http-equiv=refresh], math'),
        ...[...document.querySelectorAll('script, style')].filter(e => /alert\\(1\\)|evil/.test(e.textContent)),
        ...[...document.querySelectorAll('h1, h2, h3, strong, del')].filter(e => /^(heading|bold|gone)$/.test(e.textContent)),
    ].map(e => e.outerHTML.slice(0, 200));
}"""


def test_the_payloads_are_as_many_as_they_should_be() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 40


@pytest.mark.parametrize("page", PAGES)
def test_no_payload_is_markup(poisoned: Home, run_page: RunPage, page: str) -> None:
    asked = {**CHOSEN, "sql": {"q": analyst.link(QUERY), "x": "unit_name"}}.get(page, {})
    test = run_page(poisoned, page, "zh", **({"month": "2026-03"} | asked))
    assert not test.exception
    said = texts_on(test)
    assert not [text for text in said for payload in LIVE if payload in text]
    assert not [text for text in said if TAGS.search(text.replace("\\<", ""))]
    figures = [text for chart in test.get("plotly_chart") for text in _strings(json.loads(chart.proto.spec))]
    assert not [text for text in figures if TAGS.search(text)]
    shown = "".join(frame.value.to_csv() for frame in test.dataframe) + "".join(text.value for text in test.text)
    shown += "".join(figures + said)
    # it is there to be found: alert(1) and evil.example stay readable whatever is escaped around them
    assert "alert" in shown or "evil" in shown or "calc" in shown


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


@pytest.mark.e2e
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt install chromium)")
def test_nothing_of_a_payload_comes_alive_in_a_browser(poisoned: Home) -> None:
    events: list[str] = []

    def listen(page: Page) -> None:
        page.on("dialog", lambda dialog: (events.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: events.append(f"popup {popup.url}"))
        page.on("download", lambda download: events.append(f"download {download.url}"))
        page.on("request", lambda request: _is_of_the_page(request.url) or events.append(request.url))

    outcome, person = CHOSEN["why"]["outcome"], CHOSEN["person"]["person"]
    addresses = [
        "attendance?month=2026-03",
        f"person?month=2026-03&person={person}",
        "budget?month=2026-03",
        "rulebook?month=2026-03&clause=R7-1.4",
        "quality",
        f"why?outcome={outcome}",
        f"sql?q={analyst.link(QUERY)}&x=unit_name",
    ]
    with served(poisoned) as address, chromium() as browser:
        page = browser.new_context(locale="zh-CN", viewport={"width": 1400, "height": 900}).new_page()
        listen(page)
        for asked in addresses:
            page.goto(f"{address}/{asked}")
            settled(page)
            assert page.evaluate(MADE) == [], asked
            assert page.url.startswith(f"{address}/{asked.partition('?')[0]}")
        for figure in page.locator(".js-plotly-plot .barlayer .point").all()[:3]:
            figure.hover(force=True)
            page.wait_for_timeout(300)
            assert page.evaluate(MADE) == []
    assert events == []


def _is_of_the_page(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))

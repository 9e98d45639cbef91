"""A visitor in a headless Chromium: a link, a figure, the other language, a fine and why it is one, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import CHROMIUM, chromium, served, settled
from warehouse.home import Home

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt install chromium)"),
]
ACTION_X, HEADER, ROW = 20, 35, 35


@pytest.fixture(scope="module")
def address(people: Home) -> Iterator[str]:
    with served(people) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 1000})
    found = context.new_page()
    found.strangers = []  # type: ignore[attr-defined]
    found.on("request", lambda request: _note_stranger(found, request.url))
    yield found
    context.close()


def _note_stranger(page: Page, url: str) -> None:
    if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
        page.strangers.append(url)  # type: ignore[attr-defined]


def _in_address(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def _click_action(page: Page, card: str, row: int) -> None:
    """The link or button at the head of a row: grids are drawn on a canvas."""
    grid = page.locator(f".st-key-card_{card} [data-testid=stDataFrame]")
    grid.scroll_into_view_if_needed()
    settled(page)
    box = grid.bounding_box()
    _point_and_click(page, box["x"] + ACTION_X, box["y"] + HEADER + ROW * row + ROW / 2)


def _point_and_click(page: Page, x: float, y: float) -> None:
    """As a hand does it: grids and charts look at what is under the pointer first."""
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(400)
    page.mouse.click(x, y)


def test_from_a_link_to_the_reason_of_a_fine_and_back(address: str, page: Page) -> None:
    page.goto(f"{address}/attendance?month=2026-03&unit=CO1&section=clauses")
    settled(page)
    expect(page.get_by_role("heading", name="考勤与罚款")).to_be_visible()
    fines = page.get_by_test_id("stMetricValue").first
    figure = fines.inner_text()
    assert re.fullmatch(r"[\d,]+\.\d\d 元", figure)

    page.get_by_text("English", exact=True).click()
    settled(page)
    expect(page.get_by_role("heading", name="Attendance and fines")).to_be_visible()
    assert fines.inner_text() == "¥" + figure.removesuffix(" 元")
    assert _in_address(page) == {"month": "2026-03", "unit": "CO1", "section": "clauses", "lang": "en"}

    with page.context.expect_page() as opened:
        _click_action(page, "attendance_outcomes", 0)
    why = opened.value
    settled(why)
    assert urlsplit(why.url).path == "/why"
    assert re.fullmatch(r"[0-9a-f]{32}", _in_address(why)["outcome"])
    expect(why.get_by_role("heading", name="Why")).to_be_visible()
    expect(why.get_by_text("R7-").first).to_be_visible()
    why.close()

    page.go_back()
    settled(page)
    expect(page.get_by_role("heading", name="考勤与罚款")).to_be_visible()
    assert _in_address(page) == {"month": "2026-03", "unit": "CO1", "section": "clauses"}
    assert fines.inner_text() == figure
    assert page.strangers == []  # type: ignore[attr-defined]


def test_a_person_and_a_clause_are_picked_by_a_click(address: str, page: Page) -> None:
    page.goto(f"{address}/attendance?month=2026-03&lang=en")
    settled(page)
    page.get_by_role("tab", name="What was taken").click()
    page.wait_for_url("**section=clauses*", timeout=20_000)
    settled(page)
    bar = page.locator(".st-key-card_attendance_by_clause .barlayer .point").first
    bar.scroll_into_view_if_needed()
    settled(page)
    box = bar.bounding_box()
    _point_and_click(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**clause=*", timeout=20_000)
    settled(page)

    page.get_by_role("tab", name="Everybody's month").click()
    page.wait_for_url(lambda url: "section" not in url, timeout=20_000)
    settled(page)
    _click_action(page, "attendance_people", 1)
    page.wait_for_url("**/person?*", timeout=20_000)
    settled(page)
    expect(page.locator(".st-key-card_person_days [data-testid=stDataFrame]")).to_be_visible(timeout=20_000)
    assert _in_address(page).keys() == {"month", "lang", "person"}

    page.go_back()
    expect(page.get_by_role("heading", name="Attendance and fines")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_role("heading", name="Attendance and fines")).to_be_visible()
    assert _in_address(page)["month"] == "2026-03"


def test_a_cell_of_the_heat_map_leads_to_the_unit_then_to_the_person(address: str, page: Page) -> None:
    page.goto(f"{address}/attendance?month=2026-03&lang=en")
    settled(page)
    _click_cell(page, "attendance_unit_days")
    page.wait_for_url("**unit=*", timeout=20_000)
    settled(page)
    _click_cell(page, "attendance_days")
    page.wait_for_url("**/person?*", timeout=20_000)
    assert _in_address(page).keys() == {"month", "lang", "unit", "person"}


def _click_cell(page: Page, card: str) -> None:
    cell = page.locator(f".st-key-card_{card} .scatterlayer .point").first
    cell.scroll_into_view_if_needed()
    settled(page)
    box = cell.bounding_box()
    _point_and_click(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_table_is_downloaded_with_its_totals(address: str, page: Page) -> None:
    page.goto(f"{address}/attendance?month=2026-03&lang=zh")
    settled(page)
    button = page.locator(".st-key-export_attendance_people").get_by_text("CSV")
    with page.expect_download() as found:
        button.click()
    lines = found.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("员工,单位,")
    assert lines[-1].startswith("合计,")


def test_a_cell_of_the_rounds_picks_its_elevator(address: str, page: Page) -> None:
    page.goto(f"{address}/inspections?month=2026-04&lang=en")
    settled(page)
    cell = page.locator(".st-key-card_inspections_grid .barlayer .point").first
    cell.scroll_into_view_if_needed()
    settled(page)
    box = cell.bounding_box()
    _point_and_click(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**asset=*", timeout=20_000)
    settled(page)
    assert _in_address(page)["asset"].startswith("L")


def test_a_clause_is_searched_for_and_read(address: str, page: Page) -> None:
    page.goto(f"{address}/rulebook?month=2026-03&lang=en")
    settled(page)
    search = page.get_by_role("textbox", name="Search")
    search.fill("late_fine")
    search.press("Enter")
    page.wait_for_url("**q=late_fine*", timeout=20_000)
    settled(page)
    _click_action(page, "rulebook_clauses", 0)
    page.wait_for_url("**clause=R7-*", timeout=20_000)
    settled(page)
    outcomes = page.locator(".st-key-card_rulebook_outcomes")
    expect(outcomes).to_be_visible()
    page.reload()
    settled(page)
    expect(outcomes).to_be_visible()
    expect(search).to_have_value("late_fine")


def test_the_bare_address_leads_to_the_first_page_and_keeps_what_it_was_asked(address: str, page: Page) -> None:
    page.goto(f"{address}/?month=2026-03&lang=en")
    page.wait_for_url("**/glance?*")
    settled(page)
    assert _in_address(page) == {"month": "2026-03", "lang": "en"}
    page.get_by_role("link", name="Expenses, caps and budgets").click()
    page.wait_for_url("**/budget?*")
    settled(page)
    expect(page.get_by_role("heading", name="Expenses, caps and budgets", exact=True)).to_be_visible()
    assert _in_address(page) == {"month": "2026-03", "lang": "en"}
    page.go_back()
    settled(page)
    expect(page.get_by_role("heading", name="Month at a glance")).to_be_visible()
    assert _in_address(page) == {"month": "2026-03", "lang": "en"}


def test_a_query_is_typed_run_by_the_keyboard_drawn_downloaded_and_found_again_by_its_link(
    address: str, page: Page
) -> None:
    page.goto(f"{address}/sql?lang=en")
    settled(page)
    page.get_by_role("textbox", name="SQL").fill("select unit_id, count(*) as n from fct_rule_outcomes group by all")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=20_000)
    settled(page)
    assert page.locator(".st-key-card_sql_chart .barlayer .point").count() > 3
    with page.expect_download() as download:
        page.get_by_role("button", name="Parquet").click()
    found = pq.read_table(download.value.path())
    assert found.column_names == ["unit_id", "n"] and found.num_rows > 3

    link = page.url
    assert _in_address(page)["q"].startswith("~")
    page.get_by_role("textbox", name="SQL").fill("select 1")
    page.goto(f"{address}/quality?lang=en")
    settled(page)
    page.goto(link)
    settled(page)
    assert page.get_by_role("textbox", name="SQL").input_value().startswith("select unit_id")
    expect(page.get_by_role("heading", name="Result")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_wider_than_the_screen(address: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for place in (
        "attendance",
        "budget",
        "callbacks",
        "conversion",
        "operators",
        "inspections",
        "events",
        "school",
        "rulebook",
        "sql",
        "quality",
        "why",
    ):
        page.goto(f"{address}/{place}?lang=zh")
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), place


@pytest.fixture(scope="module")
def money_address(money: Home) -> Iterator[str]:
    with served(money) as found:
        yield found


def _click_bar(page: Page, card: str, place: int) -> None:
    bar = page.locator(f".st-key-card_{card} .barlayer .point").nth(place)
    bar.scroll_into_view_if_needed()
    settled(page)
    box = bar.bounding_box()
    _point_and_click(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_from_a_full_cap_to_its_lines_and_the_reason_of_a_cut(money_address: str, page: Page) -> None:
    page.goto(f"{money_address}/budget?month=2026-03&lang=en")
    settled(page)
    _click_bar(page, "budget_fullest", 0)
    page.wait_for_url("**category=*", timeout=20_000)
    settled(page)
    clicked = {"month": "2026-03", "lang": "en", "unit": "BO1", "category": "office_supplies", "section": "usage"}
    assert _in_address(page) == clicked
    expect(page.locator(".st-key-card_budget_lines [data-testid=stDataFrame]")).to_be_visible()

    page.get_by_role("tab", name="What was cut").click()
    page.wait_for_url("**section=cut*", timeout=20_000)
    settled(page)
    with page.context.expect_page() as opened:
        _click_action(page, "budget_disallowed", 0)
    settled(opened.value)
    assert urlsplit(opened.value.url).path == "/why"
    expect(opened.value.get_by_text("R4-").first).to_be_visible()
    opened.value.close()

    page.go_back()
    settled(page)
    assert _in_address(page) == clicked
    page.go_back()
    settled(page)
    assert _in_address(page) == {"month": "2026-03", "lang": "en"}


def test_a_breach_and_an_owner_are_picked_by_a_click(money_address: str, page: Page) -> None:
    page.goto(f"{money_address}/budget?month=2026-04&lang=en")
    settled(page)
    _click_action(page, "budget_breaches", 0)
    page.wait_for_url("**unit=*", timeout=20_000)
    settled(page)
    assert _in_address(page)["unit"] == "BO1"

    page.goto(f"{money_address}/callbacks?month=2026-03&section=times&lang=en")
    settled(page)
    _click_bar(page, "callbacks_windows", 0)
    page.wait_for_url("**person=S2*", timeout=20_000)
    settled(page)
    page.get_by_role("tab", name="By owner").click()
    page.wait_for_url("**section=owners*", timeout=20_000)
    settled(page)
    _click_action(page, "callbacks_owners", 0)
    page.wait_for_url("**person=S*", timeout=20_000)
    assert page.strangers == []  # type: ignore[attr-defined]

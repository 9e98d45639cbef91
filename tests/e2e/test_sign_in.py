"""Signing in through a real provider, in Chromium: the link one came with, the role's pages, the end of a token, signing out."""

from __future__ import annotations

import json
import re
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser import CHROMIUM, chromium, free_port, running, served, settled
from warehouse.home import Home
from warehouse.publish import current

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt install chromium)"),
]
SECONDS = 8  # that the short token holds
ACCOUNTS = [
    {"sub": "u-hr", "email": "hr@example.test", "email_verified": True},
    {"sub": "u-manager", "email": "co1@example.test", "email_verified": True},
    {"sub": "u-guest", "email": "guest@example.test", "email_verified": True},
    {"sub": "u-unverified", "email": "hr@example.test", "email_verified": False},
    {"sub": "u-short", "email": "short@example.test", "email_verified": True, "lifetime": SECONDS},
]
PEOPLE = """subject,email,role,units
,hr@example.test,hr,
u-manager,,manager,CO1
u-manager,,analyst,
,short@example.test,finance,
"""


@pytest.fixture(scope="module")
def address(people: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = Home(tmp_path_factory.mktemp("signed") / "home").create()
    shutil.copytree(people.published, home.published, dirs_exist_ok=True)
    port, provider_port = free_port(), free_port()
    redirect = f"http://127.0.0.1:{port}/oauth2callback"
    accounts = home.root / "accounts.json"
    accounts.write_text(json.dumps(ACCOUNTS))
    home.access.mkdir()
    (home.access / "people.csv").write_text(PEOPLE)
    (home.access / "sign_in.toml").write_text(
        f'client_id = "zhidu"\nclient_secret = "loopback-secret"\nredirect_uri = "{redirect}"\n'
        f'server_metadata_url = "http://127.0.0.1:{provider_port}/.well-known/openid-configuration"\n'
        f'cookie_secret = "{"0123456789abcdef" * 4}"\n'
    )
    provider = [sys.executable, "-m", "tests.e2e.provider", str(provider_port), "zhidu", "loopback-secret", redirect]
    with ExitStack() as stack:
        log = home.root / "provider.log"
        issuer = f"http://127.0.0.1:{provider_port}"
        stack.enter_context(running([*provider, str(accounts)], log, issuer, "/.well-known/openid-configuration"))
        yield stack.enter_context(served(home, port))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    yield context
    context.close()


def _sign_in(context: BrowserContext, place: str, account: str) -> Page:
    """Come by a link, sign in, be back where the link led."""
    page = context.new_page()
    page.goto(place)
    settled(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.get_by_test_id("stMetric").count() == page.get_by_test_id("stDataFrame").count() == 0
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=account, exact=True).click()
    page.wait_for_url(place, timeout=30_000)
    settled(page)
    return page


def test_a_manager_comes_back_to_the_link_sees_their_unit_alone_and_signs_out(
    address: str, context: BrowserContext, people: Home
) -> None:
    link = f"{address}/attendance?month=2026-03&lang=en&unit=BO2"  # another's unit in a link that was passed on
    page = _sign_in(context, link, "u-manager")
    expect(page.get_by_role("heading", name="Attendance and fines")).to_be_visible()
    assert "BO2" not in page.inner_text("body")
    page.get_by_test_id("stSelectbox").first.click()
    assert page.get_by_role("option").all_inner_texts()[0] == "All units"
    assert len(page.get_by_role("option").all()) == 2
    page.keyboard.press("Escape")
    menu = page.get_by_test_id("stSidebar").inner_text()
    assert "u-manager" not in menu and "co1@example.test" in menu and "Manager, Analyst" not in menu
    assert "SQL" in menu and "Data quality" not in menu

    cookies = {c["name"]: c for c in context.cookies() if c["name"].startswith("_streamlit_user")}
    assert cookies and all(c["httpOnly"] and c["sameSite"] == "Lax" and c["expires"] == -1 for c in cookies.values())

    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").first.click()
    media = download.value.url
    assert "/media/" in media
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(media)

    page.goto(f"{address}/quality?lang=en")
    settled(page)
    expect(page.get_by_role("heading", name="This page is not for your roles")).to_be_visible()
    assert current(people).version not in page.inner_text("body")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(rf"{address}/(\?.*)?$"), timeout=30_000)
    settled(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not [c for c in context.cookies() if c["name"] == "_streamlit_user"]


def test_hr_is_not_let_into_a_page_of_money(address: str, context: BrowserContext) -> None:
    page = _sign_in(context, f"{address}/budget?lang=en", "u-hr")
    expect(page.get_by_role("heading", name="This page is not for your roles")).to_be_visible()
    assert page.get_by_test_id("stMetric").count() == page.get_by_test_id("stDataFrame").count() == 0
    page.goto(f"{address}/?lang=en")
    page.wait_for_url("**/attendance?*")
    settled(page)
    expect(page.get_by_role("heading", name="Attendance and fines")).to_be_visible()


@pytest.mark.parametrize("account", ["u-guest", "u-unverified"])
def test_without_a_role_or_with_an_unverified_address_there_is_nothing(
    address: str, context: BrowserContext, account: str
) -> None:
    page = _sign_in(context, f"{address}/attendance?lang=en", account)
    expect(page.get_by_role("heading", name="No role yet")).to_be_visible()
    assert page.get_by_test_id("stMetric").count() == page.get_by_test_id("stDataFrame").count() == 0


def test_a_token_that_ended_signs_out_in_the_open_page_and_in_a_new_one(address: str, context: BrowserContext) -> None:
    page = _sign_in(context, f"{address}/why?lang=en", "u-short")
    expect(page.get_by_role("heading", name="Why", exact=True)).to_be_visible()
    page.wait_for_timeout(SECONDS * 1000)
    page.get_by_text("中文", exact=True).click()
    expect(page.get_by_role("heading", name="登录已过期")).to_be_visible(timeout=20_000)
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert page.get_by_test_id("stTextInput").count() == 0
    assert not [c for c in context.cookies() if c["name"] == "_streamlit_user"]
    assert Path(page.url).name.startswith("why")

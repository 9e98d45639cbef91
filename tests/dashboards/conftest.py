"""Homes with a published version made by hand, and a way to run a page on one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.i18n import LANGUAGES, texts_of
from dashboards.layout import SECTION, WHOLE
from ingest.loading import ingest_paths
from tests.dashboards.stand_in import stand_in
from warehouse.home import CHECKOUT, Home

APP = CHECKOUT / "dashboards" / "app.py"
PAGES = sorted(p.stem for p in (CHECKOUT / "dashboards" / "app_pages").glob("*.py") if p.stem != "start")
RunPage = Callable[..., AppTest]


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory, people: Home, money: Home) -> Home:
    """Both golden sets in one."""
    return stand_in(tmp_path_factory.mktemp("dashboards") / "golden", [people, money])


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory, people: Home) -> Home:
    """Published, and not a single row."""
    return stand_in(tmp_path_factory.mktemp("dashboards") / "empty", [people], rows=False)


@pytest.fixture(scope="session")
def unpublished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("dashboards") / "unpublished").create()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory, people: Home, money: Home) -> Home:
    """Logs whose texts would like to be markup."""
    return stand_in(tmp_path_factory.mktemp("dashboards") / "hostile", [people, money], hostile=True)


@pytest.fixture(scope="session")
def unfinished(tmp_path_factory: pytest.TempPathFactory, people: Home, money: Home) -> Home:
    """As of the 8th of April: the month is not over."""
    return stand_in(tmp_path_factory.mktemp("dashboards") / "unfinished", [people, money], as_of="2026-04-08")


@pytest.fixture(scope="session")
def changed(tmp_path_factory: pytest.TempPathFactory, people: Home, money: Home) -> Home:
    """With a second version of the rules, a year without holidays, and refused rows in its store."""
    home = stand_in(tmp_path_factory.mktemp("dashboards") / "changed", [people, money], changed=True)
    bad = home.root / "punches.csv"
    bad.write_text("employee_id,punched_at,unit_id\nE01,soon,CO1\n", encoding="utf-8")
    with home.lock("test"):
        ingest_paths(home, [bad])
    return home


@pytest.fixture
def run_page(monkeypatch: pytest.MonkeyPatch) -> RunPage:
    """``run_page(home, "budget", language="en", unit="CO1")`` gives the page as a visitor of that address has it.

    With all of its sections, unless ``section`` names one.
    """

    def run(home: Home, page: str, language: str = "", locale: str = "en-US", **filters: str) -> AppTest:
        monkeypatch.setenv("ZHIDU_HOME", str(home.root))
        monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")
        test = AppTest.from_file(str(APP), default_timeout=60)
        test.context["locale"] = locale
        test.run()
        test.switch_page(f"app_pages/{page}.py")
        for name, value in ({"lang": language, SECTION: WHOLE} | filters).items():
            if value:
                test.query_params[name] = value
        return test.run()

    return run


def texts_on(test: AppTest) -> list[str]:
    """Everything that a page says in a way that could be markup."""
    kinds = (test.title, test.subheader, test.header, test.caption, test.markdown, test.info, test.warning, test.error)
    said = [element.value for kind in kinds for element in kind]
    said += [part for metric in test.metric for part in (metric.label, metric.value, metric.delta or "")]
    said += [button.label for button in test.button] + [tab.label for tab in test.tabs]
    said += [box.label for box in test.selectbox] + [expander.label for expander in test.expander]
    return [str(text) for text in said]


def grid(test: AppTest, key: str):
    """The rows of the table that is titled by a text's key, as a pandas frame."""
    titles = {texts_of(language)[key] for language in LANGUAGES}
    return next(frame for frame in test.dataframe if frame.proto.alt in titles).value


def spec(test: AppTest, key: str) -> dict:
    """The figure of the card that is titled by a text's key, as Plotly has it."""
    titles = {texts_of(language)[key] for language in LANGUAGES}
    return json.loads(next(c.proto.spec for c in test.get("plotly_chart") if c.proto.alt in titles))


def csv_rows(path: Path) -> list[dict[str, str]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

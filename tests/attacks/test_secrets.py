"""What the server knows stays there: the sign-in's secrets, what went wrong, what Streamlit would report or take in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page

from ingest.problems import Problem
from tests.attacks.test_sql import CANARY
from tests.dashboards.conftest import RunPage
from tests.dashboards.stand_in import stand_in
from tests.e2e.browser import CHROMIUM, SERVE, chromium, served, served_by, settled
from warehouse.access import sign_in
from warehouse.home import CHECKOUT, Home
from warehouse.publish import current

BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt install chromium)")
CLIENT, COOKIE = f"client-{CANARY}", f"cookie-{CANARY}-" + "0123456789" * 4
SETTINGS = (
    f'client_id = "zhidu"\nclient_secret = "{CLIENT}"\nredirect_uri = "http://127.0.0.1:1/oauth2callback"\n'
    f'server_metadata_url = "http://127.0.0.1:1/nowhere"\ncookie_secret = "{COOKIE}"\n'
)
# a page that breaks off, with a secret in what broke it
BREAK = (
    "import sys; from dashboards.queries import attendance\n"
    f"def fails(*_): raise RuntimeError('{CANARY} in /srv/secret/path')\n"
    "attendance.totals = fails\n" + SERVE.replace("import sys; ", "")
)


@pytest.fixture
def home(people: Home, tmp_path: Path) -> Home:
    return stand_in(tmp_path / "home", [people])


def _seen(page: Page) -> list[str]:
    """All that the server sends to a page: what is drawn, and every answer and message on the way."""
    got: list[str] = []

    def frame(payload: str | bytes) -> None:
        got.append(payload if isinstance(payload, str) else payload.decode("utf-8", "replace"))

    page.on("websocket", lambda socket: socket.on("framereceived", frame))
    page.on("console", lambda message: got.append(message.text))
    page.on("response", lambda response: got.append(str(response.headers)))
    return got


@pytest.mark.e2e
@BROWSER
def test_a_page_that_breaks_off_tells_the_browser_nothing_and_the_log_all(home: Home) -> None:
    with served_by(BREAK, home) as address, chromium() as browser:
        page = browser.new_page()
        got = _seen(page)
        page.goto(f"{address}/attendance?month=2026-03&lang=en")
        settled(page)
        assert page.locator(".st-key-card_failed").is_visible()
        # Streamlit itself tells a browser which script it runs: where the program lies, nothing else
        told = (page.content() + "".join(got)).replace(str(CHECKOUT / "dashboards" / "app.py"), "")
    log = (home.root / "serve.log").read_text()
    assert CANARY in log and "Traceback" in log
    for hidden in (CANARY, "/srv/secret", "Traceback", "RuntimeError", str(CHECKOUT), str(home.root)):
        assert hidden not in told, hidden


@pytest.mark.e2e
@BROWSER
def test_the_secrets_of_the_sign_in_are_nowhere_but_in_their_file(home: Home) -> None:
    home.access.mkdir()
    (home.access / "sign_in.toml").write_text(SETTINGS)
    (home.access / "people.csv").write_text("subject,email,role,units\nu-admin,,admin,\n")
    told: list[str] = []
    with served(home) as address, chromium() as browser:
        page = browser.new_page()
        got = _seen(page)
        for path in ("", "attendance", "sql", "auth/login", "oauth2callback?code=x&state=y", "auth/logout"):
            page.goto(f"{address}/{path}")
            page.wait_for_timeout(700)
            told.append(page.content())
        told += [*got, str(page.context.cookies())]
        for path in ("_stcore/health", "_stcore/host-config", "access/sign_in.toml", "../access/sign_in.toml"):
            told.append(_answer(f"{address}/{path}"))
    told.append((home.root / "serve.log").read_text())
    assert len("".join(told)) > 5_000
    assert not [text for text in told if CANARY in text]
    holding = [p for p in home.root.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]
    assert holding == [home.access / "sign_in.toml"]
    assert CANARY.encode() not in (home.published / current(home).file).read_bytes()


@pytest.mark.parametrize(
    "broken",
    [
        "client_secret = [",
        "cookie_secret = 3\n",
        "more = 1\n",
        "= =\n",
        'redirect_uri = "x"\n',
        'client_secret = """\n',
    ],
)
def test_settings_that_are_wrong_are_refused_without_their_secrets(home: Home, broken: str) -> None:
    home.access.mkdir()
    name = broken.partition(" ")[0]
    kept = [line for line in SETTINGS.splitlines() if not line.startswith(name)]
    (home.access / "sign_in.toml").write_text("\n".join([*kept, broken]))
    with pytest.raises(Problem) as problem:
        sign_in(home)
    assert CANARY not in problem.value.zh + problem.value.en
    done = subprocess.run(
        [sys.executable, "-c", SERVE, str(home.root), "0"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    )
    assert done.returncode and CANARY not in done.stdout + done.stderr


def test_nothing_is_reported_and_next_to_nothing_taken_in(tmp_path: Path) -> None:
    options = {
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "server.maxUploadSize": 1,
        "server.enableStaticServing": False,
        "server.enableXsrfProtection": True,
        "server.enableCORS": True,
    }
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import dashboards.asgi; from streamlit import config; print([config.get_option(o) for o in {[*options]}])",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str([*options.values()])


@pytest.fixture(scope="module")
def address(people: Home) -> Iterator[str]:
    with served(people) as found:
        yield found


def test_the_server_takes_in_no_file(address: str, people: Home) -> None:
    before = set(people.root.rglob("*"))
    body = (
        b"--x\r\nContent-Disposition: form-data; name=f; filename=../../x.csv\r\n\r\n" + b"x" * (3 << 20) + b"\r\n--x--"
    )
    for method in ("PUT", "POST"):
        for path in ("_stcore/upload_file/session/file", "_stcore/upload_file", "media/x", "attendance", "../x"):
            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            said = _answer(f"{address}/{path}", body, method, headers)
            assert said.startswith(("400", "401", "403", "404", "405", "413")), f"{method} {path}: {said[:200]}"
            assert str(people.root) not in said and "Traceback" not in said
    assert set(people.root.rglob("*")) - before <= {people.root / "serve.log"}


def _answer(address: str, body: bytes | None = None, method: str = "GET", headers: dict[str, str] | None = None) -> str:
    """Status, headers and text of an answer."""
    try:
        with urlopen(Request(address, body, headers or {}, method=method), timeout=20) as found:
            return f"{found.status} {found.headers} {found.read().decode('utf-8', 'replace')}"
    except HTTPError as error:
        return f"{error.code} {error.headers} {error.read().decode('utf-8', 'replace')}"
    except OSError as error:  # hung up on while it was being sent
        return f"413 {error}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_problem_is_told_without_the_path_of_the_server(tmp_path: Path, run_page: RunPage, language: str) -> None:
    home = Home(tmp_path / "nothing-yet").create()
    test = run_page(home, "attendance", language)
    told = " ".join(text.value for text in test.text)
    assert "zhidu run" in told and str(tmp_path) not in told and "nothing-yet" in told

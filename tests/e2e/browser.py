"""A headless Chromium and a served home, for tests and pictures."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from warehouse.home import CHECKOUT, Home

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SERVE = "import sys; from pathlib import Path; from warehouse.home import Home; from dashboards.server import serve; serve(Home(Path(sys.argv[1])), port=int(sys.argv[2]))"  # fmt: skip  # noqa: E501


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def served(home: Home, port: int = 0) -> AbstractContextManager[str]:
    """The dashboards of a home on a free port, or the one given; yields their address."""
    return served_by(SERVE, home, port)


def served_by(program: str, home: Home, port: int = 0) -> AbstractContextManager[str]:
    """What a program serves that is called with a home and a port; yields its address."""
    port = port or free_port()
    command = [sys.executable, "-c", program, str(home.root), str(port)]
    return running(command, home.root / "serve.log", f"http://127.0.0.1:{port}", "/_stcore/health")


@contextmanager
def running(command: list[str], log: Path, address: str, ready: str) -> Iterator[str]:
    """A server as a process of its own, from when it answers on."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path[1:]])},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(f"{address}{ready}", process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def settled(page: Page) -> None:
    """Wait until the script has run and the page has drawn what it said."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')", timeout=60_000)
    before, quiet = "", 0
    while quiet < 3:
        page.wait_for_timeout(200)
        now = page.evaluate("document.body.innerText.length + ':' + document.querySelectorAll('*').length")
        quiet = quiet + 1 if now == before else 0
        before = now


def _wait(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()}")
        try:
            with urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not come up: {log.read_text()}")

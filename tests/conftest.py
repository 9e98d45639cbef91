"""Homes that several tests share: built once a session, never written by a test."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from ingest.loading import ingest_paths
from tests.compare import GOLDEN
from tests.compiled import Compiled, compile_project
from warehouse.build import build
from warehouse.home import Home, Settings


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be lacking (``ZHIDU_TESTS_SKIP_NOTHING``), a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("ZHIDU_TESTS_SKIP_NOTHING") and not item.get_closest_marker("may_be_skipped"):
        report.outcome = "failed"
        report.longrepr = f"skipped, though nothing may be: {report.longrepr[-1]}"
    return report


@pytest.fixture(autouse=True)
def own_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page run by a test becomes ``__main__`` and would stay so: a process started later would run the page again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def built_home(root: Path, inputs: Path, as_of: str) -> Home:
    """A home with the logs of a folder, built and published as of a date."""
    home = Home(root).create()
    with home.lock("test") as lock:
        report = ingest_paths(home, [inputs])
        assert not report.has_unreadable, [m for f in report.files for m in f.messages]
        build(home, Settings(), date.fromisoformat(as_of), lock)
    return home


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The golden set `people`."""
    return built_home(tmp_path_factory.mktemp("people"), GOLDEN / "people" / "inputs", "2026-04-08")


@pytest.fixture(scope="session")
def money(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The golden set `money`."""
    return built_home(tmp_path_factory.mktemp("money"), GOLDEN / "money" / "inputs", "2026-04-30")


@pytest.fixture(scope="session")
def money_earlier(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The golden set `money`, as it stood on 15 April."""
    return built_home(tmp_path_factory.mktemp("money_earlier"), GOLDEN / "money" / "inputs", "2026-04-15")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The project's compiled SQL."""
    return compile_project(tmp_path_factory.mktemp("compiled"))

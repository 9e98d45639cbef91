"""A home for each test, and short words for loading into it and asking it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.loading import FileReport, ingest_paths, open_store
from warehouse.home import Home


class House:
    """A home with an inbox.

    Attributes:
        home: the home; inbox: a folder to put files into.
    """

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "home").create()
        self.inbox = root / "inbox"
        self.inbox.mkdir(parents=True)

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, *paths: Path, map_path: Path | None = None) -> list[FileReport]:
        files = ingest_paths(self.home, list(paths), map_path).files
        for f in files:
            assert f.rows_read == f.loaded + f.corrected + f.duplicate + f.quarantined
        return files

    def give(self, name: str, content: str | bytes) -> FileReport:
        """Load one file that yields one report."""
        (done,) = self.load(self.put(name, content))
        return done

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with open_store(self.home) as store:
            return store.execute(sql).fetchall()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def new_house(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], House]:
    return lambda: House(tmp_path_factory.mktemp("house"))


def counts(done: FileReport) -> tuple[int, int, int, int, int]:
    """read, loaded, corrected, duplicate, quarantined."""
    return done.rows_read, done.loaded, done.corrected, done.duplicate, done.quarantined

"""A build goes on from the one before where it may; tests/torture/test_partial.py shows that it comes to the same."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.compare import every_mart
from warehouse import partial
from warehouse.build import build
from warehouse.home import Home, Settings


@pytest.fixture
def firsts(monkeypatch: pytest.MonkeyPatch) -> list[date | None]:
    """Where each build began; None = a whole one."""
    found: list[date | None] = []
    begin = partial.begin

    def seen(*arguments: object, **options: object) -> date | None:
        found.append(begin(*arguments, **options))
        return found[-1]

    monkeypatch.setattr(partial, "begin", seen)
    return found


def test_a_build_goes_on_from_the_one_before_and_comes_to_the_same(
    people: Home, tmp_path: Path, firsts: list[date | None]
) -> None:
    home = Home(tmp_path / "home").create()
    shutil.copyfile(people.store, home.store)
    for as_of in (date(2026, 4, 7), date(2026, 4, 8)):
        with home.lock("test") as lock:
            build(home, Settings(), as_of, lock)
    assert firsts == [None, date(2026, 4, 1)]
    assert every_mart(home) == every_mart(people)

    # scratch that is not what the note says, found out on the way only
    with duckdb.connect(str(home.work / "work.duckdb")) as scratch:
        scratch.execute("drop table intermediate.int_attendance_days cascade")
    note = json.loads((home.work / partial.NOTE).read_text())
    (home.work / partial.NOTE).write_text(json.dumps(note | {"work": partial.state(home)}))
    with home.lock("test") as lock:
        build(home, Settings(), date(2026, 4, 8), lock)
    assert firsts[2:] == [date(2026, 4, 1), None]
    assert every_mart(home) == every_mart(people)

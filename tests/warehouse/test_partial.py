"""A build goes on from the one before where it may; tests/torture/test_partial.py shows that it comes to the same."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingest.loading import ingest_paths
from tests.compare import every_mart
from warehouse import partial
from warehouse.build import build
from warehouse.home import Home, Settings
from warehouse.publish import current
from warehouse.rules import SEEDS, read_rules

AS_OF = date(2026, 4, 8)


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


@pytest.fixture
def home(people: Home, tmp_path: Path) -> Home:
    """A home that was built, its next build not begun."""
    shutil.copytree(people.root, tmp_path / "home", copy_function=shutil.copy2)
    return Home(tmp_path / "home")


def _begin(home: Home, is_whole: bool = False) -> date | None:
    with home.lock("test"):
        return partial.begin(home, read_rules(home.rules if home.rules.is_dir() else None), AS_OF, is_whole)


def test_a_build_begins_with_the_month_of_the_last_date_when_nothing_came(home: Home) -> None:
    assert _begin(home) == date(2026, 4, 1)
    assert _begin(home) is None  # the one before was begun and not published


@pytest.mark.parametrize(
    "column, month", [("2026-03-31 08:00:00", date(2026, 3, 1)), ("2026-04-02 08:00:00", date(2026, 4, 1))]
)
def test_a_build_begins_with_the_month_of_the_earliest_row_that_came(home: Home, column: str, month: date) -> None:
    assert _begin(_with(home, "punches.csv", f"employee_id,punched_at\nE1,{column}\n")) == month


def test_a_unit_that_came_makes_everything_anew(home: Home) -> None:
    assert _begin(_with(home, "units.csv", "unit_id,unit_name,unit_type\nNEW,New,company\n")) is None


def test_everything_is_made_anew_when_asked_for(home: Home) -> None:
    assert _begin(home, is_whole=True) is None


def test_everything_is_made_anew_when_a_rule_changed(home: Home) -> None:
    home.rules.mkdir(exist_ok=True)
    rows = (SEEDS / "rules" / "scope.csv").read_text(encoding="utf-8").splitlines()
    (home.rules / "scope.csv").write_text("\n".join(rows[:-1]) + "\n", encoding="utf-8")
    assert _begin(home) is None


def test_everything_is_made_anew_when_what_was_published_is_damaged(home: Home) -> None:
    published = home.published / current(home).file
    published.chmod(0o644)
    content = bytearray(published.read_bytes())
    content[len(content) // 2] ^= 1
    published.write_bytes(content)
    assert _begin(home) is None


def test_everything_is_made_anew_from_another_store(home: Home, money: Home) -> None:
    shutil.copyfile(money.store, home.store)
    assert _begin(home) is None


def _with(home: Home, name: str, text: str) -> Home:
    (home.root / name).write_text(text, encoding="utf-8")
    with home.lock("test"):
        report = ingest_paths(home, [home.root / name])
    assert [f.loaded for f in report.files] == [1], [m for f in report.files for m in f.messages]
    return home

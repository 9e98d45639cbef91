"""Publishing: whole versions, one pointer, nothing changed by what fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingest.problems import Problem
from warehouse import publish as publishing
from warehouse.home import Home
from warehouse.publish import current, publish, restore, serving, sha256_of
from warehouse.reader import published


def _built(home: Home, rows: int) -> Path:
    path = home.work / "pub.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema reference")
        connection.execute("create table reference.build as select date '2026-03-31' as as_of")
        connection.execute(f"create table marts.fct as select * from range({rows}) as r(n)")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def test_a_version_is_one_read_only_file_that_the_pointer_names(home: Home) -> None:
    version = publish(home, _built(home, 3), keep=7)
    path = home.published / version.file
    assert current(home) == version
    assert version.rows == {"marts.fct": 3, "reference.build": 1}
    assert version.as_of == "2026-03-31"
    assert sha256_of(path) == version.sha256
    assert oct(path.stat().st_mode & 0o777) == "0o444"
    assert not list(home.published.glob("*.wal"))


def test_a_reader_keeps_its_version_while_a_new_one_is_published(home: Home) -> None:
    publish(home, _built(home, 3), keep=1)
    before = published(home)
    assert before.rows("select count(*) as n from marts.fct") == [{"n": 3}]
    publish(home, _built(home, 5), keep=1)
    assert before.rows("select count(*) as n from marts.fct") == [{"n": 3}]
    assert published(home).rows("select count(*) as n from marts.fct") == [{"n": 5}]


def test_only_the_last_versions_are_kept(home: Home) -> None:
    versions = [publish(home, _built(home, n), keep=2) for n in range(1, 5)]
    assert sorted(p.name for p in home.published.glob("wh_*.duckdb")) == [v.file for v in versions[-2:]]


def test_a_clock_that_was_set_back_takes_neither_the_order_nor_the_newest_version(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(home, _built(home, 1), keep=2)

    class Yesterday(publishing.datetime):
        @classmethod
        def now(cls, tz: object = None) -> publishing.datetime:
            return publishing.datetime.fromisoformat("2001-01-01T00:00:00")

    monkeypatch.setattr(publishing, "datetime", Yesterday)
    later = [publish(home, _built(home, n), keep=2) for n in (2, 3)]
    assert first.version < later[0].version < later[1].version
    assert serving(home) == (later[1], [])
    assert sorted(p.name for p in home.published.glob("wh_*.duckdb")) == [v.file for v in later]


def test_a_version_that_cannot_be_announced_is_withdrawn(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    version = publish(home, _built(home, 3), keep=7)
    before = sorted(p.name for p in home.published.iterdir())
    real = publishing._write

    def full(version: object, path: Path) -> None:
        if path.name == publishing.POINTER:
            raise OSError(28, "No space left on device")
        real(version, path)

    monkeypatch.setattr(publishing, "_write", full)
    with pytest.raises(Problem, match="No space left"):
        publish(home, _built(home, 4), keep=7)
    assert sorted(p.name for p in home.published.iterdir()) == before
    assert serving(home) == (version, [])


def test_a_version_that_was_never_announced_does_not_serve_while_the_one_in_force_is_whole(home: Home) -> None:
    version = publish(home, _built(home, 3), keep=7)
    pointer = (home.published / "CURRENT.json").read_text(encoding="utf-8")
    unannounced = publish(home, _built(home, 4), keep=7)
    (home.published / "CURRENT.json").write_text(pointer, encoding="utf-8")
    assert serving(home) == (version, [])
    (home.published / version.file).unlink()
    assert serving(home)[0] is None
    assert restore(home) == unannounced


def test_a_build_that_cannot_be_finished_leaves_the_pointer_alone(home: Home) -> None:
    version = publish(home, _built(home, 3), keep=7)
    broken = home.work / "pub.duckdb"
    broken.write_bytes(b"no database")
    with pytest.raises(Problem) as problem:
        publish(home, broken, keep=7)
    assert problem.value.exit_code == 1
    assert current(home) == version


def test_a_damaged_pointer_is_named(home: Home) -> None:
    (home.published / "CURRENT.json").write_text("{", encoding="utf-8")
    with pytest.raises(Problem, match="CURRENT.json"):
        current(home)


def test_what_is_published_cannot_be_changed_through_the_reader(home: Home) -> None:
    publish(home, _built(home, 3), keep=7)
    reader = published(home)
    for statement in (
        "insert into marts.fct values (1)",
        "copy marts.fct to 'x.csv'",
        "set enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            reader.rows(statement)


HOLDER = """
import sys, time
from pathlib import Path
from warehouse.home import Home
with Home(Path(sys.argv[1])).lock("build"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_who_holds_the_home_and_a_killed_holder_frees_it(home: Home) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(home.root)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(Problem, match=f"pid {holder.pid}") as problem, home.lock("ingest"):
            pass
        assert problem.value.exit_code == 1
    finally:
        holder.kill()
        holder.wait()
    with home.lock("ingest"):
        assert json.loads((home.root / "lock").read_text())["pid"] == os.getpid()

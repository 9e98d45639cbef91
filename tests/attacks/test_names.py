"""Files with names, of kinds and by paths that want more than to be loaded."""

from __future__ import annotations

import io
import os
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.loading import open_store
from ingest.problems import Problem
from ingest.quarantine import open_rows
from tests.attacks.corpora import Family, families, with_unseen
from tests.ingest.conftest import House
from warehouse.cli import app
from warehouse.export import write_text
from warehouse.home import Home

NAMES = families("names")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u200b\u2066-\u2069\ufeff\ud800-\udfff]")
SECRET = "CANARY-of-another-folder"
ROW = "employee_id,punched_at,unit_id\nE{0:03},2026-03-02 08:0{1},CO1\nE{0:03},soon,CO1\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "here")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that nobody gave, with a log that nobody gave."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "punches.csv").write_text(f"employee_id,punched_at,unit_id\n{SECRET},2026-03-02 08:00,CO1\n")
    return folder


@pytest.fixture(autouse=True)
def nothing_but_the_home_is_written(house: House, outside: Path, tmp_path: Path) -> Iterator[None]:
    yield
    around = {p for p in tmp_path.rglob("*") if not any(p.is_relative_to(f) for f in (house.home.root, house.inbox))}
    assert around == {tmp_path / "here", outside, outside / "punches.csv"}
    kept = [p.name for p in house.home.files.iterdir()]
    assert all(re.fullmatch(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?", name) for name in kept), kept


def _run(house: House, *words: str) -> str:
    """All that a command prints; none of it moves the cursor."""
    done = CliRunner().invoke(app, ["--home", str(house.home.root), *words])
    if isinstance(done.exception, Problem):
        return done.exception.zh + done.exception.en
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert not UNSEEN.search(done.output), repr(UNSEEN.search(done.output))
    return done.output


def test_the_names_are_as_many_as_they_should_be() -> None:
    assert sum(len(f.cases) for f in NAMES) >= 60


@pytest.mark.parametrize("family", NAMES, ids=lambda f: f.name)
def test_a_name_is_a_name_whatever_it_says(house: House, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house.home.root)  # what a name wrote here would be found
    before = _tables(house)
    folder = house.inbox / "punches"
    folder.mkdir()
    names = [with_unseen(case) for case in family.cases]
    for number, name in enumerate(names):
        (folder / name).write_text(ROW.format(number, number % 10))
    said = _run(house, "ingest", str(house.inbox))
    with open_store(house.home) as store:
        loaded = store.execute("select count(*) from raw.punches").fetchall()[0][0]
        kept = [n for (n,) in store.execute("select file_name from ingest.loads").fetchall()]
    hidden = sum(name.startswith((".", "~$")) for name in names)
    assert loaded == len(kept) == len(names) - hidden
    assert said.count("skipped") == hidden
    assert not [n for n in kept if UNSEEN.search(n) or "\n" in n or "\t" in n]
    assert _tables(house) == before
    rows = open_rows(house.home)
    assert len(rows) == loaded and not [r for r in rows if UNSEEN.search(r["reason_zh"] + r["reason_en"])]
    assert _run(house, "quarantine").count("soon") >= loaded
    _run(house, "quarantine", "--out", str(house.home.root / "out"))
    _run(house, "status")
    drafted = _run(house, "map", str(folder / names[0]))
    assert drafted
    assert sorted(p.name for p in house.home.root.iterdir() if p.name not in ("maps", "out")) == sorted(
        ["files", "lock", "published", "store.duckdb", "work"]
    )


def _tables(house: House) -> list[tuple]:
    with open_store(house.home) as store:
        return store.execute(
            "select schema_name, table_name, column_count from duckdb_tables() order by all"
        ).fetchall()


def _fifo(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, outside: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        folder = os.open(path.parent, os.O_RDONLY)
        made.bind(f"/proc/self/fd/{folder}/{path.name}")  # its whole path is too long for a socket
        os.close(folder)


KINDS = {
    "a pipe": _fifo,
    "a socket": _socket,
    "a link to a device": lambda path, outside: path.symlink_to("/dev/zero"),
    "a link to the terminal": lambda path, outside: path.symlink_to("/dev/tty"),
    "a link to the process": lambda path, outside: path.symlink_to("/proc/self/environ"),
    "a link out of the folder": lambda path, outside: path.symlink_to(outside / "punches.csv"),
    "a link out of the folder by ..": lambda path, outside: path.symlink_to("../../outside/punches.csv"),
    "a link to a folder outside": lambda path, outside: path.symlink_to(outside),
    "a link to itself": lambda path, outside: path.symlink_to(path.name),
    "a link to nothing": lambda path, outside: path.symlink_to("nothing.csv"),
    "a link to the root": lambda path, outside: path.symlink_to("/"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", KINDS)
def test_only_files_of_the_folder_are_read(house: House, outside: Path, kind: str) -> None:
    KINDS[kind](house.inbox / "punches.csv", outside)
    house.put("punches_2.csv", ROW.format(1, 1))
    said = _run(house, "ingest", str(house.inbox))
    assert "punches_2.csv" in said and ("no regular file" in said or "a link that leads out" in said)
    assert house.ask("select distinct employee_id from raw.punches") == [("E001",)]
    assert SECRET not in said


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a link to a device", "a link to the root", "a link to itself"])
@pytest.mark.parametrize("command", ["ingest", "map"])
def test_what_is_no_file_is_refused_by_its_path_too(house: House, outside: Path, kind: str, command: str) -> None:
    path = house.inbox / "punches.csv"
    KINDS[kind](path, outside)
    said = _run(house, command, str(path)) if kind != "a link to the root" or command == "map" else "no regular file"
    assert any(words in said for words in ("no regular file", "There is no", "cannot be read")), said


PATHS = [
    "/dev/zero", "/dev/stdin", "/dev/tty", "/dev/null", "/proc/self/environ", "/proc/self/fd/0", "/etc/passwd",
    "/etc/shadow", "../outside/../../etc/passwd", "", ".", "nothing.csv", "-", "--", "punches\0.csv", "x" * 5000,
    "/".join(["x"] * 3000), "file:///etc/passwd", "http://127.0.0.1:1/punches.csv", "s3://x/punches.csv", "*.csv",
    "$HOME", "~root", "\x1b[2J", "\udcff",
]  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("path", PATHS, ids=lambda p: ascii(p)[:30])
def test_a_path_that_is_no_log_loads_nothing(house: House, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house.inbox)
    said = _run(house, "ingest", "--", path)
    assert said and "root:x:" not in said and "PATH=" not in said
    assert house.ask("select count(*) from ingest.loads") == [(0,)]


def test_a_file_that_turns_into_a_pipe_is_not_waited_for(house: House, outside: Path) -> None:
    from ingest.reading import keep

    os.mkfifo(house.inbox / "punches.csv")
    done: list[str] = []

    def read() -> None:
        try:
            keep(house.inbox / "punches.csv", "punches.csv", house.home.files)
        except Problem as problem:
            done.append(problem.en)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(20)
    assert done and "no regular file" in done[0]


@pytest.mark.parametrize("format", ["table", "json"])
def test_a_cell_does_not_move_the_cursor(people: Home, format: str) -> None:
    text = "select chr(27) || '[2J' || chr(155) || '2J' || chr(8238) || chr(7) || 'x' as a"
    done = CliRunner().invoke(app, ["--home", str(people.root), "sql", text, "--format", format])
    assert done.exit_code == 0 and "[2J" in done.output
    if format == "table":
        assert not UNSEEN.search(done.output) and "\\x1b[2J\\x9b2J\\u202e\\x07x" in done.output


def test_a_csv_on_a_terminal_does_not_move_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    write_text("a\n\x1b[2J\u202e\n", "csv", None)
    assert screen.getvalue() == "a\n\\x1b[2J\\u202e\n"


def test_refused_rows_and_problems_do_not_move_the_cursor(house: House) -> None:
    house.put("punches.csv", "employee_id,punched_at,unit_id\nE1\x1b[2J\u202e,\x1b]0;x\x07,CO\x9b1\n")
    assert "quarantined" in _run(house, "ingest", str(house.inbox))
    assert "\\x1b[2J" in _run(house, "quarantine")
    done = CliRunner().invoke(app, ["--home", str(house.home.root), "ingest", "no\x1b[2Jwhere.csv"])
    assert not UNSEEN.search(done.output)

"""A full disk, and files that may not grow: nothing published changes, the run says why it failed, and works with room."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compare import every_mart, moved
from tests.torture import SEED, times
from tests.torture.children import call, command
from tests.torture.harmed import Harmed
from tests.torture.namespaces import forked, is_allowed, mount_small_disk
from tests.torture.tally import Tally
from warehouse.home import Home
from warehouse.publish import damage_of, serving

DISK_MEGABYTES = 64
SAID = re.compile("No space left|disk is full|File too large|write|space", re.IGNORECASE)


def _in_here(arguments: list[str], said: Path, _seconds: float = 0, **options: object) -> tuple[int, str]:
    """``children.run`` for a process that sees a disk of its own."""
    if (pid := os.fork()) == 0:
        try:
            command(arguments, str(said), **options)
            os._exit(0)
        except SystemExit as done:
            os._exit(done.code if isinstance(done.code, int) else 1)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}".encode())
            os._exit(99)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), said.read_text()


def _check_refusal(home: Home, before: tuple, code: int, said: str) -> None:
    assert code in (0, 1), f"{code}\n{said}"
    if code:
        assert "Traceback" not in said, said
        assert SAID.search(said) and re.search("[\u4e00-\u9fff]", said), said
        assert serving(home) == before, "what is published changed"
    assert damage_of(home, before[0]) is None


def _fill(folder: Path, free_kilobytes: int) -> Path:
    ballast = folder / "ballast"
    stat = os.statvfs(folder)
    with ballast.open("wb") as file:
        file.write(b"\0" * (stat.f_bavail * stat.f_frsize - free_kilobytes * 1024))
    return ballast


def _on_a_small_disk(root: str, seed: int) -> tuple[int, float]:
    """In a process of its own: exit code of the run on the full disk, and the seconds of the one with room again."""
    disk = Path(root) / "disk"
    disk.mkdir()
    mount_small_disk(disk, DISK_MEGABYTES)

    def harmed() -> Harmed:
        tried = Harmed.__new__(Harmed)
        tried.__dict__.update(state)
        return tried

    def begin() -> dict:
        tried = Harmed(disk, seed, runner=_in_here)
        tried.said = Path(root) / "said"
        return tried.__dict__

    state = forked(begin)
    before = forked(lambda: serving(harmed().home))
    ballast = _fill(disk, free_kilobytes=random.Random(seed).randrange(0, 3500))
    code, said = harmed().run()
    forked(lambda: _check_refusal(harmed().home, before, code, said))
    forked(lambda: harmed().check())
    ballast.unlink()
    return code, forked(lambda: harmed().check_recovered())


def test_a_full_disk_costs_nothing_that_was_there(tally: Callable[[str], Tally], tmp_path: Path) -> None:
    row = tally("disk full")
    (tmp_path / "probe").mkdir()
    if not call(is_allowed, _Mount(tmp_path / "probe")):
        pytest.skip("no disk can be mounted here")
    failed = 0
    for number in range(times(row.fault) // 2):
        root = tmp_path / f"disk {number}"
        root.mkdir()
        with row.case(f"disk, seed {SEED + number}"):
            code, seconds = call(_on_a_small_disk, str(root), SEED + number)
            failed += code
            row.note("back in seconds", seconds)
        shutil.rmtree(root)
    for number in range(times(row.fault) // 2):
        tried = Harmed(tmp_path / f"limit {number}", SEED + number)
        before = serving(tried.home)
        largest = random.Random(SEED + number).randrange(16, 1000) * 1024
        with row.case(f"no file beyond {largest} bytes"):
            code, said = tried.run(largest_file=largest)
            failed += code
            _check_refusal(tried.home, before, code, said)
            tried.check()
            row.note("back in seconds", tried.check_recovered())
    assert failed >= row.done // 2, "there was room after all"


class _Mount:
    """A small disk at a folder, as something to try."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self) -> None:
        mount_small_disk(self.folder, 1)


def _build_on_a_small_disk(root: str, source: str, as_of: str, free_kilobytes: int) -> str:
    """In a process of its own: what a build said on the full disk; with room again it works."""
    disk = Path(root) / "disk"
    disk.mkdir()
    mount_small_disk(disk, 256)
    home = Home(disk / "home")
    shutil.copytree(source, home.root, ignore=shutil.ignore_patterns("work"))
    home.create()
    arguments = ["--home", str(home.root), "build", "--as-of", as_of]
    before = forked(lambda: serving(home))
    ballast = _fill(disk, free_kilobytes)
    code, said = _in_here(arguments, Path(root) / "said", small=False)
    forked(lambda: _check_refusal(home, before, code, said))
    assert code == 1, f"there was room after all: {said}"
    ballast.unlink()
    if times("disk full in a build") > 1:
        figures = forked(lambda: every_mart(home))
        code, said = _in_here(arguments, Path(root) / "said", small=False)
        assert code == 0, said
        assert forked(lambda: moved(figures, every_mart(home))) == []
    return said


def test_a_build_on_a_full_disk_publishes_nothing(tally: Callable[[str], Tally], people: Home, tmp_path: Path) -> None:
    row = tally("disk full in a build")
    (tmp_path / "probe").mkdir()
    if not call(is_allowed, _Mount(tmp_path / "probe")):
        pytest.skip("no disk can be mounted here")
    version = serving(people)[0]
    for number in range(times(row.fault)):
        root = tmp_path / str(number)
        root.mkdir()
        free = [3000, 100, 1000, 6000][number]
        with row.case(f"{free} KB free"):
            call(_build_on_a_small_disk, str(root), str(people.root), version.as_of, free)

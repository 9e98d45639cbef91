"""What is published: damaged, read while it changes, lost."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.compare import every_mart, moved
from tests.torture import SEED, times
from tests.torture.children import CONTEXT, run
from tests.torture.tally import Tally
from warehouse import reader as reading
from warehouse.home import Home
from warehouse.publish import POINTER, Version, publish, serving
from warehouse.reader import published
from warehouse.status import status_of

PUBLISH_EVERY_SECONDS, READERS, GUARD_SECONDS = 2, 8, 60


def small_version(home: Home, number: int, keep: int = 7) -> Version:
    """A version whose two tables say which one it is."""
    path = home.work / "pub.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema reference; create schema quality")
        connection.execute(
            "create table reference.build as select date '2026-03-31' as as_of, date '2026-03-01' as first_on"
        )
        connection.execute("create table reference.public_holidays as select date '2026-01-01' as holiday_date")
        connection.execute(f"create table marts.a as select {number} as version, r.n from range(20000) as r(n)")
        connection.execute(f"create table marts.b as select {number} as version")
        connection.execute(
            "create table quality.loads (feed varchar, rows_loaded bigint, rows_corrected bigint, "
            "loaded_at timestamp, sha256 varchar)"
        )
        connection.execute(
            "create table quality.quarantine (load_id bigint, source_row bigint, resolved_by_load_id bigint)"
        )
    return publish(home, path, keep)


# ---------------------------------------------------------------- damaged


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 1, 8])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    _overwrite(path, bytes(content))


def _truncate(path: Path, chance: random.Random) -> None:
    _overwrite(path, path.read_bytes()[: chance.randrange(path.stat().st_size)])


def _grow(path: Path, chance: random.Random) -> None:
    _overwrite(path, path.read_bytes() + chance.randbytes(chance.randrange(1, 9000)))


def _plant_log(path: Path, chance: random.Random) -> None:
    """A log that a database of this very content wrote, so that opening the file would add a row to it."""
    if chance.random() < 0.5:
        path.with_name(path.name + ".wal").write_bytes(chance.randbytes(500))
        return
    twin = path.with_name("twin")
    shutil.copyfile(path, twin)
    twin.chmod(0o644)
    with duckdb.connect(str(twin)) as connection:
        connection.execute("set checkpoint_threshold = '1GB'; pragma disable_checkpoint_on_shutdown")
        connection.execute("insert into marts.b values (666)")
    Path(f"{twin}.wal").replace(f"{path}.wal")
    twin.unlink()


def _remove(path: Path, _: random.Random) -> None:
    path.unlink()


def _swap(path: Path, _: random.Random) -> None:
    """Another version's file under this one's name."""
    other = min(p for p in path.parent.glob("wh_*.duckdb"))
    shutil.copyfile(other, path.with_name("other"))
    path.with_name("other").replace(path)


def _spoil_pointer(path: Path, chance: random.Random) -> None:
    pointer = path.with_name(POINTER)
    content = pointer.read_bytes()
    pointer.write_bytes(content[: chance.randrange(len(content))] if chance.random() < 0.7 else chance.randbytes(300))
    path.unlink()


HARMS = [_flip, _flip, _flip, _truncate, _truncate, _grow, _plant_log, _plant_log, _remove, _swap, _spoil_pointer]


def _overwrite(path: Path, content: bytes) -> None:
    """In place, by someone who may."""
    path.chmod(0o644)
    path.write_bytes(content)


def test_a_damaged_version_is_found_before_it_is_opened_and_the_one_before_serves(
    tally: Callable[[str], Tally], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = tally("published file damaged")
    chance = random.Random(SEED)
    opened: list[Path] = []
    real = reading.connect
    monkeypatch.setattr(reading, "connect", lambda path, *a, **k: (opened.append(path), real(path, *a, **k))[1])
    sound = Home(tmp_path / "sound").create()
    _, before, newest = (small_version(sound, n) for n in range(3))
    for number in range(times(row.fault)):
        home = Home(tmp_path / str(number))
        shutil.copytree(sound.root, home.root)
        path = home.published / newest.file
        assert published(home).rows("select version from marts.b") == [{"version": 2}]
        harm = HARMS[number % len(HARMS)]
        harm(path, chance)
        opened.clear()
        with row.case(f"{harm.__name__}, no. {number}"):
            started = time.monotonic()
            reader = published(home)
            assert reader.version == before
            assert reader.rows("select distinct version from marts.a union all from marts.b") == [{"version": 1}] * 2
            facts = status_of(home)
            row.note("seconds", time.monotonic() - started)
            assert path not in opened
            assert facts["published_path"] == str(home.published / before.file)
            assert {d["version"] for d in facts["damages"]} <= {newest.version, ""}
            assert all(d["zh"] and ("damaged" in d["en"]) for d in facts["damages"])
            assert len(facts["damages"]) == (2 if harm is _spoil_pointer else 1)
            again = small_version(home, 9)
            assert serving(home) == (again, [])
        shutil.rmtree(home.root)


# ---------------------------------------------------------------- read while it changes


def _read_on(root: str, pipe) -> None:
    """Look at page after page until told the last version and it is seen.

    Tells (version, when first seen) for each version and the number of pages, or what went wrong.
    """
    home, seen, pages, last = Home(Path(root)), {}, 0, None
    try:
        while last is None or last not in seen:
            reader = published(home)
            found = {
                row["version"]
                for sql in ("select distinct version from marts.a", "select version from marts.b")
                for row in reader.rows(sql)
            }
            assert len(found) == 1, f"two versions on one page: {found}"
            assert not reader.damages, reader.damages
            pages += 1
            seen.setdefault(found.pop(), time.time())
            if pipe.poll(0.05):
                last = pipe.recv()
        pipe.send((seen, pages))
    except BaseException as error:
        pipe.send(f"{type(error).__name__}: {error}")


def test_readers_see_one_version_a_page_and_the_new_one_soon(tally: Callable[[str], Tally], tmp_path: Path) -> None:
    row = tally("readers while publishing, seconds")
    home = Home(tmp_path).create()
    small_version(home, 0, keep=2)
    readers = []
    for _ in range(READERS):
        ours, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=_read_on, args=(str(home.root), theirs))
        process.start()
        readers.append((process, ours))
    published_at = {}
    for number in range(1, 1 + times(row.fault) // PUBLISH_EVERY_SECONDS):
        time.sleep(PUBLISH_EVERY_SECONDS)
        small_version(home, number, keep=2)
        published_at[number] = time.time()
    for _, ours in readers:
        ours.send(number)
    for at, (process, ours) in enumerate(readers):
        with row.case(f"reader {at}"):
            assert ours.poll(GUARD_SECONDS), "a reader never saw the last version"
            answer = ours.recv()
            assert isinstance(answer, tuple), answer
            seen, pages = answer
            assert list(seen) == sorted(seen), "a version was shown again after a newer one"
            assert pages > len(published_at)
            for version, moment in published_at.items():
                later = min(when for v, when in seen.items() if v >= version) - moment
                row.note("seen after seconds", later)
                assert later <= GUARD_SECONDS
        process.join(GUARD_SECONDS)


# ---------------------------------------------------------------- lost


def test_one_command_brings_back_what_was_published(
    tally: Callable[[str], Tally], people: Home, tmp_path: Path
) -> None:
    row = tally("restore")
    home = Home(tmp_path / "home")
    shutil.copytree(people.root, home.root, ignore=shutil.ignore_patterns("work"))
    home.create()
    figures, newest = every_mart(home), serving(home)[0]
    with row.case("pointer and newest file gone, nothing else kept"):
        (home.published / POINTER).unlink()
        (home.published / newest.file).unlink()
        code, said = run(["--home", str(home.root), "restore"], tmp_path / "said")
        assert code == 1 and "zhidu build" in said, said
        started = time.monotonic()
        code, said = run(["--home", str(home.root), "build", "--as-of", newest.as_of], tmp_path / "said", small=False)
        row.note("build seconds", time.monotonic() - started)
        assert code == 0, said
        assert moved(figures, every_mart(home)) == []
    with row.case("pointer and newest file gone, an earlier version kept"):
        earlier = serving(home)[0]
        spoiled = small_version(home, 1)
        (home.published / POINTER).unlink()
        (home.published / spoiled.file).unlink()
        started = time.monotonic()
        code, said = run(["--home", str(home.root), "restore"], tmp_path / "said")
        row.note("restore seconds", time.monotonic() - started)
        assert code == 0, said
        assert serving(home) == (earlier, [])
        assert moved(figures, every_mart(home)) == []
    with row.case("a version that is named"):
        second = small_version(home, 2)
        code, said = run(["--home", str(home.root), "restore", earlier.version], tmp_path / "said")
        assert code == 0, said
        assert serving(home) == (earlier, [])
        code, said = run(["--home", str(home.root), "restore", "20200101T000000_000000"], tmp_path / "said")
        assert code == 2 and second.version in said, said

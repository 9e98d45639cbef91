"""Four runs at once: one works, the others are told who does, and a killed holder does not stand in anybody's way."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

from tests.torture import SEED, times
from tests.torture.children import CONTEXT, Step, run, start
from tests.torture.logs import after, found, random_files, write
from tests.torture.tally import Tally
from warehouse.home import Home
from warehouse.publish import serving

RUNS, GUARD_SECONDS = 4, 60


def test_one_works_and_the_others_say_who(tally: Callable[[str], Tally], tmp_path: Path) -> None:
    row = tally("four runs at once")
    files = random_files(random.Random(SEED), 3, rows=400)
    for number in range(times(row.fault)):
        root = tmp_path / str(number)
        home = Home(root / "home").create()
        arguments = ["--home", str(home.root), "run", *map(str, write(files, root / "inbox"))]
        said = [root / f"said {n}" for n in range(RUNS)]
        with row.case(number):
            started = time.monotonic()
            children = [start(arguments, path) for path in said]
            ended: dict[int, float] = {}
            while len(ended) < RUNS:
                assert time.monotonic() - started < GUARD_SECONDS, "a run did not end"
                for at, child in enumerate(children):
                    if at not in ended and child.exitcode is not None:
                        ended[at] = time.monotonic() - started
                time.sleep(0.01)
            worked = [at for at, child in enumerate(children) if child.exitcode == 0]
            refused = [at for at, child in enumerate(children) if child.exitcode == 1]
            assert worked and len(worked) + len(refused) == RUNS, [c.exitcode for c in children]
            pids = {children[at].pid for at in worked}
            for at in refused:
                text = said[at].read_text()
                who = re.search(r"is in use: run, pid (\d+),", text)
                assert who and int(who[1]) in pids, f"{text}\n{pids}"
                row.note("told after seconds", ended[at])
            assert found(home.store, files) == after(files)
            assert serving(home)[1] == []


def test_a_killed_holder_frees_the_lock_and_its_name_is_not_given(
    tally: Callable[[str], Tally], tmp_path: Path
) -> None:
    row = tally("four runs at once: holder killed")
    files = random_files(random.Random(SEED), 2)
    for number in range(max(1, times("four runs at once") // 5)):
        root = tmp_path / str(number)
        home = Home(root / "home").create()
        arguments = ["--home", str(home.root), "run", *map(str, write(files, root / "inbox"))]
        with row.case(number):
            code, _ = run(arguments, root / "said", step=Step("ingest.loading:_check_header"))
            assert code == -9
            started = time.monotonic()
            code, said = run(arguments, root / "said")
            row.note("free after seconds", time.monotonic() - started)
            assert code == 0, said
            assert found(home.store, files) == after(files)


def _hold(root: str, pipe) -> None:
    with Home(Path(root)).lock("build"):
        pipe.send("held")
        pipe.recv()


def test_a_name_that_an_earlier_holder_left_behind_is_not_the_one_that_is_told(tmp_path: Path) -> None:
    """The name is written a moment after the lock is got; until then another's stands there."""
    home = Home(tmp_path).create()
    ours, theirs = CONTEXT.Pipe()
    holder = CONTEXT.Process(target=_hold, args=(str(tmp_path), theirs))
    holder.start()
    assert ours.poll(GUARD_SECONDS) and ours.recv() == "held"
    lock = home.root / "lock"
    truth = lock.read_text()
    lock.write_text(truth.replace(str(holder.pid), str(2**22 + 1)))
    said = tmp_path / "said"
    child = start(["--home", str(tmp_path), "ingest", "x"], said)
    time.sleep(0.5)
    lock.write_text(truth)
    child.join(GUARD_SECONDS)
    ours.send("enough")
    holder.join(GUARD_SECONDS)
    assert child.exitcode == 1
    assert f"pid {holder.pid}," in said.read_text()

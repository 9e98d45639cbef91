"""Killed at any moment: what was published stays whole, nothing is lost or doubled, and the next run puts all right."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compare import every_mart, moved
from tests.torture import SEED, is_full, times
from tests.torture.children import Step, run, start
from tests.torture.harmed import Harmed
from tests.torture.tally import Tally
from warehouse.home import Home
from warehouse.publish import serving

STEPS = [
    Step("ingest.loading:_create_store", "before"),
    Step("ingest.loading:_create_tables"),
    Step("ingest.loading:_create_store"),
    Step("ingest.loading:_sweep"),
    Step("ingest.loading:keep"),
    Step("ingest.reading:_fsync", "before"),
    Step("ingest.loading:_check_header"),
    Step("ingest.loading:_Load._take"),
    Step("ingest.loading:_Load._write_refused"),
    Step("ingest.loading:_Load._compare_with_stored"),
    Step("ingest.loading:_Load._settle_suspects", nth=2),
    Step("ingest.loading:_Load._close_healed"),
    Step("ingest.loading:_Load._settle"),
    Step("ingest.loading:_write_load", nth=3),
    Step("ingest.loading:_ingest_file", nth=3),
    Step("warehouse.build:make"),
    Step("warehouse.publish:_finish"),
    Step("warehouse.publish:sha256_of"),
    Step("warehouse.publish:_sync", nth=1),
    Step("warehouse.publish:_sync", nth=2),
    Step("warehouse.publish:_write", nth=1),
    Step("warehouse.publish:_write", nth=2),
]
FIRST_TIME = STEPS[:3]
BUILD_STEPS = [
    Step("warehouse.build:prepare"),  # while dbt is just starting
    Step("json:loads", nth=200),  # what dbt tells, an object an event: in the middle of the models
    Step("json:loads", nth=20),
    Step("json:loads", nth=400),
    Step("warehouse.build:run_dbt"),
    Step("warehouse.build:write_tests"),
    Step("warehouse.publish:_finish"),
    Step("warehouse.publish:_write", nth=1),
]


@pytest.fixture
def kill(tmp_path: Path) -> Callable[..., Harmed]:
    untouched = Harmed(tmp_path / "untouched", SEED)

    def make(seed: int, is_first_time: bool = False) -> Harmed:
        shutil.rmtree(tmp_path / "kill", ignore_errors=True)
        return Harmed(tmp_path / "kill", seed, is_first_time, like=untouched)

    return make


def test_killed_at_random_points_of_a_run(tally: Callable[[str], Tally], kill: Callable[..., Harmed]) -> None:
    row = tally("kill -9 at random points")
    chance = random.Random(SEED)
    undisturbed = kill(0)
    started = time.monotonic()
    assert undisturbed.run()[0] == 0
    usual = time.monotonic() - started
    for number in range(times(row.fault)):
        tried = kill(SEED + number, is_first_time=number % 4 == 0)
        with row.case(f"seed {SEED + number}"):
            child = start(tried.arguments(), tried.said, small=True)
            child.join(chance.uniform(0, usual))
            child.kill()
            child.join()
            tried.check()
            row.note("back in seconds", tried.check_recovered())


def test_killed_at_named_steps_of_a_run(tally: Callable[[str], Tally], kill: Callable[..., Harmed]) -> None:
    row = tally("kill -9 at named steps")
    wanted = times(row.fault)
    steps = STEPS if wanted >= len(STEPS) else random.Random(SEED).sample(STEPS, wanted)
    for number in range(wanted):
        step = steps[number % len(steps)]
        tried = kill(SEED + number, is_first_time=step in FIRST_TIME)
        with row.case(f"{step}, seed {SEED + number}"):
            code, said = tried.run(step=step)
            assert code == -9, f"the step was not met: exit code {code}\n{said}"
            tried.check()
            row.note("back in seconds", tried.check_recovered())


def test_killed_at_named_steps_of_a_build(tally: Callable[[str], Tally], people: Home, tmp_path: Path) -> None:
    row = tally("kill -9 at named steps of a build")
    home = Home(tmp_path / "home")
    shutil.copytree(people.root, home.root, ignore=shutil.ignore_patterns("work"))
    home.create()
    figures, arguments = every_mart(home), ["--home", str(home.root), "build", "--as-of", "2026-04-08"]
    for number in range(times(row.fault)):
        step = BUILD_STEPS[number % len(BUILD_STEPS)]
        with row.case(step):
            before = serving(home)
            code, said = run(arguments, tmp_path / "said", step=step, small=False)
            assert code == -9, f"the step was not met: exit code {code}\n{said}"
            assert serving(home) == before
            assert moved(figures, every_mart(home)) == []
            started = time.monotonic()
            with home.lock("test"):
                row.note("lock free after seconds", time.monotonic() - started)
            if not is_full():
                continue  # a build after a fault is tried in test_published.py
            started = time.monotonic()
            code, said = run(arguments, tmp_path / "said", small=False)
            row.note("back in seconds", time.monotonic() - started)
            assert code == 0, said
            assert serving(home)[0].version > before[0].version
            assert moved(figures, every_mart(home)) == []

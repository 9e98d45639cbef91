"""Killed at any moment: what was published stays whole, nothing is lost or doubled, and the next run puts all right."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compare import every_mart, moved
from tests.torture import SEED, times
from tests.torture.children import Step, run, start
from tests.torture.logs import File, State, after, found, random_files, write
from tests.torture.tally import Tally
from warehouse.home import Home
from warehouse.publish import serving
from warehouse.reader import published
from warehouse.status import status_of

GUARD_SECONDS = 60
FILES, LOADED_BEFORE = 5, 2
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
    Step("json:loads", nth=200),  # what dbt tells, an object an event: in the middle of the models
    Step("warehouse.build:prepare"),
    Step("json:loads", nth=20),
    Step("json:loads", nth=400),
    Step("warehouse.build:run_dbt"),
    Step("warehouse.build:_write_tests"),
    Step("warehouse.publish:_finish"),
    Step("warehouse.publish:_write", nth=1),
]


class Kill:
    """A home with some files loaded and published, and more waiting.

    Attributes:
        files: all of them, in the order of loading; whole: after all of them.
    """

    def __init__(self, root: Path, seed: int, is_first_time: bool = False) -> None:
        self.home, self.said = Home(root / "home").create(), root / "said"
        self.files = random_files(random.Random(seed), FILES)
        self.whole = after(self.files)
        self.paths = write(self.files, root / "inbox")
        self.before: State | None = None
        if not is_first_time:
            assert self.run(self.paths[:LOADED_BEFORE])[0] == 0, self.said.read_text()
            self.before = after(self.files[:LOADED_BEFORE])

    def run(self, paths: list[Path] | None = None, **options: object) -> tuple[int, str]:
        return run(self.arguments(paths), self.said, GUARD_SECONDS, **options)

    def arguments(self, paths: list[Path] | None = None) -> list[str]:
        return ["--home", str(self.home.root), "run", *map(str, self.paths if paths is None else paths)]

    def check_killed(self) -> None:
        """Nothing is half there."""
        version, damages = serving(self.home)
        assert not damages, damages
        if self.before is not None:
            assert self._shown() in (self.before.in_force, self.whole.in_force)
        else:
            assert version is None or self._shown() == self.whole.in_force
        if self.home.store.exists():
            copy = self.home.root / "copy.duckdb"
            for suffix in ("", ".wal"):
                if (source := Path(f"{self.home.store}{suffix}")).exists():
                    shutil.copyfile(source, f"{copy}{suffix}")
            state = found(copy, self.files)
            assert list(sorted(state.counts)) == list(range(len(state.counts))), "files out of order"
            assert len(state.counts) >= (LOADED_BEFORE if self.before else 0), "a loaded file is lost"
            assert state == after(self.files[: len(state.counts)])
            for file in self.home.root.glob("copy.duckdb*"):
                file.unlink()

    def check_recovered(self, tally: Tally) -> None:
        """The next run ends with what a run that nobody disturbed ends with."""
        started = time.monotonic()
        code, said = self.run()
        tally.note("back in seconds", time.monotonic() - started)
        assert code == 0, said
        assert found(self.home.store, self.files) == self.whole
        assert self._shown() == self.whole.in_force
        kept = sorted(p.name for p in self.home.files.iterdir())
        assert len(kept) == len({f.text for f in self.files}), f"files kept: {kept}"
        assert not list((self.home.work / "ingest").iterdir()), "scratch was left behind"
        facts = status_of(self.home)
        assert facts["damages"] == [] and facts["writer"] is None
        assert facts["quarantined"] == len(self.whole.refused)

    def _shown(self) -> dict:
        """Punches in force as published, after a look that its tables are of one version."""
        reader = published(self.home)
        loads = reader.rows("select load_id, file_name from quality.loads where status = 'loaded'")
        number = {file.name: i for i, file in enumerate(self.files)}
        name = {row["load_id"]: number[row["file_name"]] for row in loads}
        rows = reader.rows(
            "select employee_id, strftime(punched_at, '%Y-%m-%d %H:%M') as at, method, load_id, source_row "
            "from marts.punches"
        )
        return {(r["employee_id"], r["at"]): (r["method"], name[r["load_id"]], r["source_row"]) for r in rows}


@pytest.fixture
def kill(tmp_path: Path) -> Callable[..., Kill]:
    def make(seed: int, is_first_time: bool = False) -> Kill:
        shutil.rmtree(tmp_path / "kill", ignore_errors=True)
        return Kill(tmp_path / "kill", seed, is_first_time)

    return make


def test_killed_at_random_points_of_a_run(tally: Callable[[str], Tally], kill: Callable[..., Kill]) -> None:
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
            tried.check_killed()
            tried.check_recovered(row)


def test_killed_at_named_steps_of_a_run(tally: Callable[[str], Tally], kill: Callable[..., Kill]) -> None:
    row = tally("kill -9 at named steps")
    wanted = times(row.fault)
    steps = STEPS if wanted >= len(STEPS) else random.Random(SEED).sample(STEPS, wanted)
    for number in range(wanted):
        step = steps[number % len(steps)]
        tried = kill(SEED + number, is_first_time=step in FIRST_TIME)
        with row.case(f"{step}, seed {SEED + number}"):
            code, said = tried.run(step=step)
            assert code == -9, f"the step was not met: exit code {code}\n{said}"
            tried.check_killed()
            tried.check_recovered(row)


def test_killed_at_named_steps_of_a_build(
    tally: Callable[[str], Tally], people: Home, tmp_path: Path
) -> None:
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
            code, said = run(arguments, tmp_path / "said", small=False)
            row.note("back in seconds", time.monotonic() - started)
            assert code == 0, said
            assert serving(home)[0].version > before[0].version
            assert moved(figures, every_mart(home)) == []

"""A home that something was done to, and whether it kept what it had."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.torture.children import run
from tests.torture.logs import State, after, found, random_files, write
from warehouse.home import Home
from warehouse.publish import serving
from warehouse.reader import published
from warehouse.status import status_of

GUARD_SECONDS = 60
FILES, LOADED_BEFORE = 5, 2
Runner = Callable[..., tuple[int, str]]


class Harmed:
    """A home with some files loaded and published, and more waiting: something to harm.

    Attributes:
        files: all of them, in the order of loading; whole: what must be in the store after all of them.
    """

    def __init__(
        self, root: Path, seed: int, is_first_time: bool = False, runner: Runner = run, like: Harmed | None = None
    ) -> None:
        """With ``like``, the home begins as a copy of that one's, which nothing was done to yet."""
        self.runner = runner
        if like and not is_first_time:
            shutil.copytree(like.home.root, root / "home")
        self.home, self.said = Home(root / "home").create(), root / "said"
        self.files = random_files(random.Random(0), FILES)[:LOADED_BEFORE]
        self.files += random_files(random.Random(seed), FILES)[LOADED_BEFORE:]
        self.whole = after(self.files)
        self.paths = write(self.files, root / "inbox")
        self.before: State | None = None
        if not is_first_time:
            if not like:
                assert self.run(self.paths[:LOADED_BEFORE])[0] == 0, self.said.read_text()
            self.before = after(self.files[:LOADED_BEFORE])

    def run(self, paths: list[Path] | None = None, **options: object) -> tuple[int, str]:
        return self.runner(self.arguments(paths), self.said, GUARD_SECONDS, **options)

    def arguments(self, paths: list[Path] | None = None) -> list[str]:
        return ["--home", str(self.home.root), "run", *map(str, self.paths if paths is None else paths)]

    def check(self) -> None:
        """Nothing is half there."""
        version, damages = serving(self.home)
        assert not damages, damages
        if self.before is not None:
            assert self._shown() in (self.before.in_force, self.whole.in_force)
        else:
            assert version is None or self._shown() == self.whole.in_force
        if self.home.store.exists():
            # a copy: looking at a store must not mend it
            copy = self.said.parent / "copy.duckdb"
            for suffix in ("", ".wal"):
                if (source := Path(f"{self.home.store}{suffix}")).exists():
                    shutil.copyfile(source, f"{copy}{suffix}")
            state = found(copy, self.files)
            assert sorted(state.counts) == list(range(len(state.counts))), "files out of order"
            assert len(state.counts) >= (LOADED_BEFORE if self.before else 0), "a loaded file is lost"
            assert state == after(self.files[: len(state.counts)])
            for file in self.said.parent.glob("copy.duckdb*"):
                file.unlink()

    def check_recovered(self) -> float:
        """The next run ends with what a run that nobody disturbed ends with; returns the seconds that it took."""
        started = time.monotonic()
        code, said = self.run()
        seconds = time.monotonic() - started
        assert code == 0, said
        assert found(self.home.store, self.files) == self.whole
        assert self._shown() == self.whole.in_force
        kept = sorted(p.name for p in self.home.files.iterdir())
        assert len(kept) == len({f.text for f in self.files}), f"files kept: {kept}"
        assert not list((self.home.work / "ingest").iterdir()), "scratch was left behind"
        facts = status_of(self.home)
        assert facts["damages"] == [] and facts["writer"] is None
        assert facts["quarantined"] == len(self.whole.refused)
        return seconds

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

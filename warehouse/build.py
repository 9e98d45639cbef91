"""The build: rules and logs in, a checked and published version out, or nothing changed at all."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from ingest.loading import complete_store
from ingest.problems import Problem
from warehouse import partial
from warehouse.access import extract_for_people
from warehouse.dbt_child import PARENT, PROJECT
from warehouse.home import CHECKOUT, Home, Settings
from warehouse.publish import Version, publish
from warehouse.rules import read_rules, write_rules

SHOWN_ROWS = 5
# what a build has no use for
WITHOUT = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
# (what is being done, how many are done, how many there are)
Progress = Callable[[str, int, int], None]


@dataclass
class DbtRun:
    """What one run of dbt said.

    Attributes:
        succeeded: every node ran and every test held.
        is_partial: it went on from the build before.
        results: one dict a node: node, type, status, seconds, failures, message, path.
        errors: what went wrong outside of a node.
    """

    succeeded: bool = False
    is_partial: bool = False
    results: list[dict] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[dict]:
        return [r for r in self.results if r["status"] in ("error", "fail", "runtime error")]


def build(
    home: Home,
    settings: Settings,
    as_of: date | None = None,
    lock: int | None = None,
    on_progress: Progress | None = None,
    is_whole: bool = False,
) -> Version:
    """Run every model and test on what is loaded, then publish. The caller holds the home's lock.

    Args:
        as_of: the last date to answer for; None = the latest date of something that happened in a log.
        lock: the lock's file descriptor, handed to the process that writes.
        is_whole: make everything anew; else only what rows that came since the build before can touch.

    Raises:
        Problem: nothing is loaded (2), a rule table is wrong (2), a model or test failed (1).
    """
    version = publish_for_people(home, settings, make(home, settings, as_of, lock, on_progress, is_whole=is_whole))
    with contextlib.suppress(OSError):  # without it the next build is a whole one
        partial.remember(home, version)
    return version


def publish_for_people(home: Home, settings: Settings, built: Path) -> Version:
    """Publish what was built, with the extract of each scope. Raises Problem as publish does."""
    return publish(home, built, settings.keep_versions, lambda version: extract_for_people(home, version))


def make(
    home: Home,
    settings: Settings,
    as_of: date | None = None,
    lock: int | None = None,
    on_progress: Progress | None = None,
    draft: Path | None = None,
    is_whole: bool = False,
) -> Path:
    """A version built and tested in the home's scratch, not published; with a draft laid over the rules, if one is given.

    Raises:
        Problem: as for build.
    """
    complete_logs(home)
    own_rules = home.rules if home.rules.is_dir() else None
    arguments = ["build", *WITHOUT]
    for whole in (is_whole, True):
        prepare_first = functools.partial(prepare, home, settings, own_rules, as_of, draft, whole)
        run = run_dbt(home, arguments, settings, lock, on_progress, prepare_first)
        if run.succeeded or not run.is_partial:
            break  # what a partial build stumbled over may lie in what it went on from
    if not run.succeeded:
        raise failed(home, run)
    write_tests(home.work / "pub.duckdb", run)
    return home.work / "pub.duckdb"


def complete_logs(home: Home) -> None:
    """See that there are logs to build from, in a store with all columns. Raises Problem: nothing is loaded."""
    if not home.store.exists():
        raise Problem(
            "还没有装载任何日志。请先运行 zhidu ingest <文件或文件夹>。",
            "No log has been loaded yet. Run zhidu ingest <files or folders> first.",
        )
    complete_store(home)


def prepare(
    home: Home,
    settings: Settings,
    own_rules: Path | None,
    as_of: date | None,
    draft: Path | None = None,
    is_whole: bool = True,
) -> date | None:
    """Scratch with the rules in it; the first date that is made anew, None = all of them.

    Raises Problem when a rule table is wrong.
    """
    rules = read_rules(own_rules, draft)
    parsed = PROJECT / "target" / "partial_parse.msgpack"
    target = home.work / "target"
    try:
        first = partial.begin(home, rules, as_of, is_whole)
        with duckdb.connect(str(home.work / "work.duckdb")) as connection:
            write_rules(rules, connection, as_of.isoformat() if as_of else None)
        target.mkdir(exist_ok=True)
        if parsed.exists() and not (target / parsed.name).exists():
            shutil.copyfile(parsed, target / parsed.name)
        return first
    except (OSError, duckdb.Error) as error:
        raise Problem(
            f"不能写入 {home.work}：{error}。已发布的版本没有改变。",
            f"Cannot write {home.work}: {error}. The published version is unchanged.",
            exit_code=1,
        ) from error


def run_dbt(
    home: Home,
    arguments: list[str],
    settings: Settings,
    lock: int | None = None,
    on_progress: Progress | None = None,
    prepare_first: Callable[[], date | None] = lambda: None,
    *,
    module: str = "warehouse.dbt_child",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    threads: int | None = None,
) -> DbtRun:
    """Run dbt on the home's work folder in a process of its own.

    Args:
        prepare_first: what has to be done before dbt may look; done while the process starts. It gives the first date
            that is made anew (None = all of them); what it raises is raised.
        module: what the process runs; folder: where, instead of the work folder; environment: what it is told besides.
        threads: models made at the same time, instead of DuckDB's threads.
    """
    told = os.environ | {
        "ZHIDU_BUILD_MEMORY": f"{settings.memory_limit_gb}GB",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "DO_NOT_TRACK": "1",
        PARENT: str(os.getpid()),
        **(environment or {}),
    }
    command = [sys.executable, "-m", module, *arguments, "--threads", str(threads or settings.threads)]
    with tempfile.TemporaryFile("w+") as noise:
        child = subprocess.Popen(
            command,
            cwd=folder or home.work,
            env=told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=noise,
            text=True,
            pass_fds=[lock] if lock is not None else [],
        )
        try:
            first = prepare_first()
        except BaseException:
            child.kill()
            child.wait()
            raise
        run = _listen(child, first, on_progress)
        if not run.succeeded and not run.errors and not run.failures:
            noise.seek(0)
            run.errors.append(f"exit code {child.returncode}: {noise.read().strip()[-2000:]}")
    return run


def _listen(child: subprocess.Popen[str], first: date | None, on_progress: Progress | None) -> DbtRun:
    """Let the child begin, and gather what it says until it ends."""
    assert child.stdin is not None and child.stdout is not None
    with contextlib.suppress(BrokenPipeError), child.stdin:
        child.stdin.write(first.isoformat() if first else "")
    run, done, total = DbtRun(is_partial=first is not None), 0, 0
    for line in child.stdout:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event["event"] == "start":
            total += 1
            if on_progress:
                on_progress(event["node"], done, total)
        elif event["event"] == "finish":
            done += 1
        elif event["event"] == "result":
            run.results.append(event)
        elif event["event"] == "error":
            run.errors.append(event["message"])
    run.succeeded = child.wait() == 0
    return run


def failed(home: Home, run: DbtRun) -> Problem:
    """What went wrong in a build, node by node."""
    lines = [
        f"{r['type']} {r['node']} ({r['path']}): {r['message']}{_shown(home, r)}" for r in run.failures
    ] + run.errors
    shown = "\n".join(f"  - {line}" for line in lines[:10])
    return Problem(
        f"构建失败，什么都没有发布，原来的版本照旧：\n{shown}",
        f"The build failed; nothing was published, the version before stands:\n{shown}",
        exit_code=1,
    )


def _shown(home: Home, result: dict) -> str:
    """The first rows that a failed test found: which check, which keys."""
    if not result.get("sql"):
        return ""
    try:
        with duckdb.connect(str(home.work / "work.duckdb"), read_only=True) as connection:
            connection.execute(f"attach '{home.store}' as store (read_only)")
            connection.execute(f"attach '{home.work / 'pub.duckdb'}' as pub (read_only)")
            cursor = connection.execute(result["sql"])
            names = [column[0] for column in cursor.description]
            rows = [
                ", ".join(f"{n}={v}" for n, v in zip(names, row, strict=True)) for row in cursor.fetchmany(SHOWN_ROWS)
            ]
    except duckdb.Error:
        return ""
    return "".join(f"\n      {row}" for row in rows)


def write_tests(built: Path, run: DbtRun) -> None:
    """Put what the tests said into quality.tests of a version."""
    rows = [(r["node"], r["status"], r["failures"] or 0, r["seconds"]) for r in run.results if r["type"] == "test"]
    with duckdb.connect(str(built)) as connection:
        connection.execute(
            "create or replace table quality.tests (test_name varchar, status varchar, failures bigint, seconds double)"
        )
        if rows:
            connection.executemany("insert into quality.tests values (?, ?, ?, ?)", rows)

"""Processes that can be killed: forked from one that has everything imported, so that a try costs no start.

A step is named by the function that makes it; the child kills itself just before or after one of its calls, so nothing in
the product knows of it.
"""

from __future__ import annotations

import functools
import importlib
import multiprocessing
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

CONTEXT = multiprocessing.get_context("forkserver")
BEGUN = "begun"
CONTEXT.set_forkserver_preload(
    ["polars", "pyarrow", "warehouse.cli", "ingest.loading", "warehouse.build", "warehouse.status", __name__]
)


@dataclass(frozen=True)
class Step:
    """A call at which to die.

    Attributes:
        place: module:function or module:Class.method.
        when: before or after the call; nth: which one, counted from 1.
    """

    place: str
    when: str = "after"
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.when} {self.place.split(':')[1]} no. {self.nth}"

    def arm(self) -> None:
        """Let this process die there."""
        module, path = self.place.split(":")
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        real, calls = getattr(owner, name), []

        @functools.wraps(real)
        def deadly(*args: Any, **options: Any) -> Any:
            calls.append(1)
            if self.when == "before" and len(calls) == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*args, **options)
            if self.when == "after" and len(calls) == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(owner, name, deadly)


def small_make(home: Any, *_: Any, **__: Any) -> Path:
    """In the place of a whole build: a version that is a copy of the punches in force, in two tables that must agree."""
    path = home.work / "pub.duckdb"
    for old in (path, path.with_name(path.name + ".wal")):
        old.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{home.store}' as store (read_only)")
        connection.execute("create schema marts; create schema reference; create schema quality")
        connection.execute(
            "create table reference.build as select date '2026-03-31' as as_of, date '2026-03-01' as first_on"
        )
        connection.execute("create table reference.public_holidays as select date '2026-01-01' as holiday_date")
        connection.execute("create table marts.punches as select * from store.raw.punches")
        connection.execute("create table quality.loads as select * from store.ingest.loads")
        connection.execute("create table quality.quarantine as select * from store.ingest.quarantine")
    return path


def command(
    arguments: list[str], said: str, step: Step | None = None, largest_file: int = 0, small: bool = True
) -> None:
    """The command line in this process, with its output in a file; for a Process.

    Args:
        step: where to die; largest_file: bytes beyond which no file may grow, 0 = no limit; small: publish without dbt.
    """
    os.setsid()
    with open(said, "w") as out:  # noqa: PTH123
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    import warehouse.build
    from warehouse import cli

    if small:
        warehouse.build.make = small_make
    if step:
        step.arm()
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    sys.argv = ["zhidu", *arguments]
    print("begun", flush=True)
    cli.main()


def start(arguments: list[str], said: Path, **options: Any) -> Any:
    """``zhidu`` with these arguments, begun."""
    said.write_text("")
    child = CONTEXT.Process(target=command, args=(arguments, str(said)), kwargs=options)
    child.start()
    return child


def run(arguments: list[str], said: Path, seconds: float = 60, **options: Any) -> tuple[int, str]:
    """``zhidu`` to its end: exit code (negative for a signal) and all that it said."""
    child = start(arguments, said, **options)
    child.join(seconds)
    if child.exitcode is None:
        child.kill()
        child.join()
        raise TimeoutError(f"zhidu {' '.join(arguments)} did not end within {seconds} s")
    return child.exitcode, said.read_text()


def call(function: Callable[..., Any], *arguments: Any, seconds: float = 300) -> Any:
    """The function's answer out of such a process; what it raises is raised as an AssertionError."""
    child, ours = _begun(function, arguments)
    try:
        assert ours.poll(seconds), f"{function.__name__} did not end within {seconds} s"
        is_good, answer = ours.recv()
    except EOFError:
        child.join()
        raise AssertionError(f"{function.__name__} ended without an answer, exit code {child.exitcode}") from None
    finally:
        child.kill()
        child.join()
    if not is_good:
        raise AssertionError(answer)
    return answer


def _begun(function: Callable[..., Any], arguments: tuple[Any, ...], tries: int = 3) -> tuple[Any, Any]:
    """A process that has begun, and its pipe. A fork can die before any of the function ran, which says nothing of it."""
    for _ in range(tries):
        ours, theirs = CONTEXT.Pipe(duplex=False)
        child = CONTEXT.Process(target=_answer, args=(theirs, function, arguments))
        child.start()
        theirs.close()  # so that a child that dies is noticed at once
        try:
            if ours.poll(30) and ours.recv() == BEGUN:
                return child, ours
        except EOFError:
            pass
        child.kill()
        child.join()
    raise AssertionError(f"no process for {function.__name__}: {tries} died before they began")


def _answer(pipe: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    pipe.send(BEGUN)
    try:
        pipe.send((True, function(*arguments)))
    except BaseException as error:
        pipe.send((False, f"{type(error).__name__}: {error}\n{traceback.format_exc()[-1500:]}"))

"""The home: the one folder that holds everything a warehouse keeps."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.problems import Problem

CHECKOUT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 1.0
UNNAMED = "备份或别的程序 a backup or another program"


class Settings(BaseSettings):
    """What an installation may set, each by an environment variable ``ZHIDU_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="ZHIDU_", extra="ignore")

    home: Path = Field(CHECKOUT / "var", description="the folder that holds everything the warehouse keeps")
    # one is no spare: the version before serves when the newest is damaged
    keep_versions: int = Field(7, ge=2, description="how many published versions are kept")
    memory_limit_gb: float = Field(8.0, gt=0, description="memory that DuckDB may use in a build, in GB")
    threads: int = Field(2, ge=1, description="threads that DuckDB may use in a build")
    spark_remote: str = Field("", description="address of a Spark Connect server, as sc://host:15002")
    spark_folder: Path | None = Field(None, description="a folder that Spark's executors see too; empty = in the home")
    spark_schema: str = Field("zhidu", pattern="^[a-z][a-z0-9_]*$", description="what Spark's schemas begin with")
    spark_threads: int = Field(4, ge=1, description="models that are made on Spark at the same time")
    language: str = Field("", pattern="^(zh|en|)$", description="language of the command line; empty = both")


@dataclass(frozen=True)
class Home:
    """Paths inside one home. Two homes never touch each other."""

    root: Path

    @property
    def store(self) -> Path:
        """The store of logs (DuckDB): schemas raw, history, ingest. Written by ingest alone."""
        return self.root / "store.duckdb"

    @property
    def files(self) -> Path:
        """Every file that was loaded, as it was, named by its sha256."""
        return self.root / "files"

    @property
    def rules(self) -> Path:
        """The organisation's own rules; a table found here replaces the seeded one."""
        return self.root / "rules"

    @property
    def maps(self) -> Path:
        """The organisation's own source maps."""
        return self.root / "maps"

    @property
    def access(self) -> Path:
        """Who may see what: ``sign_in.toml``, ``people.csv``, ``rights.yml``."""
        return self.root / "access"

    @property
    def queries(self) -> Path:
        """The queries that people saved for each other."""
        return self.root / "queries"

    @property
    def work(self) -> Path:
        """Scratch of a build, private to the one who holds the lock."""
        return self.root / "work"

    @property
    def published(self) -> Path:
        """The published versions and ``CURRENT.json``, which names the one in force."""
        return self.root / "published"

    def create(self) -> Home:
        """Make the folders that are missing. Raises Problem when the home cannot be written."""
        try:
            for folder in (self.root, self.files, self.work, self.published):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Problem(
                f"不能建立数据目录 {self.root}：{error.strerror}。请检查路径与权限，或用 --home 指定别处。",
                f"Cannot create the home {self.root}: {error.strerror}. Check path and rights, or name another by --home.",
            ) from error
        return self

    @contextlib.contextmanager
    def lock(self, purpose: str) -> Iterator[int]:
        """Hold the only right to write this home; yields the lock's file descriptor (inheritable).

        The kernel frees the lock when its holder dies, however it dies.
        Raises Problem (exit code 1) naming the holder when somebody else has it.
        """
        path = self.root / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if holder := _take(descriptor, path):
                raise Problem(
                    f"数据仓库 {self.root} 正在被使用：{holder}。请等它结束后再试。",
                    f"The warehouse {self.root} is in use: {holder}. Wait until it has finished, then try again.",
                    exit_code=1,
                )
            note = {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "purpose": purpose,
                "since": time.strftime("%F %T"),
            }
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(note).encode(), 0)
            os.set_inheritable(descriptor, True)
            yield descriptor
        finally:
            os.close(descriptor)


def _take(descriptor: int, path: Path) -> str:
    """Take the lock; returns who holds it where somebody else does, and nothing where it was taken.

    A holder writes its name just after it got the lock, and one that was killed leaves its name behind while the
    processes it had started end: a name counts once its process is alive, so for a moment both are waited for. What
    holds the lock without writing a name there (``flock`` around a backup) is not called by the name left behind.
    """
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return ""
        except BlockingIOError:
            holder, is_alive = _holder(path)
            if is_alive:
                return holder
            if time.monotonic() > give_up_at:
                return UNNAMED
            time.sleep(0.02)


def _holder(path: Path) -> tuple[str, bool]:
    """Who holds the lock by its note, and whether that process is alive, as far as is seen; not where none is written."""
    try:
        note = json.loads(path.read_text())
        holder = f"{note['purpose']}, pid {note['pid']}, {note['host']}, {note['since']}"
        pid, is_here = int(note["pid"]), note["host"] == socket.gethostname()
    except (OSError, ValueError, KeyError, TypeError):
        return UNNAMED, False
    try:
        if is_here:
            os.kill(pid, 0)
    except PermissionError:  # somebody else's
        return holder, True
    except OSError:
        return holder, False
    return holder, True

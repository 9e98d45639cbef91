"""Reading what is published: the version in force, opened so that reading it can change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingest.problems import Problem
from warehouse.home import Home
from warehouse.publish import Damage, Version, serving

LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}


def connect(path: Path, memory: str = "1GB", threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A read-only connection without a way to files or network.

    Within a process DuckDB keeps one database a path: all of its connections need the same settings, made at once.
    """
    # the order matters: without external access temp_directory could not be set, and the lock ends it
    locked = {"enable_external_access": "false", "lock_configuration": "true"}
    config = LOCKED | {"memory_limit": memory, "threads": str(threads)} | locked
    return duckdb.connect(str(path), read_only=True, config=config)


@dataclass(frozen=True)
class Published:
    """One published version, open. Its root connection is never closed: readers take a cursor for each query.

    Attributes:
        damages: why it is not the newest that is read; empty as a rule.
    """

    home: Home
    version: Version
    damages: tuple[Damage, ...] = ()

    @property
    def path(self) -> Path:
        return self.home.published / self.version.file

    @cached_property
    def _root(self) -> duckdb.DuckDBPyConnection:
        try:
            return connect(self.path)
        except (OSError, duckdb.Error) as error:
            raise Problem(
                f"不能打开已发布的版本 {self.path}：{error}。请运行 zhidu build 重新发布。",
                f"Cannot open the published version {self.path}: {error}. Run zhidu build to publish again.",
                exit_code=1,
            ) from error

    @cached_property
    def years_without_holidays(self) -> list[int]:
        """Years of the logs without a table of public holidays: whatever counts working days stops there."""
        found = self.rows(
            "select year from (select unnest(range(year(first_on), year(as_of) + 1)) as year from reference.build) "
            "where year not in (select year(holiday_date) from reference.public_holidays) order by year"
        )
        return [row["year"] for row in found]

    def table(self, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> pa.Table:
        """The result of one query as an Arrow table; parameters are bound, never pasted."""
        return self._root.cursor().sql(sql, params=parameters).to_arrow_table()

    def rows(self, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """The result of one query as a list of dicts."""
        cursor = self._root.cursor().execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def published(home: Home) -> Published:
    """The version in force, or the newest whole one before it. Raises Problem when there is none that can be trusted."""
    version, damages = serving(home)
    if version is None and damages:
        raise Problem("\n".join(d.zh for d in damages), "\n".join(d.en for d in damages), exit_code=1)
    if version is None:
        raise Problem(
            f"{home.root} 里还没有发布任何版本。请先运行 zhidu run <文件或文件夹>，或 zhidu demo 看样例。",
            f"Nothing has been published in {home.root} yet. Run zhidu run <files or folders>, or zhidu demo for a sample.",
            exit_code=1,
        )
    return Published(home, version, tuple(damages))

"""Publishing: a version is a read-only file; a small pointer, replaced atomically, names the one in force."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.problems import Problem
from warehouse.home import Home

POINTER = "CURRENT.json"


@dataclass(frozen=True)
class Version:
    """A published version.

    Attributes:
        version: its name, in order of time.
        file: name of the DuckDB file in the published folder.
        sha256: of that file, to find damage before it is opened.
        as_of: the last date it answers for (ISO).
        published_at: local time of publishing (ISO, seconds).
        rows: public table -> number of rows.
    """

    version: str
    file: str
    sha256: str
    as_of: str
    published_at: str
    rows: dict[str, int]


def publish(home: Home, built: Path, keep: int, before: Callable[[Version], None] = lambda _: None) -> Version:
    """Make the finished build the published version.

    Args:
        built: the DuckDB file with schemas marts, reference, quality; it is moved.
        keep: how many versions stay; the one in force always does.
        before: what has to be done with the file before the version is in force; what it raises keeps it from that.

    Raises:
        Problem (exit code 1): the file cannot be completed or moved; what was published stays.
    """
    try:
        as_of, rows = _finish(built)
        now = datetime.now()
        name = now.strftime("%Y%m%dT%H%M%S_%f")
        version = Version(name, f"wh_{name}.duckdb", sha256_of(built), as_of, now.isoformat(timespec="seconds"), rows)
        built.chmod(0o444)
        _sync(built)
        built.replace(home.published / version.file)
        _sync(home.published)
        try:
            before(version)
        except Problem:
            (home.published / version.file).unlink()
            raise
        _point_to(home, version)
        _prune(home, keep)
    except (OSError, duckdb.Error) as error:
        raise Problem(
            f"发布失败：{error}。已发布的版本没有改变。请检查 {home.published} 的空间与权限后重试。",
            f"Publishing failed: {error}. The published version is unchanged. "
            f"Check space and rights of {home.published}, then try again.",
            exit_code=1,
        ) from error
    return version


def current(home: Home) -> Version | None:
    """The version in force, or None when nothing was published yet."""
    try:
        return Version(**json.loads((home.published / POINTER).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise Problem(
            f"{home.published / POINTER} 已损坏。请运行 zhidu build 重新发布。",
            f"{home.published / POINTER} is damaged. Run zhidu build to publish again.",
            exit_code=1,
        ) from error


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _finish(built: Path) -> tuple[str, dict[str, int]]:
    """Close the file for good: no log beside it, rows counted."""
    with duckdb.connect(str(built)) as connection:
        names = connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables() order by all"
        ).fetchall()
        as_of = connection.execute("select as_of from reference.build").fetchone()[0]
        connection.execute("force checkpoint")
    if built.with_name(built.name + ".wal").exists():
        raise OSError(f"{built} could not be closed")
    return as_of.isoformat() if as_of else "", {f"{schema}.{table}": size for schema, table, size in names}


def _point_to(home: Home, version: Version) -> None:
    pointer = home.published / POINTER
    draft = pointer.with_suffix(".tmp")
    draft.write_text(json.dumps(asdict(version), ensure_ascii=False, indent=1), encoding="utf-8")
    _sync(draft)
    draft.replace(pointer)
    _sync(home.published)


def _prune(home: Home, keep: int) -> None:
    """Old versions go; a reader that still holds one keeps reading it."""
    for path in sorted(home.published.glob("wh_*.duckdb"))[:-keep]:
        extracts = (home.published / "scopes").glob(f"{path.stem}.*")
        for old in (path, *extracts):
            with contextlib.suppress(OSError):
                old.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

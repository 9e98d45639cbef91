"""Publishing: a version is a read-only file; a small pointer, replaced atomically, names the one in force.

Beside each version lies its note, ``wh_<version>.json``, with the same content as the pointer had: it tells whether a
version is still what was published, and lets a lost pointer be written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import duckdb

from ingest.problems import Problem
from warehouse.home import Home

POINTER = "CURRENT.json"
NAME_FORMAT = "%Y%m%dT%H%M%S_%f"


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


@dataclass(frozen=True)
class Damage:
    """What is wrong in the published folder, in both languages.

    Attributes:
        version: the version that cannot be used; empty where the pointer itself is at fault.
    """

    version: str
    zh: str
    en: str


def publish(home: Home, built: Path, keep: int, before: Callable[[Version], None] = lambda _: None) -> Version:
    """Make the finished build the published version.

    Args:
        built: the DuckDB file with schemas marts, reference, quality; it is moved.
        keep: how many versions stay; the one in force always does.
        before: what has to be done with the file before the version is in force; what it raises keeps it from that.

    Raises:
        Problem (exit code 1): the file cannot be completed or moved; what was published stays.
    """
    version = None
    try:
        as_of, rows = _finish(built)
        now = datetime.now()
        name = _next_name(home, now)
        version = Version(name, f"wh_{name}.duckdb", sha256_of(built), as_of, now.isoformat(timespec="seconds"), rows)
        built.chmod(0o444)
        _sync(built)
        built.replace(home.published / version.file)
        _sync(home.published)
        try:
            before(version)
        except Problem:
            _withdraw(home, version)
            raise
        _write(version, _note(home, version.version))
        _write(version, home.published / POINTER)
        _prune(home, keep, version)
    except (OSError, duckdb.Error) as error:
        _withdraw(home, version)
        raise Problem(
            f"发布失败：{error}。已发布的版本没有改变。请检查 {home.published} 的空间与权限后重试。",
            f"Publishing failed: {error}. The published version is unchanged. "
            f"Check space and rights of {home.published}, then try again.",
            exit_code=1,
        ) from error
    return version


def current(home: Home) -> Version | None:
    """The version that the pointer names, whole or not; None without a pointer. Raises Problem when it is damaged."""
    try:
        return _read(home.published / POINTER)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Problem(
            f"{home.published / POINTER} 已损坏。请运行 zhidu restore 或 zhidu build。",
            f"{home.published / POINTER} is damaged. Run zhidu restore or zhidu build.",
            exit_code=1,
        ) from error


def serving(home: Home) -> tuple[Version | None, list[Damage]]:
    """The version to read and what is damaged: the one in force, or the newest whole one where that cannot be used.

    A version before the one in force is never looked at while that one is whole. None: nothing was published, or, with
    damage, nothing that is left can be trusted.
    """
    damages: list[Damage] = []
    try:
        pointed = current(home)
    except Problem as problem:
        pointed = None
        damages.append(Damage("", problem.zh, problem.en))
    if pointed:
        damage = damage_of(home, pointed)
        if damage is None:
            return pointed, []
        damages.append(damage)
    elif not damages and any(home.published.glob("wh_*.duckdb")):
        pointer = home.published / POINTER
        damages.append(
            Damage(
                "",
                f"{pointer} 不见了。请运行 zhidu restore 或 zhidu build。",
                f"{pointer} is missing. Run zhidu restore or zhidu build.",
            )
        )
    for version in kept_versions(home):
        if pointed and version.version >= pointed.version:
            continue
        damage = damage_of(home, version)
        if damage is None:
            return version, damages
        damages.append(damage)
    return None, damages


def damage_of(home: Home, version: Version) -> Damage | None:
    """Why a version must not be opened; None where its file is byte for byte what was published.

    The file is hashed once a process; again only after something wrote to it, moved it or changed its rights.
    """
    path = home.published / version.file
    log = path.with_name(path.name + ".wal")
    if log.exists():
        why = (f"旁边有不属于它的 {log.name}", f"{log.name} lies beside it, which is not part of it")
    else:
        try:
            stat = path.stat()
            state = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            if _sha256_once(path, state) == version.sha256:
                return None
            why = ("内容与发布时不同（sha256 不符）", "its content is not what was published (another sha256)")
        except FileNotFoundError:
            why = ("文件不见了", "the file is missing")
        except OSError as error:
            why = (f"不能读取（{error.strerror}）", f"it cannot be read ({error.strerror})")
    return Damage(
        version.version,
        f"已发布的版本 {path} 已损坏：{why[0]}。请运行 zhidu build 重新发布。",
        f"The published version {path} is damaged: {why[1]}. Run zhidu build to publish again.",
    )


def kept_versions(home: Home) -> list[Version]:
    """The versions whose note can be read, newest first."""
    found = []
    for path in sorted(home.published.glob("wh_*.json"), reverse=True):
        with contextlib.suppress(OSError, ValueError):
            found.append(_read(path))
    return found


def restore(home: Home, name: str | None = None) -> Version:
    """Put a kept version in force: the one named, or the newest that is whole. The caller holds the home's lock.

    Raises Problem: exit code 2 when the one named is not kept or is damaged; 1 when no whole one is left.
    """
    kept = kept_versions(home)
    if name is not None and name not in {v.version for v in kept}:
        names = "、".join(v.version for v in kept) or "-"
        raise Problem(
            f"没有保留版本 {name}。现有：{names}。",
            f"There is no version {name}. Kept are: {', '.join(v.version for v in kept) or '-'}.",
        )
    damages = []
    for version in kept:
        if name not in (None, version.version):
            continue
        damage = damage_of(home, version)
        if damage is None:
            try:
                _write(version, home.published / POINTER)
            except OSError as error:
                raise Problem(
                    f"不能写入 {home.published / POINTER}：{error.strerror}。请检查空间与权限后重试。",
                    f"Cannot write {home.published / POINTER}: {error.strerror}. Check space and rights, then try again.",
                    exit_code=1,
                ) from error
            return version
        damages.append(damage)
    raise Problem(
        "\n".join([*(d.zh for d in damages), "没有可恢复的版本。"]),
        "\n".join([*(d.en for d in damages), "There is no whole version to restore. Run zhidu build."]),
        exit_code=2 if name else 1,
    )


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


def _next_name(home: Home, now: datetime) -> str:
    """The time, moved on where a clock was set back: names sort in the order of publishing."""
    names = [path.stem.removeprefix("wh_") for path in home.published.glob("wh_*.duckdb")]
    last = max(names, default="")
    while (name := now.strftime(NAME_FORMAT)) <= last:
        now = datetime.strptime(last, NAME_FORMAT) + timedelta(microseconds=1)
    return name


def _withdraw(home: Home, version: Version | None) -> None:
    """Take back what was moved but could not be put in force: on a full disk it would only be in the way."""
    in_force = None
    with contextlib.suppress(OSError, ValueError):
        in_force = _read(home.published / POINTER)
    if version and version != in_force:
        with contextlib.suppress(OSError):
            _note(home, version.version).unlink(missing_ok=True)
            (home.published / version.file).unlink(missing_ok=True)


def _note(home: Home, name: str) -> Path:
    return home.published / f"wh_{name}.json"


def _read(path: Path) -> Version:
    """A version as a note or the pointer has it. Raises ValueError when it is not whole."""
    try:
        version = Version(**json.loads(path.read_text(encoding="utf-8")))
    except TypeError as error:
        raise ValueError(str(error)) from error
    if version.file != f"wh_{version.version}.duckdb":
        raise ValueError(f"{path}: no version of this folder")
    return version


def _write(version: Version, path: Path) -> None:
    draft = path.with_suffix(".tmp")
    try:
        draft.write_text(json.dumps(asdict(version), ensure_ascii=False, indent=1), encoding="utf-8")
        _sync(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


@lru_cache(maxsize=64)
def _sha256_once(path: Path, _state: tuple[int, ...]) -> str:
    return sha256_of(path)


def _prune(home: Home, keep: int, in_force: Version) -> None:
    """Old versions go; a reader that still holds one keeps reading it."""
    for path in sorted(home.published.glob("wh_*.duckdb"))[:-keep]:
        if path.name != in_force.file:
            extracts = (home.published / "scopes").glob(f"{path.stem}.*")
            for old in (path.with_suffix(".json"), path, *extracts):
                with contextlib.suppress(OSError):
                    old.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

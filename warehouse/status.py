"""What a home holds and has published, as facts."""

from __future__ import annotations

import fcntl
from dataclasses import asdict
from typing import Any

import duckdb

from warehouse.home import Home
from warehouse.publish import serving
from warehouse.reader import Published

# Both the store and a published version can answer; where an ingest holds the store, the published version does.
FROM_STORE = ("ingest.loads", "ingest.quarantine")
FROM_PUBLISHED = ("quality.loads", "quality.quarantine")


def status_of(home: Home) -> dict[str, Any]:
    """The facts of ``zhidu status``.

    Keys: home, published_path, version, as_of, published_at, feeds (name -> rows, corrections, last_loaded_at),
    files, quarantined (open rows), writer (who is writing now, or None), damages (version, zh, en: what cannot be read,
    so that an earlier version serves), years_without_holidays.
    """
    version, damages = serving(home)
    reader = Published(home, version) if version else None
    facts: dict[str, Any] = {
        "home": str(home.root),
        "published_path": str(home.published / version.file) if version else None,
        "version": version.version if version else None,
        "as_of": version.as_of if version else None,
        "published_at": version.published_at if version else None,
    }
    try:
        with duckdb.connect(str(home.store), read_only=True) as connection:
            facts |= _loaded(connection, *FROM_STORE)
    except duckdb.Error:
        if reader:
            facts |= _loaded(reader._root.cursor(), *FROM_PUBLISHED)
        else:
            facts |= {"feeds": {}, "files": 0, "quarantined": 0}
    facts["damages"] = [asdict(damage) for damage in damages]
    facts["years_without_holidays"] = reader.years_without_holidays if reader else []
    return facts | {"writer": _writer(home)}


def _loaded(connection: duckdb.DuckDBPyConnection, loads: str, quarantine: str) -> dict[str, Any]:
    feeds = connection.execute(
        f"select feed, sum(rows_loaded), sum(rows_corrected), max(loaded_at) from {loads} "
        "where feed is not null group by feed order by feed"
    ).fetchall()
    refused = connection.execute(
        f"select count(*) from (select distinct load_id, source_row from {quarantine} where resolved_by_load_id is null)"
    ).fetchone()
    return {
        "feeds": {
            feed: {
                "rows": int(rows),
                "corrections": int(corrected),
                "last_loaded_at": last and last.isoformat(sep=" ", timespec="seconds"),
            }
            for feed, rows, corrected, last in feeds
        },
        "files": connection.execute(f"select count(distinct sha256) from {loads}").fetchone()[0],
        "quarantined": refused[0],
    }


def _writer(home: Home) -> str | None:
    try:
        with (home.root / "lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return file.read()
    except FileNotFoundError:
        pass
    return None

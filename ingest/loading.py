"""Files into the store: one transaction a file, every row accounted for, corrections with their history.

The store (DuckDB, ``Home.store``):

* ``raw.<feed>``: one row per key, the one in force; the contract's columns, ``load_id``, ``source_row``.
* ``history.<feed>``: one row per row that a correction replaced; also ``superseded_by_load_id``.
* ``ingest.loads``: one row per file, feed and sheet that was read. rows_read = rows_loaded + rows_corrected +
  rows_duplicate + rows_quarantined, always. Where a row of the file may make several rows (a day's punches), rows_read
  counts the rows made, a row's refused times together as one. rows_in_file, the rows below the header that hold
  anything, is always those that made a row and rows_passed_over (totals, footers, days without a punch); null where
  rows are not read from the file but derived. header_row 0 = no header, header_rows 2 = a row of groups above it;
  sheet and source_map empty where there is none; status ``loaded`` or ``duplicate`` (the same file again: duplicate_of_load_id); seconds of wall time.
* ``ingest.quarantine``: one row per refused source row and broken rule; resolved_by_load_id is null while it is open.
"""

from __future__ import annotations

import contextlib
import errno
import json
import shlex
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from ingest import quarantine
from ingest.columns import POLARS_TYPE, SQL_TYPE
from ingest.feeds import FEEDS, Feed
from ingest.furniture import KINDS, furniture
from ingest.headers import HeaderMatch, exported_feed, match_header, usual_header, words_of
from ingest.maps import SHIPPED, Mapped, SourceMap, Target, map_for, maps_of, read_map
from ingest.parsing import clean, read_column
from ingest.problems import Problem
from ingest.reading import Candidate, Found, Kept, Table, keep, tables, verbatim
from ingest.shown import name as visible
from ingest.tracing import read_store, source_line

if TYPE_CHECKING:
    from warehouse.home import Home

LOADS = """
    load_id BIGINT, loaded_at TIMESTAMP, feed VARCHAR, file_name VARCHAR, file_path VARCHAR, sha256 VARCHAR,
    file_bytes BIGINT, source_map VARCHAR, sheet VARCHAR, header_row BIGINT, encoding VARCHAR, rows_read BIGINT,
    rows_loaded BIGINT, rows_corrected BIGINT, rows_duplicate BIGINT, rows_quarantined BIGINT,
    duplicate_of_load_id BIGINT, seconds DOUBLE, status VARCHAR, note VARCHAR, delimiter VARCHAR
"""
LOADS_SINCE = ("header_rows", "rows_in_file", "rows_passed_over")  # BIGINT columns that an older store lacks
QUARANTINE = """
    quarantine_id BIGINT, load_id BIGINT, feed VARCHAR, source_row BIGINT, column_name VARCHAR, rule VARCHAR,
    value VARCHAR, reason_zh VARCHAR, reason_en VARCHAR, row_text VARCHAR, resolved_by_load_id BIGINT,
    row_cells VARCHAR, row_key VARCHAR
"""
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".htm", ".html")
STORE_MEMORY = "768MB"
REFUSED_AT_ONCE = 50_000
HASH_SEED = 11
# what a row is to the feed, as bits
NEW, AGAIN, SAME, CORRECTS, BROKEN = 0, 1, 2, 4, 8  # AGAIN: its key occurs again in the file
HASHES_AT_ONCE = 1 << 25  # 8 bytes each: the search for repeated keys stays under 256 MB however long the file


@dataclass(frozen=True)
class Message:
    """Something that a person should know about a file, in both languages."""

    zh: str
    en: str


@dataclass
class FileReport:
    """What became of one file in one feed.

    Attributes:
        file: path as given; feed: empty where none was recognised; seconds: wall time.
        rows_read = loaded + corrected + duplicate + quarantined.
        rows_in_file: the rows of the file that they were made from, and passed_over, those that made none (by why).
        status: loaded, duplicate (the same file again), skipped (of no feed) or unreadable.
    """

    file: str
    feed: str = ""
    rows_read: int = 0
    loaded: int = 0
    corrected: int = 0
    duplicate: int = 0
    quarantined: int = 0
    seconds: float = 0.0
    status: str = "loaded"
    rows_in_file: int | None = None
    passed_over: Counter[str] = field(default_factory=Counter)
    messages: list[Message] = field(default_factory=list)

    def say(self, zh: str, en: str) -> None:
        """Add a message; a report names its file once, so a message need not begin with it."""
        self.messages.append(Message(*(text.removeprefix(self.file).lstrip("：: ") for text in (zh, en))))


@dataclass
class IngestReport:
    """What became of every file, in the order in which they were read."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def has_unreadable(self) -> bool:
        """A file could not be read at all (exit code 2); everything else is loaded nevertheless."""
        return any(f.status == "unreadable" for f in self.files)


Progress = Callable[[str, int], None]

__all__ = [
    "FileReport",
    "IngestReport",
    "Message",
    "complete_store",
    "feed_by_name",
    "ingest_paths",
    "open_store",
    "source_line",
]


def open_store(home: Home) -> duckdb.DuckDBPyConnection:
    """Connect to the store for writing, making what is missing: all feeds' tables exist afterwards.

    Raises Problem (exit code 1) when it cannot be opened.
    """
    try:
        (home.work / "ingest").mkdir(parents=True, exist_ok=True)
        if not home.store.exists():
            _create_store(home)
        store = _connect(home, home.store)
        _create_tables(store)
        return store
    except (duckdb.Error, OSError) as error:
        raise Problem(
            f"不能打开数据存储 {home.store}：{error}。请确认没有别的程序占用它，磁盘可写。",
            f"Cannot open the store {home.store}: {error}. See that nothing else holds it and the disk can be written.",
            exit_code=1,
        ) from error


def _create_store(home: Home) -> None:
    """Made under another name and moved when it is whole: one that was begun and never finished cannot be opened."""
    draft = home.store.with_suffix(".new")
    for left in (draft, draft.with_name(draft.name + ".wal")):
        left.unlink(missing_ok=True)
    with _connect(home, draft) as store:
        _create_tables(store)
        store.execute("force checkpoint")
    draft.replace(home.store)


def _connect(home: Home, path: Path) -> duckdb.DuckDBPyConnection:
    store = duckdb.connect(
        str(path),
        config={
            "memory_limit": STORE_MEMORY,
            "threads": 2,
            "temp_directory": str(home.work / "ingest" / "spill"),
            "preserve_insertion_order": False,  # row numbers are a column; a third of the CPU of a load
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    store.execute("set enable_progress_bar = false")  # it writes to standard output, which is the caller's
    return store


def _create_tables(store: duckdb.DuckDBPyConnection) -> None:
    (made,) = store.execute(
        "select count(*) from information_schema.tables where table_schema in ('raw', 'history')"
    ).fetchall()[0]
    if made < 2 * len(FEEDS):
        store.execute("begin")
        for schema in ("raw", "history", "ingest"):
            store.execute(f"create schema if not exists {schema}")
        for feed in FEEDS.values():
            columns = ", ".join(f"{c.name} {SQL_TYPE[c.kind]}" for c in feed.columns)
            traced = f"{columns}, load_id BIGINT, source_row BIGINT"
            store.execute(f"create table if not exists raw.{feed.name} ({traced})")
            store.execute(f"create table if not exists history.{feed.name} ({traced}, superseded_by_load_id BIGINT)")
        store.execute(f"create table if not exists ingest.loads ({LOADS})")
        store.execute(f"create table if not exists ingest.quarantine ({QUARANTINE})")
        store.execute("commit")
    columns = {name for (name,) in store.execute("select column_name from (describe ingest.loads)").fetchall()}
    for column in (c for c in LOADS_SINCE if c not in columns):
        store.execute(f"alter table ingest.loads add column {column} BIGINT")


def complete_store(home: Home) -> None:
    """Add what a store lacks that an earlier version made; the caller holds the home's lock."""
    with read_store(home) as store:
        columns = {name for (name,) in store.execute("select column_name from (describe ingest.loads)").fetchall()}
    if not columns.issuperset(LOADS_SINCE):
        open_store(home).close()


def ingest_paths(
    home: Home, paths: list[Path], map_path: Path | None = None, on_progress: Progress | None = None
) -> IngestReport:
    """Load files and folders. The caller holds the home's lock.

    Args:
        paths: in the order in which they are loaded; the files of a folder by name, sub-folders included.
        map_path: a source map for every file given, whatever its name.
        on_progress: told (file, rows read so far) after each batch.

    Returns:
        A report per file and feed; a path or file that cannot be read is among them as ``unreadable``, the rest is loaded.

    Raises Problem: exit code 2 when a source map is wrong, before anything is loaded; 1 when the disk is full or the
    store fails: the files before it stay loaded, nothing is half-loaded.
    """
    home.create()
    _sweep(home)
    given_map = read_map(map_path) if map_path else None
    maps = maps_of(home.maps, SHIPPED)
    files, wrong = _files(paths)
    report = IngestReport(wrong)
    with open_store(home) as store:
        for path, root in files:
            chosen = given_map or map_for(path.name, maps)
            report.files += _ingest_file(home, store, path, root, chosen, maps, on_progress)
    return report


def _sweep(home: Home) -> None:
    """Clear away what an ingest that was killed had begun: scratch, and copies that were not finished."""
    shutil.rmtree(home.work / "ingest", ignore_errors=True)
    for unfinished in home.files.glob(".incoming-*"):
        unfinished.unlink(missing_ok=True)


def _files(paths: list[Path]) -> tuple[list[tuple[Path, Path | None]], list[FileReport]]:
    """The files to load with the folder they were found in (None = named directly), and the paths that lead nowhere."""
    found: list[tuple[Path, Path | None]] = []
    wrong: list[FileReport] = []
    for path in paths:
        name = visible(str(path))
        if _is(path.is_dir):
            inside = sorted(path.rglob("*"))
            reached = {p for p in inside if _is_within(p, path)}
            found += [(p, path) for p in inside if p in reached and _is(p.is_file)]
            strange = [p for p in inside if p not in reached or not (_is(p.is_file) or _is(p.is_dir))]
            wrong += [_not_of_the_folder(p) for p in strange]
            if not any(_is(p.is_file) for p in reached):
                wrong.append(FileReport(name, status="unreadable"))
                wrong[-1].say(
                    f"文件夹 {name} 里没有文件。请把日志文件放进去，或指定别的路径。",
                    f"There is no file in the folder {name}. Put the logs there, or name another path.",
                )
        elif _is(path.exists):
            found.append((path, None))
        else:
            wrong.append(FileReport(name, status="unreadable"))
            wrong[-1].say(f"找不到 {name}。请检查路径。", f"There is no {name}. Check the path.")
    return found, wrong


def _is(asked: Callable[[], bool]) -> bool:
    """No where a path cannot even be asked about: too long, or a loop of links."""
    try:
        return asked()
    except (OSError, ValueError, RuntimeError):
        return False


def _is_within(path: Path, folder: Path) -> bool:
    return _is(lambda: path.resolve().is_relative_to(folder.resolve()))


def _not_of_the_folder(path: Path) -> FileReport:
    """A link that leads out of the folder would let whoever may write there read what the loading account reads."""
    report = FileReport(visible(str(path)), status="unreadable")
    if path.is_symlink():
        report.say(
            "是指向文件夹之外（或不存在）的链接，未读取。请把文件本身放进来，或直接给出它的路径。",
            "a link that leads out of the folder, or nowhere; it was not read. Put the file itself there, or name its path.",
        )
    else:
        report.say(
            "不是普通文件（设备、管道或套接字），未读取。请把它移走。",
            "no regular file (a device, a pipe or a socket); it was not read. Take it away.",
        )
    return report


def feed_by_name(path: Path, root: Path | None = None) -> str | None:
    """The feed that a path belongs to: by its folder, then by its name (the longest feed name wins)."""
    if path.parent.name.lower() in FEEDS:
        return path.parent.name.lower()
    stem = path.name.lower()
    for feed in sorted(FEEDS, key=len, reverse=True):
        rest = stem.removeprefix(feed)
        if rest != stem and not rest[:1].isalnum():
            return feed
    if root is not None:
        for folder in path.parents:
            if folder.name.lower() in FEEDS:
                return folder.name.lower()
            if folder == root:
                break
    return None


def _ingest_file(
    home: Home,
    store: duckdb.DuckDBPyConnection,
    path: Path,
    root: Path | None,
    source_map: SourceMap | None,
    maps: list[SourceMap],
    on_progress: Progress | None,
) -> list[FileReport]:
    """One file, in one transaction: a report per feed and sheet, or one that says why it was not loaded."""
    started = time.monotonic()
    given = visible(str(path))
    name = feed_by_name(path, root)
    exports = [m for m in maps if m.recognise and (name is None or m.refuse or name in m.feeds)]
    kept: Kept | None = None
    try:
        is_known = name is not None or source_map is not None
        if not is_known:
            name, is_known = _recognised(home, path, given, exports)
        if not is_known or path.name.startswith((".", "~$")):
            return [_of_no_feed(given, root)]
        kept = keep(path, given, home.files)
        store.execute("begin")
        job = _Job(home, store, kept, on_progress)
        feed = FEEDS[name] if name else None
        reports = job.mapped(source_map) if source_map else job.by_header(feed, exports)
        store.execute("commit")
        return reports
    except Problem as problem:
        _abandon(store, kept)
        if problem.exit_code == 1:
            raise
        report = FileReport(given, name or "", seconds=time.monotonic() - started, status="unreadable")
        report.say(problem.zh, problem.en)
        return [report]
    except (OSError, duckdb.Error, pl.exceptions.PolarsError, pa.ArrowException) as error:
        _abandon(store, kept)
        raise _failed(given, error) from error
    except BaseException:
        _abandon(store, kept)
        raise


def _recognised(home: Home, path: Path, given: str, exports: list[SourceMap]) -> tuple[str | None, bool]:
    """What the headers of a file say whose name says nothing: the feed of a mended quarantine file, or a known export."""
    if path.suffix.lower() not in TABLES or path.name.startswith((".", "~$")) or not _is(path.is_file):
        return None, False
    as_it_is = Kept(path, visible(path.name), given, "", path.stat().st_size, is_utf8=_is_utf8(path), is_new=False)
    candidates = [Candidate(lambda cells: (exported_feed(cells) is not None, 1)), *_by_headers(exports)]
    try:
        with tables(as_it_is, candidates, home.work / "ingest") as found:
            (first, *_) = found.tables
            return exported_feed(first.header) if first.candidate == 0 else None, first.fits
    except Problem:
        return None, False  # of no feed, and no table either


def _by_headers(exports: list[SourceMap]) -> list[Candidate]:
    """A known export goes before the headers of a feed, and these before what is known to be of no use."""
    return [
        Candidate(m.recognises, m.known_layout, rank=0 if m.refuse else 2, titles=m.recognise.titles) for m in exports
    ]


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            file.read(1 << 16)
    except UnicodeDecodeError:
        return False
    return True


@dataclass
class _Job:
    """One file on its way into one feed or, by a map, several."""

    home: Home
    store: duckdb.DuckDBPyConnection
    kept: Kept
    on_progress: Progress | None

    def by_header(self, feed: Feed | None, exports: list[SourceMap]) -> list[FileReport]:
        """A file whose header is that of a known export, or names the columns of the feed its name says."""
        if feed and (again := self._same_file(feed, None)):
            return [again]

        def finder(cells: Sequence[str | None]) -> tuple[bool, int]:
            match = match_header(feed, cells)
            return match.fits, len(match.columns)

        candidates = _by_headers(exports) + ([Candidate(finder, rank=1)] if feed else [])
        with tables(self.kept, candidates, self._scratch) as found:
            known = dict(enumerate(exports))
            picked = [(t, known.get(t.candidate) if t.fits else None) for t in found.tables]
            picked, asides = _chosen(picked, self.kept.given)
            feeds = {name: FEEDS[name] for _, m in picked if m for name in m.feeds}
            again = {n: r for n, f in feeds.items() if (r := self._same_file(f, None))}
            reports: list[FileReport] = []
            for table, export in picked:
                if export is not None:
                    reports += self._by_map(export, table, set(again))
                    continue
                match = match_header(feed, table.header)
                _check_header(feed, table, match, self.kept)
                report = FileReport(self.kept.given, feed.name)
                self._load(feed, table, report, _by_header(feed, table, match, report), table.width)
                reports.append(report)
            reports += again.values()
            for aside in [*_not_looked_at(found), *asides]:
                reports[0].say(aside.zh, aside.en)
        return reports

    def mapped(self, known: SourceMap) -> list[FileReport]:
        """A foreign file under a map that its name, or the caller, chose."""
        if known.refuse:
            raise _refused(self.kept.given, "", known)
        again = {n: r for n in known.feeds if (r := self._same_file(FEEDS[n], known))}
        if len(again) == len(known.feeds):
            return list(again.values())
        reports: list[FileReport] = []
        with tables(self.kept, [Candidate(known.find, known.known_layout)], self._scratch) as found:
            for table in found.tables:
                if not table.fits:
                    raise self._lacks(known, table)
                reports += self._by_map(known, table, set(again))
            for aside in _not_looked_at(found):
                reports[0].say(aside.zh, aside.en)
        return reports + list(again.values())

    def _by_map(self, known: SourceMap, table: Table, done: set[str]) -> list[FileReport]:
        """One table: the map's main feeds first, then those derived from what was seen; feeds already done left out."""
        reports = []
        mapped = Mapped(known, table)
        feeds = {n: FEEDS[n] for n in known.feeds}
        main = [f for n, f in feeds.items() if not known.feeds[n].one_per]
        if known.recognise and (names := mapped.ignored()):
            ignored = Message(
                f"按“{known.about or known.name}”读取；没有用到的列：{'、'.join(names)}。",
                f"Read as {known.name}; columns that were not used: {', '.join(names)}.",
            )
        else:
            ignored = None
        for feed in main:
            rows = mapped.rows(feed, derive=feed is main[0])
            if feed.name in done:
                for _ in rows:
                    pass  # read again for the feeds derived from it alone
                continue
            report = FileReport(self.kept.given, feed.name)
            if ignored:
                report.messages.append(ignored)
            self._load(feed, table, report, rows, table.width, mapped)
            reports.append(report)
        for name, feed in feeds.items():
            rows = mapped.derived(feed) if known.feeds[name].one_per else None
            if rows is None or name in done:
                continue
            report = FileReport(self.kept.given, name)
            new = self._not_known(feed, known.feeds[name], rows)
            self._load(feed, table, report, [new], table.width, mapped, known_already=len(rows) - len(new))
            reports.append(report)
        return reports

    @property
    def _scratch(self) -> Path:
        return self.home.work / "ingest"

    def _load(
        self,
        feed: Feed,
        table: Table,
        report: FileReport,
        batches: Iterable[pl.DataFrame],
        width: int,
        mapped: Mapped | None = None,
        known_already: int = 0,
    ) -> None:
        name = mapped.source_map.name if mapped else ""
        load = _Load(self.home, self.store, feed, self.kept, table, report, self.on_progress, name)
        report.rows_read = report.duplicate = known_already
        is_derived = mapped is not None and mapped.source_map.feeds[feed.name].one_per is not None
        load.run(batches, width, None if is_derived else mapped.passed if mapped else Counter())

    def _same_file(self, feed: Feed, known: SourceMap | None) -> FileReport | None:
        return _same_file(self.store, self.kept, feed, known.name if known else "")

    def _lacks(self, known: SourceMap, table: Table) -> Problem:
        missing = known.missing(known.positions(table.header))
        wanted = {n: known.columns[n].headers or [n] for n in missing}
        said = ", ".join(" / ".join(headers) for headers in wanted.values()) or "1 … 31"
        found = ", ".join(c.strip() for c in table.header if c and c.strip()) or "-"
        return Problem(
            f"{self.kept.given} 第 {table.header_row} 行：映射 {known.name} 要求的列没有找到（或出现了两次）：{said}。读到的表头：{found}。"
            "请改正文件或映射后再导入。",
            f"{self.kept.given}, row {table.header_row}: the map {known.name} asks for columns that are not there, "
            f"or there twice: {said}. Found: {found}. Mend the file or the map, then ingest it again.",
        )

    def _not_known(self, feed: Feed, target: Target, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows made for ids that the store does not know, or knows only from a later day on."""
        days = [k for k in feed.keys if k in target.columns and target.columns[k].first]
        key = target.one_per
        earliest = f"min({days[0]})" if days else "null"
        known = pl.from_arrow(
            self.store.sql(
                f"select {key}, cast({earliest} as varchar) as since from raw.{feed.name} group by {key}"
            ).to_arrow_table()
        ).with_columns(pl.col(key, "since").cast(pl.String))
        joined = rows.join(known, on=key, how="left", maintain_order="left")
        stays = pl.col("since").is_null() | (pl.col("since") > pl.col(days[0])) if days else pl.lit(False)
        found = pl.col(key).is_in(known.get_column(key).implode())
        return joined.filter(~found | stays).drop("since")


Picked = list[tuple[Table, SourceMap | None]]


def _chosen(picked: Picked, given: str) -> tuple[Picked, list[Message]]:
    """The sheets to load, and what is to be said of those that are not.

    Raises Problem (exit code 2) where nothing but exports that cannot be loaded is left.
    """
    names = {m.name for _, m in picked if m}
    kept: Picked = []
    asides: list[Message] = []
    refused: list[Problem] = []
    for table, known in picked:
        better = [m.name for _, m in picked if m and known and known.name in m.instead_of and m.name in names]
        if known and known.refuse:
            refused.append(_refused(given, table.sheet, known))
            asides.append(Message(refused[-1].zh, refused[-1].en))
        elif better:
            asides.append(
                Message(
                    f"工作表 {table.sheet} 没有读取：同一文件里有更详细的 {'、'.join(better)}。",
                    f"The sheet {table.sheet} was not read: {', '.join(better)} in the same file holds the same in full.",
                )
            )
        else:
            kept.append((table, known))
    if not kept:
        raise refused[0]
    return kept, asides


def _refused(given: str, sheet: str, known: SourceMap) -> Problem:
    place_zh, place_en = (f" 工作表 {sheet}", f", sheet {sheet}") if sheet else ("", "")
    return Problem(f"{given}{place_zh}：{known.refuse.zh}", f"{given}{place_en}: {known.refuse.en}")


def _not_looked_at(found: Found) -> list[Message]:
    said = []
    if found.hidden:
        names = "、".join(found.hidden)
        said.append(
            Message(
                f"隐藏的工作表没有读取：{names}。需要时请取消隐藏，或写映射指明 layout.sheet。",
                f"Hidden sheets were not read: {', '.join(found.hidden)}. Unhide them, or name one by layout.sheet in a map.",
            )
        )
    if found.others:
        names = "、".join(found.others)
        said.append(
            Message(
                f"看不出内容的工作表没有读取：{names}。",
                f"Sheets of no known kind were not read: {', '.join(found.others)}.",
            )
        )
    return said


def _failed(given: str, error: Exception) -> Problem:
    full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
    why_zh, why_en = ("磁盘已满", "the disk is full") if full else (str(error)[:300], str(error)[:300])
    return Problem(
        f"{given}：导入失败（{why_zh}），这个文件一行也没有导入，之前的文件不受影响。请腾出空间或排除故障后重新导入。",
        f"{given}: loading failed ({why_en}); not a row of this file was loaded, earlier files are unharmed. "
        "Make room or mend the fault, then ingest it again.",
        exit_code=1,
    )


def _abandon(store: duckdb.DuckDBPyConnection, kept: Kept | None) -> None:
    with contextlib.suppress(duckdb.Error):  # nothing may have begun
        store.execute("rollback")
    if kept is not None and kept.is_new:
        kept.path.unlink(missing_ok=True)


def _of_no_feed(given: str, root: Path | None) -> FileReport:
    report = FileReport(given, status="skipped")
    zh = f"{report.file}：看不出属于哪种日志，已跳过。"
    en = f"{report.file}: of no feed, skipped."
    if root is None:
        report.status = "unreadable"
        zh = f"{report.file}：看不出属于哪种日志，未导入。"
        en = f"{report.file}: of no feed, not loaded."
    report.say(
        zh + "请把文件命名为 <feed>.csv 或 <feed>_2026-10.xlsx，或放进名为 <feed> 的文件夹，"
        f"或用 zhidu map {shlex.quote(given)} 起草映射，再用 --map 指定。",
        en + " Name it <feed>.csv or <feed>_2026-10.xlsx, put it into a folder named <feed>, "
        f"or draft a map by zhidu map {shlex.quote(given)} and give it by --map.",
    )
    return report


def _check_header(feed: Feed, table: Table, match: HeaderMatch, kept: Kept) -> None:
    if match.fits:
        return
    where_zh = f"工作表 {table.sheet} 第 {table.header_row} 行" if table.sheet else f"第 {table.header_row} 行"
    where_en = f"sheet {table.sheet}, row {table.header_row}" if table.sheet else f"row {table.header_row}"
    found = ", ".join(c.strip() for c in table.header if c and c.strip()) or "-"
    if match.clashes:
        zh = "；".join(f"{column} ← {'、'.join(names)}" for column, names in match.clashes.items())
        en = "; ".join(f"{column} <- {', '.join(names)}" for column, names in match.clashes.items())
        raise Problem(
            f"{kept.given} {where_zh}：有几列对应同一字段（{zh}）。请只留一列，或写一个映射（--map）后再导入。",
            f"{kept.given} {where_en}: several columns mean the same field ({en}). "
            "Keep one of them, or write a source map (--map), then ingest it again.",
        )
    lacking_zh = "、".join(f"{c}（{usual_header(feed.name, c)}）" for c in match.missing)
    expected = ", ".join(feed.required)
    raise Problem(
        f"{kept.given} {where_zh}：{feed.name} 缺少必需的列 {lacking_zh}。读到的表头：{found}。必需：{expected}。"
        f"请补上这些列或改正表头，或用 zhidu map {shlex.quote(kept.given)} 起草映射，再导入。",
        f"{kept.given} {where_en}: {feed.name} lacks the required columns {', '.join(match.missing)}. "
        f"Found: {found}. Required: {expected}. Add or rename the columns, or draft a map by zhidu map {shlex.quote(kept.given)}, "
        "then ingest it again.",
    )


def _by_header(feed: Feed, table: Table, match: HeaderMatch, report: FileReport) -> Iterator[pl.DataFrame]:
    """Rows of a table whose header was recognised, as text in the feed's columns.

    Yields frames of source_row, the feed's columns, row_text (the row verbatim), found (as in ``Table.batches``) and
    origin (the quarantined row that this one mends, or null).
    """
    if match.unknown:
        names = [" ".join(name.split()) for name in match.unknown]
        report.say(f"忽略了不认识的列：{'、'.join(names)}。", f"Unknown columns were ignored: {', '.join(names)}.")
    for column, (names, _) in match.preferred.items():
        report.say(
            f"{column} 有几列：先取 {names[0]}，空时依次取 {'、'.join(names[1:])}。",
            f"{column} has several columns: {names[0]} first, where it is empty {', '.join(names[1:])}.",
        )
    nothing = pl.lit(None, dtype=pl.String)
    columns = [(pl.col(f"c{match.columns[n]}") if n in match.columns else nothing).alias(n) for n in feed.names]
    for column, (_, positions) in match.preferred.items():
        columns[feed.names.index(column)] = _preferred(feed, column, positions)
    origin = nothing if match.origin is None else pl.col(f"c{match.origin}")
    text = verbatim(table)
    if match.origin is not None:
        columns = [quarantine.restored(c).alias(n) for n, c in zip(feed.names, columns, strict=True)]
    for rows in table.batches():
        batch = rows.select("source_row", *columns, text.alias("row_text"), "found", origin.alias("origin"))
        yield batch if match.origin is None else _taken_apart(feed, batch)


def _preferred(feed: Feed, column: str, positions: list[int]) -> pl.Expr:
    """A row's first filled cell of several columns; of words, the first that the contract knows."""
    cells = [pl.col(f"c{p}") for p in positions]
    filled = [pl.when(c.str.strip_chars() != "").then(c) for c in cells]
    allowed = next(c.words for c in feed.columns if c.name == column)
    if allowed:
        known = [*allowed, *words_of(feed.name, column)]
        read = [
            pl.when(c.str.normalize("NFKC").str.strip_chars().str.to_lowercase().is_in(known)).then(c) for c in cells
        ]
        filled = read + filled
    return pl.coalesce(filled).alias(column)


def _taken_apart(feed: Feed, batch: pl.DataFrame) -> pl.DataFrame:
    """Refused times of one row of a file went out in one cell: mended, each is a row of its own again."""
    moments = [c.name for c in feed.columns if c.kind == "timestamp" and c.key]
    if not moments or not batch.get_column(moments[0]).str.contains(quarantine.SEVERAL).any():
        return batch
    apart = batch.with_columns(pl.col(moments[0]).str.split(quarantine.SEVERAL)).explode(moments[0])
    return apart.with_columns(pl.lit(None, dtype=pl.String).alias("doubt"))


class _Spool:
    """Typed rows on their way, on disk: read as often as needed, a batch at a time."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self._file: pa.OSFile | None = None
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None
        self.schema: pa.Schema | None = None

    def add(self, frame: pl.DataFrame) -> None:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self.schema = table.schema
            self._file = pa.OSFile(str(self.path), "wb")
            self._writer = pa.ipc.new_stream(self._file, self.schema)
        self._writer.write_table(table)
        self.rows += len(frame)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._file.close()
            self._writer = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        if self.schema is None:
            return
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_stream(file) as reader:
            yield from reader

    def reader(self, batches: Iterable[pa.RecordBatch] | None = None) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(self.schema, self.batches() if batches is None else batches)


class _Load:
    """One table into one feed, inside the file's transaction."""

    def __init__(
        self,
        home: Home,
        store: duckdb.DuckDBPyConnection,
        feed: Feed,
        kept: Kept,
        table: Table,
        report: FileReport,
        on_progress: Progress | None,
        source_map: str = "",
    ) -> None:
        self.home, self.store, self.feed, self.kept, self.table = home, store, feed, kept, table
        self.report, self.on_progress, self.source_map = report, on_progress, source_map
        self.load_id = _next_load(store)
        (self._next_quarantine,) = store.execute(
            "select coalesce(max(quarantine_id), 0) + 1 from ingest.quarantine"
        ).fetchall()[0]
        self._words = {c.name: words_of(feed.name, c.name) for c in feed.columns if c.kind in ("enum", "text")}
        self._same_as: Counter[int] = Counter()
        self._origins: list[tuple[int, int]] = []
        self._refused: list[pa.Table] = []
        self._broken: list[np.ndarray] = []
        self._source_rows = self._blank_rows = 0
        self._failed_cells: Counter[str] = Counter()

    def run(self, batches: Iterable[pl.DataFrame], width: int, passed: Counter[str] | None) -> None:
        """Read, sort out, write. Raises AssertionError rather than lose a row.

        Args:
            batches: as ``_by_header`` yields them; one with a column doubt (a key of ``quarantine.DOUBTS``, or null) may
                hold several rows of one row of the file. width: the cells that a row should have.
            passed: rows of the file that make none, counted while the batches are read; None where the rows are not
                those of the file.
        """
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="load-", dir=self.home.work / "ingest") as folder:
            self._folder = Path(folder)
            self._good = _Spool(self._folder / "good")
            self._hashes = _Hashes(self._folder / "hashes")
            try:
                for batch in batches:
                    self._take(batch, width)
                    if self.on_progress:
                        self.on_progress(self.report.file, self.report.rows_read)
            finally:
                self._good.close()
                self._hashes.close()
            self._write_refused()
            if self._good.rows:
                self._settle()
        self._resolve_origins()
        if passed is not None:
            self.report.passed_over += passed
            self.report.rows_in_file = self.table.rows - self._blank_rows
        self._account(started)

    # ------------------------------------------------------------ rows in

    def _take(self, batch: pl.DataFrame, width: int) -> None:
        """Parse one batch; every row goes to the spool, the broken ones to quarantine as well."""
        if not len(batch):
            return
        ragged = batch.get_column("found").is_not_null()
        broken = ragged
        key_unknown = ragged
        values: list[pl.Series] = []
        faults: list[quarantine.Broken] = []
        for column in self.feed.columns:
            cells = batch.get_column(column.name)
            value, empty, odd = read_column(
                column, cells, self._words.get(column.name), from_excel=self.table.is_workbook
            )
            values.append(value.alias(column.name))
            if odd is not None and column.kind == "text" and not (column.required or column.key):
                self._failed_cells[column.name] += int(odd.sum())  # a note that a formula failed to make is empty
                odd = None
            for mask, fault in ((odd, quarantine.unreadable), (empty if column.required else None, quarantine.missing)):
                if mask is None or not mask.any():
                    continue
                faults.append(fault(self.feed, column, mask & ~ragged, cells))
                broken = broken | mask
                key_unknown = key_unknown | mask if column.key else key_unknown
        in_parts = "doubt" in batch.columns
        if in_parts:
            for fault in self._doubtful(batch, broken):
                faults.append(fault)
                broken = broken | fault.rows
                key_unknown = key_unknown | fault.rows
        typed = pl.DataFrame(values).with_columns(batch.get_column("source_row"), (~broken).alias("is_good"))
        origins = batch.get_column("origin")
        read = len(batch)
        numbers = batch.get_column("source_row")
        if broken.any():
            none = self._no_rows(batch, broken)
            faults += quarantine.ragged(width, ragged, batch.get_column("found"))
            refused = self._refuse(batch, typed, faults, broken & ~none, ~key_unknown, in_parts)
            read = int((~broken).sum()) + refused
            assert in_parts or read == int((~none).sum()), "a broken row without a reason"
            origins, numbers = origins.filter(~none), numbers.filter(~none)
        if origins.null_count() < len(origins):
            self._note_origins(origins)
        self.report.rows_read += read
        self._source_rows += numbers.n_unique() if in_parts else len(numbers)
        if not broken.all():
            keys = typed.select(self.feed.keys).hash_rows(seed=HASH_SEED)
            self._hashes.add(keys.set(broken, 0).to_numpy())
            self._broken.append(broken.to_numpy().astype(np.uint8) * np.uint8(BROKEN))
            self._good.add(typed)

    def _doubtful(self, batch: pl.DataFrame, broken: pl.Series) -> Iterator[quarantine.Broken]:
        """Times that can be read and may yet be wrong."""
        doubts = batch.get_column("doubt")
        column = next((c for c in self.feed.columns if c.kind == "timestamp" and c.key), None)
        for code in doubts.drop_nulls().unique().to_list():
            rows = (doubts == code).fill_null(False) & ~broken
            yield quarantine.doubtful(self.feed, column, code, rows, batch.get_column(column.name))

    def _no_rows(self, batch: pl.DataFrame, broken: pl.Series) -> pl.Series:
        """Broken rows that are no rows at all: nothing but delimiters and spaces, or a total or footer of the export."""
        where = broken.arg_true()
        text, numbers = batch.get_column("row_text").gather(where), batch.get_column("source_row").gather(where)
        blank = (text.str.replace_all(r'[\s,;"\t]', "") == "") & True
        kinds = furniture(text).set(blank, None)
        self._blank_rows += numbers.filter(blank).n_unique()
        for kind in kinds.drop_nulls().unique().to_list():
            self.report.passed_over[kind] += numbers.filter((kinds == kind).fill_null(False)).n_unique()
        return (broken & False).scatter(where, blank | kinds.is_not_null())

    def _refuse(
        self,
        batch: pl.DataFrame,
        typed: pl.DataFrame,
        faults: list[quarantine.Broken],
        broken: pl.Series,
        key_known: pl.Series,
        in_parts: bool,
    ) -> int:
        """Keep broken rows for quarantine; returns how many rows of the file they are."""
        where = broken.arg_true()
        if not len(where):
            return 0
        key = pl.concat_str(
            [pl.col(k).cast(pl.String).fill_null("") for k in self.feed.keys], separator=quarantine.KEY_SEPARATOR
        )
        few = batch[where]
        cells = few.select(clean(few.get_column(n)) for n in self.feed.names)
        rows = few.select("source_row", "row_text").with_columns(
            typed[where].select(key.alias("row_key")).to_series().set(~key_known.gather(where), None)
        )
        if in_parts:
            cells = quarantine.with_doubts(self.feed, cells, few.get_column("doubt"))
            together = quarantine.one_a_row(pl.concat([rows, cells], how="horizontal"))
            as_json = together.select(
                "source_row", "row_key", pl.struct(self.feed.names).struct.json_encode().alias("row_cells")
            )
            rows = rows.drop("row_key").join(as_json, on="source_row", how="left", maintain_order="left")
        else:
            rows = rows.with_columns(cells.to_struct("row_cells").struct.json_encode())
        faults = [
            quarantine.Broken(f.column, f.rule, f.rows.gather(where), f.value.gather(where), f.zh, f.en) for f in faults
        ]
        found = quarantine.records(faults, self.kept.name, rows)
        if in_parts:
            found = found.unique(["source_row", "column_name", "rule", "value"], keep="first", maintain_order=True)
        refused = found.get_column("source_row").n_unique()
        self.report.quarantined += refused
        # a copy: filtered text would keep the whole batch alive
        self._refused.append(found.to_arrow(compat_level=pl.CompatLevel.oldest()))
        if sum(t.num_rows for t in self._refused) > REFUSED_AT_ONCE:
            self._write_refused()
        return refused

    def _write_refused(self) -> None:
        if not self._refused:
            return
        found = pa.concat_tables(self._refused)
        self._refused = []
        numbers = _arrow(np.arange(self._next_quarantine, self._next_quarantine + found.num_rows))
        self._next_quarantine += found.num_rows
        self._execute(
            "insert into ingest.quarantine select n, ?, ?, source_row, column_name, rule, value, reason_zh, reason_en, "
            "row_text, null, row_cells, row_key from found",
            [self.load_id, self.feed.name],
            found=found.append_column("n", numbers),
        )

    def _execute(
        self, sql: str, parameters: list[Any] | None = None, **tables: pa.Table | pa.RecordBatchReader
    ) -> None:
        """Run a statement that names Arrow data as tables."""
        with self._tables(**tables):
            self.store.execute(sql, parameters)

    @contextlib.contextmanager
    def _tables(self, **tables: pa.Table | pa.RecordBatchReader) -> Iterator[None]:
        for name, rows in tables.items():
            self.store.register(name, rows)
        try:
            yield
        finally:  # what stays registered would keep this load, its batches and the connection alive
            for name in tables:
                self.store.unregister(name)

    def _note_origins(self, origins: pl.Series) -> None:
        for text in origins.drop_nulls().to_list():
            load, _, row = text.strip().lstrip("'").partition(":")
            if load.isdigit() and row.isdigit():
                self._origins.append((int(load), int(row)))

    # ------------------------------------------------------------ rows sorted out

    def _settle(self) -> None:
        """New rows, corrections and duplicates, by key."""
        fate = np.concatenate(self._broken)
        open_keys = self._open_keys()
        repeated, has_healed = _repeated(self._hashes, open_keys)
        self._compare_with_stored(fate)
        suspects = _Spool(self._folder / "suspects")
        before = self._count("raw")
        schema = self._good.schema.append(pa.field("fate", pa.uint8()))

        def fresh() -> Iterator[pa.RecordBatch]:
            at = 0
            for batch in self._good.batches():
                part = fate[at : at + batch.num_rows]
                if len(repeated):
                    part |= _is_in(self._hashes.part(at, batch.num_rows), repeated)
                at += batch.num_rows
                doubtful = ((part & AGAIN > 0) | (part == CORRECTS)) & (part & BROKEN == 0)
                if doubtful.any():
                    suspects.add(pl.from_arrow(batch.filter(_arrow(doubtful))))
                yield pa.record_batch([*batch.columns, _arrow(part)], schema=schema)

        columns = ", ".join(self.feed.names)
        self._execute(
            f"insert into raw.{self.feed.name} select {columns}, ?, source_row from rows where fate = {NEW}",
            [self.load_id],
            rows=pa.RecordBatchReader.from_batches(schema, fresh()),
        )
        suspects.close()
        self.report.loaded += int((fate == NEW).sum())
        self.report.duplicate += int((fate == SAME).sum())
        if suspects.rows:
            self._settle_suspects(suspects)
        assert self._count("raw") - before == self.report.loaded, "rows in force do not add up"
        if has_healed:
            self._resolve_by_key()
        self._resolve_by_place()

    def _count(self, schema: str) -> int:
        return self.store.execute(f"select count(*) from {schema}.{self.feed.name}").fetchall()[0][0]

    def _same_key(self, one: str, other: str) -> str:
        return " and ".join(f"{one}.{k} is not distinct from {other}.{k}" for k in self.feed.keys)

    def _compare_with_stored(self, fate: np.ndarray) -> None:
        """Mark rows whose key is in force from an earlier load, with the same content or another."""
        if not self._count("raw"):
            return
        same = " and ".join(f"s.{c} is not distinct from r.{c}" for c in self.feed.names if c not in self.feed.keys)
        schema = self._good.schema.append(pa.field("at", pa.int64()))

        def numbered() -> Iterator[pa.RecordBatch]:
            at = 0
            for batch in self._good.batches():
                yield pa.record_batch([*batch.columns, _arrow(np.arange(at, at + batch.num_rows))], schema=schema)
                at += batch.num_rows

        sql = (
            f"select s.at, {same or 'true'} as same, r.load_id from spooled as s "
            f"join raw.{self.feed.name} as r on {self._same_key('s', 'r')}"
        )
        with self._tables(spooled=pa.RecordBatchReader.from_batches(schema, numbered())):
            for batch in self.store.sql(sql).to_arrow_reader(1 << 17):
                at = batch.column(0).to_numpy()
                is_same = batch.column(1).to_numpy(zero_copy_only=False)
                fate[at] |= np.where(is_same, np.uint8(SAME), np.uint8(CORRECTS))
                loads, times = np.unique(batch.column(2).to_numpy()[is_same], return_counts=True)
                self._same_as.update(dict(zip(loads.tolist(), times.tolist(), strict=True)))

    def _settle_suspects(self, suspects: _Spool) -> None:
        """Rows whose key occurs again, in the file or in the store: last wins, row by row in the file's order."""
        feed, columns = self.feed.name, ", ".join(self.feed.names)
        content = ", ".join(f"{c} := {c}" for c in self.feed.names if c not in self.feed.keys) or "nothing := true"
        self._execute(
            "create or replace temp table suspects as select * from suspect_rows", suspect_rows=suspects.reader()
        )
        chain = f"partition by {', '.join(self.feed.keys)} order by is_stored desc, source_row"
        self.store.execute(
            f"""
            create or replace temp table chain as
            with together as (
                select {columns}, ?::bigint as load_id, source_row, false as is_stored from suspects
                union all
                select {columns}, load_id, source_row, true as is_stored from raw.{feed} as r
                where exists (select 1 from suspects as s where {self._same_key("s", "r")})
            ),
            compared as (
                select *, row_number() over ({chain}) as nth,
                    lag(struct_pack({content})) over ({chain}) is not distinct from struct_pack({content}) as is_same
                from together
            ),
            kept as (select * from compared where nth = 1 or not is_same)
            select *, false as is_duplicate, lead(nth) over ({chain}) is null as is_last from kept
            """,
            [self.load_id],
        )
        loaded, corrected = self.store.execute(
            "select count(*) filter (nth = 1), count(*) filter (nth > 1) from chain where not is_stored"
        ).fetchall()[0]
        self.report.loaded += loaded
        self.report.corrected += corrected
        self.report.duplicate += suspects.rows - loaded - corrected
        self.store.execute(
            f"insert into history.{feed} select {columns}, load_id, source_row, ? from chain where not is_last",
            [self.load_id],
        )
        self.store.execute(
            f"delete from raw.{feed} as r using chain as c where c.is_stored and not c.is_last "
            f"and r.load_id = c.load_id and r.source_row = c.source_row and {self._same_key('r', 'c')}"
        )
        self.store.execute(
            f"insert into raw.{feed} select {columns}, load_id, source_row from chain where is_last and not is_stored"
        )
        self.store.execute("drop table suspects; drop table chain")

    # ------------------------------------------------------------ quarantine healed

    def _open_rows(self) -> str:
        """SQL: the open rows of this feed whose key could be read, as load_id, source_row and the typed key."""
        kinds = {c.name: c.kind for c in self.feed.columns}
        parts = ", ".join(
            f"cast(nullif(string_split(row_key, chr(31))[{i}], '') as {SQL_TYPE[kinds[k]]}) as {k}"
            for i, k in enumerate(self.feed.keys, 1)
        )
        return (
            f"select distinct load_id, source_row, {parts} from ingest.quarantine "
            f"where feed = '{self.feed.name}' and resolved_by_load_id is null and row_key is not null"
        )

    def _open_keys(self) -> np.ndarray:
        """Hashes of the keys that wait in quarantine."""
        keys = ", ".join(self.feed.keys)
        found = pl.from_arrow(self.store.sql(f"select distinct {keys} from ({self._open_rows()})").to_arrow_table())
        kinds = {c.name: POLARS_TYPE[c.kind] for c in self.feed.columns}
        typed = found.select(pl.col(k).cast(kinds[k]) for k in self.feed.keys)
        return typed.hash_rows(seed=HASH_SEED).to_numpy()

    def _resolve_by_key(self) -> None:
        """Open rows of this feed whose key has now been read in a good row leave the quarantine."""
        self._execute(
            f"""
            create or replace temp table healed as
            with open_rows as ({self._open_rows()})
            select distinct q.load_id, q.source_row
            from good_rows as s join open_rows as q on {self._same_key("s", "q")}
            where s.is_good and (q.load_id <> ? or s.source_row > q.source_row)
            """,
            [self.load_id],
            good_rows=self._good.reader(),
        )
        self._close_healed()

    def _resolve_by_place(self) -> None:
        """Open rows whose key could not be read, once the mended file is loaded under the same name.

        The same row number alone would not do, since many a file keeps its name from month to month: every cell that
        could be read has to be the same too.
        """
        waiting = pl.from_arrow(
            self.store.sql(
                "select distinct q.load_id, q.source_row, q.row_cells from ingest.quarantine as q "
                "join ingest.loads as l on l.load_id = q.load_id where q.resolved_by_load_id is null "
                "and q.row_key is null and q.feed = $feed and l.file_name = $name",
                params={"feed": self.feed.name, "name": self.kept.name},
            ).to_arrow_table()
        )
        if not len(waiting):
            return
        cells = waiting.get_column("row_cells").str.json_decode(pl.Struct(dict.fromkeys(self.feed.names, pl.String)))
        read = [
            read_column(c, cells.struct.field(c.name), self._words.get(c.name), from_excel=self.table.is_workbook)[0]
            for c in self.feed.columns
        ]
        typed = pl.DataFrame([v.alias(c.name) for v, c in zip(read, self.feed.columns, strict=True)])
        typed = typed.with_columns(waiting.get_column("load_id"), waiting.get_column("source_row"))
        typed = typed.filter(pl.any_horizontal(pl.col(c).is_not_null() for c in self.feed.names))
        # of a time that could not be read, the day most often can
        moments = [c.name for c in self.feed.columns if c.kind == "timestamp"]
        typed = typed.with_columns(
            cells.struct.field(c).str.extract(r"^(\d{4}-\d{2}-\d{2})").str.to_date(strict=False).alias(f"day_of_{c}")
            for c in moments
        )
        same = " and ".join(
            [f"(w.{c} is null or s.{c} = w.{c})" for c in self.feed.names]
            + [f"(w.day_of_{c} is null or cast(s.{c} as date) = w.day_of_{c})" for c in moments]
        )
        self._execute(
            "create or replace temp table healed as select distinct w.load_id, w.source_row "
            f"from good_rows as s join waiting_rows as w on s.source_row = w.source_row where s.is_good and {same}",
            waiting_rows=typed.to_arrow(compat_level=pl.CompatLevel.oldest()),
            good_rows=self._good.reader(),
        )
        self._close_healed()

    def _close_healed(self) -> None:
        self.store.execute(
            "update ingest.quarantine as q set resolved_by_load_id = ? from healed as h "
            "where q.feed = ? and q.load_id = h.load_id and q.source_row = h.source_row and q.resolved_by_load_id is null",
            [self.load_id, self.feed.name],
        )
        self.store.execute("drop table healed")

    def _resolve_origins(self) -> None:
        """Rows that came back from an exported quarantine take the place of those they were exported from."""
        if not self._origins:
            return
        self._execute(
            "update ingest.quarantine as q set resolved_by_load_id = ? from origins as o "
            "where q.feed = ? and q.load_id = o.load_id and q.source_row = o.source_row "
            "and q.load_id <> ? and q.resolved_by_load_id is null",
            [self.load_id, self.feed.name, self.load_id],
            origins=pa.table({"load_id": [o[0] for o in self._origins], "source_row": [o[1] for o in self._origins]}),
        )

    # ------------------------------------------------------------ accounts

    def _account(self, started: float) -> None:
        r = self.report
        assert r.rows_read == r.loaded + r.corrected + r.duplicate + r.quarantined, f"rows do not add up: {r}"
        if r.rows_in_file is not None:
            assert r.rows_in_file == self._source_rows + r.passed_over.total(), f"rows of the file do not add up: {r}"
        self._say_what_happened()
        r.seconds = time.monotonic() - started
        _write_load(self.store, self.load_id, self.kept, r, self.table, self.source_map, self._earlier())

    def _earlier(self) -> int | None:
        r = self.report
        return (
            self._same_as.most_common(1)[0][0] if r.rows_read and r.duplicate == r.rows_read and self._same_as else None
        )

    def _say_what_happened(self) -> None:
        r = self.report
        if r.rows_read == 0:
            r.say("只有表头，没有数据行。", "There is a header and no row below it.")
        if passed := {k: r.passed_over[k] for k in KINDS if r.passed_over[k]}:
            zh, en = ([f"{KINDS[k][side]} {n}" for k, n in passed.items()] for side in (0, 1))
            r.say(
                f"文件中有 {r.rows_in_file} 行；其中 {sum(passed.values())} 行没有产生记录：{'，'.join(zh)}。",
                f"{r.rows_in_file} rows in the file, of which {sum(passed.values())} were passed over: {', '.join(en)}.",
            )
        for column, n in self._failed_cells.items():
            r.say(
                f"{column} 有 {n} 格是公式错误（#N/A 之类），作空处理。",
                f"{n} cells of {column} hold a failed formula (#N/A and the like) and count as empty.",
            )
        if r.quarantined:
            r.say(
                f"{r.quarantined} 行未能导入，已隔离：zhidu quarantine --feed {r.feed} --out 待改.xlsx，改正后导入该文件。",
                f"{r.quarantined} rows were refused: zhidu quarantine --feed {r.feed} --out to-mend.xlsx, "
                "mend them and ingest that file.",
            )
        if self._earlier() is not None:
            names = self.store.execute(
                "select string_agg(distinct file_name, ', ') from ingest.loads where list_contains(?, load_id)",
                [list(self._same_as)],
            ).fetchall()[0][0]
            r.say(
                f"全部 {r.rows_read} 行都与已导入的 {names} 相同：内容重复的文件。",
                f"All {r.rows_read} rows are the same as those already loaded from {names}: the file repeats it.",
            )


class _Hashes:
    """Hashes of keys, 8 bytes a row, on disk: neither memory nor what counts as memory grows with the file."""

    def __init__(self, path: Path) -> None:
        self._path, self._rows = path, 0
        self._file = path.open("wb")

    def __len__(self) -> int:
        return self._rows

    def add(self, hashes: np.ndarray) -> None:
        hashes.tofile(self._file)
        self._rows += len(hashes)

    def close(self) -> None:
        self._file.close()

    def part(self, start: int, count: int) -> np.ndarray:
        return np.fromfile(self._path, np.uint64, count, offset=start * 8)


def _arrow(values: np.ndarray) -> pa.Array:
    """As Arrow; ``pa.array`` would import pandas for it."""
    return pl.Series(values).to_arrow()


def _repeated(hashes: _Hashes, awaited: np.ndarray) -> tuple[np.ndarray, bool]:
    """The values that occur more than once, sorted, and whether an awaited one occurs."""
    parts = 1 + len(hashes) // HASHES_AT_ONCE
    found, has_awaited = [], False
    for part in range(parts):
        chunks = (hashes.part(start, HASHES_AT_ONCE) for start in range(0, len(hashes), HASHES_AT_ONCE))
        some = np.concatenate([c[c % np.uint64(parts) == part] if parts > 1 else c for c in chunks])
        some.sort()
        found.append(np.unique(some[1:][some[1:] == some[:-1]]))
        has_awaited = has_awaited or (len(some) > 0 and bool(_is_in(awaited, some).any()))
    return np.sort(np.concatenate(found)), has_awaited


def _is_in(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """1 where a value is among the ordered ones, else 0."""
    high = np.uint64(44)
    near = np.zeros(1 << 20, bool)
    near[ordered >> high] = True
    found = np.zeros(len(values), np.uint8)
    likely = np.flatnonzero(near[values >> high])  # the exact search is for the few whose leading bits agree
    at = np.searchsorted(ordered, values[likely])
    at[at == len(ordered)] = 0
    found[likely] = ordered[at] == values[likely]
    return found


def _same_file(store: duckdb.DuckDBPyConnection, kept: Kept, feed: Feed, source_map: str) -> FileReport | None:
    """The report of a file whose very content this feed has been given before; None for a new one."""
    if kept.is_new:
        return None
    started = time.monotonic()
    found = store.execute(
        "select min(load_id), arg_min(file_name, load_id), sum(rows_read)::bigint from ingest.loads "
        "where sha256 = ? and feed = ? and status = 'loaded' having count(*) > 0",
        [kept.sha256, feed.name],
    ).fetchall()
    if not found:
        return None
    ((load_id, name, rows),) = found
    report = FileReport(kept.given, feed.name, rows_read=rows, duplicate=rows, status="duplicate")
    report.say(
        f"与已导入的 {name} 完全相同，{rows} 行全部计为重复。",
        f"The very same file was loaded before as {name}: all {rows} rows are duplicates.",
    )
    report.seconds = time.monotonic() - started
    _write_load(store, _next_load(store), kept, report, None, source_map, load_id)
    return report


def _next_load(store: duckdb.DuckDBPyConnection) -> int:
    return store.execute("select coalesce(max(load_id), 0) + 1 from ingest.loads").fetchall()[0][0]


def _write_load(
    store: duckdb.DuckDBPyConnection,
    load_id: int,
    kept: Kept,
    report: FileReport,
    table: Table | None,
    source_map: str,
    duplicate_of: int | None,
) -> None:
    row: list[Any] = [
        load_id,
        datetime.now().replace(microsecond=0),
        report.feed,
        kept.name,
        kept.given,
        kept.sha256,
        kept.size,
        source_map,
        table.sheet if table else "",
        table.header_row if table else None,
        table.encoding if table else None,
        report.rows_read,
        report.loaded,
        report.corrected,
        report.duplicate,
        report.quarantined,
        duplicate_of,
        round(report.seconds, 3),
        report.status,
        json.dumps([{"zh": m.zh, "en": m.en} for m in report.messages], ensure_ascii=False) if report.messages else "",
        table.delimiter if table else None,
        table.header_rows if table else None,
        report.rows_in_file,
        report.passed_over.total(),
    ]
    columns = [part.split()[0] for part in LOADS.replace("\n", " ").split(",")] + list(LOADS_SINCE)
    store.execute(f"insert into ingest.loads ({', '.join(columns)}) values ({', '.join('?' * len(row))})", row)

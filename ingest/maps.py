"""Source maps: how a foreign file becomes rows of our feeds, in YAML (docs/source-maps.md), without a line of code."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ingest.columns import Column, Kind
from ingest.days_across import CARD, is_day_header, long_rows
from ingest.feeds import FEEDS, Feed
from ingest.furniture import furniture
from ingest.headers import OWN, match_header, normal, positions_of, split_unit
from ingest.parsing import clean, read_column
from ingest.problems import Problem
from ingest.reading import Layout, Table, verbatim
from ingest.times import is_far, moment, times_of

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # safe either way; the one in C is ten times as fast
SHIPPED = Path(__file__).with_name("maps")
SEPARATOR = "\x1f"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceColumn(_Strict):
    """A column of the foreign file.

    Attributes:
        headers: any of the headers that carry it; kind: brings spellings to one form, so that keys made from content
            stay the same from file to file; format: of a date or timestamp (strptime), where offices' spellings do not do.
        optional: the file may lack it; only: a cell that does not match this regular expression counts as empty.
        edge: what a timestamp that is a bare day stands for: its start, or its end (23:59:59); 上午 and 下午 part at noon.
    """

    headers: list[str] = Field(default_factory=list)
    kind: Kind = "text"
    format: str | None = None
    optional: bool = False
    only: str | None = None
    edge: Literal["start", "end"] | None = None


class Value(_Strict):
    """What a column of a feed is made from: exactly one origin (docs/source-maps.md lists them).

    times: every time in these cells, on the day that ``day`` names, makes a row of its own; in_order: lists of them in
    which a time of day that is earlier than one before it, and not marked 次日, is refused; needed: a row without a time
    is refused too, rather than passed over.
    """

    source: str | None = Field(None, alias="from")
    constant: str | None = None
    hash: list[str] | None = None
    occurrence: list[str] | None = None
    join: list[str] | None = None
    first: str | None = None
    first_filled: list[str] | None = None
    day_of: str | None = None
    times: list[str] | None = None
    day: str | None = None
    in_order: list[list[str]] = Field(default_factory=list)
    needed: bool = False
    between: str = " "
    remove: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    prefix: str = ""

    @field_validator("constant", "otherwise", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    @model_validator(mode="after")
    def _one_origin(self) -> Value:
        origins = [self.source, self.constant, self.hash, self.occurrence, self.join, self.first]
        origins += [self.first_filled, self.day_of, self.times]
        if sum(o is not None for o in origins) != 1:
            raise ValueError(
                "needs exactly one of from, constant, hash, occurrence, join, first, first_filled, day_of, times"
            )
        if self.times is None and (self.day or self.in_order or self.needed):
            raise ValueError("day, in_order and needed belong to times")
        if strange := {c for columns in self.in_order for c in columns} - set(self.times or []):
            raise ValueError(f"in_order names columns that are not among times: {', '.join(sorted(strange))}")
        return self

    @property
    def reads(self) -> list[str]:
        single = [c for c in (self.source, self.first, self.day_of, self.day) if c]
        several = (self.hash, self.occurrence, self.join, self.first_filled, self.times)
        return [*single, *(c for columns in several for c in columns or [])]


class Target(_Strict):
    """A feed that the file yields; one_per: one row per value of that column, for ids that are not known yet."""

    one_per: str | None = None
    columns: dict[str, Value]

    @field_validator("columns", mode="before")
    @classmethod
    def _short(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {name: {"from": v} if isinstance(v, str) else v for name, v in columns.items()}

    @model_validator(mode="after")
    def _one_list_of_times(self) -> Target:
        several = [name for name, value in self.columns.items() if value.times]
        if len(several) > 1 or (several and self.one_per):
            raise ValueError("times may make one column, and not in a derived feed")
        return self

    @property
    def times(self) -> str | None:
        """The column of which a row may hold several."""
        return next((name for name, value in self.columns.items() if value.times), None)


class Skip(_Strict):
    """Rows of the file that are no rows: totals, repeated headers. empty: only where this column is empty too."""

    column: str
    matches: str = r"^$"
    empty: str | None = None


class Recognise(_Strict):
    """A file is known by its own headers, whatever its name.

    Attributes:
        headers: all of these are there (of a list within it: any one); without: and none of these.
        titles: a regular expression that the sheet's name or a cell above the header meets.
    """

    headers: list[str | list[str]] = Field(default_factory=list)
    without: list[str] = Field(default_factory=list)
    titles: str | None = None


class Refusal(_Strict):
    """Why a known export cannot be loaded, and what to export instead."""

    zh: str
    en: str


class FileLayout(_Strict):
    """How the file is written; what is not given is found out.

    Attributes:
        header: its row (the last one of a header of two), or none; header_rows: 2 for a row of groups above it.
        days: ``across`` for a column a day of the month, ``cards`` for such a sheet with two lines a person; both give
            the source columns ``day`` and ``times``. month: of such a sheet that does not say it.
    """

    header: int | Literal["none"] | None = None
    header_rows: Literal[1, 2] | None = None
    columns: list[str] = Field(default_factory=list)
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    days: Literal["across", "cards"] | None = None
    month: str | None = Field(None, pattern=r"^\d{4}-\d{2}$")


class SourceMap(_Strict):
    """A whole map; see docs/source-maps.md."""

    name: str
    about: str = ""
    files: list[str] = Field(default_factory=list)
    recognise: Recognise | None = None
    instead_of: list[str] = Field(default_factory=list)
    refuse: Refusal | None = None
    seen: Literal["file", "headers", "described"] | None = None
    layout: FileLayout = FileLayout()
    null_words: list[str] = Field(default_factory=list)
    columns: dict[str, SourceColumn] = Field(default_factory=dict)
    skip: list[Skip] = Field(default_factory=list)
    feeds: dict[str, Target] = Field(default_factory=dict)

    @field_validator("columns", mode="before")
    @classmethod
    def _short(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {name: {"headers": v} if isinstance(v, list) else v for name, v in columns.items()}

    @model_validator(mode="after")
    def _complete(self) -> SourceMap:
        if bool(self.feeds) == (self.refuse is not None):
            raise ValueError("needs feeds, or refuse with the reason")
        known = set(self.columns) | set(self.layout.columns)
        if self.layout.days:
            known |= {"day", "times"}
        for skip in self.skip:
            if self.layout.days:
                raise ValueError("a sheet with days across has no skip")
            if strange := {skip.column, skip.empty or skip.column} - known:
                raise ValueError(f"skip reads the unknown column {', '.join(sorted(strange))}")
        for feed, target in self.feeds.items():
            if feed not in FEEDS:
                raise ValueError(f"there is no feed {feed}")
            names, required = FEEDS[feed].names, FEEDS[feed].required
            if strange := [c for c in target.columns if c not in names]:
                raise ValueError(f"{feed} has no column {', '.join(strange)}")
            if lacking := [c for c in required if c not in target.columns]:
                raise ValueError(f"{feed} needs {', '.join(lacking)}")
            if target.one_per is not None and target.one_per not in target.columns:
                raise ValueError(f"{feed}: one_per names no column of it: {target.one_per}")
            for column, value in target.columns.items():
                if unknown := [c for c in value.reads if c not in known]:
                    raise ValueError(f"{feed}.{column} reads the unknown column {', '.join(unknown)}")
                if value.first and not target.one_per:
                    raise ValueError(f"{feed}.{column}: first needs one_per")
        return self

    @property
    def known_layout(self) -> Layout:
        headless = self.layout.header == "none"
        return Layout(
            encoding=self.layout.encoding,
            delimiter=self.layout.delimiter,
            sheet=self.layout.sheet,
            header_row=0 if headless else self.layout.header,
            header_rows=self.layout.header_rows,
            width=len(self.layout.columns) if headless else None,
        )

    def find(self, cells: Sequence[str | None]) -> tuple[bool, int]:
        """Whether a row of cells is this map's header, and how many of its columns it names."""
        if self.layout.days and not is_day_header(cells, self.layout.days):
            return False, 0
        positions = self.positions(cells)
        return not self.missing(positions), len(positions)

    def recognises(self, cells: Sequence[str | None]) -> tuple[bool, int]:
        """As ``find``, for a file whose name says nothing: the headers that tell this export from others are there."""
        if self.recognise is None:
            return False, 0
        at = _at(cells)
        for wanted in self.recognise.headers:
            if not any(normal(h) in at for h in ([wanted] if isinstance(wanted, str) else wanted)):
                return False, 0
        if any(normal(h) in at for h in self.recognise.without):
            return False, 0
        return self.find(cells)

    def positions(self, header: Sequence[str | None]) -> dict[str, int]:
        """Source column -> position in the file; a header that stands there twice is nobody's."""
        if self.layout.header == "none":
            return {name: position for position, name in enumerate(self.layout.columns)}
        if self.layout.days == CARD:
            return {name: position for position, name in enumerate(self.columns)}
        at = _at(header)
        found = {}
        for name, column in self.columns.items():
            hits = next((at[normal(h)] for h in column.headers or [name] if normal(h) in at), [])
            if len(hits) == 1:
                found[name] = hits[0]
        return found

    def missing(self, positions: Mapping[str, int]) -> list[str]:
        """The source columns that a file must have and does not."""
        return [name for name, column in self.columns.items() if name not in positions and not column.optional]


# units that a header may or may not carry: the columns of a map say by themselves what is in them
_BARE = {"小时", "分钟", "分", "天", "次", "元", "h", "min"}


@lru_cache(maxsize=256)
def _at_of(header: tuple[str | None, ...]) -> dict[str, list[int]]:
    found = positions_of(header)
    bare: dict[str, list[int]] = {}
    for text, where in found.items():
        name, unit = split_unit(text)
        if unit in _BARE:
            bare.setdefault(name, []).extend(where)
    return bare | found


def _at(header: Sequence[str | None]) -> dict[str, list[int]]:
    """Normalised header, with and without its unit -> positions."""
    return _at_of(tuple(header))


def read_map(path: Path) -> SourceMap:
    """Read a map. Raises Problem (exit code 2) naming the place that is wrong."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # nosec B506: a safe loader
        if not isinstance(content, dict):
            raise ValueError("a map is a YAML mapping with the keys files, columns, feeds")
        return SourceMap.model_validate({"name": path.stem, **content})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError, ValueError) as error:
        why = (
            "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            if isinstance(error, ValidationError)
            else str(error)
        )
        raise Problem(
            f"映射 {path} 有误：{why}。写法见 docs/source-maps.md，改正后再导入。",
            f"The source map {path} is wrong: {why}. See docs/source-maps.md, mend it, then ingest again.",
        ) from error


def maps_of(*folders: Path) -> list[SourceMap]:
    """All maps of the folders, the first folder's first. Raises Problem when one is wrong."""
    return [read_map(path) for folder in folders for path in sorted(folder.glob("*.yml"))]


def map_for(name: str, maps: list[SourceMap]) -> SourceMap | None:
    """The first map whose file pattern a file name meets."""
    for known in maps:
        if any(fnmatch.fnmatch(name.lower(), pattern.lower()) for pattern in known.files):
            return known
    return None


@dataclass
class Mapped:
    """The rows of one table under a map: main feeds batch by batch, and what they show of derived ones.

    Attributes:
        passed: rows of the file that made no row of the feed, by why (``furniture.KINDS``).
    """

    source_map: SourceMap
    table: Table
    passed: Counter[str] = field(default_factory=Counter)
    _seen: dict[str, pl.DataFrame] = field(default_factory=dict)

    def own_headers(self, feed: Feed) -> dict[str, int]:
        """Columns of a feed that a recognised export carries under the feed's own headers and the map does not read.

        What a row says for itself goes before a map's constant.
        """
        known = self.source_map
        if known.recognise is None or known.layout.days or known.feeds[feed.name].one_per:
            return {}
        taken = set(known.positions(self.table.header).values())
        match = match_header(feed, self.table.header)
        made = {c for c, value in known.feeds[feed.name].columns.items() if value.constant is None}
        return {
            column: position
            for column, position in match.columns.items()
            if column not in made and column not in match.clashes and position not in taken
        }

    def rows(self, feed: Feed, *, derive: bool) -> Iterator[pl.DataFrame]:
        """Batches of a main feed; derive: collect the derived feeds on the way."""
        target = self.source_map.feeds[feed.name]
        self.passed.clear()
        counts = _Occurrences()
        own = list(self.own_headers(feed))
        for batch in self.sources():
            if derive:
                for name, other in self.source_map.feeds.items():
                    if other.one_per:
                        self._derive(name, other, batch)
            shaped = _shape(batch, feed, target, counts).with_columns(batch.get_column(OWN + n).alias(n) for n in own)
            yield self._row_a_time(shaped, batch, target) if target.times else shaped

    def _row_a_time(self, shaped: pl.DataFrame, batch: pl.DataFrame, target: Target) -> pl.DataFrame:
        """A row for each time of each row; a row without any is passed over, whatever else it says."""
        value = target.columns[target.times]
        nothing = [None] * len(batch)
        days = batch.get_column(value.day).to_list() if value.day else nothing
        cells = [batch.get_column(c).to_list() for c in value.times]
        at: list[int] = []
        made: list[str | None] = []
        doubts: list[str | None] = []
        without: list[int] = []
        ragged = batch.get_column("found").is_not_null().to_list()
        for row, (day, *found) in enumerate(zip(days, *cells, strict=True)):
            texts = {} if ragged[row] else _moments_of(dict(zip(value.times, found, strict=True)), day, value.in_order)
            if not texts and not ragged[row] and not value.needed:
                without.append(row)
                continue
            at += [row] * max(len(texts), 1)
            made += list(texts) or [None]
            doubts += list(texts.values()) or [None]
        if without:
            kinds = furniture(batch.get_column("row_text").gather(without)).fill_null("no_time")
            self.passed.update(
                _by_row(
                    batch.get_column("source_row").gather(without),
                    kinds,
                    set(at and batch.get_column("source_row").gather(at).to_list()),
                )
            )
        columns = [pl.Series(target.times, made, dtype=pl.String), pl.Series("doubt", doubts, dtype=pl.String)]
        return shaped[at].with_columns(columns)

    def ignored(self) -> list[str]:
        """The headers that no column of the map reads, in the file's order."""
        positions = set(self.source_map.positions(self.table.header).values())
        for feed in self.source_map.feeds:
            positions |= set(self.own_headers(FEEDS[feed]).values())
        if self.source_map.layout.days:
            return []
        shown = (c for p, c in enumerate(self.table.header) if p not in positions and (c or "").strip())
        return [" ".join(c.split()) for c in shown]

    def derived(self, feed: Feed) -> pl.DataFrame | None:
        """The rows of a derived feed, once all batches were read."""
        return self._seen.get(feed.name)

    def sources(self) -> Iterator[pl.DataFrame]:
        """Batches of source_row, row_text, found and the source columns in their one form."""
        known = self.source_map
        positions = known.positions(self.table.header)
        names = list(known.columns) or known.layout.columns
        for rows in self._batches(positions):
            batch = rows.select("source_row", "row_text", "found")
            columns = []
            for name in names:
                column = known.columns.get(name, SourceColumn())
                found = rows.get_column(f"c{positions[name]}") if name in positions else None
                columns.append(self._uniform(column, found, len(rows)).alias(name))
            for feed in known.feeds:
                own = self.own_headers(FEEDS[feed])
                columns += [clean(rows.get_column(f"c{position}")).alias(OWN + name) for name, position in own.items()]
            if known.layout.days:
                columns += [
                    rows.get_column("day"),
                    self._uniform(SourceColumn(), rows.get_column("times"), len(rows)).alias("times"),
                ]
            batch = batch.with_columns(columns)
            for skip in known.skip:
                leave = batch.get_column(skip.column).fill_null("").str.contains(skip.matches)
                if skip.empty:
                    leave = leave & batch.get_column(skip.empty).is_null()
                self.passed["skip"] += int(leave.sum())
                batch = batch.filter(~leave)
            yield batch

    def _batches(self, positions: Mapping[str, int]) -> Iterator[pl.DataFrame]:
        """The table's rows with their text; where days stand across, a row for each day of a row."""
        layout = self.source_map.layout
        if layout.days:
            labels = {name: c.headers for name, c in self.source_map.columns.items()}
            yield from long_rows(self.table, layout.days, layout.month, positions, labels, self.passed)
            return
        for rows in self.table.batches():
            yield rows.with_columns(verbatim(self.table).alias("row_text"))

    def _uniform(self, column: SourceColumn, cells: pl.Series | None, rows: int) -> pl.Series:
        if cells is None:
            return pl.Series([None], dtype=pl.String).new_from_index(0, rows)
        text = clean(cells)
        if self.source_map.null_words:
            text = text.set(text.is_in(self.source_map.null_words).fill_null(False), None)
        if column.only:
            text = text.set(~text.str.contains(column.only).fill_null(False), None)
        if column.edge:
            text = _at_edge(text, column.edge, from_excel=self.table.is_workbook)
        if column.kind == "text":
            return text
        if column.format:
            read = text.str.to_datetime(column.format, strict=False, time_unit="us")
            value = read.dt.date() if column.kind == "date" else read
        else:
            value, _, _ = read_column(Column("", column.kind, False, False), text, from_excel=self.table.is_workbook)
        said = (
            value.dt.strftime("%Y-%m-%d %H:%M:%S%.6f").str.strip_suffix(".000000")
            if column.kind == "timestamp"
            else value.cast(pl.String)
        )
        return said.fill_null(text)

    def _derive(self, name: str, target: Target, batch: pl.DataFrame) -> None:
        shaped = _shape(batch, FEEDS[name], target, _Occurrences(), firsts=True)
        firsts = [c for c, v in target.columns.items() if v.first]
        known = self._seen.get(name)
        shaped = shaped.filter(pl.col(target.one_per).is_not_null(), *(pl.col(c).is_not_null() for c in firsts))
        shaped = (pl.concat([known, shaped]) if known is not None else shaped).sort("source_row")
        rest = [c for c in shaped.columns if c not in (*firsts, target.one_per)]
        self._seen[name] = (
            shaped.group_by(target.one_per, maintain_order=True)
            .agg(*(pl.col(c).min() for c in firsts), *(pl.col(c).first() for c in rest))
            .select(shaped.columns)
        )


def _moments_of(cells: Mapping[str, str | None], day: str | None, in_order: list[list[str]]) -> dict[str, str | None]:
    """The moments in a row's cells, each once, with what is doubtful about it."""
    found: dict[str, str | None] = {}
    for cell in cells.values():
        for time in times_of(cell) if cell else ():
            text = moment(time, day)
            found.setdefault(text, "far" if is_far(text, day) else None)
    for columns in in_order:
        latest = ""
        for time in (t for c in columns if (cell := cells[c]) for t in times_of(cell)):
            if time.order and time.order < latest:
                found[moment(time, day)] = "order"
            latest = max(latest, time.order or "")
    return found


def _by_row(numbers: pl.Series, kinds: pl.Series, used: set[int]) -> Counter[str]:
    """How many rows of the file made nothing, by why; a row of which another part made something is none of them."""
    found = {n: k for n, k in zip(numbers.to_list(), kinds.to_list(), strict=True) if n not in used}
    return Counter(found.values())


_CLOCK = {
    "start": {None: "00:00:00", "上午": "00:00:00", "下午": "12:00:00"},
    "end": {None: "23:59:59", "上午": "12:00:00", "下午": "23:59:59"},
}


def _at_edge(cells: pl.Series, edge: str, *, from_excel: bool) -> pl.Series:
    """A bare day, or half a day, as the moment at its edge; other cells as they are.

    A sheet's date cell reads as midnight: there midnight means the day.
    """
    half = cells.str.extract(r"(上午|下午)$")
    bare = cells.str.replace(r"\s*(?:上午|下午)$", "")
    bare = bare.str.replace(r" 00:00:00$", "") if from_excel else bare
    days, _, _ = read_column(Column("", "date", False, False), bare)
    clock = half.replace_strict(_CLOCK[edge], return_dtype=pl.String)
    is_day = days.is_not_null() & ~bare.str.contains("[:：时点]")
    made = days.dt.strftime("%Y-%m-%d ") + clock
    return pl.select(pl.when(is_day).then(made).otherwise(cells)).to_series()


class _Occurrences:
    """How often each content was met so far: the number that tells equal rows of one file apart."""

    def __init__(self) -> None:
        self._met = pl.DataFrame(schema={"content": pl.String, "met": pl.UInt32})

    def number(self, content: pl.Series) -> pl.Series:
        frame = pl.DataFrame({"content": content}).with_columns(n=pl.int_range(pl.len()).over("content") + 1)
        frame = frame.join(self._met, on="content", how="left", maintain_order="left")
        numbers = frame.select(pl.col("n") + pl.col("met").fill_null(0)).to_series()
        now = frame.group_by("content").agg(pl.len().cast(pl.UInt32).alias("met"))
        self._met = pl.concat([self._met, now]).group_by("content").agg(pl.col("met").sum().cast(pl.UInt32))
        return numbers.cast(pl.String)


def _shape(
    batch: pl.DataFrame, feed: Feed, target: Target, counts: _Occurrences, *, firsts: bool = False
) -> pl.DataFrame:
    columns = []
    for name in feed.names:
        value = target.columns.get(name)
        made = (
            pl.Series([None], dtype=pl.String).new_from_index(0, len(batch))
            if value is None
            else _made(batch, value, counts)
        )
        if firsts and value is not None and value.first:
            # text that is no date must not count as the earliest one
            made = made.set(~made.str.contains(r"^\d{4}-\d{2}-\d{2}").fill_null(False), None).str.slice(0, 10)
        columns.append(made.alias(name))
    return batch.select("source_row", *columns, "row_text", "found", pl.lit(None, dtype=pl.String).alias("origin"))


def _made(batch: pl.DataFrame, value: Value, counts: _Occurrences) -> pl.Series:
    if value.constant is not None:
        return pl.Series([value.constant], dtype=pl.String).new_from_index(0, len(batch))
    if value.hash is not None:
        text = _digest(_content(batch, value.hash))
    elif value.occurrence is not None:
        return counts.number(_content(batch, value.occurrence))
    elif value.join is not None:
        text = clean(batch.select(pl.concat_str(value.join, separator=value.between, ignore_nulls=True)).to_series())
    else:
        source = value.source or value.first or value.day_of
        text = batch.get_column(source) if source else pl.Series([None], dtype=pl.String).new_from_index(0, len(batch))
        if value.first_filled:
            text = batch.select(pl.coalesce(value.first_filled)).to_series()
        if value.day_of:
            has_day = text.str.contains(r"^\d{4}-\d{2}-\d{2}[ T]").fill_null(False)
            text = pl.select(pl.when(has_day).then(text.str.slice(0, 10)).otherwise(text)).to_series()
    if value.remove:
        text = clean(text.str.replace_all(value.remove, ""))
    if value.values:
        said = text.replace_strict(value.values, default=None, return_dtype=pl.String)
        text = said.fill_null(text) if value.otherwise is None else said
    if value.otherwise is not None:
        text = text.fill_null(value.otherwise)
    return (value.prefix + text) if value.prefix else text


def _content(batch: pl.DataFrame, names: list[str]) -> pl.Series:
    parts = [pl.col(n).fill_null("") for n in names]
    return batch.select(pl.concat_str(parts, separator=SEPARATOR)).to_series()


def _digest(content: pl.Series) -> pl.Series:
    """16 hexadecimal digits of the MD5: the same in every version of every library."""
    with duckdb.connect() as engine:
        engine.register("rows", pl.DataFrame({"content": content}).to_arrow())
        return pl.from_arrow(
            engine.sql("select left(md5(content), 16) as digest from rows").to_arrow_table()
        ).to_series()

"""Source maps: how a foreign file becomes rows of our feeds, in YAML (docs/source-maps.md), without a line of code."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ingest.columns import Column, Kind
from ingest.feeds import FEEDS, Feed
from ingest.headers import normal
from ingest.parsing import clean, read_column
from ingest.problems import Problem
from ingest.reading import Layout, Table, verbatim

SHIPPED = Path(__file__).with_name("maps")
SEPARATOR = "\x1f"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceColumn(_Strict):
    """A column of the foreign file.

    Attributes:
        headers: any of the headers that carry it; kind: brings spellings to one form, so that keys made from content
            stay the same from file to file; format: of a date or timestamp (strptime), where offices' spellings do not do.
        optional: the file may lack it.
    """

    headers: list[str] = Field(default_factory=list)
    kind: Kind = "text"
    format: str | None = None
    optional: bool = False


class Value(_Strict):
    """What a column of a feed is made from: exactly one of from, constant, hash, occurrence, join, first."""

    source: str | None = Field(None, alias="from")
    constant: str | None = None
    hash: list[str] | None = None
    occurrence: list[str] | None = None
    join: list[str] | None = None
    first: str | None = None
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
        if sum(o is not None for o in origins) != 1:
            raise ValueError("needs exactly one of from, constant, hash, occurrence, join, first")
        return self

    @property
    def reads(self) -> list[str]:
        single = [c for c in (self.source, self.first) if c]
        return [*single, *(self.hash or []), *(self.occurrence or []), *(self.join or [])]


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


class Skip(_Strict):
    """Rows of the file that are no rows: totals, repeated headers."""

    column: str
    matches: str = r"^$"


class FileLayout(_Strict):
    """How the file is written; what is not given is found out."""

    header: int | Literal["none"] | None = None
    columns: list[str] = Field(default_factory=list)
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


class SourceMap(_Strict):
    """A whole map; see docs/source-maps.md."""

    name: str
    about: str = ""
    files: list[str] = Field(default_factory=list)
    layout: FileLayout = FileLayout()
    null_words: list[str] = Field(default_factory=list)
    columns: dict[str, SourceColumn] = Field(default_factory=dict)
    skip: list[Skip] = Field(default_factory=list)
    feeds: dict[str, Target]

    @field_validator("columns", mode="before")
    @classmethod
    def _short(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {name: {"headers": v} if isinstance(v, list) else v for name, v in columns.items()}

    @model_validator(mode="after")
    def _complete(self) -> SourceMap:
        known = set(self.columns) | set(self.layout.columns)
        for skip in self.skip:
            if skip.column not in known:
                raise ValueError(f"skip reads the unknown column {skip.column}")
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
            width=len(self.layout.columns) if headless else None,
        )

    def find(self, cells: list[str | None]) -> tuple[bool, int]:
        """Whether a row of cells is this map's header, and how many of its columns it names."""
        positions = self.positions(cells)
        return not self.missing(positions), len(positions)

    def positions(self, header: list[str | None]) -> dict[str, int]:
        """Source column -> position in the file."""
        if self.layout.header == "none":
            return {name: position for position, name in enumerate(self.layout.columns)}
        at: dict[str, int] = {}
        for position, cell in enumerate(header):
            at.setdefault(normal(cell), position)
        found = {}
        for name, column in self.columns.items():
            hit = next((at[normal(h)] for h in column.headers or [name] if normal(h) in at), None)
            if hit is not None:
                found[name] = hit
        return found

    def missing(self, positions: Mapping[str, int]) -> list[str]:
        """The source columns that a file must have and does not."""
        return [name for name, column in self.columns.items() if name not in positions and not column.optional]


def read_map(path: Path) -> SourceMap:
    """Read a map. Raises Problem (exit code 2) naming the place that is wrong."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
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
        skipped: rows left out because the map says that they are none.
    """

    source_map: SourceMap
    table: Table
    skipped: int = 0
    _seen: dict[str, pl.DataFrame] = field(default_factory=dict)

    def rows(self, feed: Feed, *, derive: bool) -> Iterator[pl.DataFrame]:
        """Batches of a main feed; derive: collect the derived feeds on the way."""
        target = self.source_map.feeds[feed.name]
        counts = _Occurrences()
        for batch in self.sources():
            if derive:
                for name, other in self.source_map.feeds.items():
                    if other.one_per:
                        self._derive(name, other, batch)
            yield _shape(batch, feed, target, counts)

    def derived(self, feed: Feed) -> pl.DataFrame | None:
        """The rows of a derived feed, once all batches were read."""
        return self._seen.get(feed.name)

    def sources(self) -> Iterator[pl.DataFrame]:
        """Batches of source_row, row_text, found and the source columns in their one form."""
        known = self.source_map
        positions = known.positions(self.table.header)
        names = list(known.columns) or known.layout.columns
        for rows in self.table.batches():
            batch = rows.select("source_row", verbatim(self.table).alias("row_text"), "found")
            columns = []
            for name in names:
                column = known.columns.get(name, SourceColumn())
                found = rows.get_column(f"c{positions[name]}") if name in positions else None
                columns.append(self._uniform(column, found, len(rows)).alias(name))
            batch = batch.with_columns(columns)
            for skip in known.skip:
                leave = batch.get_column(skip.column).fill_null("").str.contains(skip.matches)
                self.skipped += int(leave.sum())
                batch = batch.filter(~leave)
            yield batch

    def _uniform(self, column: SourceColumn, cells: pl.Series | None, rows: int) -> pl.Series:
        if cells is None:
            return pl.Series([None], dtype=pl.String).new_from_index(0, rows)
        text = clean(cells)
        if self.source_map.null_words:
            text = text.set(text.is_in(self.source_map.null_words).fill_null(False), None)
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
        text = batch.get_column(value.source or value.first)
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

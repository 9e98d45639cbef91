"""Headers and words as found in files -> the contract's, by the two tables that lie beside this module."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ingest.feeds import FEEDS, Feed

HERE = Path(__file__).resolve().parent
OWN = "_"  # headers that begin so are ours: an exported quarantine's reasons, passed over when it comes back
ORIGIN = "_quarantine"  # as a header it goes on with ":<feed>", so that a mended file may have any name


@dataclass(frozen=True)
class HeaderMatch:
    """What a row of cells is as the header of a feed.

    Attributes:
        columns: feed column -> position of its cells.
        unknown: headers that no column answers to; missing: required columns without a header.
        clashes: feed column -> the several headers that claim it.
        origin: position of the column that names quarantined rows, in a mended export.
    """

    columns: dict[str, int]
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    clashes: dict[str, list[str]] = field(default_factory=dict)
    origin: int | None = None

    @property
    def fits(self) -> bool:
        return not self.missing and not self.clashes


def normal(header: str | None) -> str:
    """A header in the form in which headers are compared: widths, case, spaces and underscores do not count."""
    text = unicodedata.normalize("NFKC", header or "")
    return re.sub(r"[\s_\u200b-\u200f\u2060\ufeff]+", "", text).rstrip("*:").lstrip("*").lower()


def _without_unit(text: str) -> str:
    return re.sub(r"\([^()]*\)$", "", text)


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    path = HERE / name
    if not path.exists():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def headers_of(feed: str) -> dict[str, str]:
    """Normalised header -> column of the feed."""
    columns = FEEDS[feed].names
    found = {
        normal(row["header"]): row["column"]
        for row in _table("headers.csv")
        if row["feed"] in (feed, "*") and row["column"] in columns
    }
    return found | {normal(name): name for name in columns}


@cache
def usual_header(feed: str, column: str) -> str:
    """The first header of the table for a column, in the words of an office; the column's own name without one."""
    for row in _table("headers.csv"):
        if row["feed"] in (feed, "*") and row["column"] == column:
            return row["header"]
    return column


@cache
def words_of(feed: str, column: str) -> dict[str, str]:
    """Normalised word of an office -> the contract's word, for one column; the more exact row of the table wins."""
    ranked: dict[str, tuple[int, str]] = {}
    for row in _table("words.csv"):
        if row["feed"] not in (feed, "*") or row["column"] not in (column, "*"):
            continue
        rank = (row["feed"] == feed) * 2 + (row["column"] == column)
        word = unicodedata.normalize("NFKC", row["word"]).strip().lower()
        if word not in ranked or ranked[word][0] < rank:
            ranked[word] = (rank, row["value"])
    allowed = next(c.words for c in FEEDS[feed].columns if c.name == column)
    return {word: value for word, (_, value) in ranked.items() if not allowed or value in allowed}


def exported_feed(cells: list[str | None]) -> str | None:
    """The feed whose quarantine a row of cells is the header of; None for any other row."""
    for cell in cells:
        mark, _, feed = (cell or "").strip().lstrip("\ufeff").partition(":")
        if mark == ORIGIN and feed in FEEDS:
            return feed
    return None


def match_header(feed: Feed, cells: list[str | None]) -> HeaderMatch:
    """Read a row of cells as the header of a feed."""
    known = headers_of(feed.name)
    columns: dict[str, int] = {}
    claims: dict[str, list[str]] = {}
    unknown: list[str] = []
    origin = None
    for position, cell in enumerate(cells):
        shown = (cell or "").strip().lstrip("\ufeff")
        if not shown:
            continue
        if shown.startswith(OWN):
            origin = position if shown.partition(":")[0] == ORIGIN else origin
            continue
        text = normal(shown)
        column = known.get(text) or known.get(_without_unit(text))
        if column is None:
            unknown.append(shown)
            continue
        claims.setdefault(column, []).append(shown)
        columns.setdefault(column, position)
    clashes = {column: found for column, found in claims.items() if len(found) > 1}
    missing = [name for name in feed.required if name not in columns]
    return HeaderMatch(columns, unknown, missing, clashes, origin)

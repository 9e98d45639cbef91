"""Headers and words as found in files -> the contract's, by the tables that lie beside this module."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ingest.columns import Column
from ingest.feeds import FEEDS, Feed

HERE = Path(__file__).resolve().parent
OWN = "_"  # headers that begin so are ours: an exported quarantine's reasons, passed over when it comes back
UNDER = " / "  # between a group's header and the one below it, where a header has two rows
ORIGIN = "_quarantine"  # as a header it goes on with ":<feed>", so that a mended file may have any name


@dataclass(frozen=True)
class HeaderMatch:
    """What a row of cells is as the header of a feed.

    Attributes:
        columns: feed column -> position of its cells.
        unknown: headers that no column answers to; missing: required columns without a header.
        clashes: feed column -> the several headers that claim it, where nothing says which one goes first.
        preferred: feed column -> (headers, positions), best first, where preferences.csv does say so: a row's first
            filled cell counts.
        origin: position of the column that names quarantined rows, in a mended export.
    """

    columns: dict[str, int]
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    clashes: dict[str, list[str]] = field(default_factory=dict)
    preferred: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict)
    origin: int | None = None

    @property
    def fits(self) -> bool:
        return not self.missing and not self.clashes


def normal(header: str | None) -> str:
    """A header in the form in which headers are compared: widths, case, spaces and underscores do not count."""
    text = unicodedata.normalize("NFKC", header or "")
    return re.sub(r"[\s_\u200b-\u200f\u2060\ufeff]+", "", text).rstrip("*:").lstrip("*").lower()


_PLAIN_UNITS = {"必填", "选填", "可选", "非必填"}
_UNITS = {
    "hours": {"小时", "时", "h", "hour", "hours"},
    "minutes": {"分钟", "分", "min", "minutes"},
    "points": {"分"},
    "int": {"次", "人", "个", "份", "台", "套", "件", "单", "人次"},
    "decimal": {"元", "人民币", "人民币元", "rmb", "cny", "¥", "yuan"},
}


def split_unit(header: str) -> tuple[str, str]:
    """A normalised header and the unit that ends it in brackets, empty without one."""
    match = re.fullmatch(r"(.+)\(([^()]*)\)", header)
    return (match[1], match[2]) if match else (header, "")


def unit_fits(column: Column, unit: str) -> bool:
    """Whether a header's unit is the column's own: hours are no minutes, and 万元 is no 元."""
    if column.kind not in ("int", "decimal") or unit in _PLAIN_UNITS:
        return True
    own = next((u for word, u in _UNITS.items() if word in column.name.split("_")), _UNITS[column.kind])
    return unit in own


def join_rows(upper: Sequence[str | None], lower: Sequence[str | None]) -> list[str | None] | None:
    """Two rows of cells as one header, ``group / header``; None where the lower one is no second row of a header.

    A group's cell is merged over the columns below it, of which the first alone holds its words; a header without a
    group stands in the upper row (or in both, merged from top to bottom). A title has no such header beside it.
    """
    width = max(len(upper), len(lower))
    above, below = ([(c or "").strip() for c in r] + [""] * (width - len(r)) for r in (upper, lower))
    if not any(below) or not any(above):
        return None
    joined: list[str | None] = []
    group, has_groups, has_single = "", False, False
    for position, (up, low) in enumerate(zip(above, below, strict=True)):
        if up:
            group = up if low else ""
        has_single = has_single or bool(up and low in ("", up))
        has_groups = has_groups or bool(low and group and (not up or (position > 0 and above[position - 1] == up)))
        joined.append(f"{group}{UNDER}{low}" if low and group and low != group else low or up or None)
    return joined if has_groups and has_single else None


def positions_of(cells: Sequence[str | None]) -> dict[str, list[int]]:
    """Normalised header -> where it stands. A header below a group is also known by itself while no other is so called."""
    found: dict[str, list[int]] = {}
    alone: Counter[str] = Counter()
    lower: dict[str, int] = {}
    for position, cell in enumerate(cells):
        text = normal(cell)
        if text:
            found.setdefault(text, []).append(position)
        _, under, child = (cell or "").rpartition(UNDER)
        if under:
            alone[normal(child)] += 1
            lower[normal(child)] = position
    for child, position in lower.items():
        if alone[child] == 1 and child not in found:
            found[child] = [position]
    return found


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


@cache
def preferences_of(feed: str) -> dict[str, list[str]]:
    """Column of the feed -> its headers (normalised) in the order in which they go first when a file has several."""
    found: dict[str, list[str]] = {}
    for row in _table("preferences.csv"):
        if row["feed"] in (feed, "*") and row["column"] in FEEDS[feed].names:
            found.setdefault(row["column"], []).append(normal(row["header"]))
    return found


def match_header(feed: Feed, cells: Sequence[str | None]) -> HeaderMatch:
    """Read a row of cells as the header of a feed."""
    known = headers_of(feed.name)
    kinds = {c.name: c for c in feed.columns}
    claims: dict[str, list[tuple[str, int]]] = {}
    unknown: list[str] = []
    origin = None
    single = {p: text for text, where in positions_of(cells).items() for p in where}
    for position, cell in enumerate(cells):
        shown = (cell or "").strip().lstrip("\ufeff")
        if not shown:
            continue
        if shown.startswith(OWN):
            origin = position if shown.partition(":")[0] == ORIGIN else origin
            continue
        column = None
        for text in (normal(shown), single.get(position, "")):
            bare, unit = split_unit(text)
            column = column or known.get(text)
            if column is None and unit and (column := known.get(bare)) and not unit_fits(kinds[column], unit):
                column = None
        if column is None:
            unknown.append(shown)
            continue
        claims.setdefault(column, []).append((shown, position))
    columns, clashes, preferred = {}, {}, {}
    for column, found in claims.items():
        columns[column] = found[0][1]
        if len(found) == 1:
            continue
        order = preferences_of(feed.name).get(column, [])
        ranks = [order.index(normal(shown)) if normal(shown) in order else -1 for shown, _ in found]
        if -1 in ranks or len(set(ranks)) < len(ranks):
            clashes[column] = [shown for shown, _ in found]
            continue
        ranked = [f for _, f in sorted(zip(ranks, found, strict=True))]
        columns[column] = ranked[0][1]
        preferred[column] = ([shown for shown, _ in ranked], [p for _, p in ranked])
    missing = [name for name in feed.required if name not in columns]
    return HeaderMatch(columns, unknown, missing, clashes, preferred, origin)

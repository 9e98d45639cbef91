"""A draft of a source map for a file that nobody knows yet, from what it shows; what is doubtful is marked as such."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ingest.columns import Column, Kind
from ingest.feeds import FEEDS, Feed
from ingest.headers import match_header, normal, usual_header, words_of
from ingest.maps import SHIPPED, SourceMap, maps_of
from ingest.parsing import clean, read_column
from ingest.problems import Problem
from ingest.reading import Candidate, Kept, Layout, Table, is_utf8, tables
from ingest.shown import name as visible
from ingest.times import times_of

if TYPE_CHECKING:
    from warehouse.home import Home

DOUBT = "存疑 doubtful"
UNKNOWN = "???"  # read as the name of a column that is not there: such a map is refused until somebody decides
SAMPLE_ROWS = 5_000
FEW, MANY = 4, 40  # cells shown of a column; different words looked at
# the first that reads every cell; whole numbers before amounts, days before moments
_KINDS: tuple[Kind, ...] = ("int", "decimal", "date", "timestamp")


@dataclass
class Draft:
    """A draft that was written, or why none is needed.

    Attributes:
        path: where it lies; feed: what the file was taken for; doubts: lines to look at.
        known: the shipped or own map that reads the file already: nothing was written.
    """

    path: Path | None
    feed: str = ""
    doubts: list[str] = field(default_factory=list)
    known: SourceMap | None = None


@dataclass
class _Seen:
    """A column of the file: its name in the map, header, kind, some cells, and what is doubtful about it."""

    name: str
    header: str
    position: int
    kind: str
    shown: list[str]
    doubt: str = ""


def draft_map(home: Home, path: Path, feed: str | None = None, out: Path | None = None) -> Draft:
    """Write a draft for one file: to ``out``, else ``<home>/maps/drafts/<name>.yml``, which no ingest reads.

    Args:
        feed: what the file holds; without it the feed of which the header knows most.

    Raises Problem (exit code 2): no such file or feed, not a table, or a draft that is there already.
    """
    if feed is not None and feed not in FEEDS:
        raise Problem(
            f"没有名为 {feed} 的日志种类。可用的有：{'、'.join(FEEDS)}。",
            f"There is no feed {feed}. There are: {', '.join(FEEDS)}.",
        )
    if not path.is_file():
        raise Problem(f"找不到文件 {path}。请检查路径。", f"There is no file {path}. Check the path.")
    target = out or home.maps / "drafts" / f"{visible(path.stem)}.yml"
    if target.exists():
        raise Problem(
            f"{target} 已经存在，没有覆盖。请先移走它，或用 --out 指定别的位置。",
            f"{target} is there already and was not overwritten. Move it away, or name another place by --out.",
        )
    (home.work / "ingest").mkdir(parents=True, exist_ok=True)
    kept = Kept(path, visible(path.name), visible(str(path)), "", path.stat().st_size, is_utf8(path), is_new=False)
    exports = [m for m in maps_of(home.maps, SHIPPED) if m.recognise]
    candidates = [
        *(Candidate(m.recognises, m.known_layout, rank=2, titles=m.recognise.titles) for m in exports),
        Candidate(_looks_like_a_header, rank=1),
    ]
    scratch = home.work / "ingest"
    with tables(kept, candidates, scratch) as found:
        known = [exports[t.candidate] for t in found.tables if t.fits and t.candidate < len(exports)]
        if known:
            return Draft(None, known=next((m for m in known if not m.refuse), known[0]))
        table = found.tables[0]
        chosen = FEEDS[feed] if feed else _likeliest(table.header)
        if table.fits:
            text, doubts = _written(path, table, chosen, is_guess=feed is None)
    if not table.fits:  # no row is like a header: the first one is a row like the others
        bare = Layout(sheet=table.sheet or None, delimiter=table.delimiter or None, header_row=0, width=table.width)
        with tables(kept, [Candidate(_looks_like_a_header, bare)], scratch) as found:
            text, doubts = _written(path, found.tables[0], chosen, is_guess=feed is None)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return Draft(target, chosen.name if chosen else "", doubts)


# ---------------------------------------------------------------- what is there


def _is_data(cell: str) -> bool:
    return bool(re.search(r"\d{1,4}[-/.:年]\d{1,2}", cell) or re.fullmatch(r"[-+￥¥]?[\d,.]+%?", cell))


def _looks_like_a_header(cells: Sequence[str | None]) -> tuple[bool, int]:
    """Words, each once; the more of them are headers known to any feed, the likelier."""
    words = [(c or "").strip() for c in cells if (c or "").strip()]
    if len(words) < 2 or len(set(words)) < len(words) or sum(map(_is_data, words)) * 3 > len(words):
        return False, len(words)
    known = max(len(match_header(feed, cells).columns) for feed in FEEDS.values())
    return True, known * 100 + len(words)


def _likeliest(header: Sequence[str | None]) -> Feed | None:
    """The feed of which the most required columns are there, then the most columns; None where none is."""
    ranked = []
    for feed in FEEDS.values():
        match = match_header(feed, header)
        ranked.append((len(feed.required) - len(match.missing), len(match.columns), feed))
    best = max(ranked, key=lambda r: (r[0] / len(r[2].required), r[1]))
    return best[2] if best[0] else None


def _columns(table: Table, feed: Feed | None) -> Iterator[_Seen]:
    batch = next(iter(table.batches()), None)
    width = table.width
    match = match_header(feed, table.header) if feed else None
    by_position = {p: c for c, p in match.columns.items()} if match else {}
    taken: set[str] = set()
    for position in range(width):
        header = (table.header[position] if position < len(table.header) else None) or ""
        header = " ".join(header.strip().lstrip("\ufeff").split())
        if table.header and not header:
            continue
        cells = (
            clean(batch.get_column(f"c{position}").head(SAMPLE_ROWS))
            if batch is not None
            else pl.Series([], dtype=pl.String)
        )
        name = by_position.get(position) or f"column_{position + 1}"
        if name in taken:
            name = f"column_{position + 1}"
        taken.add(name)
        kind, doubt = _kind(cells.drop_nulls(), table.is_workbook)
        shown = cells.drop_nulls().unique(maintain_order=True).head(MANY).to_list()
        if header and sum(normal(c) == normal(header) for c in table.header) > 1:
            doubt = "the header stands there more than once 表头重复"
        yield _Seen(name, header, position, kind, shown, doubt)


def _kind(cells: pl.Series, from_excel: bool) -> tuple[str, str]:
    """What the cells are, and what speaks against it."""
    if not len(cells):
        return "text", "every cell that was looked at is empty 全空"
    best, most = "text", 0
    for kind in _KINDS:
        value, _, _ = read_column(Column("", kind, False, False), cells, from_excel=from_excel)
        read = len(value) - value.null_count()
        if read > most:
            best, most = kind, read
    times = sum(all(t.days is not None for t in times_of(c)) for c in cells.to_list())
    if times > most:
        best, most = "times", times
    if most * 10 < len(cells) * 9:
        return "text", ""
    odd = len(cells) - most
    return best, f"{odd} of {len(cells)} cells are not {best} 有 {odd} 格不是" if odd else ""


# ---------------------------------------------------------------- what is written


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _written(path: Path, table: Table, feed: Feed | None, *, is_guess: bool) -> tuple[str, list[str]]:
    seen = list(_columns(table, feed))
    doubts: list[str] = []

    def marked(line: str, why: str) -> str:
        if not why:
            return line
        why = visible(why)  # headers are in it: none ends the comment
        doubts.append(f"{line.strip()}: {why}")
        return f"{line}  # {DOUBT}: {why}"

    name = visible(path.name)
    pattern = re.sub(r"\d+", "*", name)
    lines = [
        f"# 由 zhidu map 根据 {name} 起草；标有“{DOUBT}”的行请核对。写法见 docs/source-maps.md。",
        f"# Drafted by zhidu map from {name}; look at the lines marked so. See docs/source-maps.md.",
        f"about: {_quoted(visible(path.stem))}",
        marked(f"files: [{_quoted(pattern)}]", "which names the files have 文件名的规律"),
    ]
    lines += _layout(table, seen)
    lines.append("columns:")
    for column in seen:
        parts = [f"headers: [{_quoted(column.header)}]"] if table.header else []
        if column.kind not in ("text", "times"):
            parts.append(f"kind: {column.kind}")
        shown = ", ".join(" ".join(c.split())[:30] for c in column.shown[:FEW])
        lines.append(f"  # {shown}" if shown else "  # -")
        lines.append(marked(f"  {column.name}: {{{', '.join(parts)}}}", column.doubt))
    lines += _target(seen, feed, is_guess, marked)
    return "\n".join(lines) + "\n", doubts


def _layout(table: Table, seen: list[_Seen]) -> list[str]:
    lines = ["layout:"]
    if table.header:
        lines.append(f"  header: {table.header_row}")
        lines += ["  header_rows: 2"] if table.header_rows == 2 else []
    else:
        lines += ["  header: none", f"  columns: [{', '.join(s.name for s in seen)}]"]
    if table.sheet and table.encoding != "html":
        lines.append(f"  sheet: {_quoted(table.sheet)}")
    if not table.is_workbook and table.delimiter != ",":
        lines.append(f"  delimiter: {_quoted(table.delimiter)}")
    return lines if len(lines) > 1 else []


def _target(seen: list[_Seen], feed: Feed | None, is_guess: bool, marked) -> list[str]:
    if feed is None:
        return [
            marked(f"feeds: {{{UNKNOWN}: {{columns: {{}}}}}}", "what the file holds 属于哪种日志（zhidu map --feed）")
        ]
    why = "guessed from the headers 由表头推测" if is_guess else ""
    lines = ["feeds:", marked(f"  {feed.name}:", why), "    columns:"]
    free = [s for s in seen if s.name not in feed.names]
    by_name = {s.name: s for s in seen}
    day = next((s for s in seen if s.kind == "date"), None)
    for column in feed.columns:
        source = by_name.get(column.name)
        if source is not None:
            lines += _from(column, source, day, feed, marked)
        elif column.required:
            fitting = [s for s in free if _may_be(s, column)]
            guess = fitting[0].name if len(fitting) == 1 and column.kind != "text" else UNKNOWN
            said = ", ".join(f"{s.name} ({s.header})" for s in fitting) or "-"
            usual = usual_header(feed.name, column.name)
            lines.append(
                marked(f"      {column.name}: {_quoted(guess)}", f"{usual}: no header says so 没有对应的表头; {said}")
            )
    return lines


def _from(column: Column, source: _Seen, day: _Seen | None, feed: Feed, marked) -> list[str]:
    if source.kind == "times" and column.kind == "timestamp":
        on = f", day: {day.name}" if day else ""
        why = "" if day else "times of a day that no column names 缺日期列"
        return [
            marked(
                f"      {column.name}: {{times: [{source.name}]{on}, needed: true}}",
                why or "the day of these times 时间属于哪一天",
            )
        ]
    line = f"      {column.name}: {source.name}"
    if column.kind == "enum":
        known = words_of(feed.name, column.name)
        strange = [w for w in source.shown if w.lower() not in known and w not in column.words]
        if strange:
            words = ", ".join(f"{_quoted(w)}: {_quoted(UNKNOWN)}" for w in strange)
            why = f"one of {', '.join(column.words)} 须逐词对应"
            return [marked(f"      {column.name}: {{from: {source.name}, values: {{{words}}}}}", why)]
    return [
        marked(line, "" if _may_be(source, column) else f"cells are {source.kind}, {column.kind} is wanted 内容不符")
    ]


def _may_be(source: _Seen, column: Column) -> bool:
    fitting: dict[str, tuple[str, ...]] = {
        "text": ("text", "int", "decimal", "date", "timestamp"),
        "enum": ("text",),
        "bool": ("text", "int"),
        "int": ("int",),
        "decimal": ("int", "decimal"),
        "date": ("date",),
        "month": ("date", "text", "int"),
        "timestamp": ("timestamp", "times"),
    }
    return source.kind in fitting[column.kind]

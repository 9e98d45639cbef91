"""Bytes into text rows with their row numbers: encodings, delimiters, quotes, workbooks in a cage. Knows no feed.

A row's number is what a person sees: the line of a text file (its first line, where a quoted cell holds line breaks)
or the row of a sheet, both counted from 1, blank ones included.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import hashlib
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

import polars as pl
import pyarrow as pa

from ingest import html_tables
from ingest.headers import join_rows
from ingest.problems import Problem
from ingest.shown import name as visible

BATCH_ROWS = 150_000
OPENING_ROWS = 24  # how far down a header is looked for: titles, dates of the report, an empty line or two
DELIMITERS = (",", "\t", ";")
CHUNK = 1 << 20
UNCLOSED = 0  # cells found, where a quote is opened and never closed
MOST_LINES_OF_A_CELL = 500
ENOUGH_CHARACTERS = 100_000

EXCEL_MEMORY = 1500 << 20
EXCEL_SECONDS = 120
ZIP_BYTES = 2 << 30
ZIP_RATIO = 400
ZIP_ENTRIES = 4000

SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")  # of a copy; any other is no help to whoever opens it

csv.field_size_limit(1 << 24)

Kind = Literal["text", "workbook", "html"]
SHEETS = ("workbook", "html")  # as an encoding: rows of cells rather than lines


class Finder(Protocol):
    """Tells which row of cells is the header: how many of them it knows, and whether they suffice."""

    def __call__(self, cells: Sequence[str | None]) -> tuple[bool, int]: ...


@dataclass(frozen=True)
class Layout:
    """What is known beforehand of how a file is written; None = to be found out.

    Attributes:
        encoding, delimiter, sheet: as given by a source map.
        header_row: the row of the header (its last one), counted from 1; 0 = the file has none.
        header_rows: 1, or 2 for a row of groups above the header proper.
        width: the number of cells of a file without a header.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    width: int | None = None


@dataclass(frozen=True)
class Candidate:
    """One way in which a table may be read.

    Attributes:
        rank: of several that fit the highest wins, then the one that knows the most headers.
        titles: a regular expression that the sheet's name or a cell above the header has to meet.
    """

    finder: Finder
    layout: Layout = Layout()
    rank: int = 0
    titles: str | None = None

    def is_titled(self, sheet: str, above: Sequence[Sequence[str | None]]) -> bool:
        if self.titles is None:
            return True
        return any(re.search(self.titles, text) for text in [sheet, *(c for row in above for c in row if c)])


@dataclass(frozen=True)
class Kept:
    """A file as it was when it was read, safe from whoever goes on writing it.

    Attributes:
        path: our copy; name, given: the file's name and its path as the caller gave it, as they may be shown.
        is_utf8: the whole file is strict UTF-8; is_new: no earlier load had the same content.
    """

    path: Path
    name: str
    given: str
    sha256: str
    size: int
    is_utf8: bool
    is_new: bool


@dataclass
class Table:
    """A table of text found in a file.

    Attributes:
        header: its cells as found, empty for a file without one; two rows joined as ``group / header``.
        header_row: its last row, 0 for a file without one; header_rows: 1 or 2.
        candidate: which of those asked for it is; above: the rows above the header.
        rows: how many the last reading of the batches has come to.
    """

    header: list[str | None]
    header_row: int
    width: int
    encoding: str
    delimiter: str
    sheet: str
    fits: bool
    known: int
    read: Callable[[], Iterator[pl.DataFrame]] = field(repr=False)
    header_rows: int = 1
    candidate: int = 0
    above: list[list[str | None]] = field(default_factory=list, repr=False)
    rows: int = 0

    def batches(self) -> Iterator[pl.DataFrame]:
        """The rows below the header, blank ones left out.

        Frames of source_row (BIGINT), c0..c<width-1> (text), line (the row verbatim; null for a sheet), found (cells in
        the row where they are not as many as in the header, UNCLOSED where a quote stays open).
        """
        self.rows = 0
        for batch in self.read():
            self.rows += len(batch)
            yield batch

    @property
    def is_workbook(self) -> bool:
        return self.encoding in SHEETS


@dataclass
class Found:
    """What a file holds.

    Attributes:
        tables: those that fit, in the sheets' order, or the likeliest alone where none does.
        others: sheets with content that no candidate fits; hidden: sheets that were not looked at.
    """

    tables: list[Table]
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def verbatim(table: Table) -> pl.Expr:
    """A row as it was: its line, or a sheet's cells joined by tabs."""
    if not table.is_workbook:
        return pl.col("line")
    return pl.concat_str([pl.col(c).fill_null("") for c in _cells(table.width)], separator="\t")


def keep(path: Path, given: str, folder: Path) -> Kept:
    """Copy a file into folder as ``<sha256><suffix>``, checking it on the way.

    Raises Problem: exit code 2 when the file cannot be read or is still being written, 1 when the disk is full.
    """
    try:
        before = path.stat()
        # without waiting: a pipe that nobody writes to would keep us for ever
        source = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            source.close()
            raise Problem(
                f"{given}：不是普通文件（文件夹、设备或管道），未读取。请指定日志文件本身。",
                f"{given}: no regular file (a folder, a device or a pipe); it was not read. Name the log itself.",
            )
    except OSError as error:
        raise Problem(
            f"{given}：不能读取（{error.strerror}）。请检查文件与权限后重新导入。",
            f"{given}: cannot be read ({error.strerror}). Check the file and its rights, then ingest it again.",
        ) from error
    digest, utf8 = hashlib.sha256(), _Utf8()
    handle, temporary = tempfile.mkstemp(prefix=".incoming-", dir=folder)
    copy = Path(temporary)
    try:
        with source, os.fdopen(handle, "wb") as sink:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                sink.write(chunk)
                utf8.take(chunk)
            utf8.end()
            sink.flush()
            os.fsync(sink.fileno())
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (
            after.st_size,
            after.st_mtime_ns,
        ) or copy.stat().st_size != after.st_size:
            raise Problem(
                f"{given}：读取时文件仍在被写入，本次未导入。请等写完后重新导入。",
                f"{given}: the file was still being written while it was read, so it was not loaded. "
                "Ingest it again once it is complete.",
            )
        suffix = path.suffix.lower()
        target = folder / (digest.hexdigest() + (suffix if SUFFIX.fullmatch(suffix) else ""))
        is_new = not target.exists()
        if is_new:
            copy.chmod(0o644)
            copy.replace(target)
            _fsync(folder)
    finally:
        copy.unlink(missing_ok=True)
    return Kept(target, visible(path.name), given, digest.hexdigest(), after.st_size, utf8.holds, is_new)


class _Utf8:
    """Whether bytes that come in chunks are strict UTF-8; several times faster than a decoder, which makes text of them."""

    def __init__(self) -> None:
        self.holds, self._rest = True, b""

    def take(self, chunk: bytes) -> None:
        """Check the next bytes but for a character at their end that may go on in the next chunk."""
        if not self.holds or (not self._rest and chunk.isascii()):
            return
        text = self._rest + chunk
        begins = next((at for at in range(len(text) - 1, max(len(text) - 5, -1), -1) if text[at] >= 0xC0), len(text))
        self._rest = text[begins:]
        self._check(text[:begins])

    def end(self) -> None:
        self._check(self._rest)

    def _check(self, text: bytes) -> None:
        try:
            pl.Series([text], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            self.holds = False


def _fsync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def tables(kept: Kept, candidates: Sequence[Candidate], scratch: Path) -> Iterator[Found]:
    """The tables of a file, each read as the candidate that fits it best.

    Raises Problem (exit code 2): not a table at all, no readable encoding, a workbook that cannot be parsed.
    """
    with tempfile.TemporaryDirectory(prefix="reading-", dir=scratch) as folder:
        kind = kind_of(kept.path, kept.given)
        if kind == "workbook":
            _check_zip(kept)
            with _Cage(kept, Path(folder)) as cage:
                yield _sheets(kept, cage.openings, cage.load, kind, candidates)
        elif kind == "html":
            page = html_tables.Page(kept.path, encoding_of(kept.path, kept.given, kept.is_utf8), Path(folder))
            yield _sheets(kept, page.openings, page.load, kind, candidates)
        else:
            yield Found([_text(kept, candidates, Path(folder))])


def kind_of(path: Path, given: str) -> Kind:
    """What a file is by its content, whatever its name says. Raises Problem (exit code 2) where it is no table."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise Problem(
            f"{given}：文件是空的（0 字节）。请重新导出后再导入。",
            f"{given}: the file is empty (0 bytes). Export it again, then ingest it.",
        )
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    named = None
    if head.startswith(b"%PDF"):
        named = "PDF"
    elif head.startswith(b"\x1f\x8b"):
        named = "gzip"
    elif start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<style", b"<div")):
        if html_tables.has_table(path):
            return "html"
        named = "HTML"
    elif start.startswith(b"<?xml"):
        named = "XML"
    elif b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        named = "binary"
    if named:
        raise Problem(
            f"{given}：内容是 {named}，不是表格（与文件名后缀无关）。请用 Excel/WPS 打开后另存为 .xlsx 或 .csv，再导入。",
            f"{given}: the content is {named}, not a table, whatever its suffix says. "
            "Open it in Excel or WPS, save it as .xlsx or .csv, then ingest it.",
        )
    return "text"


# ---------------------------------------------------------------- text


def encoding_of(path: Path, given: str, is_utf8: bool) -> str:
    """A byte order mark decides, then strict UTF-8, then strict GB18030 if that makes sense.

    Raises Problem where none reads the file.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if is_utf8:
        return "utf-8"
    if _is_damaged_utf8(path):
        row = _lines_before(path, _first_fault(path, "utf-8")) + 1
        raise Problem(
            f"{given}：是 UTF-8 文件，但第 {row} 行附近有损坏的字节。请重新导出，或改正该行并另存为 UTF-8 后再导入。",
            f"{given}: a UTF-8 file with damaged bytes around row {row}. Export it again, or mend that row and save it "
            "as UTF-8, then ingest it.",
        )
    fault = _first_fault(path, "gb18030")
    if fault is not None:
        row = _lines_before(path, fault) + 1
        raise Problem(
            f"{given}：第 {row} 行附近的文字既不是 UTF-8 也不是 GB18030（GBK），无法读取。请另存为 UTF-8 的 CSV 后再导入。",
            f"{given}: around row {row} the text is neither UTF-8 nor GB18030 (GBK), so it cannot be read. "
            "Save it as a UTF-8 CSV, then ingest it.",
        )
    if _is_gibberish(path):
        raise Problem(
            f"{given}：按 GB18030（GBK）读出来多是生僻字，文件很可能是 Big5 或别的编码，未导入。请另存为 UTF-8 的 CSV 后再导入。",
            f"{given}: read as GB18030 (GBK) it is mostly characters that nobody writes, so it is probably Big5 or "
            "another encoding, and was not loaded. Save it as a UTF-8 CSV, then ingest it.",
        )
    return "gb18030"


def is_utf8(path: Path) -> bool:
    """Whether the whole file is strict UTF-8."""
    return _first_fault(path, "utf-8") is None


def _first_fault(path: Path, encoding: str) -> int | None:
    """The position of the first byte that the encoding does not know, about; None where it reads the file."""
    decoder, at = codecs.getincrementaldecoder(encoding)("strict"), 0
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
                at += len(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return at + error.start
    return None


def _is_damaged_utf8(path: Path) -> bool:
    """Whether nearly all that is not ASCII is UTF-8: read as GB18030 such a file would be loaded as gibberish."""
    good = bad = 0
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        while chunk := file.read(CHUNK):
            if not chunk.isascii():
                lost = chunk.count("\ufffd")
                bad += lost
                good += len(chunk) - len(chunk.encode("ascii", "ignore")) - lost
    return good > 10 * bad


def _is_gibberish(path: Path) -> bool:
    """Whether what is not ASCII is, read as GB18030, mostly outside of what is commonly written.

    Nearly any bytes are GB18030. Chinese of another encoding turns into rare characters, kana and frames, while real
    text holds few of them beside the 3,755 characters of the first level and punctuation.
    """
    common = seen = 0
    with path.open(encoding="gb18030", newline="\n") as file:
        while seen < ENOUGH_CHARACTERS and (chunk := file.read(CHUNK)):
            if not chunk.isascii():
                seen += len(chunk) - len(chunk.encode("ascii", "ignore"))
                common += len(_common_characters().findall(chunk))
    return seen > 2 * common


@cache
def _common_characters() -> re.Pattern[str]:
    """Punctuation and full-width forms (rows A1-A3 of GB 2312), and the hanzi of its first level (rows B0-D7)."""
    rows = [*range(0xA1, 0xA4), *range(0xB0, 0xD8)]
    codes = b"".join(bytes([row, cell]) for row in rows for cell in range(0xA1, 0xFF))
    return re.compile(f"[{re.escape(codes.decode('gb2312', 'ignore'))}]")


def _lines_before(path: Path, position: int) -> int:
    count = 0
    with path.open("rb") as file:
        while position > 0 and (chunk := file.read(min(CHUNK, position))):
            count += chunk.count(b"\n")
            position -= len(chunk)
    return count


def _as_utf8(kept: Kept, encoding: str, folder: Path) -> Path:
    """The file's lines in UTF-8, ended by line feeds: the copy itself where it is so already."""
    with kept.path.open("rb") as file:
        head = file.read(CHUNK)
    only_cr = b"\r" in head and b"\n" not in head
    if encoding == "utf-8" and not only_cr:
        return kept.path
    target = folder / "utf-8"
    try:
        with (
            kept.path.open(encoding=encoding, newline=None if only_cr else "\n", errors="strict") as source,
            target.open("w", encoding="utf-8", newline="\n") as sink,
        ):
            while chunk := source.read(CHUNK):
                sink.write(chunk)
    except (UnicodeDecodeError, LookupError) as error:
        raise Problem(
            f"{kept.given}：不能按编码 {encoding} 读取。请另存为 UTF-8 的 CSV 后再导入。",
            f"{kept.given}: cannot be read as {encoding}. Save it as a UTF-8 CSV, then ingest it.",
        ) from error
    return target


def _text(kept: Kept, candidates: Sequence[Candidate], folder: Path) -> Table:
    given = next((c.layout.encoding for c in candidates if c.layout.encoding), None)
    encoding = given or encoding_of(kept.path, kept.given, kept.is_utf8)
    path = _as_utf8(kept, encoding, folder)
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        opening = file.read(1 << 18)
    best = None
    for delimiter in dict.fromkeys(
        d for c in candidates for d in ([c.layout.delimiter] if c.layout.delimiter else DELIMITERS)
    ):
        fitting = {n: c for n, c in enumerate(candidates) if c.layout.delimiter in (None, delimiter)}
        found = _search(opening_records(opening, delimiter), fitting, kept.name)
        if found is not None and (best is None or found.rank > best[0].rank):
            best = (found, delimiter)
    head, delimiter = best or (_Header((), 0, 1, 1, 1, [""], False, 0, []), ",")
    layout = candidates[head.candidate].layout
    width = (layout.width or 1) if layout.header_row == 0 else len(head.cells)

    def batches() -> Iterator[pl.DataFrame]:
        return _text_batches(path, delimiter, width, head.last)

    return Table(
        head.cells,
        head.row,
        width,
        encoding,
        delimiter,
        "",
        head.fits,
        head.known,
        batches,
        header_rows=head.rows,
        candidate=head.candidate,
        above=head.above,
    )


@dataclass(frozen=True)
class _Header:
    """A header found: rank (for comparison), candidate, row, last line, rows, cells, whether it fits, headers known."""

    rank: tuple
    candidate: int
    row: int
    last: int
    rows: int
    cells: list[str | None]
    fits: bool
    known: int
    above: list[list[str | None]]


Record = tuple[int, int, list[str | None]]  # first line, last line, cells


def _search(records: Sequence[Record], candidates: dict[int, Candidate], sheet: str) -> _Header | None:
    """The likeliest header among the opening rows of a table; the first of equals."""
    best: _Header | None = None
    for number, candidate in candidates.items():
        if candidate.layout.header_row == 0 and records:
            head = _Header((True, candidate.rank, 0, 0, 0), number, 0, 0, 1, [], True, 0, [])
            best = head if best is None or head.rank > best.rank else best
    above: list[list[str | None]] = []
    for depth, (first, last, cells) in enumerate(records):
        joined = join_rows(records[depth - 1][2], cells) if depth else None
        for rows, shown in ((1, cells), (2, joined)):
            if shown is None:
                continue
            for number, candidate in candidates.items():
                layout = candidate.layout
                if (layout.header_row not in (None, first)) or (layout.header_rows not in (None, rows)):
                    continue
                fits, known = candidate.finder(shown)
                fits = fits and candidate.is_titled(sheet, above[: depth + 1 - rows])
                rank = (fits, candidate.rank if fits else 0, known, rows, -depth)
                if best is None or rank > best.rank:
                    best = _Header(rank, number, first, last, rows, shown, fits, known, above[: depth + 1 - rows])
        above.append(cells)
    return best


def opening_records(opening: str, delimiter: str) -> list[tuple[int, int, list[str]]]:
    """The first records of a text: (first line, last line, cells), blank ones left out."""
    found: list[tuple[int, int, list[str]]] = []
    # a carriage return by itself ends no line here either: rows are counted as they are read
    only_ends = re.sub(r"\r(?!\n)", " ", opening)
    reader = csv.reader(io.StringIO(only_ends, newline=""), delimiter=delimiter)
    first = 1
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                found.append((first, reader.line_num, cells))
            first = reader.line_num + 1
            if len(found) >= OPENING_ROWS:
                break
    except csv.Error:
        pass
    return found


def _text_batches(path: Path, delimiter: str, width: int, last_header_line: int) -> Iterator[pl.DataFrame]:
    carried: pl.DataFrame | None = None
    lines = pl.scan_lines(path, row_index_name="ln", glob=False)  # a name may hold [ or *
    for batch in lines.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True, engine="streaming"):
        if not len(batch):
            continue
        if batch.item(0, "ln") < max(last_header_line, 1):
            batch = batch.filter(pl.col("ln") >= last_header_line)
            batch = batch.with_columns(pl.col("line").str.strip_chars_start("\ufeff"))
        if carried is not None:
            batch = pl.concat([carried, batch])
        rows, carried = _records(batch, delimiter, width, final=False)
        yield rows
    if carried is not None:
        yield _records(carried, delimiter, width, final=True)[0]


def _records(
    batch: pl.DataFrame, delimiter: str, width: int, *, final: bool
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Lines into rows of cells; the second frame holds lines whose last record ends in the next batch."""
    quoted = batch.get_column("line").str.contains('"', literal=True)
    if not quoted.any():
        return _plain(batch, delimiter, width), None
    token = rf'{delimiter}(?:"(?:[^"]|"")*"|[^"{delimiter}]*)'
    # a delimiter before the line makes every token begin alike, the empty first cell included
    split = (
        batch.with_row_index("at")
        .filter(quoted)
        .with_columns(tokens=(pl.lit(delimiter) + pl.col("line")).str.extract_all(token))
    )
    split = split.with_columns(
        whole=pl.col("tokens").list.join("").str.len_bytes() == pl.col("line").str.len_bytes() + 1
    )
    odd = split.filter(~pl.col("whole")).get_column("at").to_list()
    joined, taken, carry_from = _joined(batch, odd, delimiter, width, final) if odd else ([], [], len(batch))
    free = pl.Series(taken, dtype=pl.UInt32)
    good = split.filter(pl.col("whole") & (pl.col("at") < carry_from) & ~pl.col("at").is_in(free.implode()))
    plain = batch.with_row_index("at").filter(
        ~quoted & (pl.col("at") < carry_from) & ~pl.col("at").is_in(free.implode())
    )
    frames = [_plain(plain.drop("at"), delimiter, width), _tokens(good, width)]
    if joined:
        frames.append(pl.DataFrame(joined, schema=frames[0].schema, orient="row"))
    carried = batch.slice(carry_from) if carry_from < len(batch) else None
    return pl.concat(frames).sort("source_row"), carried


def _cells(width: int) -> list[str]:
    return [f"c{i}" for i in range(width)]


def _plain(lines: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    """Lines without a quote: cells are what stands between delimiters."""
    # one cell more than there should be: whether it is there tells of too many, whether the last is, of too few
    names = [*_cells(width), "surplus"]
    cells = pl.col("line").str.split_exact(delimiter, width).struct.rename_fields(names).alias("cells")
    rows = lines.with_columns(cells, pl.lit(None, dtype=pl.Int32).alias("found")).unnest("cells")
    ragged = rows.get_column("surplus").is_not_null() | rows.get_column(names[width - 1]).is_null()
    if ragged.any():
        where = ragged.arg_true()
        text = lines.get_column("line").gather(where)
        found = text.str.count_matches(delimiter, literal=True).cast(pl.Int32) + 1
        blank = text.str.strip_chars() == ""
        rows = rows.with_columns(rows.get_column("found").scatter(where, found))
        if blank.any():
            rows = rows.filter((~ragged | True).scatter(where.filter(blank), False))
    return rows.select((pl.col("ln").cast(pl.Int64) + 1).alias("source_row"), *_cells(width), "line", "found")


def _tokens(split: pl.DataFrame, width: int) -> pl.DataFrame:
    """Lines with quotes that are all closed on the line."""
    found = pl.col("tokens").list.len().cast(pl.Int32)
    cells = []
    for position, name in enumerate(_cells(width)):
        cell = pl.col("tokens").list.get(position, null_on_oob=True).str.slice(1)
        inner = cell.str.slice(1, cell.str.len_chars() - 2).str.replace_all('""', '"', literal=True)
        cells.append(pl.when(cell.str.starts_with('"')).then(inner).otherwise(cell).alias(name))
    return split.select(
        (pl.col("ln").cast(pl.Int64) + 1).alias("source_row"),
        *cells,
        "line",
        pl.when(found != width).then(found).alias("found"),
    )


def _joined(
    batch: pl.DataFrame, odd: list[int], delimiter: str, width: int, final: bool
) -> tuple[list[tuple], list[int], int]:
    """Lines that need a patient reader: cells over several lines, quotes inside or never closed.

    Returns rows, the positions of the lines that they used up, and the position from which lines wait for more.
    """
    lines: list[str] = batch.get_column("line").to_list()
    numbers = batch.get_column("ln")
    rows: list[tuple] = []
    taken: list[int] = []
    free_from = 0
    for at in odd:
        if at < free_from:
            continue
        cells, end = cells_of(lines[at], delimiter), at
        while cells is None and end - at < MOST_LINES_OF_A_CELL:
            end += 1
            if end >= len(lines):
                if not final:
                    return rows, taken, at
                break
            if '"' in lines[end]:
                cells = cells_of("\n".join(lines[at : end + 1]), delimiter)
        if cells is None or (end > at and len(cells) != width):
            # never closed, or closed so that the cells do not add up: this line alone is at fault, not those below it
            cells, end, found = [], at, UNCLOSED
        else:
            found = None if len(cells) == width else len(cells)
        free_from = end + 1
        taken.extend(range(at, end + 1))
        padded = [*cells[:width], *([None] * (width - len(cells)))]
        rows.append((numbers[at] + 1, *padded, "\n".join(lines[at : end + 1]), found))
    return rows, taken, len(lines)


def cells_of(text: str, delimiter: str) -> list[str] | None:
    """The cells of a record; None where a quote is still open at its end.

    Quotes out of place are forgiven on a single line only. Over several lines they mean that the first one was opened
    by mistake: no cells then, for the lines below are rows of their own.
    """
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
    if "\n" in text:
        return []
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return None


# ---------------------------------------------------------------- workbooks


def _sheets(
    kept: Kept,
    openings: list[dict],
    load: Callable[[str], Path],
    encoding: str,
    candidates: Sequence[Candidate],
) -> Found:
    """The tables among the sheets of a workbook. A hidden sheet is read only where a layout names it."""
    heads, hidden = [], []
    for opening in openings:
        name = opening["name"]
        asked = {n: c for n, c in enumerate(candidates) if c.layout.sheet in (None, name)}
        if opening["is_hidden"] and not any(c.layout.sheet == name for c in asked.values()):
            if opening["rows"]:
                hidden.append(name)
            continue
        records = [(n, n, cells) for n, cells in enumerate(opening["rows"], 1) if any((c or "").strip() for c in cells)]
        if (head := _search(records, asked, name)) is not None:
            heads.append((name, head))
    if not heads:
        names = "、".join(o["name"] + ("（隐藏 hidden）" if o["is_hidden"] else "") for o in openings)
        raise Problem(
            f"{kept.given}：没有找到有内容的工作表（有：{names}；隐藏的工作表不读取）。请检查文件后再导入。",
            f"{kept.given}: no sheet with content was found (there are: {names}; hidden ones are not read). "
            "Check the file, then ingest it.",
        )
    fitting = [h for h in heads if h[1].fits]
    chosen = fitting or [max(heads, key=lambda h: h[1].rank)]

    def table(sheet: str, head: _Header) -> Table:
        width = candidates[head.candidate].layout.width or len(head.cells)
        return Table(
            head.cells,
            head.row,
            width,
            encoding,
            "",
            sheet,
            head.fits,
            head.known,
            lambda: _sheet_batches(load(sheet), head.row, width),
            header_rows=head.rows,
            candidate=head.candidate,
            above=head.above,
        )

    others = [name for name, head in heads if not head.fits] if fitting else []
    return Found([table(*h) for h in chosen], others, hidden)


def _sheet_batches(stream: Path, header_row: int, width: int) -> Iterator[pl.DataFrame]:
    names = _cells(width)
    first = 1
    with pa.OSFile(str(stream)) as file, pa.ipc.open_stream(file) as reader:
        for batch in reader:
            frame = pl.from_arrow(batch)
            frame = frame.with_columns(pl.int_range(first, first + len(frame), dtype=pl.Int64).alias("source_row"))
            first += len(frame)
            frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(n) for n in names if n not in frame.columns)
            filled = pl.any_horizontal(pl.col(n).str.strip_chars().fill_null("") != "" for n in names)
            yield frame.filter((pl.col("source_row") > header_row) & filled).select(
                "source_row",
                *names,
                pl.lit(None, dtype=pl.String).alias("line"),
                pl.lit(None, dtype=pl.Int32).alias("found"),
            )


def _check_zip(kept: Kept) -> None:
    """Refuse a packed workbook that would unpack to more than an office ever wrote."""
    with kept.path.open("rb") as file:
        if file.read(2) != b"PK":
            return
    try:
        with zipfile.ZipFile(kept.path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _broken(kept, f"压缩包已损坏：{error}", f"the archive is damaged: {error}") from error
    if len(members) > ZIP_ENTRIES:
        raise Problem(
            f"{kept.given}：压缩包里有 {len(members)} 个部件，超出限度（{ZIP_ENTRIES}），未读取。请另存为 CSV 后再导入。",
            f"{kept.given}: holds {len(members)} parts, beyond the limit of {ZIP_ENTRIES}, and was not read. "
            "Save it as CSV, then ingest it.",
        )
    unpacked = sum(m.file_size for m in members)
    if unpacked > ZIP_BYTES or unpacked > ZIP_RATIO * max(kept.size, 1 << 16):
        raise Problem(
            f"{kept.given}：解压后有 {unpacked >> 20} MB，超出限度，未读取。请另存为 CSV 或拆成几个文件后再导入。",
            f"{kept.given}: unpacks to {unpacked >> 20} MB, beyond the limit, and was not read. "
            "Save it as CSV or split it, then ingest it.",
        )


def _broken(kept: Kept, why_zh: str, why_en: str) -> Problem:
    return Problem(
        f"{kept.given}：不能作为 Excel 文件读取（{why_zh}）。请用 Excel/WPS 打开并另存为 .xlsx 或 .csv，再导入。",
        f"{kept.given}: cannot be read as a workbook ({why_en}). "
        "Open it in Excel or WPS, save it as .xlsx or .csv, then ingest it.",
    )


class _Cage:
    """A child process that parses one workbook under limits of memory and time."""

    def __init__(self, kept: Kept, folder: Path) -> None:
        self._kept, self._out = kept, folder / "sheet.arrow"
        self._errors = (folder / "errors").open("w+b")
        script = Path(__file__).with_name("cage.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(script), str(kept.path), str(self._out), str(EXCEL_MEMORY), str(EXCEL_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={
                "PATH": os.environ.get("PATH", ""),
                "LANG": "C.UTF-8",
                "OMP_NUM_THREADS": "1",
                "ARROW_DEFAULT_MEMORY_POOL": "system",  # the usual one reserves 1 GB at once, of the 1.5 there are
            },
        )
        self._clock = threading.Timer(2 * EXCEL_SECONDS, self._process.kill)
        self._clock.daemon = True
        self._clock.start()
        self.openings: list[dict] = []

    def __enter__(self) -> _Cage:
        try:
            self.openings = self._hear()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.cancel()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()

    def load(self, sheet: str) -> Path:
        """A sheet as an Arrow stream of text; the file is overwritten by the next sheet."""
        try:
            self._process.stdin.write(json.dumps(sheet).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._died() from error
        self._hear()
        return self._out

    def _hear(self) -> list | dict:
        line = self._process.stdout.readline()
        if not line:
            raise self._died()
        return json.loads(line)

    def _died(self) -> Problem:
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read()[-20_000:].decode(errors="replace")
        if code in (-signal.SIGKILL, -signal.SIGXCPU):
            seconds = EXCEL_SECONDS
            return _broken(self._kept, f"{seconds} 秒内没有读完", f"it was not read within {seconds} seconds")
        if code < 0 or any(sign in said for sign in ("memory allocation", "capacity overflow", "MemoryError")):
            return _broken(
                self._kept,
                "所需内存远超一张表应有的大小，文件可能已损坏",
                "it asks for far more memory than a sheet needs and may be damaged",
            )
        if "longer than a cell" in said:
            return _broken(
                self._kept,
                "有一个单元格的内容比 Excel 允许的还长，文件可能已损坏",
                "a cell holds more than Excel allows and the file may be damaged",
            )
        lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("note:")]
        why = lines[-1][:200] if lines else f"exit code {code}"
        return _broken(self._kept, why, why)

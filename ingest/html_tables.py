"""The tables of an HTML page, which is what many a system writes when it says .xls: text in cells, nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa

from ingest.problems import Problem

MOST_CELLS = 20_000_000
OPENING_ROWS = 24


def has_table(path: Path) -> bool:
    """Whether a page holds a table at all."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if b"<table" in (tail + chunk).lower():
                return True
            tail = chunk[-6:]
    return False


class Page:
    """A page as a workbook whose sheets are its tables, named by their number.

    Attributes:
        openings: the first rows of each table that has any, as the workbooks' reader gives them.

    Raises Problem (exit code 2) where a table is beyond all measure.
    """

    def __init__(self, path: Path, encoding: str, folder: Path) -> None:
        self._out = folder / "table.arrow"
        reader = _Reader()
        with path.open(encoding=encoding, errors="strict") as file:
            while text := file.read(1 << 20):
                reader.feed(text)
        reader.close()
        self._tables = {str(n): rows for n, rows in enumerate(reader.tables, 1) if rows}
        self.openings = [
            {"name": name, "rows": rows[:OPENING_ROWS], "is_hidden": False} for name, rows in self._tables.items()
        ]

    def load(self, name: str) -> Path:
        """A table as an Arrow stream of text; the file is overwritten by the next one."""
        rows = self._tables[name]
        columns = list(zip(*rows, strict=True))
        batch = pa.record_batch(
            [pa.array(c, pa.large_string()) for c in columns], names=[f"c{i}" for i in range(len(columns))]
        )
        with pa.OSFile(str(self._out), "wb") as sink, pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        return self._out


class _Grid:
    """One table being read: cells that span rows or columns stand in each of them."""

    def __init__(self) -> None:
        self.rows: list[list[str | None]] = []
        self.text: list[str] | None = None
        # column -> (rows still to fill, text): for this row, and for the next one
        self._waiting: dict[int, tuple[int, str | None]] = {}
        self._next: dict[int, tuple[int, str | None]] = {}
        self._span = (1, 1)
        self._count = 0

    def begin_row(self) -> None:
        self.end_cell()
        self.rows.append([])
        self._waiting, self._next = self._next, {}
        self._fill()

    def begin_cell(self, attributes: dict[str, str | None]) -> None:
        if not self.rows:
            self.begin_row()
        self.end_cell()
        self.text = []
        self._span = (_number(attributes.get("colspan")), _number(attributes.get("rowspan")))

    def end_cell(self) -> None:
        if self.text is None:
            return
        text = "".join(self.text).replace("\xa0", " ").strip() or None
        self.text = None
        wide, high = self._span
        for _ in range(wide):
            if high > 1:
                self._next[len(self.rows[-1])] = (high - 1, text)
            self.rows[-1].append(text)
            self._count += 1
        if self._count > MOST_CELLS:
            raise Problem(
                f"网页表格超过 {MOST_CELLS:,} 个单元格，未读取。请另存为 CSV 或拆成几个文件后再导入。",
                f"The page's table has more than {MOST_CELLS:,} cells and was not read. Save it as CSV or split it, "
                "then ingest it.",
            )
        self._fill()

    def _fill(self) -> None:
        row = self.rows[-1]
        while (at := len(row)) in self._waiting:
            left, text = self._waiting.pop(at)
            if left > 1:
                self._next[at] = (left - 1, text)
            row.append(text)

    def finished(self) -> list[list[str | None]]:
        self.end_cell()
        width = max((len(r) for r in self.rows), default=0)
        return [r + [None] * (width - len(r)) for r in self.rows] if width else []


def _number(text: str | None) -> int:
    return min(max(int(text), 1), 1000) if text and text.isdigit() else 1


class _Reader(HTMLParser):
    """Every table by itself, one inside another included."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str | None]]] = []
        self._open: list[tuple[int, _Grid]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append((len(self.tables), _Grid()))
            self.tables.append([])
        elif not self._open:
            return
        elif tag == "tr":
            self._open[-1][1].begin_row()
        elif tag in ("td", "th"):
            self._open[-1][1].begin_cell(dict(attrs))
        elif tag == "br" and self._open[-1][1].text is not None:
            self._open[-1][1].text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            return
        if tag in ("td", "th", "tr"):
            self._open[-1][1].end_cell()
        elif tag == "table":
            place, grid = self._open.pop()
            self.tables[place] = grid.finished()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1].text is not None:
            self._open[-1][1].text.append(re.sub(r"\s+", " ", data))  # a page's own line breaks mean nothing

    def close(self) -> None:
        super().close()
        while self._open:  # a page that was cut off, or never closed its tables
            place, grid = self._open.pop()
            self.tables[place] = grid.finished()

"""Tables as files: text stays text, whatever it begins with; a first sheet says what the figures are of."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from warehouse.export import TEXT_ONLY, neutral

MOST_ROWS = 10_000  # writing a workbook holds the interpreter: 50,000 rows would stop every page for two seconds
ADDED = {"money", "count", "days"}
FORMATS = {
    "money": "#,##0.00",
    "rate": "0.0%",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
    "quarter": "yyyy-mm",
    "timestamp": "yyyy-mm-dd hh:mm:ss",
    "days": "0.0",
    "count": "#,##0",
    "score": "0.00",
}


@dataclass(frozen=True)
class Sheet:
    """A table to be written.

    Attributes:
        title: name of the sheet and headline of the notes.
        headers, kinds: a header and a kind (as in fmt.kind_of, or text) a column.
        frame: the rows, codes already in words.
        notes: what the figures are of (name, value): version, as of, filters.
        total: the word in front of the last row, which adds up what can be added; empty = no such row.
    """

    title: str
    headers: Sequence[str]
    kinds: Sequence[str]
    frame: pa.Table
    notes: Sequence[tuple[str, str]]
    notes_title: str
    total: str = ""

    @cached_property
    def totals(self) -> list[Any]:
        """The sums of money, counts and days; a rate or a score does not add up. Empty where there is nothing to add."""
        places = [p for p, kind in enumerate(self.kinds) if kind in ADDED]
        if not self.total or not places or self.frame.num_rows < 2:
            return []
        row: list[Any] = [None] * len(self.kinds)
        for place in places:
            row[place] = pc.sum(self.frame.column(place)).as_py()
        if row[0] is None:
            row[0] = self.total
        return row

    def xlsx(self) -> bytes:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, TEXT_ONLY) as book:
            bold = book.add_format({"bold": True, "bg_color": "#F1F4F8", "bottom": 1, "bottom_color": "#C9D2DD"})
            formats = {kind: book.add_format({"num_format": shown}) for kind, shown in FORMATS.items()}
            totals = {k: book.add_format({"num_format": shown, "bold": True, "top": 1}) for k, shown in FORMATS.items()}
            sheet = book.add_worksheet(_sheet_name(self.title))
            for place, (header, kind) in enumerate(zip(self.headers, self.kinds, strict=True)):
                sheet.write_string(0, place, header, bold)
                sheet.set_column(place, place, 24 if kind == "text" else 14)
                for row, value in enumerate(self.frame.column(place).to_pylist()[:MOST_ROWS], start=1):
                    _write(sheet, row, place, value, formats.get(kind))
            for place, value in enumerate(self.totals):
                kind = self.kinds[place]
                _write(sheet, self.frame.num_rows + 1, place, value, totals.get(kind, bold))
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, min(self.frame.num_rows, MOST_ROWS), max(len(self.headers) - 1, 0))
            about = book.add_worksheet(_sheet_name(self.notes_title))
            about.set_column(0, 0, 20)
            about.set_column(1, 1, 60)
            for row, (name, value) in enumerate(self.notes):
                about.write_string(row, 0, name, bold)
                about.write_string(row, 1, value)
        return buffer.getvalue()

    def csv(self) -> bytes:
        """With a BOM, so that Excel reads it as UTF-8."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow([neutral(h) for h in self.headers])
        for row in zip(*(column.to_pylist() for column in self.frame.columns), strict=True):
            writer.writerow([neutral(v) if isinstance(v, str) else "" if v is None else v for v in row])
        if self.totals:
            writer.writerow(["" if v is None else v for v in self.totals])
        return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _write(sheet: Any, row: int, place: int, value: Any, shown: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, place, float(value), shown)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(row, place, value, shown)
    else:
        sheet.write_string(row, place, str(value))


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31]

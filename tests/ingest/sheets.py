"""Small workbooks as test data: .xlsx by xlsxwriter, the old .xls byte by byte, since nothing installed writes it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

Cell = str | float | int | None
Rows = Sequence[Sequence[Cell]]


def xlsx(path: Path, sheets: dict[str, Rows], *, hidden: Sequence[str] = (), merged: Sequence[tuple] = ()) -> Path:
    """A workbook of text and numbers. merged: (sheet, first row, first column, last row, last column), from 0."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is None or cell == "":
                        continue
                    if cell == "#N/A":
                        sheet.write_formula(number, column, "=NA()", None, "#N/A")
                    else:
                        sheet.write(number, column, cell)
            for where, *area in merged:
                if where == name:
                    first_row, first_column, _, _ = area
                    sheet.merge_range(*area, rows[first_row][first_column])
    return path


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _sheet_stream(rows: Rows) -> bytes:
    cells = b""
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            place = struct.pack("<HHH", r, c, 0)
            if cell == "#N/A":
                cells += _record(0x0205, place + bytes([0x2A, 1]))
            elif isinstance(cell, str):
                cells += _record(0x0204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
            else:
                cells += _record(0x0203, place + struct.pack("<d", cell))
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    return begin + size + cells + _record(0x000A, b"")


def xls(path: Path, sheets: dict[str, Rows]) -> Path:
    """A workbook as Excel 97 wrote it: records of one stream, in a compound file."""
    streams = {name: _sheet_stream(rows) for name, rows in sheets.items()}
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(0x0042, b"\xb0\x04")

    def bound(name: str, offset: int) -> bytes:
        text = name.encode("utf-16-le")
        return _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 1) + text)

    at = len(begin) + sum(len(bound(n, 0)) for n in streams) + 4
    bounds = b""
    for name, stream in streams.items():
        bounds += bound(name, at)
        at += len(stream)
    book = begin + bounds + _record(0x000A, b"") + b"".join(streams.values())
    path.write_bytes(_compound(book.ljust(max(4096, -(-len(book) // 512) * 512), b"\0")))
    return path


def _compound(stream: bytes) -> bytes:
    """A compound file (sectors of 512 bytes) that holds one stream, Workbook."""
    sectors = len(stream) // 512
    assert sectors <= 126, "one sector of the allocation table is enough for a test"
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *([0xFFFFFFFF] * 108))
    return head + struct.pack("<128I", *table) + directory.ljust(512, b"\0") + stream

"""Workbooks that are made to harm whoever opens them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import xlsxwriter

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def declared_dimension(path: Path) -> None:
    """Two cells, the second in the last row and column there are."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "工号")
        sheet.write(1_048_575, 16_383, "x")


def shared_strings(path: Path) -> None:
    """A table of strings that claims four billion of them and holds millions."""
    many = b"<si><t>x</t></si>" * 200_000
    _packed(
        path,
        STRINGS,
        lambda: (many for _ in range(100)),
        b'<sst count="4294967295" uniqueCount="4294967295">',
        b"</sst>",
    )


def huge_cell(path: Path) -> None:
    """A cell of 500 MB."""
    megabyte = b"a" * (1 << 20)
    head = b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
    _packed(path, SHEET, lambda: (megabyte for _ in range(500)), head, b"</t></is></c></row></sheetData></worksheet>")


def ten_thousand_entries(path: Path) -> None:
    """An archive of 10,000 parts."""
    _usual(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10_000):
            archive.writestr(f"xl/media/{number}.bin", b"")


def ratio(path: Path) -> None:
    """A sheet of 200 MB of zeros in 200 KB."""
    nothing = b"0" * (1 << 20)
    _packed(path, SHEET, lambda: (nothing for _ in range(200)), padding=0, level=9)


BOMBS = [declared_dimension, shared_strings, huge_cell, ten_thousand_entries, ratio]


def _usual(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["工号", "打卡时间"])


def _packed(
    path: Path,
    part: str,
    content: Callable[[], Iterator[bytes]],
    head: bytes = b"",
    tail: bytes = b"",
    padding: int = 8 << 20,
    level: int = 1,
) -> None:
    """A workbook with one part replaced; padding that cannot be packed keeps it below the limit of the ratio."""
    usual = path.with_name("usual.xlsx")
    _usual(usual)
    with (
        zipfile.ZipFile(usual) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive,
    ):
        for name in source.namelist():
            if name != part:
                archive.writestr(name, source.read(name))
        archive.writestr("docProps/padding.bin", os.urandom(padding))
        with archive.open(part, "w", force_zip64=True) as file:
            file.write(head)
            for piece in content():
                file.write(piece)
            file.write(tail)
    usual.unlink()

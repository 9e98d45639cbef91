"""Results as files: what people open elsewhere, safe to open."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ingest import shown
from ingest.problems import Problem

SHOWN_ROWS = 200
XLSX_ROWS = 1_048_575
# what a spreadsheet takes for the beginning of a formula, full-width as a Chinese keyboard writes it, or of a DDE link
FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")
# options of a workbook in which text stays text
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write_result(result: pa.Table, format: str, path: Path | None, console: Console) -> None:
    """Write a query's result to a file, or to the terminal.

    Raises:
        Problem (exit code 2): the format needs a file, or the result does not fit into it; (1): the file can't be written.
    """
    if format in ("parquet", "xlsx") and path is None:
        raise Problem(f"{format} 需要用 --out 指定文件。", f"{format} needs a file: add --out FILE.")
    if format == "table" and path is None:
        print_table(result, console)
        return
    try:
        if format == "parquet":
            pq.write_table(result, path)
        elif format == "xlsx":
            path.write_bytes(to_xlsx(result))  # type: ignore[union-attr]
        else:
            write_text(to_json(result) if format == "json" else to_csv(result), format, path)
    except OSError as error:
        raise Problem(
            f"不能写入 {path}：{error.strerror}。", f"Cannot write {path}: {error.strerror}.", exit_code=1
        ) from error
    if path is not None:
        console.print(f"{path}: {result.num_rows:,} rows")


def write_text(text: str, format: str, path: Path | None) -> None:
    """Text to a file or, without one, to the standard output; Excel reads a CSV's encoding from its BOM."""
    if path is None:
        sys.stdout.write(shown.lines(text) if sys.stdout.isatty() else text)
    else:
        path.write_text(text, encoding="utf-8-sig" if format != "json" else "utf-8", newline="")


def to_csv(result: pa.Table) -> str:
    """CSV text; a text cell or a header that a spreadsheet would run as a formula starts with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(_Unix(file))
    writer.writerow([neutral(name) for name in result.column_names])
    writer.writerows([_safe(v) for v in row.values()] for batch in result.to_batches() for row in batch.to_pylist())
    return file.getvalue()


class _Unix:
    """Lines that end as on Unix, written as ``\\r\\n``: only then does the writer quote a cell that holds either of them."""

    def __init__(self, file: io.StringIO) -> None:
        self._file = file

    def write(self, line: str) -> int:
        return self._file.write(line.removesuffix("\r\n") + "\n")


def to_json(result: pa.Table) -> str:
    """A JSON list of objects, a row each; money and dates as text."""
    return json.dumps(result.to_pylist(), ensure_ascii=False, default=str, indent=1) + "\n"


def to_xlsx(result: pa.Table, headers: list[str] | None = None) -> bytes:
    """A workbook of one sheet; text stays text, whatever it begins with."""
    return to_workbook({"zhidu": result if headers is None else result.rename_columns(headers)})


def to_workbook(sheets: dict[str, pa.Table]) -> bytes:
    """A workbook with a sheet a table, in order; text stays text, whatever it begins with.

    Raises:
        Problem (exit code 2): a table has more rows than a sheet holds.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, TEXT_ONLY | {"remove_timezone": True}) as workbook:
        styles = {
            name: workbook.add_format(style)
            for name, style in {
                "money": {"num_format": "#,##0.00"},
                "day": {"num_format": "yyyy-mm-dd"},
                "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
                "header": {"bold": True},
            }.items()
        }
        for name, result in sheets.items():
            _refuse_too_long(result)
            _write_sheet(workbook.add_worksheet(name), result, styles)
    return file.getvalue()


def _write_sheet(sheet: Worksheet, result: pa.Table, styles: dict[str, Format]) -> None:
    sheet.write_row(0, 0, result.column_names, styles["header"])
    for column, field in enumerate(result.schema):
        kind = "money" if pa.types.is_decimal(field.type) else "moment" if pa.types.is_timestamp(field.type) else None
        style = styles.get("day" if pa.types.is_date(field.type) else kind)
        for row, value in enumerate(result.column(column).to_pylist(), start=1):
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif value is not None:
                sheet.write(row, column, value if not isinstance(value, list | dict) else str(value), style)
    sheet.freeze_panes(1, 0)
    sheet.autofit()


def _refuse_too_long(result: pa.Table) -> None:
    if result.num_rows > XLSX_ROWS:
        raise Problem(
            f"结果有 {result.num_rows:,} 行，超过 xlsx 的上限 {XLSX_ROWS:,}。请用 csv 或 parquet。",
            f"The result has {result.num_rows:,} rows, more than xlsx holds ({XLSX_ROWS:,}). Use csv or parquet.",
        )


def neutral(text: str) -> str:
    """Text that a spreadsheet will not run as a formula: an apostrophe goes before it."""
    runs = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(FORMULA_STARTS)
    return "'" + text if runs else text


def _safe(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return neutral(value) if isinstance(value, str) else value


def print_table(
    result: pa.Table, console: Console, rows: int = SHOWN_ROWS, for_more: str = "--format csv --out FILE"
) -> None:
    """The first rows as a table on the terminal, and how to have the rest."""
    table = Table(box=None, pad_edge=False)
    for field in result.schema:
        is_number = (
            pa.types.is_decimal(field.type) or pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        )
        table.add_column(escape(shown.lines(field.name)), justify="right" if is_number else "left", overflow="fold")
    for row in result.slice(0, rows).to_pylist():
        table.add_row(*("" if v is None else escape(shown.lines(str(v))) for v in row.values()))
    console.print(table)
    if result.num_rows > rows:
        console.print(f"… {result.num_rows - rows:,} more rows; use {for_more} for all of them")

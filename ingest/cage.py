"""The caged child that parses a workbook: a crafted file may take this process down, never the one that loads.

Run as a script with the workbook, a file to write to, and two limits. Speaks JSON lines: first every sheet's opening
rows and whether it is hidden; then, for each sheet asked for on standard input, its size once it lies in the file as an
Arrow stream of text. A cell whose formula failed holds its sign (#N/A …); one merged over several rows holds its words
in each of them.
"""

from __future__ import annotations

import contextlib
import json
import posixpath
import re
import resource
import sys
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree  # nosec B405: here, time and memory are limited

if TYPE_CHECKING:
    import pyarrow as pa

OPENING_ROWS = 24
BATCH_ROWS = 50_000
ERRORS = {
    "NA": "#N/A",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "Div0": "#DIV/0!",
    "Name": "#NAME?",
    "Num": "#NUM!",
    "Null": "#NULL!",
}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST_CELL_BYTES = 4 * 32_767  # what Excel allows, in UTF-8


def main(workbook: str, out: str, memory_bytes: int, cpu_seconds: int) -> None:
    """Serve one workbook until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import fastexcel
    import pyarrow as pa
    import pyarrow.compute as pc

    reader = fastexcel.read_excel(workbook)

    merged = merged_down(workbook)

    # the sheet read last: its opening costs as much as the whole, and most workbooks have one sheet
    held: dict[str, tuple[pa.RecordBatch, bool]] = {}

    def load(name: str) -> tuple[pa.RecordBatch, bool]:
        if name not in held:
            held.clear()
            held[name] = read(name)
        return held[name]

    def read(name: str) -> tuple[pa.RecordBatch, bool]:
        # skip_rows=0 keeps the empty rows at the top: row numbers are the sheet's own
        sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        batch, errors = sheet.to_arrow_with_errors()
        for column in batch.columns:
            if (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST_CELL_BYTES:
                raise ValueError("longer than a cell can be")
        failed = [
            (*e.offset_position, ERRORS.get(e.detail.partition("Error(")[2].partition(")")[0]))
            for e in (errors.errors if errors else [])
        ]
        return filled_in(batch, [f for f in failed if f[2]], merged.get(name, [])), sheet.visible != "visible"

    def say(message: object) -> None:
        print(json.dumps(message), flush=True)

    openings = []
    for name in reader.sheet_names:
        batch, is_hidden = load(name)
        rows = [list(row.values()) for row in batch.slice(0, OPENING_ROWS).to_pylist()]
        openings.append({"name": name, "rows": rows, "is_hidden": is_hidden})
    say(openings)
    for line in sys.stdin:
        batch, _ = load(json.loads(line))
        columns = [batch.column(i).cast(pa.large_string()) for i in range(batch.num_columns)]
        named = pa.record_batch(columns, names=[f"c{i}" for i in range(len(columns))])
        with pa.OSFile(out, "wb") as sink, pa.ipc.new_stream(sink, named.schema) as writer:
            for start in range(0, named.num_rows, BATCH_ROWS):
                writer.write_batch(named.slice(start, BATCH_ROWS))
        say({"rows": named.num_rows, "width": len(columns)})


def filled_in(
    batch: pa.RecordBatch, failed: list[tuple[int, int, str]], merged: list[tuple[int, int, int]]
) -> pa.RecordBatch:
    """The batch with the signs of failed formulas, and merged cells (first row, last row, column) in all their rows."""
    import pyarrow as pa

    touched = {c for _, c, _ in failed} | {c for first, _, c in merged if first < batch.num_rows}
    columns = {c: batch.column(c).to_pylist() for c in touched if c < batch.num_columns}
    if not columns:
        return batch
    for row, column, sign in failed:
        if column in columns and row < batch.num_rows:
            columns[column][row] = sign
    for first, last, column in merged:
        if column in columns and first < batch.num_rows:
            cells = columns[column]
            for row in range(first + 1, min(last + 1, len(cells))):
                cells[row] = cells[row] if cells[row] else cells[first]
    arrays = [
        pa.array(columns[i], batch.column(i).type) if i in columns else batch.column(i)
        for i in range(batch.num_columns)
    ]
    return pa.record_batch(arrays, schema=batch.schema)


def merged_down(workbook: str) -> dict[str, list[tuple[int, int, int]]]:
    """Sheet -> cells merged over several rows: first row, last row, column, counted from 0. Only .xlsx says it."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    if not zipfile.is_zipfile(workbook):
        return found
    # what the reader itself makes of a damaged file counts
    with contextlib.suppress(ElementTree.ParseError, KeyError, zipfile.BadZipFile):
        _merged_of(workbook, found)
    return found


def _merged_of(workbook: str, found: dict[str, list[tuple[int, int, int]]]) -> None:
    with zipfile.ZipFile(workbook) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # nosec B314
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(MAIN + "sheet"):  # nosec B314
            path = posixpath.normpath(posixpath.join("/xl", targets.get(sheet.get(LINK)) or ""))[1:]
            if path in names and (cells := _merged(archive, path)):
                found[sheet.get("name", "")] = cells


def _merged(archive: zipfile.ZipFile, path: str) -> list[tuple[int, int, int]]:
    """They stand after the sheet's data: its end alone is kept while it is unpacked."""
    tail = b""
    with archive.open(path) as file:
        while chunk := file.read(1 << 20):
            tail = (tail + chunk)[-(4 << 20) :]
    found = []
    for match in re.finditer(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+)(\d+):[A-Z]+(\d+)"', tail):
        letters, first, last = match[1].decode(), int(match[2]) - 1, int(match[3]) - 1
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        if last > first:
            found.append((first, last, column - 1))
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

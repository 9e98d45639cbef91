"""One row back to its file: the line as it was, re-read from the copy that the load kept."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import duckdb

from ingest.headers import join_rows
from ingest.problems import Problem
from ingest.reading import (
    CHUNK,
    MOST_LINES_OF_A_CELL,
    SHEETS,
    Candidate,
    Kept,
    Layout,
    cells_of,
    is_utf8,
    opening_records,
    tables,
)

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.home import Home


def read_store(home: Home) -> duckdb.DuckDBPyConnection:
    """Connect to the store for reading. Raises Problem (exit code 1) when there is none or a load holds it."""
    try:
        return duckdb.connect(str(home.store), read_only=True)
    except duckdb.Error as error:
        raise Problem(
            f"现在不能读取数据存储 {home.store}：{error}。若正在导入，请等它结束；若还没有导入过，请先 zhidu ingest。",
            f"Cannot read the store {home.store} now: {error}. Wait for a running load, or run zhidu ingest first.",
            exit_code=1,
        ) from error


def source_line(home: Home, load_id: int, source_row: int) -> tuple[str, dict[str, str]]:
    """A loaded (or refused) row as it stood in its file.

    Args:
        source_row: counted as in ``raw.<feed>.source_row``.

    Returns:
        The row verbatim (a sheet's row joined by tabs), and its cells by header as found; a file without a header
        gets the numbers of its columns.

    Raises Problem: exit code 2 when there is no such load or row or the kept copy is gone, 1 when a load holds the store.
    """
    with read_store(home) as store:
        found = store.execute("select * from ingest.loads where load_id = ?", [load_id])
        names = [d[0] for d in found.description]
        row = next(iter(found.fetchall()), None)
        load = dict(zip(names, row, strict=True)) if row else None
        if load and load["status"] == "duplicate":
            load = None
    if load is None:
        raise Problem(f"没有编号为 {load_id} 的导入。", f"There is no load {load_id} with rows of its own.")
    return line_of(home, load, source_row)


def line_of(home: Home, load: dict[str, Any], source_row: int) -> tuple[str, dict[str, str]]:
    """As ``source_line``, for a load whose row of ``ingest.loads`` is at hand: no store is opened.

    Raises Problem (exit code 2) when the kept copy is gone or has no such row.
    """
    path = next(iter(sorted(home.files.glob(load["sha256"] + "*"))), None)
    if path is None:
        raise Problem(
            f"{load['file_name']} 的副本已不在 {home.files}，无法显示原行。",
            f"The copy of {load['file_name']} is no longer in {home.files}: the row cannot be shown as it was.",
        )
    if load["encoding"] in SHEETS:
        line, header, cells = _sheet_row(home, path, load, source_row)
    else:
        line, header, cells = _text_row(path, load, source_row)
    return line, _by_header(header, cells)


def _by_header(header: list[str | None], cells: list[str | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for position in range(max(len(header), len(cells))):
        name = (header[position] if position < len(header) else None) or ""
        name = name.strip().lstrip("\ufeff") or str(position + 1)
        while name in found:
            name += "′"
        found[name] = (cells[position] if position < len(cells) else None) or ""
    return found


def _text_row(path: Path, load: dict[str, Any], source_row: int) -> tuple[str, list[str | None], list[str | None]]:
    header: list[str | None] = []
    encoding, delimiter = load["encoding"], load["delimiter"]
    if load["header_row"]:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            opening = file.read(1 << 18).lstrip("\ufeff")
        records = opening_records(opening, delimiter)
        at = next((n for n, (first, *_) in enumerate(records) if first == load["header_row"]), None)
        if at is not None:
            header = records[at][2]
            if load.get("header_rows") == 2:
                header = join_rows(records[at - 1][2], header) or header
    lines = _lines_from(path, encoding, source_row)
    if not lines:
        raise Problem(f"{load['file_name']} 没有第 {source_row} 行。", f"{load['file_name']} has no row {source_row}.")
    text = lines[0]
    cells = cells_of(text, delimiter)
    for more in lines[1:] if cells is None else ():
        text += "\n" + more
        if '"' in more and (cells := cells_of(text, delimiter)) is not None:
            break
    if cells is None or ("\n" in text and (not cells or (header and len(cells) != len(header)))):
        text, cells = lines[0], lines[0].split(delimiter)
    return text, header, cells


def _lines_from(path: Path, encoding: str, row: int) -> list[str]:
    """Some lines from a row on, without decoding what lies before it where line feeds can be counted as bytes."""
    if encoding == "utf-16":
        with path.open(encoding=encoding, newline="\n") as file:
            for _ in range(row - 1):
                if not file.readline():
                    return []
            return [line.rstrip("\r\n") for line in _few(file)]
    with path.open("rb") as file:
        left, at = row - 1, 0
        while left:
            chunk = file.read(CHUNK)
            if not chunk:
                return []
            count = chunk.count(b"\n")
            if count < left:
                left -= count
                at += len(chunk)
                continue
            position = -1
            for _ in range(left):
                position = chunk.index(b"\n", position + 1)
            at, left = at + position + 1, 0
        file.seek(at)
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="\n")
        return [line.rstrip("\r\n").lstrip("\ufeff") for line in _few(text)]


def _few(file: io.TextIOBase) -> list[str]:
    lines = []
    for _ in range(MOST_LINES_OF_A_CELL):
        line = file.readline()
        if not line:
            break
        lines.append(line)
    return lines


def _sheet_row(
    home: Home, path: Path, load: dict[str, Any], source_row: int
) -> tuple[str, list[str | None], list[str | None]]:
    kept = Kept(path, load["file_name"], load["file_path"], load["sha256"], load["file_bytes"], is_utf8(path), False)
    layout = Layout(sheet=load["sheet"], header_row=load["header_row"], header_rows=load.get("header_rows") or 1)
    home.work.mkdir(parents=True, exist_ok=True)
    with tables(kept, [Candidate(lambda cells: (True, len(cells)), layout)], home.work) as found:
        table = found.tables[0]
        for rows in table.batches():
            match = rows.filter(rows.get_column("source_row") == source_row)
            if len(match):
                cells = list(match.select(f"c{i}" for i in range(table.width)).row(0))
                return "\t".join(c or "" for c in cells), table.header, cells
    raise Problem(f"{load['file_name']} 没有第 {source_row} 行。", f"{load['file_name']} has no row {source_row}.")

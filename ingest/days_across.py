"""Sheets with a column for each day of the month and the times of a day in its cell -> a row for each person and day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from ingest.headers import normal
from ingest.problems import Problem
from ingest.reading import Table, verbatim

MATRIX, CARD = "across", "cards"
FEWEST_DAYS = 28

_DAY = re.compile(
    r"(?:(?P<year>(?:\d{2})?\d{2})[-/.年])?(?:(?P<month>\d{1,2})[-/.月])?(?P<day>\d{1,2})(?:日|\.0)?"
    r"\(?(?:星期|周|礼拜)?(?P<week>[一二三四五六日天])?\)?"
)
_WEEK = "一二三四五六日"
_FROM = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_PERIOD = re.compile(
    rf"{_FROM}(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?(?:~|-+|—+|–|至|到)(?:(\d{{4}})[-/.年])?(\d{{1,2}})[-/.月](\d{{1,2}})"
)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:月|$)")


@dataclass(frozen=True)
class _Day:
    position: int
    shown: str
    year: int | None
    month: int | None
    day: int
    weekday: int | None


def _days(cells: Sequence[str | None]) -> list[_Day]:
    """The cells of a header that are days, in their order."""
    found = []
    for position, cell in enumerate(cells):
        match = _DAY.fullmatch(normal((cell or "").removesuffix(" 00:00:00")))
        if match and 1 <= int(match["day"]) <= 31:
            week = match["week"]
            year = int(match["year"]) if match["year"] else None
            found.append(
                _Day(
                    position,
                    (cell or "").strip(),
                    2000 + year if year is not None and year < 100 else year,
                    int(match["month"]) if match["month"] else None,
                    int(match["day"]),
                    1 + _WEEK.index("日" if week == "天" else week) if week else None,
                )
            )
    return found


def is_day_header(cells: Sequence[str | None], layout: str) -> bool:
    """Whether a row is a header of days; of a card sheet, one of days alone."""
    count = len(_days(cells))
    filled = sum(bool((c or "").strip()) for c in cells)
    return count >= FEWEST_DAYS and (layout == MATRIX or count == filled)


def _dates(table: Table, month: str | None) -> dict[int, date]:
    """Position -> day. Raises Problem (exit code 2) where the sheet does not say which month it is, or says two things."""
    columns = _days(table.header)
    start, end = _period(table, month)
    found, at = {}, start
    for column in columns:
        while at <= end and not (
            at.day == column.day and column.month in (None, at.month) and column.year in (None, at.year)
        ):
            at += timedelta(days=1)
        if at > end:
            if column.day > FEWEST_DAYS and column.month is None and column.weekday is None:
                continue  # a sheet may have 31 columns in every month; what stands below is looked at all the same
            raise _no_day(table, column.shown, start, end)
        if column.weekday not in (None, at.isoweekday()):
            raise _no_day(table, column.shown, start, end)
        found[column.position] = at
        at += timedelta(days=1)
    return found


def _no_day(table: Table, shown: str, start: date, end: date) -> Problem:
    shown = " ".join(shown.split())
    return Problem(
        f"工作表 {table.sheet} 第 {table.header_row} 行：列“{shown}”不是 {start} 至 {end} 中的一天。请检查表头的统计日期，或写映射（layout.month）后再导入。",
        f'sheet {table.sheet}, row {table.header_row}: the column "{shown}" is no day from {start} to {end}. '
        "Check the period above the header, or write a source map (layout.month), then ingest it again.",
    )


def _period(table: Table, month: str | None) -> tuple[date, date]:
    titles = [month] if month else [normal(c) for row in table.above for c in row if c]
    for title in titles:
        if match := _PERIOD.search(title):
            y1, m1, d1, y2, m2, d2 = match.groups()
            start = date(int(y1), int(m1), int(d1))
            end = date(int(y2 or y1), int(m2), int(d2))
            return start, end if end >= start else end.replace(year=end.year + 1)
    for title in titles:
        if match := _MONTH.search(title):
            start = date(int(match[1]), int(match[2]), 1)
            return start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    whole = [c for c in _days(table.header) if c.year and c.month]
    if whole:
        days = [date(c.year, c.month, c.day) for c in whole]
        return min(days), max(days)
    raise Problem(
        f"工作表 {table.sheet}：表头是每月的日子，但上方没有写明年月。请写映射并给出 layout.month（如 2026-03）后再导入。",
        f"sheet {table.sheet}: the header holds days of a month, and nothing above it says which month. "
        "Write a source map with layout.month (such as 2026-03), then ingest it again.",
    )


def long_rows(
    table: Table,
    layout: str,
    month: str | None,
    positions: Mapping[str, int],
    labels: Mapping[str, Sequence[str]],
    passed: Counter[str],
) -> Iterator[pl.DataFrame]:
    """Batches with a row for each filled day of each row (one without day or times for a row that has none).

    Args:
        positions: source column -> its place in the table; labels: source column -> its headers, by which a card sheet
            names a person in a line of their own.
        passed: told how many rows only name a person.

    Yields frames as ``Table.batches`` does, with row_text, day (YYYY-MM-DD) and times; of a card sheet c0, c1 … are the
    source columns in their order.
    """
    dates = _dates(table, month)
    unplaced = [c.position for c in _days(table.header) if c.position not in dates]
    person: dict[str, str] = {}
    wanted = {normal(h): name for name, headers in labels.items() for h in headers or [name]}
    width = len(labels) if layout == CARD else table.width
    for batch in table.batches():
        rows = batch.with_columns(verbatim(table).alias("row_text"))
        made: list[tuple] = []
        for number, text, *cells in rows.select(
            "source_row", "row_text", *(f"c{i}" for i in range(table.width))
        ).iter_rows():
            if layout == CARD:
                if named := _person(cells, wanted):
                    person = named
                    passed["heading"] += 1
                    continue
                head = [person.get(name) for name in labels]
            else:
                head = cells
            filled = [(dates[p], cells[p]) for p in dates if (cells[p] or "").strip()]
            lost = [(None, cells[p]) for p in unplaced if (cells[p] or "").strip()]
            for day, times in [*filled, *lost] or [(None, None)]:
                made.append((number, *head, text, None, str(day) if day else None, times))
        schema = {"source_row": pl.Int64, **{f"c{i}": pl.String for i in range(width)}, "row_text": pl.String}
        schema |= {"found": pl.Int32, "day": pl.String, "times": pl.String}
        yield pl.DataFrame(made, schema=schema, orient="row")


def _person(cells: Sequence[str | None], wanted: Mapping[str, str]) -> dict[str, str]:
    """What a line says about a person: each label's cell, or what stands after it in the label's own."""
    found: dict[str, str] = {}
    waiting = None
    for cell in cells:
        text = (cell or "").strip()
        if not text:
            continue
        label, colon, value = text.replace("：", ":").partition(":")
        if normal(label) in wanted:
            waiting = wanted[normal(label)]
            if colon and value.strip():
                found[waiting] = value.strip()
                waiting = None
        elif waiting:
            found[waiting] = text
            waiting = None
    return found

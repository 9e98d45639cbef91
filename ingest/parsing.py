"""Cells into values: what offices write, read by explicit expressions, the unreadable kept apart from the missing."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time

import polars as pl

from ingest.columns import POLARS_TYPE, Column, Kind

BOOL_WORDS = {
    **dict.fromkeys(("true", "1", "是", "y", "yes", "1.0", "真"), True),
    **dict.fromkeys(("false", "0", "否", "n", "no", "0.0", "假"), False),
}

_FAST_FORMATS: dict[Kind, tuple[str, ...]] = {
    "timestamp": (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M",
    ),
    "date": ("%Y-%m-%d", "%Y/%m/%d"),
}
_EARLIEST = date(1900, 1, 1)  # chrono reads "26-03-02" as the year 26
_EARLIEST_OF_SHEET = datetime(1901, 1, 1)  # a sheet writes a duration of 116 hours as a moment of January 1900

_PLAIN_DECIMAL = r"^-?\d{1,16}(?:\.\d{1,2})?$"
_MOMENT = (
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
    r"(?:[\st]*(上午|下午|凌晨|早上|中午|晚上|am|pm)?\s*(\d{1,2})[:时点](\d{1,2})"
    r"(?:[:分](\d{1,2})(?:\.(\d{1,9}))?)?[分秒]?\s*(am|pm)?(?:\+08:?00)?)?$"
)
_WEEKDAY = r"(?:星期|周|礼拜)([一二三四五六日天])"
_WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_SHORT_YEAR = r"^(\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\s*\(?(?:星期|周|礼拜)[一二三四五六日天])"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:[ t]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?$"
_SERIAL = r"^\d{5}(?:\.\d+)?$"
_MONTH = r"^(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*(?:月|月份)?|(\d{2}))$"


# what a sheet shows where a formula failed
ERROR_CELLS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_AROUND = " \t\r\n\u3000\xa0\u200b\ufeff"


def clean(cells: pl.Series) -> pl.Series:
    """Cells without the spaces around them; nothing left, or a pair of quotes, is an empty cell."""
    text = cells.str.strip_chars(_AROUND)
    return text.set((text == "") | (text == '""'), None)


def read_column(
    column: Column, cells: pl.Series, words: Mapping[str, str] | None = None, *, from_excel: bool = False
) -> tuple[pl.Series, pl.Series, pl.Series | None]:
    """Values of one column, which of its cells are empty, and which hold text that is no value.

    Args:
        cells: as found.
        words: words of offices (normalised) -> the contract's words, for enums and coded text.
        from_excel: cells were numbers of a spreadsheet, whose sums carry binary dust beyond the 15th digit.

    A day with a time other than midnight is no date, and a day whose weekday is another one is no day at all.

    Returns:
        The values in the column's type, null where empty or unreadable; a mask of the empty; a mask of the unreadable,
        None where every cell can be read.
    """
    if column.kind == "text":
        value = clean(cells)
        odd = value.str.starts_with("#").fill_null(False)
        if odd.any():
            odd = value.is_in(ERROR_CELLS).fill_null(False)
            value = value.set(odd, None)
        empty = value.is_null() & ~odd
        return (_reworded(value, words) if words else value), empty, odd if odd.any() else None
    value = _fast(column, cells)
    if from_excel and column.kind == "timestamp" and len(value) > value.null_count():
        value = value.set((value < _EARLIEST_OF_SHEET).fill_null(False), None)
    empty = value.is_null()
    if not empty.any():
        return value, empty, None
    # only what the fast road could not read is looked at more closely: most often empty cells
    where = empty.arg_true()
    text = clean(cells.gather(where))
    filled = text.is_not_null()
    if not filled.any():
        return value, empty, None
    at = filled.arg_true()
    where, read = where.gather(at), _patient(column, text.gather(at), words or {}, from_excel)
    if read.null_count() < len(read):
        value = value.scatter(where, read)
    empty = empty.scatter(where, False)
    odd = value.is_null() & ~empty
    return value, empty, odd if odd.any() else None


def normalise(text: pl.Series) -> pl.Series:
    """Full-width to half-width, lower case, no spaces around: the form in which words are compared."""
    return text.str.normalize("NFKC").str.strip_chars().str.to_lowercase()


def _fast(column: Column, cells: pl.Series) -> pl.Series:
    """The spelling that most logs use, at the speed of the library; what it cannot read comes back null."""
    kind = column.kind
    if kind == "text":
        return cells
    if kind == "enum":
        return cells.set(~cells.is_in(column.words), None)
    if kind == "decimal":
        plain = cells.str.contains(_PLAIN_DECIMAL)
        return cells.set(~plain, None).cast(POLARS_TYPE[kind], strict=False)
    if kind == "int":
        plain = cells.str.contains(r"^-?\d{1,18}$")
        return cells.set(~plain, None).cast(pl.Int64, strict=False)
    if kind == "bool":
        return cells.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if kind == "month":
        short = cells.set(~cells.str.contains(r"^\d{4}-\d{2}$"), None)
        return (short + "-01").str.to_date("%Y-%m-%d", strict=False)
    return _by_format(kind, cells)


def _by_format(kind: Kind, cells: pl.Series) -> pl.Series:
    read = _to_date if kind == "date" else _to_datetime
    sample = cells.head(2048).drop_nulls()
    sample = sample.filter(sample != "").head(64)
    if not len(sample):
        sample = cells.drop_nulls()
        sample = sample.filter(sample != "").head(64)
    best, hits = None, 0
    for pattern in _FAST_FORMATS[kind]:
        found = len(sample) - read(sample, pattern).null_count()
        if found > hits:
            best, hits = pattern, found
        if found == len(sample):
            break
    if best is None:
        return pl.Series(cells.name, [None] * len(cells), dtype=POLARS_TYPE[kind])
    value = read(cells, best)
    if kind == "timestamp" and best.endswith("%S"):
        value = value.set(cells.str.ends_with(":60"), None)  # a leap second is no office's time
    if len(value) > value.null_count() and value.min() < (_EARLIEST if kind == "date" else datetime(1900, 1, 1)):
        value = value.set(value.dt.year() < _EARLIEST.year, None)
    return value


def _to_date(cells: pl.Series, pattern: str) -> pl.Series:
    return cells.str.to_date(pattern, strict=False, cache=False)


def _to_datetime(cells: pl.Series, pattern: str) -> pl.Series:
    return cells.str.to_datetime(pattern, strict=False, time_unit="us", cache=False)


def _patient(column: Column, cells: pl.Series, words: Mapping[str, str], from_excel: bool) -> pl.Series:
    """Every other spelling that offices use."""
    text = normalise(cells)
    kind = column.kind
    if kind == "bool":
        return text.replace_strict(BOOL_WORDS, default=None, return_dtype=pl.Boolean)
    if kind == "enum":
        known = {w.lower(): w for w in column.words} | dict(words)
        return text.replace_strict(known, default=None, return_dtype=pl.String)
    if kind in ("int", "decimal"):
        return _number(kind, text, from_excel)
    frame = _moments(text)
    if kind == "timestamp":
        earliest = _EARLIEST_OF_SHEET if from_excel else datetime(1900, 1, 1)
        return frame.select(
            pl.when(pl.col("has_time") & (pl.col("moment") >= earliest)).then(pl.col("moment"))
        ).to_series()
    # a time that is not midnight would be lost without a word
    frame = frame.select(pl.when(pl.col("moment").dt.time() == time(0)).then(pl.col("moment")).alias("moment"))
    if kind == "date":
        return frame.get_column("moment").dt.date()
    days = frame.get_column("moment").dt.date()
    firsts = days.set(days.dt.day() != 1, None)
    part = text.str.extract_groups(_MONTH).struct
    months = part.field("1") + "-" + part.field("2").fill_null(part.field("3")) + "-01"
    return months.str.to_date("%Y-%m-%d", strict=False).fill_null(firsts)


def _number(kind: Kind, text: pl.Series, from_excel: bool) -> pl.Series:
    bare = text.str.replace_all("[−–—]", "-").str.replace_all(r"\s*([-¥元])\s*", "$1")
    bare = bare.str.replace(r"^\((.+)\)$", "-$1")
    bare = bare.str.replace(r"(?:元|rmb|cny)$", "").str.replace(r"^(-?)(?:¥|rmb|cny)(-?)", "$1$2")
    grouped = bare.str.contains(r"^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
    bare = pl.select(pl.when(grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)).to_series()
    bare = bare.str.replace(r"^\+", "")
    if from_excel:
        dusty = bare.str.contains(r"^-?\d+\.\d{9,}$|^-?\d+(?:\.\d+)?e-?\d+$")
        if dusty.any():
            rounded = bare.set(~dusty, None).cast(pl.Float64, strict=False).round(8)
            bare = pl.select(
                pl.when(dusty).then(rounded.cast(pl.Decimal(38, 8), strict=False).cast(pl.String)).otherwise(bare)
            ).to_series()
    if kind == "int":
        whole = bare.str.extract(r"^(-?\d{1,18})(?:\.0*)?$")
        return whole.cast(pl.Int64, strict=False)
    # a third decimal that is not 0 leaves the pattern and stays unreadable: money is never rounded here
    exact = bare.str.extract(r"^(-?\d{0,16}(?:\.\d{1,2})?)0*\.?$").set(~bare.str.contains(r"\d"), None)
    exact = exact.set(~bare.str.contains(r"^-?\d*(?:\.\d{0,2}0*)?$"), None)
    return exact.cast(POLARS_TYPE["decimal"], strict=False)


def _moments(text: pl.Series) -> pl.DataFrame:
    """moment (TIMESTAMP or null) and has_time, read from any of the spellings of a day with or without a time."""
    # a year of two digits is a guess, unless the weekday beside it agrees
    frame = pl.DataFrame({"text": text.str.replace(_SHORT_YEAR, "20$1")})
    long, short = pl.col("text").str.extract_groups(_MOMENT).struct, pl.col("text").str.extract_groups(_COMPACT).struct
    frame = frame.with_columns(
        *(long.field(str(i)).alias(f"l{i}") for i in range(1, 10)),
        *(short.field(str(i)).alias(f"s{i}") for i in range(1, 7)),
    )
    half = pl.coalesce("l4", "l9")
    hour = pl.coalesce("l5", "s4", pl.lit("0")).cast(pl.Int32)
    late = half.is_in(["下午", "晚上", "pm"]) & (hour < 12)
    late = late | ((half == "中午") & (hour < 11))
    frame = frame.with_columns(
        has_time=pl.coalesce("l5", "s4").is_not_null(),
        hour=pl.when(late.fill_null(False))
        .then(hour + 12)
        .when((half.is_in(["上午", "凌晨", "am"]) & (hour == 12)).fill_null(False))
        .then(0)
        .otherwise(hour),
        second=pl.coalesce("l7", "s6", pl.lit("0")).cast(pl.Int32),
        micros=pl.coalesce(pl.col("l8").str.pad_end(6, "0").str.slice(0, 6), pl.lit("0")).cast(pl.Int64),
    )
    written = pl.format(
        "{}-{}-{} {}:{}:{}",
        pl.coalesce("l1", "s1"),
        pl.coalesce("l2", "s2"),
        pl.coalesce("l3", "s3"),
        "hour",
        pl.coalesce("l6", "s5", pl.lit("0")),
        "second",
    )
    frame = frame.with_columns(
        moment=pl.when(pl.col("second") < 60).then(
            written.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
            + pl.duration(microseconds="micros")
        )
    )
    # Excel counts days from 1899-12-30; its fractions are seconds with binary dust
    serial = pl.when(pl.col("text").str.contains(_SERIAL)).then(pl.col("text")).cast(pl.Float64, strict=False)
    excel = pl.lit(datetime(1899, 12, 30)).cast(pl.Datetime("us")) + pl.duration(
        seconds=(serial * 86400).round(0).cast(pl.Int64)
    )
    frame = frame.with_columns(moment=pl.coalesce("moment", excel), has_time=pl.col("has_time") | serial.is_not_null())
    weekday = pl.col("text").str.extract(_WEEKDAY).replace_strict(_WEEKDAYS, default=None, return_dtype=pl.Int8)
    agrees = weekday.is_null() | (weekday == pl.col("moment").dt.weekday())
    return frame.select(
        moment=pl.when((pl.col("moment").dt.year() >= _EARLIEST.year) & agrees).then(pl.col("moment")),
        has_time="has_time",
    )


def _reworded(cells: pl.Series, words: Mapping[str, str]) -> pl.Series:
    """Text with the office's words for codes replaced; a path of roles (a>b) word by word; other text as it is."""
    values = set(words.values())
    distinct = cells.drop_nulls().unique()
    changed: dict[str, str] = {}
    for cell in distinct.to_list():
        if cell in values:
            continue
        parts = [p.strip() for p in cell.replace("＞", ">").replace("→", ">").split(">")]
        if any(_word(p) in words for p in parts):
            changed[cell] = ">".join(words.get(_word(p), p) for p in parts)
    return cells.replace(changed) if changed else cells


def _word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()

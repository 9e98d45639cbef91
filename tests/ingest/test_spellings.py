"""What offices write is read; what cannot be read is told apart from what is missing."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.columns import Column, Kind
from ingest.parsing import read_column
from ingest.times import moment, times_of

UNREADABLE = object()


def read(
    kind: Kind, *cells: str | None, words: tuple[str, ...] = (), said: dict | None = None, excel: bool = False
) -> list:
    column = Column("x", kind, required=True, key=False, words=words)
    value, empty, odd = read_column(column, pl.Series("x", cells, dtype=pl.String), said, from_excel=excel)
    odd = odd if odd is not None else pl.Series([False] * len(cells))
    return [UNREADABLE if o else None if e else v for v, e, o in zip(value, empty, odd, strict=True)]


MOMENT = datetime(2026, 3, 2, 8, 5)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-03-02 08:05", MOMENT),
        ("2026-03-02 08:05:00", MOMENT),
        ("2026/3/2 8:05", MOMENT),
        ("2026-03-02T08:05:00", MOMENT),
        ("2026年3月2日 8:05", MOMENT),
        ("2026年3月2日8时5分", MOMENT),
        ("２０２６-03-02　08：05", MOMENT),
        ("2026/3/2 上午 8:05", MOMENT),
        ("2026/3/2 下午2:05", datetime(2026, 3, 2, 14, 5)),
        ("2026-03-02 12:30 AM", datetime(2026, 3, 2, 0, 30)),
        ("20260302 080500", MOMENT),
        ("20260302080500", MOMENT),
        ("46083.3368055556", MOMENT),
        ("2026-03-02 08:05:00.250", datetime(2026, 3, 2, 8, 5, 0, 250_000)),
        ("  2026-03-02 08:05  ", MOMENT),
        ("2026-03-02 24:00", None),
        ("2026-03-02 08:60", None),
        ("2026-03-02 08:05:60", None),
        ("2026-02-30 08:05", None),
        ("26-03-02 08:05", None),
        ("2026-03-02", None),
        ("1990-00--8 -16:-29:-40", None),
    ],
)
@pytest.mark.parametrize("company", [[], ["2026-01-01 00:00:00"] * 3, ["2026/1/1 0:00"] * 3])
def test_a_time_is_read_whatever_its_neighbours_look_like(
    cell: str, value: datetime | None, company: list[str]
) -> None:
    assert read("timestamp", *company, cell)[-1] == (UNREADABLE if value is None else value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(
            (c, date(2026, 3, 2))
            for c in ("2026-03-02", "2026/3/2", "2026年3月2日", "20260302", "46083", "2026-03-02 00:00:00")
        ),
        *((c, UNREADABLE) for c in ("2026-02-30", "26/3/2", "3月2日", "2026-13-01", "昨天", "123")),
    ],
)
def test_a_date_is_read(cell: str, value: Any) -> None:
    assert read("date", cell) == [value]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(
            (c, date(2026, 3, 1))
            for c in ("2026-03", "2026/3", "2026年3月", "2026-03-01", "2026/3/1", "202603", "46082")
        ),
        *((c, UNREADABLE) for c in ("2026-03-02", "2026-13", "3月")),
    ],
)
def test_a_month_is_read_as_its_first_day(cell: str, value: Any) -> None:
    assert read("month", cell) == [value]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(
            (c, Decimal("1234.50"))
            for c in ("1234.5", "1,234.50", "￥1,234.50", "¥1234.50", "1,234.50元", "１２３４．５０", "1234.500")
        ),
        *((c, Decimal("-5.00")) for c in ("-5", "−5.00", "(5.00)", "￥-5", "-￥5")),
        *(
            (c, UNREADABLE)
            for c in ("0.015", "-0.005", "1,23", "1e3", "五元", "1 2", "12345678901234567", "-", "0.30000000000000004")
        ),
    ],
)
def test_money_is_read_and_a_third_decimal_is_refused_never_rounded(cell: str, value: Any) -> None:
    assert read("decimal", cell) == [value]
    assert read("decimal", "1.00", cell, "2.00") == [Decimal("1.00"), value, Decimal("2.00")]


def test_the_binary_dust_of_a_spreadsheet_is_no_third_decimal_but_a_true_one_is() -> None:
    assert read("decimal", "0.30000000000000004", "2.675", excel=True) == [Decimal("0.30"), UNREADABLE]


def test_a_whole_number_may_be_written_with_a_zero_fraction_only() -> None:
    assert read("int", "3", "3.0", "1,000", "３", "-2", "3.5", "x") == [3, 3, 1000, 3, -2, UNREADABLE, UNREADABLE]


def test_yes_and_no_are_read_in_any_case() -> None:
    yes, no = ("true", "TRUE", "1", "是", "Y", "yes"), ("false", "False", "0", "否", "n", "NO")
    assert read("bool", *yes) == [True] * 6
    assert read("bool", *no) == [False] * 6
    assert read("bool", "maybe", "2") == [UNREADABLE] * 2


def test_words_of_offices_become_words_of_the_contract_and_unknown_ones_are_refused() -> None:
    said = {"刷卡": "card"}
    assert read("enum", "card", "CARD", " 刷卡 ", "烟", words=("card", "app"), said=said) == ["card"] * 3 + [UNREADABLE]


def test_text_keeps_its_words_but_known_words_of_roles_are_translated_along_a_path() -> None:
    said = {"总经理": "general_manager", "办公室主任": "office_manager"}
    assert read("text", " 总经理>办公室主任 ", "某人→某处", said=said) == [
        "general_manager>office_manager",
        "某人→某处",
    ]


@pytest.mark.parametrize("kind", ["text", "int", "decimal", "date", "timestamp", "month", "bool", "enum"])
def test_an_empty_cell_is_missing_not_unreadable(kind: Kind) -> None:
    assert read(kind, "", "   ", '""', None, "\u3000") == [None] * 5


@given(st.lists(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)), min_size=1))
def test_any_moment_survives_being_written_and_read(moments: list[datetime]) -> None:
    moments = [m.replace(microsecond=0) for m in moments]
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S"):
        assert read("timestamp", *(m.strftime(form) for m in moments)) == moments


@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=2), min_size=1))
def test_any_amount_survives_being_written_and_read(amounts: list[Decimal]) -> None:
    assert read("decimal", *(str(a) for a in amounts)) == amounts
    assert read("decimal", *(f"￥{a:,}" for a in amounts)) == amounts


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("date", "21-09-01 星期三", date(2021, 9, 1)),
        ("date", "2021/09/01（周三）", date(2021, 9, 1)),
        ("date", "21-09-01 星期四", UNREADABLE),
        ("date", "2021-09-01 星期四", UNREADABLE),
        ("date", "21-09-01", UNREADABLE),
        ("date", "2026-03-02 08:05", UNREADABLE),
        ("date", "46083.3368", UNREADABLE),
        ("date", "46083.0", date(2026, 3, 2)),
        ("date", "2026/3/2 0:00", date(2026, 3, 2)),
        ("month", "2026-03-01 08:05", UNREADABLE),
        ("timestamp", "21-09-01 星期三 08:05", datetime(2021, 9, 1, 8, 5)),
        ("timestamp", "2021-09-01 星期四 08:05", UNREADABLE),
    ],
)
def test_a_time_in_a_day_is_not_dropped_and_a_weekday_has_to_agree(kind: Kind, cell: str, value: Any) -> None:
    assert read(kind, cell) == [value]


def test_a_duration_of_a_sheet_is_no_moment_of_the_year_1900() -> None:
    assert read("timestamp", "1900-01-04 20:00:00", "2026-03-02 08:05:00", excel=True) == [UNREADABLE, MOMENT]


@pytest.mark.parametrize(
    ("cell", "moments"),
    [
        ("08:05", ["2026-03-02 08:05:00"]),
        ("8时5分", ["2026-03-02 08:05:00"]),
        ("０８：０５：０７", ["2026-03-02 08:05:07"]),
        ("次日 02:10", ["2026-03-03 02:10:00"]),
        ("02:10（次日）", ["2026-03-03 02:10:00"]),
        ("08:30 次日02:10", ["2026-03-02 08:30:00", "2026-03-03 02:10:00"]),
        ("前一日 23:50", ["2026-03-01 23:50:00"]),
        ("08:0112:0013:5918:02", [f"2026-03-02 {t}:00" for t in ("08:01", "12:00", "13:59", "18:02")]),
        ("08:01;12:00\n08:01", ["2026-03-02 08:01:00", "2026-03-02 12:00:00"]),
        ("1899-12-31 08:05:00", ["2026-03-02 08:05:00"]),
        ("0.336805556", ["2026-03-02 08:05:00"]),
        ("2026/3/2 8:05", ["2026-03-02 08:05:00"]),
        ("上午 8:05", ["2026-03-02 上午 8:05"]),
        ("116:5:34", ["2026-03-02 116:5:34"]),
        ("116:05:34", ["2026-03-02 116:05:34"]),
        ("24:00", ["2026-03-02 24:00:00"]),
        ("08:05 迟到", ["2026-03-02 08:05 迟到"]),
        ("1900-01-04 20:00:00", ["2026-03-02 1900-01-04 20:00:00"]),
        ("1", ["2026-03-02 1"]),
    ],
)
def test_the_times_of_a_cell_come_apart_in_one_way_or_stay_as_they_are(cell: str, moments: list[str]) -> None:
    assert [moment(t, "2026-03-02") for t in times_of(cell)] == moments
    for text in moments:
        clock = text.partition(" ")[2]
        is_time = bool(re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|上午 8:05", clock))
        assert (read("timestamp", text) != [UNREADABLE]) == is_time

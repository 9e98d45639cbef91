"""Files as offices write them: every encoding, delimiter and format, broken ones included."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import reading
from ingest.headers import normal
from ingest.loading import feed_by_name
from ingest.reading import cells_of

from .conftest import House, counts

HEADER = ["工号", "打卡时间", "打卡方式"]
ROWS = [["张三01", "2026-03-02 08:05", "刷卡"], ["李四02", "2026-03-02 08:06", "app"]]
LOADED = [
    ("张三01", datetime(2026, 3, 2, 8, 5), "card", 2),
    ("李四02", datetime(2026, 3, 2, 8, 6), "app", 3),
]
PUNCHES = "select employee_id, punched_at, method, source_row from raw.punches order by source_row"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_any_encoding_with_any_delimiter_and_line_ending_is_read(
    house: House, encoding: str, delimiter: str, ending: str
) -> None:
    text = ending.join(delimiter.join(row) for row in [HEADER, *ROWS]) + ending
    done = house.give("punches.csv", text.encode(encoding))
    assert counts(done) == (2, 2, 0, 0, 0)
    assert house.ask(PUNCHES) == LOADED


def workbook(rows: list[list], path: Path, *, before: int = 0, title: bool = False, other_sheet: bool = False) -> None:
    with xlsxwriter.Workbook(path) as book:
        if other_sheet:
            book.add_worksheet("说明").write(0, 0, "本表由系统导出")
        sheet = book.add_worksheet("记录")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        if title:
            sheet.merge_range(0, 0, 0, 2, "每日统计表 统计日期：2026-03-01 至 2026-03-31")
        for number, row in enumerate(rows, before):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, moment)
                else:
                    sheet.write(number, column, cell)


@pytest.mark.parametrize(("before", "title", "other_sheet"), [(0, False, False), (3, True, False), (2, False, True)])
def test_a_workbook_is_read_with_its_titles_other_sheets_and_own_row_numbers(
    house: House, before: int, title: bool, other_sheet: bool
) -> None:
    path = house.inbox / "punches_2026-03.xlsx"
    rows = [HEADER, ["张三01", datetime(2026, 3, 2, 8, 5), "刷卡"], ["李四02", 46083.3375, "app"], [None, " ", None]]
    workbook(rows, path, before=before, title=title, other_sheet=other_sheet)
    (done,) = house.load(path)
    assert counts(done) == (2, 2, 0, 0, 0)
    assert house.ask(PUNCHES) == [(e, t, m, r + before) for e, t, m, r in LOADED]
    assert house.ask("select sheet, header_row, encoding from ingest.loads") == [("记录", before + 1, "workbook")]


def test_every_sheet_that_fits_is_loaded_and_the_others_are_not(house: House) -> None:
    path = house.inbox / "punches.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, who in (("三月", "E1"), ("说明", None), ("四月", "E2")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADER if who else ["说明"])
            if who:
                sheet.write_row(1, 0, [who, "2026-03-02 08:05", "app"])
    assert [counts(f) for f in house.load(path)] == [(1, 1, 0, 0, 0)] * 2
    assert house.ask("select employee_id, sheet from raw.punches join ingest.loads using (load_id) order by 1") == [
        ("E1", "三月"),
        ("E2", "四月"),
    ]
    (again,) = house.load(path)
    assert counts(again) == (2, 0, 0, 2, 0)


def test_a_workbook_that_claims_a_million_columns_of_a_million_rows_takes_nobody_down(house: House) -> None:
    path = house.inbox / "punches.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "工号")
        sheet.write(1_048_575, 16_383, "x")
    (done,) = house.load(path)
    assert done.status == "unreadable"
    assert "memory" in done.messages[0].en


def test_text_named_xls_is_read_as_the_text_it_is(house: House) -> None:
    text = "\n".join("\t".join(row) for row in [HEADER, *ROWS])
    assert counts(house.give("punches.xls", text.encode("gb18030"))) == (2, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("punches.xls", b"<html><p>1</p></html>", "HTML"),
        ("punches.csv", b"", "empty"),
        ("punches.csv", b"\x81\xff\xfe\x00abc", "binary"),
        ("punches.csv", "工号\n".encode("gb18030") + b"\xff\xff\xff\n", "neither UTF-8 nor GB18030"),
        (
            "punches.csv",
            "工号,打卡时间\n张三,2026-03-02 08:05\n李四李四,".encode() + b"\xe5\xbc\n",
            "UTF-8 file with damaged bytes around row 3",
        ),
        ("punches.xlsx", b"PK\x03\x04 not a workbook", "workbook"),
        ("punches.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook"),
        (
            "punches.csv",
            "employee_id,punched_at,device_id\nE1,2026-03-02 08:05,東門閘機二號\n".encode("big5"),
            "probably Big5 or another encoding",
        ),
        ("punches.csv", "工号,打卡方式\nE1,card\n", "lacks the required columns punched_at"),
        ("punches.csv", "工号,employee_id,打卡时间\nE1,E1,2026-03-02 08:05\n", "several columns mean the same field"),
        ("whatever.csv", "a,b\n1,2\n", "of no feed"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_both_languages_and_the_rest_is_loaded(
    house: House, name: str, content: bytes | str, said: str
) -> None:
    bad = house.put(name, content)
    good = house.put("punches_good.csv", "工号,打卡时间\nE1,2026-03-02 08:05\n")
    refused, done = house.load(bad, good)
    assert refused.status == "unreadable"
    assert said in refused.messages[0].en
    assert Path(refused.file).name == name
    assert refused.messages[0].zh
    assert not refused.messages[0].zh.startswith((refused.file, "："))
    assert counts(done) == (1, 1, 0, 0, 0)
    assert len(list(house.home.files.iterdir())) == 1
    assert house.ask("select count(*) from ingest.loads") == [(1,)]


def test_a_workbook_that_unpacks_beyond_measure_is_refused_unread(house: House) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (80 << 20))
    done = house.give("punches.xlsx", packed.getvalue())
    assert done.status == "unreadable"
    assert "beyond the limit" in done.messages[0].en


def test_a_workbook_with_a_cell_longer_than_excel_allows_is_refused(house: House) -> None:
    path = house.inbox / "punches.xlsx"
    workbook([HEADER, [f"E{0:060d}", "2026-03-02 08:05", "app"]], path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"0" * 60, b"0" * 140_000)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    (done,) = house.load(path)
    assert done.status == "unreadable"
    assert "more than Excel allows" in done.messages[0].en


def test_a_file_of_no_feed_inside_a_folder_is_named_and_skipped(house: House) -> None:
    house.put("readme.md", "hello")
    house.put("punches/今天.csv", "工号,打卡时间\nE1,2026-03-02 08:05\n")
    found = {Path(f.file).name: f.status for f in house.load(house.inbox)}
    assert found == {"readme.md": "skipped", "今天.csv": "loaded"}


def test_a_header_without_rows_is_fine(house: House) -> None:
    done = house.give("punches.csv", "工号,打卡时间\n")
    assert (counts(done), done.status) == ((0, 0, 0, 0, 0), "loaded")


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("punches.csv", "punches"),
        ("Punches_2026-10.XLSX", "punches"),
        ("customer_contacts-北区.csv", "customer_contacts"),
        ("customers (1).csv", "customers"),
        ("punchesx.csv", None),
        ("inbox/expense_lines/三月.csv", "expense_lines"),
        ("inbox/cases/units.csv", "cases"),
        ("other.csv", None),
    ],
)
def test_a_feed_is_known_by_folder_or_name_and_the_longest_name_wins(path: str, feed: str | None) -> None:
    assert feed_by_name(Path(path)) == feed


def test_headers_match_whatever_their_widths_case_spaces_and_units() -> None:
    assert normal("\ufeff 工作时长\n（分钟）") == "工作时长(分钟)"
    assert normal("Employee_ID ") == normal("employee id")


def test_titles_above_the_header_of_a_text_are_passed_over_and_rows_keep_their_line_numbers(house: House) -> None:
    done = house.give(
        "punches.csv", "打卡记录\n统计日期,2026-03\n\n工号,打卡时间\n\nE1,2026-03-02 08:05\n  \nE2,2026-03-02 08:06\n"
    )
    assert counts(done) == (2, 2, 0, 0, 0)
    assert house.ask("select employee_id, source_row from raw.punches order by 2") == [("E1", 6), ("E2", 8)]


def test_a_stray_carriage_return_above_the_header_costs_no_row(house: House) -> None:
    done = house.give("punches.csv", "打卡\r记录\n工号,打卡时间\nE1,2026-03-02 08:05\nE2,2026-03-02 08:06\n")
    assert counts(done) == (2, 2, 0, 0, 0)
    assert house.ask("select employee_id, source_row from raw.punches order by 2") == [("E1", 3), ("E2", 4)]


def test_quotes_hold_delimiters_quotes_and_line_breaks(house: House) -> None:
    text = 'unit_id,unit_name,unit_type\nU1,"甲, ""乙""",company\nU2,"一\n二",company\nU3,5" 屏,company\n'
    assert counts(house.give("units.csv", text)) == (3, 3, 0, 0, 0)
    assert house.ask("select unit_name, source_row from raw.units order by 2") == [
        ('甲, "乙"', 2),
        ("一\n二", 3),
        ('5" 屏', 5),
    ]


def test_a_stray_quote_or_a_ragged_row_costs_its_own_row_alone(house: House) -> None:
    text = 'unit_id,unit_name,unit_type\nU1,"甲,company\nU2,乙,company\nU3,丙\nU4,丁,company,多\nU5,戊,company\n'
    assert counts(house.give("units.csv", text)) == (5, 2, 0, 0, 3)
    assert house.ask("select source_row, rule, row_text from ingest.quarantine order by 1") == [
        (2, "a quote that is opened is closed", 'U1,"甲,company'),
        (4, "a row has as many cells as the header", "U3,丙"),
        (5, "a row has as many cells as the header", "U4,丁,company,多"),
    ]


def test_a_stray_quote_does_not_swallow_the_quoted_rows_below_it(house: House) -> None:
    text = 'unit_id,unit_name,unit_type\nU1,"甲,company\nU2,"乙",company\nU3,"丙",company\n'
    assert counts(house.give("units.csv", text)) == (3, 2, 0, 0, 1)
    assert house.ask("select unit_id, unit_name from raw.units order by 1") == [("U2", "乙"), ("U3", "丙")]


def test_rows_of_delimiters_alone_are_no_rows(house: House) -> None:
    assert counts(house.give("units.csv", "unit_id,unit_name,unit_type\n,,\nU1,甲,company\n ,  ,\n,\n")) == (
        1,
        1,
        0,
        0,
        0,
    )


def test_unknown_columns_are_reported_and_ignored(house: House) -> None:
    done = house.give("units.csv", "unit_id,unit_name,unit_type,颜色\nU1,甲,company,红\n")
    assert "颜色" in done.messages[0].zh


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from('a,"\n '), max_size=6), min_size=1, max_size=8))
def test_quoted_cells_come_back_as_they_were_whatever_they_hold(new_house, texts: list[str]) -> None:
    house = new_house()
    lines = "".join('U{},"x{}",company\n'.format(i, t.replace('"', '""')) for i, t in enumerate(texts))
    assert counts(house.give("units.csv", "unit_id,unit_name,unit_type\n" + lines))[1] == len(texts)
    found = house.ask("select unit_name from raw.units order by cast(substr(unit_id, 2) as int)")
    assert [f for (f,) in found] == [("x" + t).strip() for t in texts]


def test_a_quote_that_is_open_at_the_end_of_a_text_is_known_as_open() -> None:
    assert cells_of('a,"b', ",") is None
    assert cells_of('a,"b"', ",") == ["a", "b"]


def test_a_file_that_grows_while_it_is_read_is_left_for_next_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.put("punches.csv", "工号,打卡时间\nE1,2026-03-02 08:05\n")
    real, seen = Path.stat, []

    def grown(self: Path, **options: bool):
        if self == path:
            seen.append(1)
            if len(seen) == 2:
                with path.open("ab") as file:
                    file.write(b"E2,2026-03-02 08:06\n")
        return real(self, **options)

    original = reading.keep
    monkeypatch.setattr("ingest.loading.keep", lambda *a: (monkeypatch.setattr(Path, "stat", grown), original(*a))[1])
    (refused,) = house.load(path)
    monkeypatch.undo()
    assert refused.status == "unreadable"
    assert "still being written" in refused.messages[0].en
    assert counts(house.load(path)[0]) == (2, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "is_utf8"),
    [
        ("上午,é,😀\n".encode(), True),
        ("上午".encode()[:-1], False),  # cut short
        (b"ok\n\x80\n", False),
        (b"\xc0\xaf", False),  # a longer way to write /
        (b"\xed\xa0\x80", False),  # half of a pair
        (b"a" * 9 + "上".encode("gb18030"), False),
        (b"", True),
    ],
)
def test_utf8_is_told_wherever_a_chunk_ends(content: bytes, is_utf8: bool) -> None:
    for size in range(1, len(content) + 2):
        told = reading._Utf8()
        for at in range(0, len(content), size):
            told.take(content[at : at + size])
        told.end()
        assert told.holds == is_utf8, size

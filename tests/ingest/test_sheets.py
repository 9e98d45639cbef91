"""Workbooks as offices keep them: old and false .xls, hidden sheets, merged cells, totals, failed formulas, two headers."""

from __future__ import annotations

import pytest

from ingest.feeds import FEEDS
from ingest.headers import join_rows, match_header, positions_of
from ingest.loading import open_store
from ingest.tracing import source_line

from .conftest import House, counts
from .sheets import Rows, xls, xlsx

UNITS: Rows = [
    ["单位编号", "单位名称", "单位类型"],
    ["U1", "一部", "company"],
    ["U2", "二部", "company"],
]


def test_an_old_xls_is_read_with_its_failed_formulas(house: House) -> None:
    (done,) = house.load(xls(house.inbox / "units.xls", {"单位": [*UNITS, ["#N/A", "三部", "company"]]}))
    assert counts(done) == (3, 2, 0, 0, 1)
    assert house.ask("select source_row, column_name, value from ingest.quarantine") == [(4, "unit_id", "#N/A")]
    assert source_line(house.home, 1, 3)[1] == {"单位编号": "U2", "单位名称": "二部", "单位类型": "company"}


HTML = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{charset}"><style>td{{}}</style></head>
<body><table><tr><td colspan=3>单位一览</td></tr></table>
<table border=1><thead><tr><th>单位编号</th><th>单位<br>名称</th><th>单位类型</th></tr></thead>
<tr><td>U1</td><td>一部&nbsp;</td><td rowspan="2">company</td></tr>
<tr><td>U2</td><td>甲 &amp;
   乙</td></tr>
<tr><td>合计</td><td>2</td><td></td></tr></table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_html_named_xls_is_read_as_the_table_it_holds(house: House, charset: str) -> None:
    done = house.give("units.xls", HTML.format(charset=charset).encode("gb18030" if charset == "gb2312" else charset))
    assert counts(done) == (2, 2, 0, 0, 0)
    assert house.ask("select unit_id, unit_name, unit_type, source_row from raw.units order by 1") == [
        ("U1", "一部", "company", 2),
        ("U2", "甲 & 乙", "company", 3),
    ]
    assert dict(done.passed_over) == {"total": 1}
    assert house.ask("select encoding, sheet from ingest.loads") == [("html", "2")]
    assert source_line(house.home, 1, 3) == (
        "U2\t甲 & 乙\tcompany",
        {"单位编号": "U2", "单位\n名称": "甲 & 乙", "单位类型": "company"},
    )


def test_hidden_sheets_are_not_read_and_are_named(house: House) -> None:
    sheets = {"现行": UNITS, "旧": [UNITS[0], ["U9", "旧部", "company"]], "空": []}
    (done,) = house.load(xlsx(house.inbox / "units.xlsx", sheets, hidden=["旧", "空"]))
    assert house.ask("select unit_id from raw.units order by 1") == [("U1",), ("U2",)]
    assert "Hidden sheets were not read: 旧." in [m.en.partition(" Unhide")[0] for m in done.messages]
    (none,) = house.load(xlsx(house.inbox / "units_2.xlsx", {"说明": [], "旧": UNITS}, hidden=["旧"]))
    assert none.status == "unreadable"
    assert "旧（隐藏 hidden）" in none.messages[0].en


def test_a_hidden_sheet_that_a_map_names_is_read(house: House) -> None:
    path = xlsx(house.inbox / "x.xlsx", {"现行": UNITS, "旧": [UNITS[0], ["U9", "旧部", "company"]]}, hidden=["旧"])
    known = house.put(
        "old.yml",
        "layout: {sheet: 旧}\ncolumns: {id: [单位编号], name: [单位名称], kind: [单位类型]}\n"
        "feeds: {units: {columns: {unit_id: id, unit_name: name, unit_type: kind}}}\n",
    )
    house.load(path, map_path=known)
    assert house.ask("select unit_id from raw.units") == [("U9",)]
    assert source_line(house.home, 1, 2)[1]["单位名称"] == "旧部"


def test_a_page_whose_cells_span_beyond_measure_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.html_tables.MOST_CELLS", 5_000)
    row = '<tr><td colspan="1000" rowspan="1000">x</td></tr>'
    done = house.give("units.xls", f"<html><table>{row * 9}</table></html>")
    assert done.status == "unreadable"
    assert "more than 5,000 cells" in done.messages[0].en


def test_a_cell_merged_over_rows_holds_its_words_in_each_of_them(house: House) -> None:
    rows = [["单位编号", "单位名称", "单位类型"], ["U1", "一部", "company"], ["U2", "二部", None], ["U3", "三部", None]]
    path = xlsx(house.inbox / "units.xlsx", {"单位": rows}, merged=[("单位", 1, 2, 2, 2)])
    (done,) = house.load(path)
    assert counts(done) == (3, 2, 0, 0, 1)
    assert house.ask("select unit_id, unit_type from raw.units order by 1") == [("U1", "company"), ("U2", "company")]


FURNITURE = (
    "claim_id,line_no,unit_id,employee_id,category,incurred_on,submitted_on,amount\n"
    "A,1,U,E,fuel,2026-03-01,2026-03-02,5.00\n"
    "小计,,,,,,,5.00\n"
    ",,,总 计：,,,,5.00\n"
    "记录数：1\n"
    "制表人：林晚,,,,,,,\n"
    "共 1 条记录,,,,,,,\n"
    "合计公司,1,U,E,fuel,2026-03-01,2026-03-02,6.00\n"
    "合计公司,1,U,E,fuel,,2026-03-02,6.00\n"
)


@pytest.mark.parametrize("as_sheet", [False, True])
def test_totals_and_footers_are_counted_and_no_row_of_a_log_is_taken_for_one(house: House, as_sheet: bool) -> None:
    if as_sheet:
        rows = [line.split(",") for line in FURNITURE.splitlines()]
        (done,) = house.load(xlsx(house.inbox / "expense_lines.xlsx", {"明细": rows}))
    else:
        done = house.give("expense_lines.csv", FURNITURE)
    assert counts(done) == (3, 2, 0, 0, 1)
    assert dict(done.passed_over) == {"total": 2, "footer": 3}
    assert house.ask("select rows_in_file, rows_passed_over from ingest.loads") == [(8, 5)]
    assert any("8 rows in the file, of which 5 were passed over: totals 2, footers" in m.en for m in done.messages)


def test_a_failed_formula_is_no_word_and_empties_nothing_that_matters(house: House) -> None:
    head = "employee_id,punched_at,method,punched_by,device_id\n"
    text = "#N/A,2026-03-02 08:00,card,,D\nE1,2026-03-02 08:00,card,#REF!,D\nE2,2026-03-02 08:00,card,,#VALUE!\n#7,2026-03-02 08:00,card,,D\n"
    done = house.give("punches.csv", head + text)
    assert counts(done) == (4, 2, 0, 0, 2)
    assert house.ask("select source_row, column_name, value from ingest.quarantine order by 1") == [
        (2, "employee_id", "#N/A"),
        (3, "punched_by", "#REF!"),
    ]
    assert house.ask("select employee_id, device_id from raw.punches order by 1") == [("#7", "D"), ("E2", None)]
    assert any("1 cells of device_id hold a failed formula" in m.en for m in done.messages)


def test_two_rows_are_joined_where_the_upper_one_groups_the_lower_one() -> None:
    upper, lower = ["姓名", "请假", None, "备注", "班"], [None, "事假(小时)", "年假(天)", None, "早"]
    assert join_rows(upper, lower) == ["姓名", "请假 / 事假(小时)", "请假 / 年假(天)", "备注", "班 / 早"]
    assert join_rows(["姓名", "请假", "请假"], ["姓名", "事假", "年假"]) == ["姓名", "请假 / 事假", "请假 / 年假"]
    assert join_rows(["单位一览", None, None], ["单位编号", "单位名称", "单位类型"]) is None  # a title
    assert join_rows(["姓名", "工号"], ["林晚", "E1"]) is None  # a row of data
    assert join_rows(["姓名", "工号", "备注"], [None, None, "x"]) is None


def test_a_header_below_a_group_is_known_by_itself_only_while_no_other_is_so_called() -> None:
    at = positions_of(["姓名", "考勤 / 最早", "外出 / 最早", "外出 / 次数\n(次)"])
    assert at["考勤/最早"] == [1]
    assert "最早" not in at
    assert at["次数(次)"] == [3]


def test_of_two_headers_for_one_field_the_documented_one_goes_first_row_by_row(house: House) -> None:
    done = house.give("punches.csv", "UserId,工号,打卡时间\nu1,E1,2026-03-02 08:05\nu2, ,2026-03-02 08:06\n")
    assert house.ask("select employee_id from raw.punches order by 1") == [("E1",), ("u2",)]
    assert any("employee_id has several columns: 工号 first, where it is empty UserId" in m.en for m in done.messages)


def test_of_two_columns_of_words_the_first_word_that_is_known_counts(house: House) -> None:
    head = "申请编号,工号,假别,开始时间,结束时间,申请时间,审批状态,审批结果\n"
    rows = [
        f"{n},E1,事假,2026-03-02 08:00,2026-03-02 12:00,2026-03-01 08:00,{words}\n"
        for n, words in enumerate(("已结束,同意", "审批中,", "已撤销,同意", "已结束,拒绝", "已结束,"), 1)
    ]
    done = house.give("leave_requests.csv", head + "".join(rows))
    assert house.ask("select request_id, status from raw.leave_requests order by 1") == [
        ("1", "approved"),
        ("2", "pending"),
        ("3", "withdrawn"),
        ("4", "rejected"),
    ]
    assert done.quarantined == 1


@pytest.mark.parametrize(
    ("header", "is_read"),
    [("乘车时长(小时)", True), ("乘车时长（h）", True), ("乘车时长(分钟)", False), ("金额(元)", True), ("金额(万元)", False), ("金额（必填）", True)],
)  # fmt: skip
def test_a_unit_is_dropped_only_where_it_is_the_columns_own(header: str, is_read: bool) -> None:
    match = match_header(FEEDS["expense_lines"], [header])
    assert bool(match.columns) == is_read
    assert match.unknown == ([] if is_read else [header])


def test_a_store_of_an_earlier_version_gets_the_columns_that_it_lacks(house: House) -> None:
    with open_store(house.home) as store:
        for column in ("header_rows", "rows_in_file", "rows_passed_over"):
            store.execute(f"alter table ingest.loads drop column {column}")
    assert counts(house.give("units.csv", "unit_id,unit_name,unit_type\nU1,甲,company\n")) == (1, 1, 0, 0, 0)
    assert house.ask("select rows_in_file, rows_passed_over from ingest.loads") == [(1, 0)]

"""From a loaded row back to the line in its file."""

from __future__ import annotations

import pytest
import xlsxwriter

from ingest.problems import Problem
from ingest.tracing import source_line

from .conftest import House

TEXT = '打卡记录\n工号,打卡时间,备注\nE1,2026-03-02 08:05,"甲\n""乙"""\n\nE2,2026-03-02 08:06,丙\nE3,2026-03-02\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_line_is_shown_as_it_was_in_any_encoding(house: House, encoding: str, ending: str) -> None:
    house.give("punches.csv", TEXT.replace("\n", ending).encode(encoding))
    line, cells = source_line(house.home, 1, 3)
    assert line.replace("\r", "") == 'E1,2026-03-02 08:05,"甲\n""乙"""'
    assert cells["工号"] == "E1"
    assert cells["备注"].replace("\r", "") == '甲\n"乙"'
    assert source_line(house.home, 1, 6) == (
        "E2,2026-03-02 08:06,丙",
        {"工号": "E2", "打卡时间": "2026-03-02 08:06", "备注": "丙"},
    )
    assert source_line(house.home, 1, 7)[1]["备注"] == ""


def test_a_row_of_a_sheet_is_shown_as_it_was(house: House) -> None:
    path = house.inbox / "units.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "单位一览")
        sheet.write_row(2, 0, ["单位编号", "unit_name", "unit_type"])
        sheet.write_row(3, 0, [17, "甲", "company"])
    house.load(path)
    assert house.ask("select source_row from raw.units") == [(4,)]
    assert source_line(house.home, 1, 4) == (
        "17\t甲\tcompany",
        {"单位编号": "17", "unit_name": "甲", "unit_type": "company"},
    )


def test_a_row_or_load_that_is_not_there_is_said_so(house: House) -> None:
    house.give("punches.csv", TEXT)
    with pytest.raises(Problem, match="no row 99"):
        source_line(house.home, 1, 99)
    with pytest.raises(Problem, match="no load 5"):
        source_line(house.home, 5, 2)
    for path in house.home.files.iterdir():
        path.unlink()
    with pytest.raises(Problem, match="no longer in"):
        source_line(house.home, 1, 3)

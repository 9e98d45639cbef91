"""A draft of a map is a map: what it is sure of loads, what it is not has to be decided first."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from ingest.drafts import DOUBT, draft_map
from ingest.maps import read_map
from ingest.problems import Problem
from warehouse.cli import app

from .conftest import House, counts
from .sheets import xlsx

STRANGE = "员工,刷卡日期,刷卡时刻,来源\n甲01,2026-03-02,08:05 12:00,外勤\n乙02,2026-03-02,08:06,刷卡\n"


def test_a_file_that_is_nearly_known_gets_a_map_that_loads_it_once_the_doubts_are_settled(house: House) -> None:
    path = house.put(
        "门岗2026-03.csv", "人员代码,打卡时间,打卡方式,备注\nE1,2026-03-02 08:05,外勤,\nE2,2026-03-02 08:06,刷卡,\n"
    )
    draft = draft_map(house.home, path)
    assert (draft.feed, draft.path) == ("punches", house.home.maps / "drafts" / "门岗2026-03.yml")
    text = draft.path.read_text(encoding="utf-8")
    assert 'files: ["门岗*-*.csv"]' in text
    assert text.count(DOUBT) == len(draft.doubts) + 1  # and once in the opening lines
    with pytest.raises(Problem, match=r"\?\?\?"):  # it does not load as long as nobody has decided
        read_map(draft.path)
    mended = text.replace('employee_id: "???"', "employee_id: column_1").replace('"???"', "app")
    draft.path.write_text(mended, encoding="utf-8")
    (done,) = house.load(path, map_path=draft.path)
    assert counts(done) == (2, 2, 0, 0, 0)
    assert house.ask("select employee_id, method from raw.punches order by 1") == [("E1", "app"), ("E2", "card")]


def test_a_draft_in_the_home_is_used_by_no_load(house: House) -> None:
    draft_map(house.home, house.put("x.csv", STRANGE), "punches")
    assert house.give("units.csv", "unit_id,unit_name,unit_type\nU1,甲,company\n").loaded == 1


def test_kinds_are_told_from_the_cells_and_what_does_not_fit_them_is_said(house: House) -> None:
    rows = "".join(f"E{n},2026-03-0{n % 9 + 1},{n}.50,{n},08:0{n % 10}\n" for n in range(1, 20))
    path = house.put("x.csv", "甲,乙,丙,丁,戊\n" + rows + "E20,soon,1.00,1,08:01\n")
    text = draft_map(house.home, path, "punches").path.read_text(encoding="utf-8")
    lines = {line.split(":")[0].strip(): line for line in text.splitlines()}
    assert "kind" not in lines["column_1"]
    assert "kind: date" in lines["column_2"]
    assert "1 of 20 cells are not date" in lines["column_2"]
    assert "kind: decimal" in lines["column_3"]
    assert "kind: int" in lines["column_4"]


def test_times_without_a_day_are_put_on_the_only_column_of_days_and_that_is_doubtful(house: House) -> None:
    path = house.put("x.csv", "工号,日子,打卡时间\nE1,2026-03-02,08:05 12:00\nE2,2026-03-02,08:06\n")
    draft = draft_map(house.home, path)
    text = draft.path.read_text(encoding="utf-8")
    assert "punched_at: {times: [punched_at], day: column_2, needed: true}" in text
    assert any("时间属于哪一天" in doubt for doubt in draft.doubts)
    (done,) = house.load(path, map_path=draft.path)
    assert counts(done) == (3, 3, 0, 0, 0)


def test_a_file_without_a_header_gets_names_for_its_columns(house: House) -> None:
    path = house.put("dump.dat", "7\t2026-03-02 08:05:00\t1\n8\t2026-03-02 08:06:00\t1\n")
    draft = draft_map(house.home, path, "punches")
    text = draft.path.read_text(encoding="utf-8")
    assert "header: none" in text
    assert "columns: [column_1, column_2, column_3]" in text
    assert r'delimiter: "\t"' in text
    draft.path.write_text(text.replace('"???"', "column_1"), encoding="utf-8")
    assert counts(house.load(path, map_path=draft.path)[0]) == (2, 2, 0, 0, 0)


def test_a_sheet_below_titles_is_found_and_its_header_given(house: House) -> None:
    path = xlsx(
        house.inbox / "x.xlsx",
        {"说明": [["本表由系统导出"]], "数据": [["标题"], [], ["员工号", "打卡日期时间"], ["E1", "2026-03-02 08:05"]]},
    )
    draft = draft_map(house.home, path, "punches")
    text = draft.path.read_text(encoding="utf-8")
    assert '  header: 3\n  sheet: "数据"\n' in text
    assert "punched_at: punched_at" in text


def test_what_is_known_already_needs_no_map_and_what_is_refused_says_why(house: House) -> None:
    known = draft_map(house.home, house.put("a.csv", "考勤号码,日期时间\n7,2026-03-02 08:05\n"))
    assert (known.path, known.known.name) == (None, "zkteco_list")
    refused = draft_map(house.home, house.put("b.csv", "姓名,出勤天数,迟到次数,旷工天数\n甲,1,2,3\n"))
    assert refused.known.refuse


@pytest.mark.parametrize("wrong", ["feed", "path", "again"])
def test_a_wrong_call_says_what_is_wrong(house: House, wrong: str) -> None:
    path = house.put("x.csv", STRANGE)
    if wrong == "again":
        draft_map(house.home, path, "punches")
    with pytest.raises(Problem) as caught:
        draft_map(
            house.home, house.inbox / "no.csv" if wrong == "path" else path, "nonsense" if wrong == "feed" else None
        )
    assert caught.value.exit_code == 2
    assert {"feed": "nonsense", "path": "no.csv", "again": "not overwritten"}[wrong] in caught.value.en


def test_the_command_says_where_the_draft_is_and_what_to_do_next(house: House) -> None:
    path = house.put("x.csv", STRANGE)
    out = house.inbox / "mine.yml"
    done = CliRunner().invoke(
        app, ["--home", str(house.home.root), "map", str(path), "--feed", "punches", "--out", str(out)]
    )
    assert done.exit_code == 0
    assert f"zhidu ingest {path} --map {out}" in done.output
    assert DOUBT in done.output
    assert out.exists()

"""Foreign files by source maps: small files of the shape of real exports."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from ingest.maps import SHIPPED, _Occurrences, maps_of, read_map
from ingest.problems import Problem
from ingest.tracing import source_line

from .conftest import House, counts

CLOCK = (
    "        5\t2016-11-15 07:07:29\t1\t255\t1\t0\r\n"
    "        4\t2016-11-15 07:07:35\t1\t255\t1\t0\r\n"
    "        9\t1990-00--8 -16:-29:-40\t1\t255\t1\t0\r\n"
    "        5\t2016-11-14 17:00:01\t1\t255\t1\t0\r\n"
    "        5\t2016-11-14 17:00:01\t1\t255\t1\t0\r\n"
)


def test_a_punch_clocks_dump_becomes_punches_and_the_people_it_shows(house: House) -> None:
    punches, people, units = house.load(house.put("gate_attlog.dat", CLOCK))
    assert [f.feed for f in (punches, people, units)] == ["punches", "employees", "units"]
    assert counts(punches) == (5, 3, 0, 1, 1)
    assert counts(people) == (2, 2, 0, 0, 0)
    assert counts(units) == (1, 1, 0, 0, 0)
    assert house.ask("select employee_id, hired_on, effective_on from raw.employees order by 1") == [
        ("ZK-4", date(2016, 11, 15), date(2016, 11, 15)),
        ("ZK-5", date(2016, 11, 14), date(2016, 11, 14)),
    ]
    assert house.ask("select source_row, value from ingest.quarantine") == [(3, "1990-00--8 -16:-29:-40")]
    line, cells = source_line(house.home, 1, 2)
    assert line == "        4\t2016-11-15 07:07:35\t1\t255\t1\t0"
    assert list(cells.values())[1] == "2016-11-15 07:07:35"


def test_people_that_are_known_already_are_not_made_again_and_an_earlier_day_comes_as_a_row_of_its_own(
    house: House,
) -> None:
    house.load(house.put("a_attlog.dat", CLOCK))
    _, people, units = house.load(house.put("b_attlog.dat", "5\t2017-01-02 08:00:00\t1\t255\t1\t0\n"))
    assert counts(people) == (1, 0, 0, 1, 0)
    assert counts(units) == (1, 0, 0, 1, 0)
    _, people, _ = house.load(house.put("c_attlog.dat", "5\t2015-01-02 08:00:00\t1\t255\t1\t0\n"))
    assert counts(people) == (1, 1, 0, 0, 0)
    found = house.ask("select effective_on from raw.employees where employee_id = 'ZK-5' order by 1")
    assert found == [(date(2015, 1, 2),), (date(2016, 11, 14),)]
    again = house.load(house.put("d_attlog.dat", CLOCK))
    assert [f.status for f in again] == ["duplicate"] * 3


def cards(path: Path, *, directorate: str = "Directorate", extra: bool = False, blank: bool = False) -> None:
    lead = ["TRANS DATE", "TRANS VAT DESC", "ORIGINAL GROSS AMT"]
    rest = [
        "MERCHANT NAME",
        "CARD NUMBER",
        "TRANS CAC CODE 1",
        "TRANS CAC DESC 1",
        "TRANS CAC CODE 2",
        "TRANS CAC DESC 2",
    ]
    middle = ["BILLING CUR CODE", "BILLING CUR CODE"] if extra else []
    rows = [
        (
            41791,
            "VR",
            59.99,
            "shell kings 587",
            "************5770",
            "K020",
            "Vehicle Fuel",
            "RV12N",
            "DC",
            "Local Services",
        ),
        (
            41791,
            "VR",
            59.99,
            "shell kings 587",
            "************5770",
            "K020",
            "Vehicle Fuel",
            "RV12N",
            "DC",
            "Local Services",
        ),
        (41792, "VZ", -12.5, "wickes", "************8673", "L100", "Books", "RJ", "#N/A", "CYP&F Schools"),
        (41793, "VZ", 1.005, "wickes", "************8673", "L100", "Books", "RJ", "DC", "CYP&F Schools"),
    ]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, [*lead, *middle, *rest, directorate])
        first = 1
        if blank:
            sheet.write(1, len(lead + middle + rest), " ")
            first = 2
        for number, row in enumerate(rows, first):
            sheet.write_number(number, 0, row[0], day)
            sheet.write_row(number, 1, [*row[1:3], *(["GBP"] * len(middle)), *row[3:]])


def test_purchase_cards_get_keys_from_content_so_that_a_republished_month_is_all_duplicates(house: House) -> None:
    may, june = house.inbox / "purchasecardtransactionsmay.xlsx", house.inbox / "purchasecardtransactionsjune.xlsx"
    cards(may)
    cards(june, directorate="Directorates ", extra=True, blank=True)
    lines, people, units = house.load(may)
    assert [counts(f) for f in (lines, people, units)] == [(4, 3, 0, 0, 1), (2, 2, 0, 0, 0), (2, 2, 0, 0, 0)]
    assert house.ask(
        "select line_no, category, cast(amount as varchar), unit_id, note from raw.expense_lines order by amount, line_no"
    ) == [
        (1, "other", "-12.50", "SCHOOLS", "wickes / Books"),
        (1, "fuel", "59.99", "LOCAL", "shell kings 587 / Vehicle Fuel / DC"),
        (2, "fuel", "59.99", "LOCAL", "shell kings 587 / Vehicle Fuel / DC"),
    ]
    assert house.ask("select min(hired_on) from raw.employees") == [(date(2014, 6, 1),)]
    lines, people, units = house.load(june)
    assert [counts(f) for f in (lines, people, units)] == [(4, 0, 0, 3, 1), (2, 0, 0, 2, 0), (2, 0, 0, 2, 0)]


MAP = """
files: ["desk-*.csv"]
null_words: [无]
columns:
  who: [人]
  day: {headers: [日], kind: timestamp, format: "%d.%m.%Y %H:%M"}
skip: [{column: who, matches: 合计}]
feeds:
  punches:
    columns:
      employee_id: who
      punched_at: day
      method: {constant: sign}
      punched_by: {from: who, values: {甲: E9}, otherwise: 无}
"""


def test_a_map_of_the_home_is_used_by_file_name_and_rows_that_are_none_are_passed_over(house: House) -> None:
    house.home.maps.mkdir()
    (house.home.maps / "desk.yml").write_text(MAP, encoding="utf-8")
    (done,) = house.load(
        house.put("desk-1.csv", "日,人\n02.03.2026 08:05,甲\n,合计\n31.02.2026 08:05,乙\n02.03.2026 08:05,无\n")
    )
    assert counts(done) == (3, 1, 0, 0, 2)
    assert house.ask("select employee_id, punched_by from raw.punches") == [("甲", "E9")]
    assert house.ask("select source_map from ingest.loads") == [("desk",)]
    assert any("passed over" in m.en for m in done.messages)


def test_a_map_given_by_hand_wins_over_the_name(house: House) -> None:
    path = house.inbox / "mine.yml"
    path.write_text(MAP, encoding="utf-8")
    (done,) = house.load(house.put("units.csv", "日,人\n02.03.2026 08:05,甲\n"), map_path=path)
    assert (done.feed, done.loaded) == ("punches", 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("punched_at: day", "punched_at: dya"), "reads the unknown column dya"),
        (("  punches:", "  punch:"), "there is no feed punch"),
        (("      employee_id: who\n", ""), "punches needs employee_id"),
        (("method: {constant: sign}", "method: {constant: sign, from: who}"), "exactly one of"),
        (("files:", "file:"), "file"),
        (("files:", "files: ["), "mine.yml"),
    ],
)
def test_a_wrong_map_is_refused_with_the_place_that_is_wrong(house: House, change: tuple[str, str], said: str) -> None:
    path = house.inbox / "mine.yml"
    path.write_text(MAP.replace(*change), encoding="utf-8")
    with pytest.raises(Problem) as caught:
        read_map(path)
    assert said in caught.value.en


def test_a_file_without_the_columns_of_its_map_says_which(house: House) -> None:
    path = house.inbox / "mine.yml"
    path.write_text(MAP, encoding="utf-8")
    (done,) = house.load(house.put("x.csv", "日,名\n02.03.2026 08:05,甲\n"), map_path=path)
    assert done.status == "unreadable"
    assert "人" in done.messages[0].en


def test_equal_rows_are_numbered_on_from_batch_to_batch() -> None:
    met = _Occurrences()
    assert met.number(pl.Series(["a", "b", "a"])).to_list() == ["1", "1", "2"]
    assert met.number(pl.Series(["a", "b", "c"])).to_list() == ["3", "2", "1"]


def test_the_shipped_maps_are_right_and_explained() -> None:
    maps = maps_of(SHIPPED)
    assert {m.name for m in maps} >= {"zkteco_attlog", "purchase_cards"}
    assert all(m.about and (m.files or m.recognise) for m in maps)

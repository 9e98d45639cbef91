"""Refused rows say what is wrong, go out to people, and come back mended."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.problems import Problem
from ingest.quarantine import export_rows, file_to_mend, neutral, open_rows, restored

from .conftest import House, counts

HEAD = "claim_id,line_no,unit_id,employee_id,category,incurred_on,submitted_on,amount,note\n"
BAD = (
    "A,1,U,E,fuel,2026-03-01,2026-03-02,-0.015,=1+1\n"
    ",2,U,E,fuel,2026-03-01,2026-03-02,5,@x\n"
    "C,1,U,E,nonsense,2026-03-01,2026-03-02,soon,'=q\n"
)


def test_a_refused_row_counts_once_and_says_rule_by_rule_what_was_expected(house: House) -> None:
    done = house.give("expense_lines.csv", HEAD + BAD)
    assert counts(done) == (3, 0, 0, 0, 3)
    found = house.ask("select source_row, column_name, rule, value from ingest.quarantine order by quarantine_id")
    assert [f[:2] for f in found] == [(2, "amount"), (3, "claim_id"), (4, "category"), (4, "amount")]
    assert found[0][2:] == (
        "amount must be a number with at most two decimals such as 1234.50 (it is never rounded)",
        "-0.015",
    )
    assert found[1][2] == "claim_id must be filled in"
    for row in open_rows(house.home, "expense_lines"):
        for reason in (row["reason_zh"], row["reason_en"]):
            assert "expense_lines.csv" in reason
            assert str(row["source_row"]) in reason
            assert row["column_name"] in reason
            assert (row["value"] or "") in reason
        assert row["row_text"] in BAD


def mend(path: Path) -> None:
    """As a person would in a spreadsheet: all cells as text, two mended, one left as it is."""
    frame = (
        pl.read_csv(path, infer_schema=False)
        if path.suffix == ".csv"
        else fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_polars()
    )
    frame = frame.with_columns(
        pl.col("amount").replace({"-0.015": "-0.01"}),
        pl.when(pl.col("line_no") == "2").then(pl.lit("B")).otherwise("claim_id").alias("claim_id"),
    )
    if path.suffix == ".csv":
        path.write_bytes(frame.write_csv().encode("gb18030"))
    else:
        frame.write_excel(path)


@pytest.mark.parametrize("name", ["待改.csv", "待改.xlsx", "expense_lines_2.csv"])
def test_an_exported_file_mended_under_any_name_closes_what_it_came_from(house: House, name: str) -> None:
    house.give("expense_lines.csv", HEAD + BAD)
    out = house.inbox / name
    assert export_rows(house.home, "expense_lines", out) == [(out, 3)]
    if out.suffix == ".csv":  # a workbook holds the time at which it was written
        assert file_to_mend(house.home, "expense_lines", ".csv") == out.read_bytes()
    else:
        download = fastexcel.read_excel(file_to_mend(house.home, "expense_lines", ".xlsx"))
        assert download.load_sheet(0).to_polars().equals(fastexcel.read_excel(out).load_sheet(0).to_polars())
    mend(out)
    (done,) = house.load(out)
    assert counts(done) == (3, 2, 0, 0, 1)
    assert not [m for m in done.messages if "Unknown" in m.en]
    assert house.ask("select claim_id, amount, note from raw.expense_lines order by 1") == [
        ("A", Decimal("-0.01"), "=1+1"),
        ("B", Decimal("5.00"), "@x"),
    ]
    assert {(r["load_id"], r["column_name"]) for r in open_rows(house.home)} == {(2, "category"), (2, "amount")}
    assert house.ask("select distinct resolved_by_load_id from ingest.quarantine where load_id = 1") == [(2,)]


def test_a_row_mended_in_its_own_file_leaves_the_quarantine_by_its_key(house: House) -> None:
    house.give("expense_lines.csv", HEAD + BAD)
    house.give(
        "expense_lines_b.csv",
        HEAD + "A,1,U,E,fuel,2026-03-01,2026-03-02,-0.02,\nC,9,U,E,fuel,2026-03-01,2026-03-02,1,\n",
    )
    assert sorted({r["source_row"] for r in open_rows(house.home)}) == [3, 4]


def test_a_row_whose_key_was_unreadable_leaves_it_when_the_same_file_comes_mended_but_not_for_other_rows(
    house: House,
) -> None:
    house.give("expense_lines.csv", HEAD + BAD)
    house.give(
        "expense_lines.csv", HEAD + "X,1,U,E,fuel,2026-03-01,2026-03-02,7,\nZ,2,U,E,rent,2026-03-01,2026-03-02,5,@x\n"
    )
    assert 3 in {r["source_row"] for r in open_rows(house.home)}
    house.give(
        "expense_lines.csv", HEAD + "Y,1,U,E,fuel,2026-03-01,2026-03-02,7,\nB,2,U,E,fuel,2026-03-01,2026-03-02,5,@x\n"
    )
    assert 3 not in {r["source_row"] for r in open_rows(house.home)}


def test_an_earlier_good_row_of_the_same_file_does_not_close_a_later_refused_one(house: House) -> None:
    good = "A,1,U,E,fuel,2026-03-01,2026-03-02,1,\n"
    bad = "A,1,U,E,fuel,2026-03-01,2026-03-02,x,\n"
    house.give("expense_lines.csv", HEAD + good + bad)
    assert len(open_rows(house.home)) == 1
    house.give("expense_lines_2.csv", HEAD + bad + good)
    assert [r["load_id"] for r in open_rows(house.home)] == []


@given(st.text(alphabet=st.sampled_from("'=+-@1.,a "), max_size=8))
def test_what_is_neutralised_for_people_is_read_back_unharmed(text: str) -> None:
    frame = pl.DataFrame({"x": [text]})
    shown = frame.select(neutral(pl.col("x"))).item()
    assert frame.with_columns(neutral(pl.col("x"))).select(restored(pl.col("x"))).item() == text
    assert not shown.startswith(("=", "@"))


def test_without_a_feed_the_export_is_a_folder_with_a_file_a_feed(house: House) -> None:
    house.give("expense_lines.csv", HEAD + BAD)
    house.give("units.csv", "unit_id,unit_name,unit_type\nU1,甲,moon\n")
    folder = house.inbox / "out"
    written = export_rows(house.home, None, folder)
    assert [(p.name, n) for p, n in written] == [("expense_lines_quarantine.csv", 3), ("units_quarantine.csv", 1)]
    with pytest.raises(Problem):
        export_rows(house.home, None, house.inbox / "all.csv")
    with pytest.raises(Problem):
        export_rows(house.home, "nonsense", folder)

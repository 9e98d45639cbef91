"""Text that a spreadsheet would run, in every file that people export."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import fastexcel
import polars as pl
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from dashboards.download import Sheet
from ingest.quarantine import file_to_mend, neutral, restored
from tests.attacks.corpora import families, with_unseen
from tests.ingest.conftest import House
from warehouse.cli import app
from warehouse.export import to_csv, to_xlsx
from warehouse.home import Home

PREFIXES = [with_unseen(case) for family in families("formulas") for case in family.cases]
TEXTS = [f"{prefix}cmd|' /C calc'!A{place}" for place, prefix in enumerate(PREFIXES, 1)]
RUNS = re.compile(r"\s*[=+\-@|%＝＋－＠]")
NUMBER = re.compile(r"-?[\d.]+")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def _is_plain_csv(text: str) -> None:
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) for cell in row]
    assert not [c for c in cells if RUNS.match(c) and not NUMBER.fullmatch(c)]
    assert not [c for c in cells if c.startswith(("\t", "\r", "\n"))]
    assert sum("calc" in c for c in cells) >= len(TEXTS)


def _is_plain_xlsx(data: bytes) -> list[str]:
    """Its texts: no formula, no link, nothing outside the workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = parts.namelist()
        assert not [n for n in names if "external" in n.lower() or "vba" in n.lower() or "embed" in n.lower()]
        sheets = [parts.read(n).decode() for n in names if n.startswith("xl/worksheets/sheet")]
    assert not [s for s in sheets if re.search(r"<f[ >]|<hyperlink|<ddeLink", s)]
    found = []
    for name in fastexcel.read_excel(data).sheet_names:
        sheet = fastexcel.read_excel(data).load_sheet(name, header_row=None, dtypes="string")
        found += [cell for row in sheet.to_polars().rows() for cell in row if cell]
    assert sum("calc" in cell for cell in found) >= len(TEXTS)
    return found


def test_the_prefixes_are_as_many_as_they_should_be() -> None:
    assert len(set(PREFIXES)) == len(PREFIXES) >= 20


def test_the_tables_of_the_pages() -> None:
    sheet = Sheet(
        title="=title",
        headers=["=header", *TEXTS],
        kinds=["text"] * (len(TEXTS) + 1),
        frame=pa.table([pa.array(TEXTS)] * (len(TEXTS) + 1), names=[str(n) for n in range(len(TEXTS) + 1)]),
        notes=[("=name", text) for text in TEXTS],
        notes_title="@notes",
        total="=total",
    )
    _is_plain_csv(sheet.csv().decode())
    assert {*TEXTS} <= {*_is_plain_xlsx(sheet.xlsx())}


def test_the_results_of_sql() -> None:
    frame = pa.table({"=1+1": TEXTS, "@x": [[text] for text in TEXTS], "n": range(len(TEXTS))})
    _is_plain_csv(to_csv(frame))
    assert {*TEXTS} <= {*_is_plain_xlsx(to_xlsx(frame))}


def test_the_command_line_s_results_of_sql(people: Home, tmp_path: Path) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    names = ", ".join(f'{quoted(text)} as "{text}"' for text in TEXTS)
    for suffix in ("csv", "xlsx"):
        file = tmp_path / f"x.{suffix}"
        words = ["--home", str(people.root), "sql", f"select {names}", "--format", suffix, "--out", str(file)]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.exception
        if suffix == "csv":
            _is_plain_csv(file.read_bytes().decode("utf-8-sig"))
        else:
            assert {*TEXTS} <= {*_is_plain_xlsx(file.read_bytes())}


def _refuse_texts(house: House) -> None:
    """Rows that are refused for their date, with a text in every cell."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["employee_id", "punched_at", "unit_id"])
    rows.writerows([text, text, text] for text in TEXTS)
    house.give("punches.csv", file.getvalue())


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_refused_rows_to_mend(house: House, suffix: str) -> None:
    _refuse_texts(house)
    out = house.inbox / f"mend{suffix}"
    done = CliRunner().invoke(
        app, ["--home", str(house.home.root), "quarantine", "--feed", "punches", "--out", str(out)]
    )
    assert done.exit_code == 0, done.exception
    for data in (out.read_bytes(), file_to_mend(house.home, "punches", suffix)):
        if suffix == ".csv":
            _is_plain_csv(data.decode())
        else:
            _is_plain_xlsx(data)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_neutralised_cell_comes_back_as_it_was(text: str) -> None:
    frame = pl.DataFrame({"x": [text]}).with_columns(neutral(pl.col("x")))
    assert frame.item().startswith("'")
    assert frame.with_columns(restored(pl.col("x"))).item() == text

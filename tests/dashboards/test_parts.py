"""Formats, downloads, the server's refusals."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import fastexcel
import pyarrow as pa
import pytest

from dashboards import charts, fmt
from dashboards.download import Sheet, neutral
from dashboards.i18n import Texts, of_browser
from dashboards.server import serve
from dashboards.sparkline import sparkline
from dashboards.tables import kind_of
from ingest.problems import Problem
from tests.compare import MARTS
from warehouse.home import CHECKOUT, Home

ZH, EN = Texts("zh"), Texts("en")


def test_money_is_written_as_each_language_does() -> None:
    assert fmt.money(Decimal("1234.5"), ZH) == "1,234.50 元"
    assert fmt.money(Decimal("1234.5"), EN) == "¥1,234.50"
    assert fmt.money(Decimal("-1234567"), ZH) == "-123.46 万元"
    assert fmt.money(Decimal("1234567"), EN) == "¥1.23M"


def test_dates_and_months_are_written_as_each_language_does() -> None:
    day = date(2026, 3, 8)
    assert (fmt.day(day, ZH), fmt.day(day, EN)) == ("2026年3月8日", "8 Mar 2026")
    assert (fmt.month(day, ZH), fmt.month(day, EN)) == ("2026年3月", "Mar 2026")
    assert (fmt.short_month(day, ZH), fmt.short_month(day, EN)) == ("2026-03", "Mar 2026")


def test_a_change_has_a_sign_and_a_rate_changes_by_points() -> None:
    assert fmt.change(Decimal("-10"), "money", EN) == "-10.00"
    assert fmt.change(0.021, "rate", EN) == "+2.1 pp"
    assert fmt.change(3, "count", EN) == "+3"
    assert fmt.change(None, "count", EN) is None


def test_the_kind_of_a_column_follows_from_its_name() -> None:
    expected = {
        "effective_amount": "money", "daily_wage": "money", "cap_usage_rate": "rate", "month": "month",
        "cohort_month": "month", "quarter": "quarter", "occurred_on": "date", "ringing_at": "timestamp",
        "is_late": "flag", "late_count": "count", "absent_days": "days", "employee_id": "text", "category": "text",
        "claim_id": "text", "score": "score", "valid_to": "date",
    }  # fmt: skip
    assert {column: kind_of(column) for column in expected} == expected
    promised = {column for mart in MARTS.values() for column in mart["columns"]}
    assert all(kind_of(column) for column in promised)


def test_the_first_language_follows_the_browser() -> None:
    assert [of_browser(x) for x in ("zh", "zh-TW", "en-US", "de", None)] == ["zh", "zh", "en", "en", "en"]


def test_a_sparkline_needs_two_figures_and_holds_no_text() -> None:
    assert sparkline([None, 3]) == ""
    assert sparkline([0, 1, None, 3]).startswith("<img ")


# ---------------------------------------------------------------- downloads


SHEET = Sheet(
    title="Fines: [all]",
    headers=["Who", "Amount", "Day"],
    kinds=["text", "money", "date"],
    frame=pa.table(
        {
            "who": ['=HYPERLINK("http://evil.example")', "@SUM(1)"],
            "amount": [Decimal("-1.50"), None],
            "day": [date(2026, 3, 8), None],
        }
    ),
    notes=[("Version", "=1+1")],
    notes_title="Notes",
)


def test_a_download_ends_with_the_sums_of_what_adds_up() -> None:
    frame = pa.table({"who": ["a", "b"], "amount": [Decimal("1.10"), Decimal("2.20")], "rate": [0.5, 0.7]})
    sheet = Sheet("t", ["Who", "Amount", "Rate"], ["text", "money", "rate"], frame, [], "notes", "Total")
    assert sheet.csv().decode("utf-8-sig").splitlines()[-1] == "Total,3.30,"
    rows = fastexcel.read_excel(sheet.xlsx()).load_sheet(0).to_polars().rows()
    assert rows[-1] == ("Total", 3.3, None)


def test_a_workbook_keeps_text_as_text_and_figures_as_figures() -> None:
    data = SHEET.xlsx()
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        names = parts.namelist()
    assert not any("<f>" in sheet for sheet in sheets)
    assert not any("hyperlink" in sheet.lower() for sheet in sheets)
    assert not any("externalLink" in name for name in names)
    rows = fastexcel.read_excel(data).load_sheet(0).to_polars().rows()
    assert rows[0][0].startswith("=HYPERLINK") and rows[0][1] == -1.5 and str(rows[0][2])[:10] == "2026-03-08"


def test_a_csv_for_excel_has_a_mark_and_no_formula() -> None:
    lines = SHEET.csv().decode("utf-8").split("\r\n")
    assert lines[0] == "\ufeffWho,Amount,Day"
    assert lines[1] == '"\'=HYPERLINK(""http://evil.example"")",-1.50,2026-03-08'
    assert lines[2] == "'@SUM(1),,"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_could_be_a_formula_is_neutralised(text: str) -> None:
    assert neutral(text) == "'" + text


# ---------------------------------------------------------------- the server


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "intranet.example"])
def test_other_machines_are_refused_while_no_sign_in_is_configured(golden: Home, host: str) -> None:
    with pytest.raises(Problem, match="127.0.0.1") as found:
        serve(golden, host)
    assert found.value.exit_code == 2


def test_a_port_that_is_taken_is_said_to_be(golden: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=str(port)) as found:
            serve(golden, port=port)
    assert found.value.exit_code == 1


def test_the_settings_take_effect_wherever_the_server_is_started(tmp_path: Path) -> None:
    script = (
        "import dashboards.asgi; from streamlit import config; print([config.get_option(o) for o in "
        "('runner.postScriptGC', 'browser.gatherUsageStats', 'client.showErrorDetails', 'client.disableDataExport')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[False, False, 'none', True]"


def test_a_chart_draws_what_can_be_read_and_says_how_much_is_left() -> None:
    many = charts.MOST_LINES + 5
    frame = pa.table({"label": [f"n{i}" for i in range(many)], "fine_amount": [float(i) for i in range(many)]})
    figure = charts.ranked(frame, "label", "fine_amount", EN)
    assert len(figure.data[0].y) == charts.MOST_LINES
    assert figure.layout.yaxis.ticktext[-1] == EN("charts.left_out", count="5")
    few = charts.ranked(frame.slice(0, 3), "label", "fine_amount", EN)
    assert list(few.layout.yaxis.ticktext) == ["n0", "n1", "n2"]

"""Every page, in both languages, on data, on no data and on nothing published; its figures are the marts' own."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from dashboards.i18n import LANGUAGES, Texts
from tests.compare import GOLDEN
from tests.dashboards.conftest import PAGES, RunPage, csv_rows, grid, texts_on
from tests.dashboards.stand_in import HOSTILE, stand_in
from warehouse.home import Home
from warehouse.publish import current

FILTERED = ["attendance", "budget", "conversion", "operators"]
LEDGER = [r for s in ("people", "money") for r in csv_rows(GOLDEN / s / "expected" / "fct_rule_outcomes.csv")]
FINE = next(r for r in LEDGER if r["clause_id"] == "R7-1.4" and r["month"] == "2026-03-01")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_is_published_and_says_as_of_when(
    golden: Home, run_page: RunPage, page: str, language: str
) -> None:
    test = run_page(golden, page, language, outcome=FINE["outcome_id"] if page == "why" else "")
    text, said = Texts(language), texts_on(test)
    assert not test.exception
    assert test.title[0].value == text(f"{page}.title")
    assert any(current(golden).version in line for line in said)
    assert any(("2026年4月30日" if language == "zh" else "30 Apr 2026") in line for line in said)
    assert len(test.dataframe) >= 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_rows_says_what_to_do(empty: Home, run_page: RunPage, page: str, language: str) -> None:
    test, text = run_page(empty, page, language), Texts(language)
    assert not test.exception
    assert test.title[0].value == text(f"{page}.title")
    wanted = {"quality": "quality.loads_empty", "why": "why.none_text"}.get(page, f"{page}.empty_text")
    assert text(wanted) in texts_on(test)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_before_anything_is_published_a_page_says_so(
    unpublished: Home, run_page: RunPage, page: str, language: str
) -> None:
    test = run_page(unpublished, page, language)
    assert not test.exception
    assert test.subheader[0].value == Texts(language)("page.problem")
    assert "zhidu demo" in test.text[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_when_it_is_not_the_newest_version_and_when_a_year_has_no_holidays(
    tmp_path: Path, run_page: RunPage, language: str
) -> None:
    stand_in(tmp_path, announced=2025)
    home = stand_in(tmp_path, announced=2025)
    newest = home.published / current(home).file
    newest.chmod(0o644)
    newest.write_bytes(newest.read_bytes()[:-1])
    test, text = run_page(home, "budget", language), Texts(language)
    assert not test.exception
    assert text("page.spare") in texts_on(test)
    assert text("page.without_holidays", years="2026") in texts_on(test)


@pytest.mark.parametrize("page", FILTERED)
def test_a_month_that_is_not_over_is_marked(unfinished: Home, golden: Home, run_page: RunPage, page: str) -> None:
    text = Texts("zh")
    mark, note = text("page.provisional_mark"), text("page.provisional", as_of="2026年4月8日")
    test = run_page(unfinished, page, "zh", month="2026-04")
    assert note in texts_on(test)
    assert "2026年4月" + mark in test.selectbox(key="filter.month").options
    assert "2026年3月" in test.selectbox(key="filter.month").options
    assert note not in texts_on(run_page(unfinished, page, "zh", month="2026-03"))
    assert not any(mark in option for option in run_page(golden, page, "zh").selectbox(key="filter.month").options)


@pytest.mark.parametrize(
    ("locale", "title"), [("zh-CN", "考勤与罚款"), ("en-GB", "Attendance and fines"), ("fr", "Attendance and fines")]
)
def test_the_browser_chooses_the_first_language(golden: Home, run_page: RunPage, locale: str, title: str) -> None:
    assert run_page(golden, "attendance", locale=locale).title[0].value == title


def test_the_address_chooses_month_and_unit_and_what_does_not_exist_counts_as_nothing(
    golden: Home, run_page: RunPage
) -> None:
    test = run_page(golden, "attendance", "zh", month="2026-03", unit="BO2")
    assert test.selectbox(key="filter.month").value == "2026-03"
    assert test.selectbox(key="filter.unit").value == "BO2"
    assert test.query_params == {"lang": "zh", "month": "2026-03", "unit": "BO2"}
    test = run_page(golden, "attendance", "xx", month="2026-13", unit="'; drop table x")
    assert not test.exception
    assert test.selectbox(key="filter.month").value == "2026-04"
    assert test.selectbox(key="filter.unit").value == ""


def test_a_choice_on_the_page_goes_into_the_address(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "attendance", "en")
    test.selectbox(key="filter.month").select("2026-03").run()
    assert test.query_params["month"] == "2026-03"
    test.selectbox(key="filter.month").select("2026-04").run()
    assert "month" not in test.query_params


# ---------------------------------------------------------------- the figures are the marts' own


def _sum(rows: list[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(r[column]) for r in rows if r[column]), Decimal(0))


@pytest.mark.parametrize(("month", "unit"), [("2026-03", ""), ("2026-04", ""), ("2026-03", "CO1"), ("2026-03", "SC1")])
def test_fines_on_the_page_are_the_sum_of_the_ledger(golden: Home, run_page: RunPage, month: str, unit: str) -> None:
    test = run_page(golden, "attendance", "en", month=month, unit=unit)
    fines = [
        r
        for r in LEDGER
        if r["outcome_type"] == "fine" and r["month"] == f"{month}-01" and (not unit or r["unit_id"] == unit)
    ]
    total = _sum(fines, "effective_amount")
    assert test.metric[0].value == f"¥{total:,.2f}"
    assert Decimal(str(grid(test, "attendance.people")["fine_amount"].sum())) == total


def test_one_person_s_days_and_outcomes_are_theirs(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "attendance", "en", month="2026-03", person="E01")
    days = csv_rows(GOLDEN / "people" / "expected" / "fct_attendance_days.csv")
    theirs = [r for r in days if r["employee_id"] == "E01" and r["work_date"].startswith("2026-03")]
    assert [str(d)[:10] for d in grid(test, "attendance.days")["work_date"]] == [r["work_date"] for r in theirs]
    shown = grid(test, "attendance.outcomes")
    assert len(shown) == len([r for r in LEDGER if r["subject_id"] == "E01" and r["month"] == "2026-03-01"])
    assert all(who.endswith("E01") for who in shown["employee_id"])


def test_a_clause_in_the_address_narrows_the_outcomes(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "attendance", "en", month="2026-03", clause="R7-1.4")
    clauses = set(grid(test, "attendance.outcomes")["clause_id"])
    assert len(clauses) == 1 and clauses.pop().startswith("R7-1.4 ")


def test_budget_months_and_disallowed_lines_are_the_mart_s(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "budget", "en", month="2026-04")
    months = csv_rows(GOLDEN / "money" / "expected" / "fct_budget_months.csv")
    april = [r for r in months if r["month"] == "2026-04-01"]
    shown = grid(test, "budget.months")
    for column in ("budget_amount", "spent_amount", "carry_in_amount", "reward_amount", "overspend_amount"):
        assert Decimal(str(shown[column].sum())) == _sum(april, column)
    lines = csv_rows(GOLDEN / "money" / "expected" / "fct_expense_lines.csv")
    cut = [r for r in lines if r["month"] == "2026-04-01" and Decimal(r["disallowed_amount"]) != 0]
    shown = grid(test, "budget.disallowed")
    assert len(shown) == len(cut)
    assert Decimal(str(shown["disallowed_amount"].sum())) == _sum(cut, "disallowed_amount")
    usage = grid(test, "budget.usage")
    broken = [
        bool(cap or budget) for cap, budget in zip(usage["is_cap_breached"], usage["is_budget_breached"], strict=True)
    ]
    assert broken == sorted(broken, reverse=True) and any(broken)


def test_conversion_of_all_stores_is_buyers_over_prospects(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "conversion", "en", month="2026-04")
    rows = csv_rows(GOLDEN / "money" / "expected" / "fct_conversion_months.csv")
    april = [r for r in rows if r["month"] == "2026-04-01"]
    buyers, prospects = _sum(april, "buyers"), _sum(april, "prospects")
    assert [m.value for m in test.metric][1:3] == [str(buyers), f"{buyers / prospects * 100:.1f}%"]
    assert grid(test, "conversion.classes")["prospects"].sum() == prospects


def test_operators_have_their_scores_and_what_was_out_of_limit(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "operators", "en", month="2026-03")
    rows = csv_rows(GOLDEN / "people" / "expected" / "fct_operator_months.csv")
    march = {r["operator_id"]: Decimal(r["score"]) for r in rows if r["month"] == "2026-03-01" and r["score"]}
    shown = grid(test, "operators.people")
    scores = dict(zip(shown["operator_id"].str[-3:], shown["score"], strict=True))
    assert {k: Decimal(str(v)) for k, v in scores.items() if v is not None and v == v} == march
    calls = csv_rows(GOLDEN / "people" / "expected" / "fct_hotline_calls.csv")
    out = {r["call_id"] for r in calls if r["is_answered_in_time"] == "false" or r["is_operator_hang_up"] == "true"}
    assert set(grid(test, "operators.calls")["call_id"]) == out


def test_the_quality_page_accounts_for_every_row(golden: Home, run_page: RunPage) -> None:
    loads = grid(run_page(golden, "quality", "en"), "quality.loads")
    parts = ["rows_loaded", "rows_corrected", "rows_duplicate", "rows_quarantined"]
    assert (loads[parts].sum(axis=1) == loads["rows_read"]).all()
    assert set(loads["is_complete"]) == {"✓"}


# ---------------------------------------------------------------- why


def test_an_outcome_is_explained_by_its_id(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "why", "zh", outcome=FINE["outcome_id"])
    assert not test.exception
    assert FINE["clause_id"] in test.text[0].value
    assert FINE["subject_id"] in test.text[0].value


def test_an_unknown_outcome_is_said_to_be_unknown(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "why", "en", outcome="no-such-id")
    assert not test.exception
    assert Texts("en")("why.unknown_title") in texts_on(test)


# ---------------------------------------------------------------- text from logs is never markup


@pytest.mark.parametrize("page", PAGES)
def test_text_from_logs_is_never_markup(hostile: Home, run_page: RunPage, page: str) -> None:
    outcome = next(r for r in LEDGER if r["subject_id"] == "E01")["outcome_id"]
    test = run_page(hostile, page, "zh", month="2026-03", outcome=outcome if page == "why" else "")
    assert not test.exception
    assert not [line for line in texts_on(test) if "<img" in line or "![x]" in line]
    charts = [json.dumps(json.loads(chart.proto.spec)) for chart in test.get("plotly_chart")]
    assert charts or page in ("quality", "why")
    assert not [chart for chart in charts if "<img" in chart]
    grids = " ".join(frame.value.to_csv() for frame in test.dataframe)
    plain = " ".join(text.value for text in test.text)
    if page != "conversion":  # a page of stores: the hostile unit and people have no part in it
        assert HOSTILE[:20] in grids + plain


# ---------------------------------------------------------------- a real build


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_read_what_a_build_publishes(people: Home, run_page: RunPage, page: str) -> None:
    test = run_page(people, page, "zh", outcome=FINE["outcome_id"] if page == "why" else "")
    assert not test.exception
    assert test.title[0].value == Texts("zh")(f"{page}.title")
    assert Texts("zh")("page.problem") not in texts_on(test)


def test_a_fine_of_a_build_is_traced_to_its_file(people: Home, run_page: RunPage) -> None:
    test = run_page(people, "why", "zh", outcome=FINE["outcome_id"])
    assert Texts("zh")("why.partial") not in texts_on(test)
    assert "punches.csv" in set(grid(test, "why.sources")["file_name"])

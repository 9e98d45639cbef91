"""Every page, in both languages, on data, on no data and on nothing published; its figures are the marts' own."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dashboards import analyst
from dashboards.i18n import LANGUAGES, Texts
from ingest.quarantine import file_to_mend
from tests.compare import GOLDEN
from tests.dashboards.conftest import PAGES, RunPage, csv_rows, grid, spec, texts_on
from tests.dashboards.stand_in import HOSTILE, stand_in
from warehouse.home import Home
from warehouse.publish import current

FILTERED = [
    "glance", "attendance", "person", "school", "budget", "callbacks", "conversion", "events", "operators",
    "inspections",
]  # fmt: skip
LEDGER = [r for s in ("people", "money") for r in csv_rows(GOLDEN / s / "expected" / "fct_rule_outcomes.csv")]
FINE = next(r for r in LEDGER if r["clause_id"] == "R7-1.4" and r["month"] == "2026-03-01")
# pages that begin with a choice: what their address names
CHOSEN = {"why": {"outcome": FINE["outcome_id"]}, "person": {"person": FINE["subject_id"], "month": "2026-03"}}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_is_published_and_says_as_of_when(
    golden: Home, run_page: RunPage, page: str, language: str
) -> None:
    test = run_page(golden, page, language, **CHOSEN.get(page, {}))
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
    wanted = {
        "quality": "quality.loads_empty",
        "rulebook": "rulebook.clause_choose",
        "sql": "sql.schema_note",
        "why": "why.none_text",
    }.get(page, f"{page}.empty_text")
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
    tmp_path: Path, people: Home, run_page: RunPage, language: str
) -> None:
    stand_in(tmp_path, [people], announced_until=2025)
    home = stand_in(tmp_path, [people], announced_until=2025)
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
    test = run_page(golden, "attendance", "zh", month="2026-03", unit="BO2", section="clauses")
    assert test.selectbox(key="filter.month").value == "2026-03"
    assert test.selectbox(key="filter.unit").value == "BO2"
    assert test.query_params == {"lang": "zh", "month": "2026-03", "unit": "BO2", "section": "clauses"}
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
    test = run_page(golden, "person", "en", month="2026-03", person="E01")
    days = csv_rows(GOLDEN / "people" / "expected" / "fct_attendance_days.csv")
    theirs = [r for r in days if r["employee_id"] == "E01" and r["work_date"].startswith("2026-03")]
    assert [str(d)[:10] for d in grid(test, "person.days")["work_date"]] == [r["work_date"] for r in theirs]
    shown = grid(test, "person.outcomes")
    known = [r for r in LEDGER if r["subject_id"] == "E01" and r["month"] == "2026-03-01"]
    assert len(shown) == len(known)
    for how, amount in zip(shown["how"], shown["amount"], strict=True):
        assert f"= ¥{amount:,.2f}" in how if amount == amount and amount is not None else not how


@pytest.mark.parametrize("unit", ["", "CO1"])
def test_the_month_at_a_glance_adds_up_from_the_marts(golden: Home, run_page: RunPage, unit: str) -> None:
    test = run_page(golden, "glance", "en", month="2026-03", unit=unit)
    months = csv_rows(GOLDEN / "people" / "expected" / "fct_attendance_months.csv")
    march = [r for r in months if r["month"] == "2026-03-01" and (not unit or r["unit_id"] == unit)]
    off = sum(_sum(march, c) for c in ("absent_days", "paid_leave_days", "unpaid_leave_days"))
    scheduled = _sum(march, "scheduled_days")
    assert test.metric[0].value == f"{(scheduled - off) / scheduled * 100:.1f}%"
    fines = [
        r
        for r in LEDGER
        if r["outcome_type"] == "fine" and r["subject_type"] == "employee" and r["month"] == "2026-03-01"
        and (not unit or r["unit_id"] == unit)
    ]  # fmt: skip
    assert test.metric[1].value == f"¥{_sum(fines, 'effective_amount'):,.2f}"
    taken = list(grid(test, "glance.people")["taken_amount"])
    flagged = list(grid(test, "glance.people")["is_dismissal_flagged"])
    assert sorted(zip(flagged, taken, strict=True), reverse=True) == list(zip(flagged, taken, strict=True))


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


def test_duties_and_times_of_operators_are_those_of_the_calls(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "operators", "en", month="2026-03")
    calls = [
        r
        for r in csv_rows(GOLDEN / "people" / "expected" / "fct_hotline_calls.csv")
        if r["ringing_at"].startswith("2026-03") and r["is_answered_in_time"]
    ]
    duty = grid(test, "operators.measures").set_index("clause_id")
    answer = duty.loc[next(clause for clause in duty.index if clause.startswith("R2-3.4.1 "))]
    met = sum(r["is_answered_in_time"] == "true" for r in calls)
    assert (answer["judged_count"], answer["met_count"], answer["unmet_count"]) == (len(calls), met, len(calls) - met)
    assert answer["limits"].endswith(": 15")  # seconds, as the rules of that month say
    bars = spec(test, "operators.answers")["data"]
    assert [sum(bar["y"]) for bar in bars] == [met, len(calls) - met]
    assert all(place <= 0 for place in bars[0]["x"]) and all(place >= 0 for place in bars[1]["x"])


def test_handovers_out_of_order_are_all_listed(golden: Home, run_page: RunPage) -> None:
    missed = {
        r["source_key"]
        for r in LEDGER
        if r["clause_id"] in ("R2-2.2.1", "R2-2.2.3") and r["month"] == "2026-03-01" and r["outcome_type"] == "miss"
    }
    shown = grid(run_page(golden, "operators", "en", month="2026-03"), "operators.handovers")
    assert missed and set(shown["shift_id"]) == missed
    assert shown["action"].notna().all()


def test_the_grid_of_rounds_has_a_cell_a_round_in_its_state(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "inspections", "en", month="2026-04")
    slots = [
        r
        for r in csv_rows(GOLDEN / "people" / "expected" / "fct_inspection_slots.csv")
        if r["slot_at"].startswith("2026-04")
    ]
    by_status = Counter(r["status"] for r in slots)
    cells = {bar["name"]: len(bar["y"]) for bar in spec(test, "inspections.grid")["data"]}
    words = {"on_time": "On time", "off_time": "Off time", "missed": "Missed"}
    assert {words[status]: count for status, count in by_status.items()} == cells
    assert [m.value for m in test.metric][0] == str(len(slots))
    shown = grid(test, "inspections.rounds")
    assert len(shown) == by_status["off_time"] + by_status["missed"]
    assert shown["action"].notna().all()  # each leads to its outcome


def test_weeks_that_lack_items_come_first(golden: Home, run_page: RunPage) -> None:
    shown = grid(run_page(golden, "inspections", "en", month="2026-04"), "inspections.weeks")
    rates = list(shown["done_rate"])
    assert rates == sorted(rates)
    expected = csv_rows(GOLDEN / "people" / "expected" / "fct_inspection_weeks.csv")
    assert set(zip(shown["asset_id"], shown["items_done"], strict=True)) <= {
        (r["asset_id"], int(r["items_done"])) for r in expected
    }


def test_milestones_to_do_are_those_not_done(golden: Home, run_page: RunPage) -> None:
    tasks = csv_rows(GOLDEN / "people" / "expected" / "fct_event_tasks.csv")
    waiting = sorted(r["due_at"] for r in tasks if r["status"] in ("overdue", "pending"))
    test = run_page(golden, "events", "en", month="2026-04")
    shown = grid(test, "events.to_do")
    assert [str(t)[:19] for t in shown["due_at"]] == waiting
    one = grid(run_page(golden, "events", "en", month="2026-04", contract="Q01"), "events.to_do")
    assert len(one) == sum(r["contract_id"] == "Q01" for r in tasks)
    late = [r for r in tasks if r["status"] in ("done_late", "overdue") and r["due_at"].startswith("2026-04")]
    shown = grid(test, "events.late")
    assert len(shown) == len(late) and shown["action"].notna().all()


def test_sales_targets_are_the_mart_s(golden: Home, run_page: RunPage) -> None:
    rows = csv_rows(GOLDEN / "people" / "expected" / "fct_sales_target_months.csv")
    march = [r for r in rows if r["month"] == "2026-03-01"]
    shown = grid(run_page(golden, "events", "en", month="2026-03"), "events.targets")
    assert Decimal(str(shown["signed_amount"].sum())) == _sum(march, "signed_amount")
    assert len(shown) == len(march)


def test_classes_have_their_points_and_ranks(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "school", "en", month="2026-04")
    rows = csv_rows(GOLDEN / "people" / "expected" / "fct_class_months.csv")
    ranks = {month: {r["class_id"]: int(r["rank_in_school"]) for r in rows if r["month"] == month}
             for month in ("2026-03-01", "2026-04-01")}  # fmt: skip
    shown = grid(test, "school.classes").set_index("class_id")
    assert shown["rank_in_school"].to_dict() == ranks["2026-04-01"]
    assert shown["rank_change"].to_dict() == {c: ranks["2026-03-01"][c] - r for c, r in ranks["2026-04-01"].items()}
    lost = [r for r in LEDGER if r["outcome_type"] == "points" and r["month"] == "2026-04-01"]
    assert grid(test, "school.class_incidents")["points"].sum() == _sum(lost, "quantity")


def test_the_ladder_says_where_somebody_stands_and_what_comes_next(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "school", "en", month="2026-03")
    shown = grid(test, "school.ladder").set_index("employee_id")
    of = {who[-3:]: shown.loc[who] for who in shown.index}
    assert (of["T01"]["ladder_place"], of["T01"]["next_outcome_type"]) == (5, "Fine")
    assert (of["T02"]["ladder_place"], of["T02"]["next_outcome_type"]) == (1, "Warning")
    fines = [r for r in LEDGER if r["clause_id"].startswith("R1-") and r["month"] == "2026-03-01"]
    money = _sum([r for r in fines if r["outcome_type"] == "fine"], "effective_amount")
    assert test.metric[3].value == f"¥{money:,.2f}"
    april = grid(run_page(golden, "school", "en", month="2026-04", person="T01"), "school.incidents")
    assert len(april) == 6  # all of theirs up to the month's end


def test_the_quality_page_accounts_for_every_row(golden: Home, run_page: RunPage) -> None:
    loads = grid(run_page(golden, "quality", "en"), "quality.loads")
    parts = ["rows_loaded", "rows_corrected", "rows_duplicate", "rows_quarantined"]
    assert (loads[parts].sum(axis=1) == loads["rows_read"]).all()
    assert set(loads["is_complete"]) == {"✓"}


def test_logs_are_measured_against_the_days_that_the_rules_allow(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "quality", "en")
    shown = grid(test, "quality.freshness").set_index("feed")
    built = (GOLDEN / "people" / "as_of.txt").read_text().strip()  # what came later does not count
    punches = csv_rows(GOLDEN / "people" / "inputs" / "punches.csv")
    punched = max(r["punched_at"] for r in punches if r["punched_at"][:10] <= built)
    since = (date(2026, 4, 30) - date.fromisoformat(punched[:10])).days
    assert shown.loc["Punches", "days_since"] == since > shown.loc["Punches", "expected_days"] == 4
    assert shown.loc["Punches", "freshness"] == "Late"
    assert shown.loc["Bad debts", "freshness"] == "Up to date"  # nothing is expected of them
    cells = spec(test, "quality.months")["data"][0]
    assert len(cells["z"]) == sum(1 for state in shown["freshness"] if state != "Never loaded")


def test_days_without_a_punch_are_listed_whatever_the_month(golden: Home, run_page: RunPage) -> None:
    days = csv_rows(GOLDEN / "people" / "expected" / "fct_attendance_days.csv")
    silent = {(r["work_date"], r["unit_id"]) for r in days if r["has_evidence"] == "false"}
    test = run_page(golden, "quality", "en")
    assert silent and {m.label: m.value for m in test.metric}["Days without punches"] == str(len(silent))
    assert {str(d)[:10] for d in grid(test, "quality.evidence")["work_date"]} == {d for d, _ in silent}


def test_a_year_that_the_logs_ask_for_and_that_has_no_holidays_is_said_to_lack_them(
    golden: Home, changed: Home, run_page: RunPage
) -> None:
    for home, state in ((golden, "Known"), (changed, "Missing")):
        years = grid(run_page(home, "quality", "en"), "quality.years").set_index("year")
        assert years.loc[2026, "calendar_state"] == state


def test_refused_rows_are_offered_for_mending(changed: Home, hostile: Home, run_page: RunPage) -> None:
    test = run_page(hostile, "quality", "en")  # its rows are in no store
    assert any("Cannot read the store" in text.value for text in test.text)
    test = run_page(changed, "quality", "en", feed="punches")
    assert {"Excel to mend", "CSV to mend"} <= {button.proto.label for button in test.get("download_button")}
    assert b"soon" in file_to_mend(changed, "punches", ".csv")


# ---------------------------------------------------------------- the rulebook


def test_clauses_are_found_by_words_of_either_language_and_by_numbers(golden: Home, run_page: RunPage) -> None:
    def found(**filters: str) -> set[str]:
        shown = grid(run_page(golden, "rulebook", "en", month="2026-03", **filters), "rulebook.clauses")
        return {clause.split(" ")[0] for clause in shown["clause_id"]}

    assert found(q="r7-1.4") == {"R7-1.4", "R7-1.4b"}
    assert "R7-1.4" in found(q="迟到") and "R7-1.4" in found(q="LATE_fine") and "R7-1.4" in found(q="迟到  罚款")
    assert {clause.split("-")[0] for clause in found(rule_set="R8")} == {"R8"}
    empty = run_page(golden, "rulebook", "en", q="%' or 1=1 --")
    assert Texts("en")("rulebook.clauses_empty") in texts_on(empty)


def test_a_clause_shows_its_words_parameters_and_outcomes_of_the_month(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "rulebook", "zh", month="2026-03", clause="R7-1.4")
    assert test.text[0].value.startswith("R7-1.4 ") and len(test.text[1].value) > 10
    values = grid(test, "rulebook.parameters").set_index("parameter_name")["parameter_value"]
    assert values["迟到罚款（元／次）"] == "10"
    theirs = [r for r in LEDGER if r["clause_id"] == "R7-1.4" and r["month"] == "2026-03-01"]
    shown = grid(test, "rulebook.outcomes")
    assert len(shown) == len(theirs) > 0
    assert Decimal(str(shown["effective_amount"].sum())) == _sum(theirs, "effective_amount")
    listed = grid(test, "rulebook.clauses").set_index("clause_id")["outcome_count"]
    assert listed[next(c for c in listed.index if c.startswith("R7-1.4 "))] == len(theirs)


def test_versions_say_what_they_changed(changed: Home, golden: Home, run_page: RunPage) -> None:
    shown = grid(run_page(changed, "rulebook", "en"), "rulebook.changes")
    assert {(r.old_value, r.new_value, r.change_kind) for r in shown.itertuples()} >= {("10", "20", "Changed")}
    assert sorted(shown["change_kind"]) == ["Added", "Changed", "Removed"]
    assert {str(day)[:10] for day in shown["valid_from"]} == {"2026-04-15"}
    versions = grid(run_page(changed, "rulebook", "en"), "rulebook.versions").set_index("rule_version")
    assert versions.loc["R7.2", "change_count"] == 3
    assert Texts("en")("rulebook.changes_empty") in texts_on(run_page(golden, "rulebook", "en"))


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
    asked = {
        "why": {"outcome": outcome},
        "person": {"person": "E01"},
        "sql": {"q": analyst.link(f'select 1 as "{HOSTILE}", * from units'), "y": HOSTILE},
    }
    test = run_page(hostile, page, "zh", month="2026-03", **asked.get(page, {}))
    assert not test.exception
    assert not [line for line in texts_on(test) if "<img" in line or "![x]" in line]
    charts = [json.dumps(json.loads(chart.proto.spec)) for chart in test.get("plotly_chart")]
    assert charts or page in ("quality", "rulebook", "why")
    assert not [chart for chart in charts if "<img" in chart]
    grids = " ".join(frame.value.to_csv() for frame in test.dataframe)
    plain = " ".join(text.value for text in test.text)
    assert HOSTILE[:20] in grids + plain


# ---------------------------------------------------------------- a real build


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_read_what_a_build_publishes(people: Home, run_page: RunPage, page: str) -> None:
    test = run_page(people, page, "zh", **CHOSEN.get(page, {}))
    assert not test.exception
    assert test.title[0].value == Texts("zh")(f"{page}.title")
    assert Texts("zh")("page.problem") not in texts_on(test)


def test_a_fine_of_a_build_is_traced_to_its_file(people: Home, run_page: RunPage) -> None:
    test = run_page(people, "why", "zh", outcome=FINE["outcome_id"])
    assert Texts("zh")("why.partial") not in texts_on(test)
    assert "punches.csv" in set(grid(test, "why.sources")["file_name"])


def test_a_browser_is_sent_the_first_rows_and_told_how_many_there_are(
    golden: Home, run_page: RunPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = len(grid(run_page(golden, "attendance", "en", month="2026-03"), "attendance.people"))
    monkeypatch.setattr("dashboards.queries.base.MOST_SENT", 3)
    test = run_page(golden, "attendance", "en", month="2026-03")
    assert len(grid(test, "attendance.people")) == 3 < everybody
    assert Texts("en")("page.first_rows", shown="3", rows=str(everybody)) in texts_on(test)


def test_what_is_not_open_is_neither_asked_nor_drawn(golden: Home, run_page: RunPage) -> None:
    text = Texts("en")
    test = run_page(golden, "attendance", "en", section="people", month="2026-03")
    assert [text("attendance.people")] == [tab.label for tab in test.tabs][:1]
    titles = [s.value for s in test.subheader]
    assert text("attendance.people") in titles and text("attendance.outcomes") not in titles
    test = run_page(golden, "attendance", "en", section="clauses", month="2026-03")
    titles = [s.value for s in test.subheader]
    assert text("attendance.people") not in titles and text("attendance.outcomes") in titles
    test = run_page(golden, "attendance", "en", section="no such thing", month="2026-03")
    assert text("attendance.people") in [s.value for s in test.subheader]


def test_among_many_people_one_is_found_by_what_is_typed(
    golden: Home, run_page: RunPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Texts("en")
    everybody = run_page(golden, "person", "en", month="2026-03").selectbox(key="filter.person")
    assert everybody.label == text("filters.person")
    monkeypatch.setattr("dashboards.layout.MOST_OPTIONS", 3)
    test = run_page(golden, "person", "en", month="2026-03")
    box, count = test.selectbox(key="filter.person"), len(everybody.options) - 1
    assert len(box.options) == 4 < count
    assert box.label == text("filters.find", label=text("filters.person"), count=str(count))
    assert everybody.options[-1] not in box.options
    code = everybody.options[-1].rsplit(" · ", 1)[-1]
    test = run_page(golden, "person", "en", month="2026-03", person=code)
    assert test.selectbox(key="filter.person").value == code and len(test.metric) > 0
    prefix = code[:1]
    those = [option for option in everybody.options[1:] if prefix.casefold() in option.casefold()]
    test = run_page(golden, "person", "en", month="2026-03", person=prefix)
    box = test.selectbox(key="filter.person")
    assert box.label == text("filters.found", label=text("filters.person"), count=str(len(those)))
    assert box.options[1:] == those[:3] and not test.metric


def test_a_download_holds_every_row_of_a_list_that_was_cut(
    golden: Home, run_page: RunPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []
    monkeypatch.setattr("dashboards.tables.st.download_button", lambda label, data, *_, **__: kept.append(data))
    run_page(golden, "attendance", "en", month="2026-03", section="people")
    whole = kept[-1]()
    monkeypatch.setattr("dashboards.queries.base.MOST_SENT", 3)
    run_page(golden, "attendance", "en", month="2026-03", section="people")
    assert kept[-1]() == whole and whole.count(b"\r\n") > 3 + 2

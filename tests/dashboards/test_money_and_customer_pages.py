"""Expenses, callbacks and sales: what these pages show is what was worked out by hand, and links narrow it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.i18n import Texts
from tests.compare import GOLDEN
from tests.dashboards.conftest import RunPage, csv_rows, grid, texts_on
from warehouse.home import Home

Rows = list[dict[str, str]]
EXPECTED = GOLDEN / "money" / "expected"
LEDGER = csv_rows(EXPECTED / "fct_rule_outcomes.csv")
OWED = csv_rows(EXPECTED / "fct_callback_obligations.csv")
MONTH, NEXT = "2026-03", "2026-04"


def _mart(name: str, **equal: str) -> Rows:
    return [r for r in csv_rows(EXPECTED / f"{name}.csv") if all(r[k] == v for k, v in equal.items())]


def _sum(rows: Iterable[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(r[column]) for r in rows if r[column]), Decimal(0))


def _shown(frame: Any, column: str) -> Decimal:
    return sum((Decimal(str(v)) for v in frame[column] if v is not None and v == v), Decimal(0))


def _figures(test: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in test.metric}


def _chart(test: AppTest, key: str) -> dict[str, Any]:
    title = Texts("en")(key)
    return next(json.loads(c.proto.spec) for c in test.get("plotly_chart") if c.proto.alt == title)


def _titles(test: AppTest) -> set[str]:
    return {frame.proto.alt for frame in test.dataframe}


# ---------------------------------------------------------------- expenses, caps and budgets


def _breaches(month: str) -> Counter[tuple[str, Decimal, Decimal]]:
    """What went beyond its limit: unit, used and limit; a year's figures are summed here from the months."""
    usage, found = _mart("fct_cap_usage_months"), Counter()
    for row in (r for r in usage if r["month"] == f"{month}-01"):
        if row["is_cap_breached"] == "true":
            found[row["unit_id"], Decimal(row["claimed_amount"]), Decimal(row["cap_amount"])] += 1
        if row["is_budget_breached"] == "true":
            same = [r for r in usage if (r["unit_id"], r["category"]) == (row["unit_id"], row["category"])]
            so_far = [r for r in same if r["month"] <= row["month"]]
            found[row["unit_id"], _sum(so_far, "allowed_amount"), _sum(so_far, "budget_amount")] += 1
    for row in _mart("fct_budget_months", month=f"{month}-01"):
        if Decimal(row["overspend_amount"]) > 0:
            limit = Decimal(row["budget_amount"]) + Decimal(row["carry_in_amount"])
            found[row["unit_id"], Decimal(row["spent_amount"]), limit] += 1
    return found


@pytest.mark.parametrize("month", [MONTH, NEXT])
def test_every_breach_of_the_month_comes_first(golden: Home, run_page: RunPage, month: str) -> None:
    test = run_page(golden, "budget", "en", month=month)
    shown = test.dataframe[0].value
    assert test.dataframe[0].proto.alt == Texts("en")("budget.breaches")
    registered = [r for s in ("people", "money") for r in csv_rows(GOLDEN / s / "inputs" / "units.csv")]
    units = {r["unit_name"]: r["unit_id"] for r in registered}
    found = Counter(
        (units[unit], Decimal(str(used)), Decimal(str(limit)))
        for unit, used, limit in zip(shown["unit_id"], shown["used_amount"], shown["limit_amount"], strict=True)
    )
    assert found == _breaches(month)
    assert _figures(test)["Limits broken"] == str(len(shown))
    assert _shown(shown, "over_amount") == _shown(shown, "used_amount") - _shown(shown, "limit_amount")


def test_the_run_rate_is_that_of_the_days_gone(unfinished: Home, golden: Home, run_page: RunPage) -> None:
    """As of the 8th of April: 30 days ÷ 8 days, of what was claimed so far; nothing is projected once a month is over."""
    shown = grid(run_page(unfinished, "budget", "en", month=NEXT), "budget.usage")
    for _, row in shown.iterrows():
        assert Decimal(str(row["projected_claimed_amount"])) == round(Decimal(str(row["claimed_amount"])) * 30 / 8, 2)
        if row["cap_usage_rate"] == row["cap_usage_rate"]:
            assert row["projected_cap_usage_rate"] == pytest.approx(row["cap_usage_rate"] * 30 / 8)
    assert shown["projected_claimed_amount"].sum() > 0
    for home, month in ((unfinished, MONTH), (golden, NEXT)):
        over = grid(run_page(home, "budget", "en", month=month), "budget.usage")
        assert not [column for column in over.columns if column.startswith("projected")]


def test_a_category_in_the_address_shows_its_lines_and_where_each_is_explained(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "budget", "en", month=MONTH, unit="BO1", category="office_phone")
    shown = grid(test, "budget.lines")
    lines = _mart("fct_expense_lines", month=f"{MONTH}-01", unit_id="BO1", category="office_phone")
    assert sorted(zip(shown["claim_id"], shown["line_no"], strict=True)) == sorted(
        (r["claim_id"], int(r["line_no"])) for r in lines
    )
    assert _shown(shown, "disallowed_amount") == _sum(lines, "disallowed_amount") > 0
    cut = shown[shown["disallowed_amount"] > 0]
    outcomes = {r["outcome_id"] for r in LEDGER if r["outcome_type"] == "disallowance"}
    assert {link.split("outcome=")[1].split("&")[0] for link in cut["action"]} <= outcomes
    assert set(grid(test, "budget.usage")["category"]) == {"Office telephone"}
    assert set(grid(test, "budget.disallowed")["category"]) == {"Office telephone"}
    other = run_page(golden, "budget", "en", month=MONTH, category="'; drop table x")
    assert not other.exception and Texts("en")("budget.lines") not in _titles(other)
    assert other.selectbox(key="filter.category").value == ""


def test_what_each_clause_cut_adds_up_to_what_was_cut(golden: Home, run_page: RunPage) -> None:
    bars = _chart(run_page(golden, "budget", "en", month=NEXT), "budget.by_clause")["data"][0]
    cut = [r for r in LEDGER if r["outcome_type"] == "disallowance" and r["month"] == f"{NEXT}-01"]
    by_clause = {c: _sum([r for r in cut if r["clause_id"] == c], "amount") for c in {r["clause_id"] for r in cut}}
    by_clause = {c: a for c, a in by_clause.items() if a}
    shown = {c[0]: Decimal(str(x)) for c, x in zip(bars["customdata"], bars["x"], strict=True)}
    assert shown == by_clause
    clause = max(by_clause, key=lambda c: by_clause[c])
    lines = grid(run_page(golden, "budget", "en", month=NEXT, clause=clause), "budget.disallowed")
    assert set(lines["clause_id"].str.split().str[0]) == {clause}
    assert len(lines) == len([r for r in cut if r["clause_id"] == clause and Decimal(r["amount"])])


@pytest.mark.parametrize(("month", "unit"), [(MONTH, ""), (NEXT, "BO1"), (MONTH, "RG1")])
def test_the_flow_of_a_budget_ends_with_nothing_left(golden: Home, run_page: RunPage, month: str, unit: str) -> None:
    bars = _chart(run_page(golden, "budget", "en", month=month, unit=unit), "budget.flow")["data"][0]
    words = _chart(run_page(golden, "budget", "en", month=month, unit=unit), "budget.flow")["layout"]["yaxis"][
        "ticktext"
    ]
    shown = dict(zip(words, (Decimal(str(x)) for x in bars["x"]), strict=True))
    if unit == "RG1":
        rows = _mart("fct_budget_quarters", unit_id=unit, quarter="2026-01-01")
        wanted = {"Rewarded": "incentive_amount"}
    else:
        rows = [r for r in _mart("fct_budget_months", month=f"{month}-01") if unit in ("", r["unit_id"])]
        wanted = {"Rewarded": "reward_amount", "Carried out": "carry_out_amount", "Overspend": "overspend_amount"}
        wanted["Carry-in used"] = "carry_in_used_amount"
    wanted |= {
        "Budget": "budget_amount",
        "Spent": "spent_amount",
        "Saved": "saving_amount",
        "Returned": "returned_amount",
    }
    always = ("Budget", "Spent", "Saved")
    assert shown == {w: a for w, c in wanted.items() if (a := _sum(rows, c)) or w in always}
    bases = dict(zip(words, (Decimal(str(b)) for b in bars["base"]), strict=True))
    assert bases["Spent"] == shown["Saved"]
    assert sum(a for w, a in shown.items() if w in ("Carried out", "Rewarded", "Returned")) == shown["Saved"]


def test_advances_bad_debts_and_late_deposits_are_the_ledger_s(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "budget", "en", month=NEXT)
    advances = grid(test, "budget.advances")
    assert list(zip(advances["advance_id"], advances["overdue_amount"].astype(str), strict=True)) == [
        ("A2", "500.00"),
        ("A1", "2000.00"),
    ]
    assert _figures(test)["Advances overdue"] == "¥2,500.00"
    assert list(advances["action"].isna()) == [False, True]  # due on as_of: recovered the day after
    shares = grid(test, "budget.bad_debts")
    borne = [r for r in LEDGER if r["source_feed"] == "bad_debts" and r["month"] == f"{NEXT}-01"]
    assert len(shares) == len(borne) and _shown(shares, "share_amount") == _sum(borne, "amount")
    deposits = grid(test, "budget.deposits")
    late = [r for r in LEDGER if r["source_feed"] == "receipts" and r["month"] == f"{NEXT}-01"]
    assert list(deposits["receipt_id"]) == [r["source_key"] for r in late]
    assert late[0]["outcome_id"] in deposits["action"][0]


def test_who_bears_a_bad_debt_twice_has_both_roles(golden: Home, run_page: RunPage) -> None:
    shares = grid(run_page(golden, "budget", "en", month=MONTH, unit="BO2"), "budget.bad_debts")
    twice = shares[shares["bad_debt_id"] == "D6"]
    assert set(zip(twice["bearer_role"], twice["share_amount"].astype(str), strict=True)) == {
        ("Business manager", "5.01"),
        ("Office manager", "5.00"),
    }
    assert twice["action"].nunique() == 2


# ---------------------------------------------------------------- callbacks


@pytest.mark.parametrize(("month", "person"), [(MONTH, ""), (NEXT, ""), (NEXT, "S2")])
def test_callbacks_met_and_missed_are_the_mart_s(golden: Home, run_page: RunPage, month: str, person: str) -> None:
    rows = [r for r in _mart("fct_callback_months", month=f"{month}-01") if person in ("", r["employee_id"])]
    test = run_page(golden, "callbacks", "en", month=month, person=person)
    due, met, calls = _sum(rows, "due_count"), _sum(rows, "met_count"), _sum(rows, "phone_callbacks")
    figures = _figures(test)
    assert figures["Callbacks due"] == str(due) and figures["Missed"] == str(_sum(rows, "missed_count"))
    assert figures["Callback compliance"] == f"{met / due * 100:.1f}%"
    assert figures["Calls inside the windows"] == f"{_sum(rows, 'in_window_count') / calls * 100:.1f}%"
    for table in ("callbacks.clauses", "callbacks.classes"):
        shown = grid(test, table)
        assert (shown["due_count"].sum(), shown["met_count"].sum()) == (due, met)
    if not person:
        assert grid(test, "callbacks.owners")["missed_count"].sum() == _sum(rows, "missed_count")


def _pending(first: str, last: str, **equal: str) -> set[tuple[str, str]]:
    return {
        (r["trigger_key"], r["due_on"])
        for r in OWED
        if r["status"] == "pending" and first <= r["due_on"] <= last and all(r[k] == v for k, v in equal.items())
    }


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({}, _pending("2026-04-27", "2026-05-03")),
        ({"week": "next"}, _pending("2026-05-04", "2026-05-10")),
        ({"week": "next", "person": "S1"}, _pending("2026-05-04", "2026-05-10", employee_id="S1")),
        ({"week": "next", "month": "2026-03"}, _pending("2026-05-04", "2026-05-10")),
    ],
)
def test_the_week_s_list_is_what_is_due_and_not_done(
    golden: Home, run_page: RunPage, filters: dict[str, str], wanted: set[tuple[str, str]]
) -> None:
    """The week is that of as_of, a Thursday, whichever month is looked at and whatever today is."""
    test = run_page(golden, "callbacks", "en", **filters)
    shown = grid(test, "callbacks.week")
    assert wanted and {(k, str(d)[:10]) for k, d in zip(shown["trigger_key"], shown["due_on"], strict=True)} == wanted
    assert list(shown["due_on"]) == sorted(shown["due_on"])
    first = "27 Apr 2026 to 3 May 2026" if "week" not in filters else "4 May 2026 to 10 May 2026"
    assert any(line.startswith(first) and f"{len(shown)} to do" in line for line in texts_on(test))


def test_a_row_of_the_list_says_whom_what_until_when_and_why(golden: Home, run_page: RunPage) -> None:
    shown = grid(run_page(golden, "callbacks", "en", week="next", person="S1"), "callbacks.week")
    row = shown.set_index("trigger_key").loc["N18"]
    assert row["customer_id"] == "K18" and str(row["due_on"])[:10] == "2026-05-08"
    assert row["employee_id"].endswith("S1") and row["clause_id"].startswith("R3-a3.2 ")
    assert (row["trigger_type"], str(row["triggered_at"])[:10]) == ("Deal", "2026-04-08")
    assert row["channel"] == "Telephone + Message" and row["segment"] == "VIP" and row["clause_text"]


def test_special_customers_who_were_disturbed_lead_to_the_call(golden: Home, run_page: RunPage) -> None:
    shown = grid(run_page(golden, "callbacks", "en", month=MONTH), "callbacks.over_contacted")
    disturbed = [r for r in LEDGER if r["flag"] == "over_contact" and r["month"] == f"{MONTH}-01"]
    assert list(shown["callback_id"]) == [r["source_key"] for r in disturbed] == ["B18"]
    assert list(shown["customer_id"]) == ["K09"] and disturbed[0]["outcome_id"] in shown["action"][0]


def test_missed_callbacks_are_explained_one_by_one(golden: Home, run_page: RunPage) -> None:
    shown = grid(run_page(golden, "callbacks", "en", month=NEXT, clause="R3-a2.4"), "callbacks.missed")
    missed = [r for r in OWED if r["status"] == "missed" and r["clause_id"] == "R3-a2.4" and r["due_on"][:7] == NEXT]
    assert missed and sorted(shown["trigger_key"]) == sorted(r["trigger_key"] for r in missed)
    assert shown["action"].notna().all()


def test_calling_times_of_each_person_are_the_mart_s(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "callbacks", "en", month=MONTH)
    shown = grid(test, "callbacks.callers")
    rows = [r for r in _mart("fct_callback_months", month=f"{MONTH}-01") if r["phone_callbacks"] != "0"]
    counts = zip(shown["employee_id"].str[-2:], shown["phone_callbacks"], shown["in_window_count"], strict=True)
    assert sorted(counts) == sorted(
        (r["employee_id"], int(r["phone_callbacks"]), int(r["in_window_count"])) for r in rows
    )
    bars = _chart(test, "callbacks.hours")["data"]
    assert sum(bars[0]["y"]) == _sum(rows, "in_window_count")
    assert sum(map(sum, (b["y"] for b in bars))) == _sum(rows, "phone_callbacks")


# ---------------------------------------------------------------- sales and conversion


@pytest.mark.parametrize("customer_class", ["", "B"])
def test_a_cohort_s_cell_is_empty_until_its_days_are_over(golden: Home, run_page: RunPage, customer_class: str) -> None:
    rows = [r for r in _mart("fct_conversion_cohorts") if customer_class in ("", r["customer_class"])]
    test = run_page(golden, "conversion", "en", customer_class=customer_class)
    heat = _chart(test, "conversion.cohorts")["data"][0]
    months = sorted({r["cohort_month"] for r in rows})
    wanted = []
    for month in months:
        cohort = [r for r in rows if r["cohort_month"] == month]
        cells = [[r[f"bought_{days}d"] for r in cohort] for days in (30, 60, 90)]
        people = _sum(cohort, "customers")
        wanted.append([None if "" in cell else float(sum(map(int, cell)) / people) for cell in cells])
    assert heat["z"] == wanted and any(None in line for line in wanted)
    assert len(grid(test, "conversion.cohorts")) == len(rows)


def test_stores_that_fall_short_of_the_rule_s_multiple_are_red(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "conversion", "en", month=NEXT)
    shown = grid(test, "conversion.targets")
    rows = _mart("fct_funnel_months", month=f"{NEXT}-01")
    assert sorted(shown["new_to_target_ratio"]) == sorted(float(r["new_to_target_ratio"]) for r in rows)
    asked = {r["value"] for r in csv_rows(GOLDEN.parents[1] / "seeds/rules/parameters/r10_sales.csv")
             if r["parameter"] == "new_to_target_multiple"}  # fmt: skip
    assert set(shown["asked_ratio"]) == {float(a) for a in asked}
    figure = _chart(test, "conversion.targets")
    assert [s["x0"] for s in figure["layout"]["shapes"]] == [float(a) for a in asked]
    assert len(set(figure["data"][0]["marker"]["color"])) == 1 and set(shown["is_new_to_target_reached"]) == {""}


def test_referrals_and_prices_out_of_line_are_the_marts(golden: Home, run_page: RunPage) -> None:
    test = run_page(golden, "conversion", "en", month=NEXT)
    funnel = _mart("fct_funnel_months", month=f"{NEXT}-01")
    shown = grid(test, "conversion.referrals")
    assert shown["referred_new_customers"].sum() == _sum(funnel, "referred_new_customers")
    assert shown["referred_buyers"].sum() == _sum(funnel, "referred_buyers")
    wrong = [r for r in LEDGER if r["source_feed"] == "sales_orders" and r["month"] == f"{NEXT}-01"]
    shown = grid(test, "conversion.outliers").set_index("order_id")
    assert set(shown.index) == {r["source_key"] for r in wrong}
    assert all(r["outcome_id"] in shown.loc[r["source_key"], "action"] for r in wrong)
    assert (shown.loc["O11", "unit_price"], shown.loc["O11", "asked_price"]) == (3880, 3980)
    assert _figures(test)["Orders out of line"] == str(len(wrong))


def test_a_promotion_has_its_orders_and_no_others(golden: Home, run_page: RunPage) -> None:
    """20 to 22 April: O11 was bought in it (its price is out of line, as O09's deposit is), nothing in the three days before."""
    shown = grid(run_page(golden, "conversion", "en", month=NEXT), "conversion.promotions")
    row = shown.iloc[0]
    assert len(shown) == 1 and (row["purchases"], row["units_sold"], row["units_sold_before"]) == (1, 1, 0)
    assert (str(row["sold_amount"]), str(row["gift_amount"]), row["outliers"]) == ("3880.00", "60.00", 2)
    test = run_page(golden, "conversion", "en", month=MONTH)
    assert Texts("en")("conversion.promotions_empty") in texts_on(test)

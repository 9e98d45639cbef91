"""The figures that the rulebook states in its tables, orders and sentences, read from its own text: a second road to the seeds."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.compare import ROOT

TEXT = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")
Figures = dict[tuple[str, str, str], str]
# chapter, its words with the figures in brackets, and the parameters (with their item) that hold these figures
SENTENCES: list[tuple[str, str, list[str]]] = [
    ("R1", r"1st reminder, (\d)nd warning, (\d)rd and later", ["ladder_warning_from", "ladder_fine_from"]),
    ("R2", r"`ringing_at` ≤ (\d+) s", ["answer_limit_seconds"]),
    ("R2", r"≤ (\d+) min; ≤ (\d+) min when", ["dispatch_limit_minutes", "dispatch_limit_minutes_fault"]),
    ("R2", r"not read by (\d+) min .* \(the (\d+): local", ["read_limit_minutes", "reminder_limit_minutes"]),
    ("R2", r"`result_received_at` ≤ (\d+) min", ["feedback_limit_minutes"]),
    ("R2", r"≤ `starts_at` − (\d+) min", ["arrival_lead_minutes"]),
    ("R2", r"`dispatch_count` ≥ (\d)", ["repeat_dispatch_count"]),
    (
        "R2",
        r"answer (\d+), dispatch (\d+), reminder (\d+), feedback (\d+), handover (\d+)",
        [f"measure_weight {m}" for m in ("answer", "dispatch", "reminder", "feedback", "handover")],
    ),
    (
        "R2",
        r"≥ (\d+) excellent .*≥ (\d+) competent .*≥ (\d+) basically",
        [f"grade_floor {g}" for g in ("excellent", "competent", "basically_competent")],
    ),
    (
        "R2",
        r"up to (\d) day group_leader, up to (\d) ",
        [f"leave_approver_days {r}_{s}" for r, s in (("group", "leader"), ("centre", "director"))],
    ),
    ("R3", r"scores ≥ (\d) of 5: ≥ (\d+) %", ["good_score", "reward_satisfaction_rate"]),
    ("R3", r"< (\d+) % a `warning`.*else < (\d+) %", ["transfer_satisfaction_rate", "criticism_satisfaction_rate"]),
    ("R3", r"target (\d+) %", ["callback_rate_target"]),
    ("R3", r"within (\d+) h of `opened_at`", ["work_order_hours"]),
    ("R3", r"≤ date \+ (\d)\)", ["visit_report_days"]),
    ("R4", r"`submitted_on` ≤ period end \+ (\d+) days", ["sending_grace_days"]),
    ("R4", r"(\d+)th, (\d+)th, last day", ["sending_period_last_day 1", "sending_period_last_day 2"]),
    (
        "R4",
        r"(\d+) a day for office_manager and region_manager, (\d+) for",
        ["per_diem_rate office_manager", "per_diem_rate business_manager"],
    ),
    ("R4", r"hard seat below (\d) h", ["long_journey_hours"]),
    ("R4", r"\(R4-8.1c\) ([\d,]+) a unit", ["monthly_limit office_phone"]),
    ("R4", r"\(R4-8.1d\) ([\d,]+) a unit", ["monthly_limit office_supplies"]),
    ("R4", r"carry-out = (\d+) % .*staff reward = (\d+) %", ["carry_share", "reward_share"]),
    ("R4", r"incentive = (\d+) %", ["incentive_share"]),
    ("R4", r"of the unit bears (\d+) %", ["manager_share"]),
    ("R4", r"`credit_limit` \(null = (\d)", ["default_credit_limit"]),
    ("R4", r"up to ([\d,]+) each", ["advance_limit"]),
    ("R5", r"at most (\d+) minutes", ["lunch_limit_minutes"]),
    ("R5", r"asked at least (one) day before", ["leave_notice_days"]),
    ("R7", r"asked at least (one) month before", ["annual_notice_months"]),
    ("R7", r"earlier than (one) month after", ["resignation_notice_months"]),
    ("R4", r"repaid within (one) month", ["advance_months"]),
    (
        "R7",
        r"\*\*Leave types\*\*.*Marriage (\d+) days, bereavement (\d+), maternity (\d+), paternity (\d+)",
        [f"entitled_days {t}" for t in ("marriage", "bereavement", "maternity", "paternity")],
    ),
    (
        "R7",
        r"leave's start, (\d+) from 3, (\d+) from 10, (\d+) from 20",
        [f"annual_days_from_years {y}" for y in (3, 10, 20)],
    ),
    ("R7", r"department_manager up to (\d) days", ["leave_approver_days department_manager"]),
    ("R7", r"at least (\d) employees expected", ["evidence_min_staff"]),
    ("R8", r"within ±(\d+) min", ["round_tolerance_minutes"]),
    (
        "R9",
        r"submitted within (\d) working days .*within (\d) working",
        ["travel_working_days", "entertainment_working_days"],
    ),
    ("R10", r"staff are in (\d+) min before", ["opening_minutes"]),
    ("R10", r"should be ≥ (\d) ", ["new_to_target_multiple"]),
    ("R10", r"unit price than ([\d,]+) .*outside (\d+)–(\d+) ", ["unit_price", "deposit_minimum", "deposit_maximum"]),
    ("R10", r"1–10, 中旬 (\d+)–20, 下旬 (\d+)–", ["month_third_start 2", "month_third_start 3"]),
]


def _section(heading: str) -> str:
    return TEXT.split(f"\n## {heading} ", 1)[1].split("\n## ", 1)[0]


def _cells(section: str) -> list[list[str]]:
    return [[c.strip() for c in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]


def stated() -> Figures:
    """(rule version, parameter, item) → figure: the fines of R1, the points of R6."""
    found: Figures = {}
    for what, *_, sanction in _cells(_section("R1")):
        fine = re.search(r"fine(?: of)? (\d+)–(\d+)", sanction)
        multiple = re.search(r"= (\d+) × ", sanction)
        for code in re.findall(r"`(\w+)`", what):
            if fine:
                found["R1.1", "fine_from", code], found["R1.1", "fine_to", code] = fine.groups()
            if multiple or "in full" in sanction:
                found["R1.1", "amount_multiple", code] = multiple[1] if multiple else "1"
    for code, _, points in _cells(_section("R6")):
        figures = re.findall(r"\d+", points)
        if figures:
            found["R6.1", "points_from", code.strip("`")] = figures[0]
            found["R6.1", "points_to", code.strip("`")] = figures[-1]
    return found


def in_words() -> Figures:
    """(rule version, parameter, item) → figure: what the sentences state, and the parameters that they name (R7)."""
    found: Figures = {}
    for chapter, words, parameters in SENTENCES:
        match = re.search(words, _section(chapter))
        assert match, f"{chapter} has no sentence like {words}"
        for parameter, figure in zip(parameters, match.groups(), strict=True):
            name, _, item = parameter.partition(" ")
            is_share = f"{figure} %" in match[0]
            number = 1.0 if figure == "one" else float(figure.replace(",", ""))
            found[f"{chapter}.1", name, item] = str(number / 100 if is_share else number)
    for name, figure in re.findall(r"`(\w+)` (\d+)", _section("R7").split("Parameters:", 1)[1].split("\n", 1)[0]):
        found["R7.1", name, ""] = figure
    return found


def orders() -> dict[tuple[str, str], list[list[str]]]:
    """(rule version, parameter) → items from the lowest rank up; items of one rank stand together."""
    classes = re.search(r"classes: ([\w< ]+)", _section("R4"))
    ranks = re.search(r"Ranks: ([\w<, ]+);", _section("R7"))
    assert classes and ranks
    return {
        ("R4.1", "transport_class_rank"): [[c.strip()] for c in classes[1].split("<")],
        ("R7.1", "leave_approver_rank"): [[r.strip() for r in step.split(",")] for step in ranks[1].split("<")],
        ("R2.1", "leave_approver_rank"): [["group_leader"], ["centre_director"], ["bureau_leader"]],
    }


def disagreements(parameters: Iterable[tuple[str, str, str | None, str | None]]) -> list[str]:
    """Where seeded parameters (version, parameter, item, value) are not what the rulebook says; empty when they are."""
    values = {(version, parameter, item or ""): value for version, parameter, item, value in parameters}
    found = [
        f"{version} {parameter} of {item} is {values.get((version, parameter, item))}, the rulebook says {figure}"
        for (version, parameter, item), figure in stated().items()
        if values.get((version, parameter, item)) != figure
    ]
    found += [
        f"{version} {parameter}{' of ' + item if item else ''} is {values.get((version, parameter, item))}, "
        f"the rulebook says {figure}"
        for (version, parameter, item), figure in in_words().items()
        if float(values.get((version, parameter, item)) or "nan") != float(figure)
    ]
    for (version, parameter), steps in orders().items():
        ranks = [{int(values[version, parameter, item] or 0) for item in step} for step in steps]
        if any(len(r) > 1 for r in ranks) or [min(r) for r in ranks] != sorted({min(r) for r in ranks}):
            found.append(f"{version} {parameter} ranks otherwise than the rulebook: {steps}")
    return found

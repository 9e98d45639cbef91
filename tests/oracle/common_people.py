"""What every chapter about people needs: typed feeds, the calendar, who was employed where, the ledger's rows.

Written from the rulebook's words alone, in simple loops, so that it can disagree with the warehouse.
"""

from __future__ import annotations

import calendar
import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FEEDS = yaml.safe_load((ROOT / "docs" / "contract" / "feeds.yml").read_text(encoding="utf-8"))
MARTS = yaml.safe_load((ROOT / "docs" / "contract" / "marts.yml").read_text(encoding="utf-8"))

Row = dict[str, Any]
Feeds = dict[str, list[Row]]
DAY = timedelta(days=1)

SCOPE = {
    "company": {"R7", "R9"},
    "branch_office": {"R4", "R7"},
    "region": {"R4"},
    "school": {"R1", "R6"},
    "command_centre": {"R2"},
    "sales_centre": {"R3", "R7"},
    "wedding": {"R5", "R7"},
    "property": {"R7", "R8"},
    "experience_store": {"R7", "R10"},
}
MANAGERS = {
    "office_manager",
    "region_manager",
    "department_manager",
    "middle_manager",
    "centre_director",
    "company_leader",
    "deputy_general_manager",
    "general_manager",
}
# When a row happened, and the values of it that came later.
HAPPENED = {
    "employees": ("effective_on", ["resignation_applied_on"]),
    "punches": ("punched_at", []),
    "leave_requests": ("requested_at", []),
    "attendance_exceptions": ("work_date", []),
    "shifts": ("starts_at", ["arrived_at", "handed_over_at", "left_at"]),
    "conduct_incidents": ("occurred_at", []),
    "class_incidents": ("occurred_on", []),
    "hotline_calls": ("ringing_at", ["answered_at", "ended_at"]),
    "cases": (
        "received_at",
        ["dispatched_at", "read_at", "reminded_at", "result_received_at", "feedback_sent_at", "closed_at"],
    ),
    "sales_targets": ("month", []),
    "event_contracts": ("signed_on", []),
    "event_tasks": ("done_at", []),
    "inspection_assets": ("in_service_from", []),
    "inspections": ("inspected_at", ["fault_handled_at", "escalated_at"]),
    "waivers": ("approved_on", []),
}


class Rules:
    """The seeded parameters, and later versions in which an organisation set some of them otherwise.

    Args:
        changes: (rule set, first day in force, {parameter: value}); parameters with items are not changed here.
    """

    def __init__(self, changes: Iterable[tuple[str, date, dict[str, str]]] = ()) -> None:
        self.seeded: dict[str, list[dict[str, str]]] = defaultdict(list)
        for file in sorted((ROOT / "seeds" / "rules" / "parameters").glob("*.csv")):
            for row in _csv(file):
                self.seeded[row["rule_version"].split(".")[0]].append(row)
        plain = {s: {r["parameter"]: r["value"] for r in rows if not r["item"]} for s, rows in self.seeded.items()}
        self.versions = {s: [(date(1900, 1, 1), values)] for s, values in plain.items()}
        for rule_set, first, values in changes:
            self.versions[rule_set].append((first, self.versions[rule_set][-1][1] | values))

    def on(self, rule_set: str, day: date) -> dict[str, str]:
        return [values for first, values in self.versions[rule_set] if first <= day][-1]

    def minutes(self, rule_set: str, parameter: str, day: date) -> timedelta:
        return timedelta(minutes=int(self.on(rule_set, day)[parameter]))

    def sessions(self, day: date) -> dict[str, tuple[datetime, datetime]]:
        """The hours of the season."""
        clock = self.on("R7", day)

        def at(parameter: str) -> datetime:
            return datetime.combine(day, time.fromisoformat(clock[parameter]))

        return {
            "am": (at("morning_start"), at("morning_end")),
            "pm": (at("afternoon_start"), at("afternoon_end")),
        }

    def write(self, folder: Path) -> None:
        """As an organisation's own rules: every dated version, and the parameters of the added ones."""
        (folder / "parameters").mkdir(parents=True, exist_ok=True)
        versions: list[Row] = [*_csv(ROOT / "seeds" / "rules" / "rule_versions.csv")]
        parameters: list[Row] = []
        for rule_set, dated in self.versions.items():
            for place, (first, values) in enumerate(dated[1:], start=2):
                name = {"rule_version": f"{rule_set}.{place}"}
                versions.append(name | {"rule_set": rule_set, "effective_from": first, "origin": "local"})
                parameters += [
                    row | name | ({} if row["item"] else {"value": values[row["parameter"]]})
                    for row in self.seeded[rule_set]
                ]
        write_csv(folder / "rule_versions.csv", versions, list(versions[0]))
        write_csv(folder / "parameters" / "own.csv", parameters, list(self.seeded["R7"][0]))


def read_feeds(folder: Path) -> Feeds:
    """Every canonical feed of a folder, typed as the contract says."""
    return {f: [typed(f, r) for r in _csv(folder / f"{f}.csv")] for f in FEEDS if (folder / f"{f}.csv").exists()}


def typed(feed: str, row: dict[str, str]) -> Row:
    """One CSV row in Python's types; an empty cell is None."""
    return {column: _value(str(kind), row.get(column, "")) for column, kind in FEEDS[feed].items()}


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _value(kind: str, text: str) -> Any:
    kind = re.split(r"[?( ]", kind)[0]
    if text == "":
        return None
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "month":
        return date.fromisoformat(text[:7] + "-01")
    if kind == "timestamp":
        return datetime.fromisoformat(text)
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text)
    return Decimal(text) if kind == "decimal" else text


def known_by(feeds: Feeds, as_of: date) -> Feeds:
    """The feeds as they stood at the end of ``as_of``."""
    found: Feeds = defaultdict(list)
    for feed, rows in feeds.items():
        moment, values = HAPPENED.get(feed, (None, []))
        for row in rows:
            if moment is not None and day_of(row[moment]) > as_of:
                continue
            seen = {k: None if k in values and v and day_of(v) > as_of else v for k, v in row.items()}
            if feed == "hotline_calls" and row["ended_at"] != seen["ended_at"]:
                seen["hung_up_by"] = None  # who hung up is known when the call has ended
            found[feed].append(seen)
    return found


def day_of(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def last_second(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59))


def month_of(day: date | datetime) -> date:
    return date(day.year, day.month, 1)


def month_end(day: date) -> date:
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Keeps the day of the month, cut to the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def days(first: date, last: date) -> list[date]:
    return [first + i * DAY for i in range((last - first).days + 1)]


def cents(amount: Fraction | Decimal | int) -> Decimal:
    """Rounded half away from zero."""
    exact = Fraction(amount)
    hundredths = Decimal(abs(exact * 100).numerator) / Decimal(abs(exact * 100).denominator)
    rounded = hundredths.quantize(Decimal(1), ROUND_HALF_UP) / 100
    return rounded.quantize(Decimal("0.01")) * (-1 if exact < 0 else 1)


class Calendar:
    """Which days a unit works. None: nobody knows, the year has no table."""

    def __init__(self, overrides: Iterable[Row]) -> None:
        self.own = {(r["unit_id"], r["calendar_date"]): r["is_working_day"] for r in overrides}
        table = _csv(ROOT / "seeds" / "reference" / "public_holidays.csv")
        self.announced = {date.fromisoformat(r["holiday_date"]): r["is_working_day"] == "true" for r in table}
        self.years = {d.year for d in self.announced}

    def works(self, unit: str | None, day: date) -> bool | None:
        if day.year not in self.years:
            return None
        for key in ((unit, day), (None, day)):
            if key in self.own:
                return self.own[key]
        if day in self.announced:
            return self.announced[day]
        return day.isoweekday() != 7

    def working_days_of_month(self, unit: str | None, day: date) -> int:
        return sum(bool(self.works(unit, d)) for d in days(month_of(day), month_end(day)))


class People:
    """Who was employed where on a day, by the rows known at ``as_of``."""

    def __init__(self, feeds: Feeds) -> None:
        self.types = {r["unit_id"]: r["unit_type"] for r in feeds["units"]}
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(feeds["employees"], key=lambda r: r["effective_on"]):
            self.rows[row["employee_id"]].append(row)

    def in_force(self, employee: str | None, day: date) -> Row | None:
        found = None
        for row in self.rows.get(employee or "", []):
            if row["effective_on"] <= day:
                found = row
        return found

    def employed(self, employee: str | None, day: date) -> Row | None:
        """The row in force, when it and all later ones of that employment agree that they were there."""
        row = self.in_force(employee, day)
        if row is None or day < row["hired_on"] or _left_before(row, day):
            return None
        later = [r for r in self.rows[row["employee_id"]] if r["effective_on"] > row["effective_on"]]
        return None if any(r["hired_on"] == row["hired_on"] and _left_before(r, day) for r in later) else row

    def last_employed(self, employee: str, month: date, as_of: date) -> Row | None:
        for day in reversed(days(month, min(month_end(month), as_of))):
            if row := self.employed(employee, day):
                return row
        return None

    def unit(self, employee: str | None, day: date) -> str | None:
        row = self.in_force(employee, day)
        return row["unit_id"] if row else None

    def applies(self, rule_set: str, unit: str | None) -> bool:
        return rule_set in SCOPE.get(self.types.get(unit or "", ""), set())


def _left_before(row: Row, day: date) -> bool:
    return row["left_on"] is not None and row["left_on"] < day


class Ledger:
    """The rows of fct_rule_outcomes, but for the rule's version."""

    def __init__(self, waivers: Iterable[Row], as_of: date) -> None:
        self.waived = {w["outcome_id"] for w in waivers if w["status"] == "approved"}
        self.as_of = as_of
        self.rows: list[Row] = []

    def add(
        self,
        clause: str,
        kind: str,
        subject: tuple[str, str],
        unit: str | None,
        day: date,
        source: tuple[str, str],
        quantity: Any = 1,
        amount: Fraction | Decimal | int | None = None,
        flag: str | None = None,
    ) -> None:
        words = [clause, subject[1], source[0], source[1], day.isoformat()]
        text = "|".join(words)
        same = sum(r["words"] == text for r in self.rows[-50:])
        identity = hashlib.md5((text if not same else f"{text}|{same + 1}").encode(), usedforsecurity=False).hexdigest()
        rounded = None if amount is None else cents(amount)
        self.rows.append(
            {
                "words": text,
                "outcome_id": identity,
                "clause_id": clause,
                "outcome_type": kind,
                "subject_type": subject[0],
                "subject_id": subject[1],
                "unit_id": unit,
                "occurred_on": day,
                "month": month_of(day),
                "quantity": quantity,
                "amount": rounded,
                "effective_amount": Decimal("0.00") if rounded is not None and identity in self.waived else rounded,
                "flag": flag,
                "source_feed": source[0],
                "source_key": source[1],
                "is_provisional": month_end(day) > self.as_of,
            }
        )


def key(*values: Any) -> str:
    """A source key: dates and timestamps in ISO spelling, an empty value as nothing."""
    return "|".join("" if v is None else str(v) for v in values)


def write_csv(path: Path, rows: list[Row], columns: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([spelled(row.get(c)) for c in columns] for row in rows)


def spelled(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Fraction):
        return f"{float(value):.9f}"
    return str(value)

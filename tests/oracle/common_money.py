"""What the oracle of money shares: logs read and written, days, people, units, and the ledger."""

from __future__ import annotations

import calendar
import csv
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FEEDS: dict[str, dict[str, str]] = yaml.safe_load(
    (ROOT / "docs" / "contract" / "feeds.yml").read_text(encoding="utf-8")
)
MARTS: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "docs" / "contract" / "marts.yml").read_text(encoding="utf-8")
)

Row = dict[str, Any]
Feeds = dict[str, list[Row]]

RULE_SETS = {
    "company": {"R9"},
    "branch_office": {"R4"},
    "region": {"R4"},
    "sales_centre": {"R3"},
    "property": {"R3-b2"},
    "experience_store": {"R10"},
}


# ---- money and days -----------------------------------------------------------------------------------------------


def cents(value: Decimal | Fraction | int) -> Decimal:
    """Rounded half away from zero, to two places."""
    exact = Fraction(value)
    scaled = abs(exact) * 100
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(whole if exact >= 0 else -whole) / Decimal(100)


def rate(numerator: Decimal | int, denominator: Decimal | int) -> float | None:
    return float(numerator) / float(denominator) if denominator else None


def month_of(day: date) -> date:
    return date(day.year, day.month, 1)


def quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day of the month, cut to the month's last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    return add_months(month_of(day), 1) - timedelta(days=1)


def days(number: int) -> timedelta:
    return timedelta(days=number)


# ---- files --------------------------------------------------------------------------------------------------------


def _typed(text: str, kind: str) -> Any:
    if text == "":
        return None
    kind = kind.removesuffix(" key").removesuffix("?")
    match kind:
        case "int":
            return int(text)
        case "decimal":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text)
        case "timestamp":
            return datetime.fromisoformat(text)
        case "month":
            return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
        case "bool":
            return text == "true"
    return text


def read_feeds(folder: Path) -> Feeds:
    """Canonical CSV files, named by their feeds, as typed rows."""
    feeds: Feeds = {name: [] for name in FEEDS}
    for path in sorted(folder.glob("*.csv")):
        columns = FEEDS[path.stem]
        with path.open(encoding="utf-8", newline="") as file:
            for raw in csv.DictReader(file):
                feeds[path.stem].append({c: _typed(raw.get(c) or "", kind) for c, kind in columns.items()})
    return feeds


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def write_rows(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[_text(row.get(c)) for c in columns] for row in rows])


def write_feeds(folder: Path, feeds: Feeds) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in feeds.items():
        if rows:
            write_rows(folder / f"{name}.csv", list(FEEDS[name]), rows)


def write_marts(folder: Path, marts: dict[str, list[Row]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in marts.items():
        write_rows(folder / f"{name}.csv", [c for c in MARTS[name]["columns"] if c != "rule_version"], rows)


# ---- the rules ----------------------------------------------------------------------------------------------------


def _seed(folder: str, chapters: tuple[str, ...]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for chapter in chapters:
        with (ROOT / "seeds" / "rules" / folder / f"{chapter}.csv").open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


CHAPTERS = ("r03_callback", "r04_expense", "r09_expense", "r10_sales")


class Version:
    """The parameters of a rule set that are in force on a day."""

    def __init__(self, values: dict[tuple[str, str], str]) -> None:
        self.values = values

    def text(self, parameter: str, item: str = "") -> str | None:
        return self.values.get((parameter, item))

    def has(self, parameter: str, item: str | None) -> bool:
        return self.values.get((parameter, item or "")) == "true"

    def number(self, parameter: str, item: str = "") -> int:
        return int(self.values[parameter, item])

    def decimal(self, parameter: str, item: str = "") -> Decimal:
        return Decimal(self.values[parameter, item])

    def clock(self, parameter: str, item: str = "") -> time:
        return time.fromisoformat(self.values[parameter, item])

    def items(self, parameter: str) -> dict[str, str]:
        return {item: value for (p, item), value in self.values.items() if p == parameter}


class Rules:
    """The seeded parameters, and later versions in which some of them are others.

    Args:
        changes: (rule set, first day in force, {(parameter, item): value}), in order of days.
    """

    def __init__(self, changes: tuple[tuple[str, date, dict[tuple[str, str], str]], ...] = ()) -> None:
        self.versions: dict[str, list[tuple[date, dict[tuple[str, str], str]]]] = {}
        for row in _seed("parameters", CHAPTERS):
            rule_set = row["rule_version"].split(".")[0]
            first = self.versions.setdefault(rule_set, [(date(1900, 1, 1), {})])[0]
            first[1][row["parameter"], row["item"]] = row["value"]
        for rule_set, effective_from, values in changes:
            self.versions[rule_set].append((effective_from, self.versions[rule_set][-1][1] | values))

    def on(self, rule_set: str, day: date) -> Version:
        return Version([values for first, values in self.versions[rule_set] if first <= day][-1])

    def write(self, folder: Path) -> None:
        """As an organisation's own rules: every dated version, and the parameters of the added ones."""
        (folder / "parameters").mkdir(parents=True, exist_ok=True)
        seeded = ROOT / "seeds" / "rules" / "rule_versions.csv"
        with seeded.open(encoding="utf-8", newline="") as file:
            versions: list[Row] = list(csv.DictReader(file))
        parameters: list[Row] = []
        for rule_set, dated in self.versions.items():
            for place, (effective_from, values) in enumerate(dated[1:], start=2):
                name = f"{rule_set}.{place}"
                versions.append(
                    {"rule_set": rule_set, "rule_version": name, "effective_from": effective_from, "origin": "local"}
                )
                parameters += [
                    {"rule_version": name, "parameter": p, "item": item, "value": value, "origin": "local"}
                    for (p, item), value in values.items()
                ]
        write_rows(folder / "rule_versions.csv", list(versions[0]), versions)
        write_rows(
            folder / "parameters" / "own.csv", ["rule_version", "parameter", "item", "value", "origin"], parameters
        )


# ---- the organisation ---------------------------------------------------------------------------------------------


def _holidays() -> tuple[dict[date, bool], set[int]]:
    with (ROOT / "seeds" / "reference" / "public_holidays.csv").open(encoding="utf-8", newline="") as file:
        table = {date.fromisoformat(r["holiday_date"]): r["is_working_day"] == "true" for r in csv.DictReader(file)}
    return table, {d.year for d in table}


@dataclass
class Organisation:
    """Units, people and calendars as they are known on `as_of`."""

    feeds: Feeds
    as_of: date
    rules: Rules = field(default_factory=Rules)
    unit_types: dict[str, str] = field(init=False)
    people: dict[str, list[Row]] = field(init=False)
    customers: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.unit_types = {u["unit_id"]: u["unit_type"] for u in self.feeds["units"]}
        self.people = defaultdict(list)
        for row in sorted(self.feeds["employees"], key=lambda r: r["effective_on"]):
            if row["effective_on"] <= self.as_of:
                self.people[row["employee_id"]].append(row)
        self.customers = [
            c for c in self.feeds["customers"] if c["registered_on"] is None or c["registered_on"] <= self.as_of
        ]
        self.overrides = {
            (r["calendar_date"], r["unit_id"]): r["is_working_day"] for r in self.feeds["calendar_overrides"]
        }
        self.holidays, self.holiday_years = _holidays()

    def under(self, unit_id: str | None, rule_set: str) -> bool:
        return rule_set in RULE_SETS.get(self.unit_types.get(unit_id, ""), set())

    def in_force(self, employee_id: str | None, day: date) -> Row | None:
        rows = [r for r in self.people.get(employee_id, []) if r["effective_on"] <= day]
        return rows[-1] if rows else None

    def unit_of(self, employee_id: str | None, day: date) -> str | None:
        row = self.in_force(employee_id, day)
        return row["unit_id"] if row else None

    def position_of(self, employee_id: str | None, day: date) -> str | None:
        row = self.in_force(employee_id, day)
        return row["position"] if row else None

    def is_employed(self, employee_id: str, day: date) -> bool:
        row = self.in_force(employee_id, day)
        if row is None or day < row["hired_on"] or (row["left_on"] and row["left_on"] < day):
            return False
        later = [r for r in self.people[employee_id] if r["effective_on"] > day and r["hired_on"] == row["hired_on"]]
        return not any(r["left_on"] and r["left_on"] < day for r in later)

    def is_working_day(self, unit_id: str, day: date) -> bool | None:
        """None where the year has no table of public holidays."""
        if day.year not in self.holiday_years:
            return None
        for key in ((day, unit_id), (day, None)):
            if key in self.overrides:
                return self.overrides[key]
        if day in self.holidays:
            return self.holidays[day]
        return day.isoweekday() != 7

    def working_day_after(self, unit_id: str, day: date, number: int) -> date | None:
        """The working day that is the nth strictly after a day; None where the calendar ends before it."""
        while number:
            day += days(1)
            working = self.is_working_day(unit_id, day)
            if working is None:
                return None
            number -= working
        return day


# ---- the ledger ---------------------------------------------------------------------------------------------------


class Ledger:
    """Rule outcomes with their ids, months and waivers."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.rows: list[Row] = []
        self.seen: dict[str, int] = defaultdict(int)
        self.waived = {
            w["outcome_id"]
            for w in organisation.feeds["waivers"]
            if w["status"] == "approved" and w["approved_on"] <= organisation.as_of
        }

    def add(
        self,
        clause_id: str,
        outcome_type: str,
        subject: tuple[str, str],
        occurred_on: date,
        source: tuple[str, str],
        *,
        unit_id: str | None = None,
        has_unit: bool = True,
        amount: Decimal | None = None,
        flag: str | None = None,
    ) -> None:
        """An outcome. `has_unit` false: the log row has no unit, the subject's own of that day is taken."""
        subject_type, subject_id = subject
        text = "|".join((clause_id, subject_id, source[0], source[1], occurred_on.isoformat()))
        self.seen[text] += 1
        if self.seen[text] > 1:
            text += f"|{self.seen[text]}"
        outcome_id = hashlib.md5(text.encode()).hexdigest()
        self.rows.append(
            {
                "outcome_id": outcome_id,
                "clause_id": clause_id,
                "outcome_type": outcome_type,
                "subject_type": subject_type,
                "subject_id": subject_id,
                "unit_id": unit_id if has_unit else self.organisation.unit_of(subject_id, occurred_on),
                "occurred_on": occurred_on,
                "month": month_of(occurred_on),
                "quantity": 1,
                "amount": amount,
                "effective_amount": (
                    None if amount is None else Decimal("0.00") if outcome_id in self.waived else amount
                ),
                "flag": flag,
                "source_feed": source[0],
                "source_key": source[1],
                "is_provisional": month_end(occurred_on) > self.organisation.as_of,
            }
        )

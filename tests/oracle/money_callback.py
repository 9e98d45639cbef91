"""Callbacks owed, made and missed, customer by customer (R3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from tests.oracle.common_money import (
    Feeds,
    Ledger,
    Organisation,
    Row,
    Version,
    add_months,
    days,
    month_end,
    month_of,
    rate,
)

SERIES = ("call_in", "visit", "deal")
Window = tuple[str, date, date]


class Callback:
    """One organisation's callbacks; `marts` holds the rows when done."""

    def __init__(self, feeds: Feeds, organisation: Organisation, ledger: Ledger) -> None:
        self.feeds = feeds
        self.org = organisation
        self.as_of = organisation.as_of
        self.ledger = ledger
        self.segments = {c["customer_id"]: c["segment"] for c in organisation.customers}
        self.calls = sorted(
            (c for c in feeds["callbacks"] if c["called_at"].date() <= self.as_of),
            key=lambda c: (c["called_at"], c["callback_id"]),
        )
        self.contacts: dict[str, list[Row]] = defaultdict(list)
        seen = set()
        for contact in sorted(feeds["customer_contacts"], key=lambda c: (c["occurred_at"], c["contact_id"])):
            day = contact["occurred_at"].date()
            if day > self.as_of or not self.org.under(contact["unit_id"], "R3"):
                continue
            key = contact["customer_id"], contact["contact_type"], day
            if key not in seen:
                seen.add(key)
                self.contacts[contact["customer_id"]].append(contact)

    def run(self) -> dict[str, list[Row]]:
        self.obligations: list[Row] = []
        for customer_id, contacts in self.contacts.items():
            for place, contact in enumerate(contacts):
                for window in self._windows(contact, contacts[:place], contacts[place + 1 :]):
                    self._owe(customer_id, contact, window)
        self._work_orders()
        months: dict[tuple, Row] = {}
        self._count_obligations(months)
        self._judge_calls(months)
        self._satisfaction()
        for row in months.values():
            row["compliance_rate"] = rate(row["met_count"], row["due_count"])
            row["in_window_rate"] = rate(row["in_window_count"], row["phone_callbacks"])
        return {"fct_callback_obligations": self.obligations, "fct_callback_months": list(months.values())}

    # ---- what is owed ---------------------------------------------------------------------------------------------

    def _is_special(self, customer_id: str) -> bool:
        return self.segments.get(customer_id) in ("leader_introduced", "vip")

    def _key_dates(self, unit_id: str, after: date) -> dict[date, set[str]]:
        found: dict[date, set[str]] = defaultdict(set)
        for row in self.feeds["key_dates"]:
            if row["unit_id"] in (unit_id, None) and after < row["key_date"] <= self.as_of:
                found[row["key_date"]].add(row["kind"])
        return found

    def _rules(self, day: date) -> Version:
        return self.org.rules.on("R3", day)

    def _window(self, day: date, clause_id: str, item: str | None = None) -> Window:
        rules = self._rules(day)
        first = rules.number("window_first_day", item or clause_id)
        return clause_id, day + days(first), day + days(rules.number("window_last_day", item or clause_id))

    def _every(self, day: date, clause_id: str, item: str | None = None) -> Iterator[Window]:
        """The first window and those that repeat it."""
        _, start, due_on = self._window(day, clause_id, item)
        while start <= self.as_of:
            yield clause_id, start, due_on
            start, due_on = due_on + days(1), due_on + days(self._rules(day).number("repeat_days", item or clause_id))

    def _windows(self, contact: Row, earlier: list[Row], later: list[Row]) -> Iterator[Window]:
        day = contact["occurred_at"].date()
        kind = contact["contact_type"]
        if kind in SERIES:
            following = next((c["occurred_at"].date() for c in later if c["contact_type"] in SERIES), date.max)
            for window in self._series(contact, day, earlier):
                if window[2] < following:
                    yield window
        if kind == "deal":
            next_deal = next((c["occurred_at"].date() for c in later if c["contact_type"] == "deal"), date.max)
            for key_date, kinds in self._key_dates(contact["unit_id"], day).items():
                if key_date < next_deal:
                    for key_kind in kinds:
                        yield ("R3-a3.3" if key_kind == "node" else "R3-a3.4"), key_date, key_date
        if kind == "project_start":
            yield self._window(day, "R3-e1")
        if kind == "mid_payment":
            yield self._window(day, "R3-e2")
        if kind == "completion":
            yield self._window(day, "R3-e3")
            restarted = next((c["occurred_at"].date() for c in later if c["contact_type"] == "completion"), date.max)
            start, months = day + days(1), 0
            while start <= self.as_of:
                year = "year_1" if months < 12 else "year_2" if months < 24 else "later"
                months += self._rules(day).number("warranty_step_months", year)
                due_on = add_months(day, months)
                if due_on < restarted:
                    yield "R3-e4", start, due_on
                start = due_on + days(1)

    def _series(self, contact: Row, day: date, earlier: list[Row]) -> Iterator[Window]:
        kind, customer_class = contact["contact_type"], contact["customer_class"]
        if kind != "deal" and self._is_special(contact["customer_id"]):
            for key_date in self._key_dates(contact["unit_id"], day):
                yield "R3-a2b", key_date, key_date
            return
        if kind == "call_in":
            yield self._window(day, "R3-a1.1")
            if contact["is_high_quality"]:
                yield self._window(day, "R3-a1.2")
                if all(c["contact_type"] != "visit" for c in earlier):
                    yield from self._every(day, "R3-a1.3")
        elif kind == "visit" and customer_class in ("A", "B"):
            yield self._window(day, "R3-a2.1")
            yield self._window(day, "R3-a2.2")
            yield from self._every(day, "R3-a2.3", "R3-a2.3|key" if contact["is_key"] else "R3-a2.3|other")
        elif kind == "visit" and customer_class == "C":
            yield from self._every(day, "R3-a2.4")
        elif kind == "visit" and customer_class == "D":
            for key_date in self._key_dates(contact["unit_id"], day):
                yield "R3-a2.5", key_date, key_date
        elif kind == "deal":
            yield self._window(day, "R3-a3.1")
            yield from self._every(day, "R3-a3.2")

    def _owe(self, customer_id: str, contact: Row, window: Window) -> None:
        clause_id, start, due_on = window
        rules = self._rules(contact["occurred_at"].date())
        if start > self.as_of:
            return
        call = next(
            (
                c
                for c in self.calls
                if c["customer_id"] == customer_id
                and rules.has("allowed_channel", f"{clause_id}|{c['channel']}")
                and start <= c["called_at"].date() <= due_on
                and c["called_at"] > contact["occurred_at"]
            ),
            None,
        )
        source = "customer_contacts", contact["contact_id"]
        self._obligation(
            source, clause_id, customer_id, contact["unit_id"], contact["employee_id"], start, due_on, call
        )

    def _obligation(
        self,
        source: tuple[str, str],
        clause_id: str,
        customer_id: str | None,
        unit_id: str,
        employee_id: str | None,
        start: date,
        due_on: date,
        call: Row | None,
    ) -> None:
        status = "met" if call else "pending" if due_on > self.as_of else "missed"
        self.obligations.append(
            {
                "trigger_feed": source[0],
                "trigger_key": source[1],
                "clause_id": clause_id,
                "customer_id": customer_id,
                "unit_id": unit_id,
                "employee_id": employee_id,
                "window_start_on": start,
                "due_on": due_on,
                "callback_id": call["callback_id"] if call else None,
                "status": status,
            }
        )
        if status == "missed":
            subject = ("employee", employee_id) if employee_id else ("unit", unit_id)
            self.ledger.add(clause_id, "miss", subject, due_on, source, unit_id=unit_id)

    def _work_orders(self) -> None:
        for order in self.feeds["work_orders"]:
            opened_at = order["opened_at"]
            limit = opened_at + timedelta(hours=self._rules(opened_at.date()).number("work_order_hours"))
            is_ours = self.org.under(order["unit_id"], "R3") or self.org.under(order["unit_id"], "R3-b2")
            if opened_at.date() > self.as_of or not is_ours:
                continue
            call = next(
                (
                    c
                    for c in self.calls
                    if c["work_order_id"] == order["work_order_id"] and opened_at < c["called_at"] <= limit
                ),
                None,
            )
            source = "work_orders", order["work_order_id"]
            self._obligation(
                source, "R3-b2", order["customer_id"], order["unit_id"], None, opened_at.date(), limit.date(), call
            )

    # ---- what was done --------------------------------------------------------------------------------------------

    @staticmethod
    def _month(months: dict[tuple, Row], unit_id: str, employee_id: str | None, month: date) -> Row:
        counts = ("due_count", "met_count", "missed_count", "phone_callbacks", "in_window_count", "over_contact_count")
        return months.setdefault(
            (unit_id, employee_id, month),
            {"unit_id": unit_id, "employee_id": employee_id, "month": month, **dict.fromkeys(counts, 0)},
        )

    def _count_obligations(self, months: dict[tuple, Row]) -> None:
        for obligation in self.obligations:
            if obligation["status"] != "pending":
                month = month_of(obligation["due_on"])
                row = self._month(months, obligation["unit_id"], obligation["employee_id"], month)
                row["due_count"] += 1
                row[f"{obligation['status']}_count"] += 1

    def _in_sales_centre(self) -> Iterator[tuple[Row, date, str]]:
        for call in self.calls:
            day = call["called_at"].date()
            unit_id = self.org.unit_of(call["employee_id"], day)
            if self.org.under(unit_id, "R3"):
                yield call, day, unit_id

    def _judge_calls(self, months: dict[tuple, Row]) -> None:
        meeting = {o["callback_id"] for o in self.obligations}
        for call, day, unit_id in self._in_sales_centre():
            source = "callbacks", call["callback_id"]
            caller = "employee", call["employee_id"]
            if call["channel"] == "phone":
                row = self._month(months, unit_id, call["employee_id"], month_of(day))
                row["phone_callbacks"] += 1
                clock, rules = call["called_at"].time(), self._rules(day)
                row["in_window_count"] += any(
                    rules.clock("calling_window_start", part) <= clock <= rules.clock("calling_window_end", part)
                    for part in rules.items("calling_window_start")
                )
                is_key_date = any(
                    k["key_date"] == day and k["unit_id"] in (unit_id, None) for k in self.feeds["key_dates"]
                )
                if (
                    self._is_special(call["customer_id"])
                    and not is_key_date
                    and call["callback_id"] not in meeting
                    and not call["work_order_id"]
                ):
                    row["over_contact_count"] += 1
                    self.ledger.add("R3-a2b", "miss", caller, day, source, has_unit=False, flag="over_contact")
            report_by = day + days(1)
            if call["channel"] == "visit" and report_by <= self.as_of:
                filed_on = call["report_filed_on"]
                if filed_on is None or filed_on > report_by:
                    self.ledger.add("R3-d5", "miss", caller, report_by, source, has_unit=False)
            if call["issue_raised"]:
                reported_at = call["issue_reported_at"]
                if reported_at is None or reported_at.date() > day:
                    self.ledger.add("R3-e6", "miss", caller, day, source, has_unit=False)

    def _satisfaction(self) -> None:
        scores: dict[tuple[str, date], list[bool]] = defaultdict(list)
        for call, day, unit_id in self._in_sales_centre():
            if call["satisfaction_score"] is not None and month_end(day) <= self.as_of:
                is_good = call["satisfaction_score"] >= self._rules(day).number("good_score")
                scores[unit_id, month_of(day)].append(is_good)
        for (unit_id, month), given in scores.items():
            rules = self._rules(month_end(month))
            good, number = sum(given), len(given)
            if good >= number * rules.decimal("reward_satisfaction_rate"):
                kind, flag = "reward", "quality_bonus"
            elif good < number * rules.decimal("transfer_satisfaction_rate"):
                kind, flag = "warning", "transfer_review"
            elif good < number * rules.decimal("criticism_satisfaction_rate"):
                kind, flag = "warning", "criticism"
            else:
                continue
            self.ledger.add(
                "R3-c8",
                kind,
                ("unit", unit_id),
                month_end(month),
                ("fct_callback_months", f"{unit_id}|{month.isoformat()}"),
                unit_id=unit_id,
                flag=flag,
            )

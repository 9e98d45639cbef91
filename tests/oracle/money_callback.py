"""Callbacks owed, made and missed, customer by customer (R3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, time, timedelta

from tests.oracle.common_money import Feeds, Ledger, Organisation, Row, add_months, days, month_end, month_of, rate

PHONE = {"phone"}
BOTH = {"phone", "message"}
SERIES = ("call_in", "visit", "deal")
Window = tuple[str, date, date, set[str]]


class Callback:
    """One organisation's callbacks; `marts` holds the rows when done."""

    def __init__(self, feeds: Feeds, organisation: Organisation, ledger: Ledger) -> None:
        self.feeds = feeds
        self.org = organisation
        self.as_of = organisation.as_of
        self.ledger = ledger
        self.segments = {c["customer_id"]: c["segment"] for c in feeds["customers"]}
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

    def _every(self, start: date, length: int) -> Iterator[tuple[date, date]]:
        while start <= self.as_of:
            yield start, start + days(length - 1)
            start += days(length)

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
                        yield ("R3-a3.3" if key_kind == "node" else "R3-a3.4"), key_date, key_date, BOTH
        if kind == "project_start":
            yield "R3-e1", day + days(1), day + days(3), PHONE
        if kind == "mid_payment":
            yield "R3-e2", day + days(1), day + days(3), PHONE
        if kind == "completion":
            yield "R3-e3", day + days(1), day + days(7), PHONE
            restarted = next((c["occurred_at"].date() for c in later if c["contact_type"] == "completion"), date.max)
            start, months = day + days(1), 0
            while start <= self.as_of:
                months += 3 if months < 12 else 6 if months < 24 else 12
                due_on = add_months(day, months)
                if due_on < restarted:
                    yield "R3-e4", start, due_on, PHONE
                start = due_on + days(1)

    def _series(self, contact: Row, day: date, earlier: list[Row]) -> Iterator[Window]:
        kind, customer_class = contact["contact_type"], contact["customer_class"]
        if kind != "deal" and self._is_special(contact["customer_id"]):
            for key_date in self._key_dates(contact["unit_id"], day):
                yield "R3-a2b", key_date, key_date, BOTH
            return
        if kind == "call_in":
            yield "R3-a1.1", day, day, PHONE
            if contact["is_high_quality"]:
                yield "R3-a1.2", day + days(1), day + days(3), PHONE
                if all(c["contact_type"] != "visit" for c in earlier):
                    for start, due_on in self._every(day + days(4), 7):
                        yield "R3-a1.3", start, due_on, PHONE
        elif kind == "visit" and customer_class in ("A", "B"):
            yield "R3-a2.1", day, day, PHONE
            yield "R3-a2.2", day + days(1), day + days(3), PHONE
            for start, due_on in self._every(day + days(4), 3 if contact["is_key"] else 7):
                yield "R3-a2.3", start, due_on, PHONE
        elif kind == "visit" and customer_class == "C":
            for start, due_on in self._every(day + days(1), 7):
                yield "R3-a2.4", start, due_on, PHONE
        elif kind == "visit" and customer_class == "D":
            for key_date in self._key_dates(contact["unit_id"], day):
                yield "R3-a2.5", key_date, key_date, BOTH
        elif kind == "deal":
            yield "R3-a3.1", day, day, PHONE
            for start, due_on in self._every(day + days(1), 15):
                yield "R3-a3.2", start, due_on, BOTH

    def _owe(self, customer_id: str, contact: Row, window: Window) -> None:
        clause_id, start, due_on, channels = window
        if start > self.as_of:
            return
        call = next(
            (
                c
                for c in self.calls
                if c["customer_id"] == customer_id
                and c["channel"] in channels
                and start <= c["called_at"].date() <= due_on
                and c["called_at"] > contact["occurred_at"]
            ),
            None,
        )
        source = "customer_contacts", contact["contact_id"]
        self._obligation(source, clause_id, customer_id, contact["unit_id"], contact["employee_id"], start, due_on, call)

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
            limit = opened_at + timedelta(hours=24)
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
                clock = call["called_at"].time()
                row["in_window_count"] += (
                    time(10) <= clock <= time(11, 30) or time(15, 30) <= clock <= time(17)
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
        scores: dict[tuple[str, date], list[int]] = defaultdict(list)
        for call, day, unit_id in self._in_sales_centre():
            if call["satisfaction_score"] is not None and month_end(day) <= self.as_of:
                scores[unit_id, month_of(day)].append(call["satisfaction_score"])
        for (unit_id, month), given in scores.items():
            good, number = sum(score >= 4 for score in given), len(given)
            if good * 100 >= number * 90:
                kind, flag = "reward", "quality_bonus"
            elif good * 100 < number * 60:
                kind, flag = "warning", "transfer_review"
            elif good * 100 < number * 80:
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

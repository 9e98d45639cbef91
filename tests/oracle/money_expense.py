"""Expense claims, budgets, bad debts, advances and cash, worked out line by line as the rulebook says them (R4, R9)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tests.oracle.common_money import (
    Feeds,
    Ledger,
    Organisation,
    Row,
    add_months,
    cents,
    days,
    month_end,
    month_of,
    quarter_of,
    rate,
)

ZERO = Decimal("0.00")
TRAVEL = {"per_diem", "long_distance_transport"}
MONTHLY_LIMITS = {"office_phone": "R4-8.1c", "office_supplies": "R4-8.1d"}


class Expense:
    """One organisation's money; `marts` holds the rows when done."""

    def __init__(self, feeds: Feeds, organisation: Organisation, ledger: Ledger) -> None:
        self.feeds = feeds
        self.org = organisation
        self.as_of = organisation.as_of
        self.ledger = ledger
        self.marts: dict[str, list[Row]] = {}
        self.trips = {t["trip_id"]: t for t in feeds["business_trips"] if t["applied_on"] <= self.as_of}
        self.requests = {
            r["request_id"]: r for r in feeds["special_expense_requests"] if r["requested_on"] <= self.as_of
        }
        self.phone_limits = {(p["position"], p["month"]): p["amount"] for p in feeds["phone_limits"]}
        self.budgets = [
            b
            for b in feeds["budgets"]
            if b["month"] <= self.as_of and (self.org.under(b["unit_id"], "R4") or self.org.under(b["unit_id"], "R9"))
        ]
        self.lines = sorted(
            (
                line
                for line in feeds["expense_lines"]
                if line["submitted_on"] <= self.as_of
                and line["incurred_on"] <= self.as_of
                and (self.org.under(line["unit_id"], "R4") or self.org.under(line["unit_id"], "R9"))
            ),
            key=lambda line: (line["incurred_on"], line["claim_id"], line["line_no"]),
        )
        self.used: dict[tuple, Decimal] = defaultdict(lambda: ZERO)

    def run(self) -> dict[str, list[Row]]:
        self._expense_lines()
        self._breaches()
        self._cap_usage_months()
        self._budget_months()
        self._budget_quarters()
        self._bad_debts()
        self._credit_sales()
        self._deposits()
        self._cash_advances()
        self._accounts()
        return self.marts

    # ---- lines ----------------------------------------------------------------------------------------------------

    def _expense_lines(self) -> None:
        rows = []
        self.allowed: dict[tuple[str, int], Decimal] = {}
        for line in self.lines:
            in_r4 = self.org.under(line["unit_id"], "R4")
            if line["amount"] < 0:
                cuts, keys = [], self._limit_keys(line, in_r4)
            else:
                cuts, keys = self._check_r4(line) if in_r4 else self._check_r9(line)
            allowed = line["amount"] - sum(amount for _, amount in cuts)
            for key in keys:
                self.used[key] += allowed
            self.allowed[line["claim_id"], line["line_no"]] = allowed
            for clause_id, amount in cuts:
                self._line_outcome(line, clause_id, "disallowance", amount)
            if in_r4 and line["finance_status"] == "rejected" and line["amount"] > 0:
                self._share_out_rejected(line)
            if not in_r4:
                self._judge_delay(line)
            rows.append(
                {
                    **{c: line[c] for c in ("claim_id", "line_no", "unit_id", "employee_id", "category")},
                    "incurred_on": line["incurred_on"],
                    "month": month_of(line["incurred_on"]),
                    "claimed_amount": line["amount"],
                    "allowed_amount": allowed,
                    "disallowed_amount": line["amount"] - allowed,
                    "disallow_clause_id": next((c for c, amount in cuts if amount), None),
                }
            )
        self.marts["fct_expense_lines"] = rows

    def _line_outcome(self, line: Row, clause_id: str, kind: str, amount: Decimal | None) -> None:
        self.ledger.add(
            clause_id,
            kind,
            ("employee", line["employee_id"]),
            line["incurred_on"],
            ("expense_lines", f"{line['claim_id']}|{line['line_no']}"),
            unit_id=line["unit_id"],
            amount=amount,
        )

    def _own_trip(self, line: Row) -> Row | None:
        trip = self.trips.get(line["trip_id"])
        if (
            trip
            and trip["employee_id"] == line["employee_id"]
            and trip["status"] == "approved"
            and trip["form_complete"]
            and (trip["approved_on"] is None or trip["approved_on"] <= self.as_of)
        ):
            return trip
        return None

    def _request(self, line: Row) -> Row | None:
        request = self.requests.get(line["special_request_id"])
        if (
            request
            and request["unit_id"] == line["unit_id"]
            and request["category"] == line["category"]
            and request["status"] == "approved"
            and request["approved_on"] is not None
            and request["approved_on"] <= line["incurred_on"]
        ):
            return request
        return None

    def _limit_keys(self, line: Row, in_r4: bool) -> list[tuple]:
        """What a line uses up, and a refund gives back."""
        category = line["category"]
        if in_r4:
            if category in ("promotion", "other") and self._request(line):
                return [("request", line["special_request_id"])]
            if category == "per_diem" and self._own_trip(line):
                return [("trip", line["trip_id"])]
            if category in MONTHLY_LIMITS:
                return [("month", line["unit_id"], category, month_of(line["incurred_on"]))]
        else:
            if category in ("entertainment", "training") and self._request(line):
                return [("request", line["special_request_id"])]
            if category == "phone":
                return [("phone", line["employee_id"], month_of(line["incurred_on"]))]
        return []

    def _remaining(self, key: tuple, limit: Decimal) -> Decimal:
        return max(ZERO, limit - self.used[key])

    def _check_r4(self, line: Row) -> tuple[list[tuple[str, Decimal]], list[tuple]]:
        left = line["amount"]
        category = line["category"]
        cuts: list[tuple[str, Decimal]] = []

        def fail(clause_id: str) -> None:
            nonlocal left
            cuts.append((clause_id, left))
            left = ZERO

        def limit(clause_id: str, most: Decimal) -> None:
            nonlocal left
            if left > most:
                cuts.append((clause_id, left - most))
                left = most

        rules = self.org.rules.on("R4", line["incurred_on"])
        if not rules.has("accepted_receipt", f"{category}|{line['receipt_type']}"):
            fail("R4-8.6")
        if not (line["approved_by_manager"] and line["audited_by_supervisor"]):
            fail("R4-5.1")
        if line["finance_status"] == "rejected":
            fail("R4-5.2")
        trip = self._own_trip(line)
        if category in TRAVEL and trip is None:
            fail("R4-8.3")
        if category in ("promotion", "other"):
            clause_id = "R4-8.2p" if category == "promotion" else "R4-8.2o"
            request = self._request(line)
            if request is None:
                fail(clause_id)
            else:
                limit(clause_id, self._remaining(("request", request["request_id"]), request["amount"]))
        day = line["incurred_on"]
        period_end = day.replace(day=10) if day.day <= 10 else day.replace(day=20) if day.day <= 20 else month_end(day)
        if line["submitted_on"] > period_end + days(rules.number("sending_grace_days")):
            fail("R4-8.2t")
        if category == "per_diem" and trip:
            position = self.org.position_of(line["employee_id"], trip["departs_on"])
            daily = self.org.rules.on("R4", trip["departs_on"]).text("per_diem_rate", position or "")
            if daily is not None:
                trip_days = max(0, (trip["returns_on"] - trip["departs_on"]).days + 1)
                limit("R4-8.1a", self._remaining(("trip", trip["trip_id"]), Decimal(daily) * trip_days))
        if category == "long_distance_transport":
            fare = self._reference_fare(line)
            if fare is not None:
                limit("R4-8.1b", fare)
        if category in MONTHLY_LIMITS:
            most = rules.decimal("monthly_limit", category)
            limit(MONTHLY_LIMITS[category], self._remaining(("month", line["unit_id"], category, month_of(day)), most))
        return cuts, self._limit_keys(line, True)

    def _reference_fare(self, line: Row) -> Decimal | None:
        """The most that is allowed where the class is too high; None where it is not."""
        position = self.org.position_of(line["employee_id"], line["incurred_on"])
        mode = line["transport_mode"]
        rules = self.org.rules.on("R4", line["incurred_on"])
        is_long = (line["transport_hours"] or 0) >= rules.decimal("long_journey_hours")
        highest = rules.text("transport_class_long" if is_long else "transport_class_short", position or "")
        if mode is None or highest is None:
            return None
        if rules.number("transport_class_rank", mode) <= rules.number("transport_class_rank", highest):
            return None
        return line["reference_fare"] or ZERO

    def _share_out_rejected(self, line: Row) -> None:
        for employee_id, _, amount in self._bearers(line["unit_id"], line["incurred_on"], line["amount"], None):
            self.ledger.add(
                "R4-5.2b",
                "liability",
                ("employee", employee_id),
                line["incurred_on"],
                ("expense_lines", f"{line['claim_id']}|{line['line_no']}"),
                unit_id=line["unit_id"],
                amount=amount,
            )

    def _bearers(
        self, unit_id: str, day: date, amount: Decimal, business_manager: str | None
    ) -> list[tuple[str, str, Decimal]]:
        def in_office(position: str) -> list[str]:
            return sorted(
                e
                for e in self.org.people
                if self.org.is_employed(e, day)
                and self.org.unit_of(e, day) == unit_id
                and self.org.position_of(e, day) == position
            )

        others = [(business_manager, "business_manager")] if business_manager else []
        others += [(e, "office_supervisor") for e in in_office("office_supervisor")]
        managers = in_office("office_manager")
        manager_share = Fraction(self.org.rules.on("R4", day).decimal("manager_share"))
        others_share = cents(Fraction(amount) * (1 - manager_share) / len(others)) if others else ZERO
        manager_half = amount - others_share * len(others) if others else cents(Fraction(amount) * manager_share)
        shares = []
        if managers:
            each = Decimal(int(manager_half * 100) // len(managers)) / 100  # the first by id takes the cents
            first = manager_half - each * (len(managers) - 1)
            shares += [(e, "office_manager", first if n == 0 else each) for n, e in enumerate(managers)]
        return shares + [(e, role, others_share) for e, role in others]

    def _check_r9(self, line: Row) -> tuple[list[tuple[str, Decimal]], list[tuple]]:
        left = line["amount"]
        category = line["category"]
        path = [role.strip() for role in (line["approval_path"] or "").split(">")]
        cuts: list[tuple[str, Decimal]] = []

        def fail(clause_id: str) -> None:
            nonlocal left
            cuts.append((clause_id, left))
            left = ZERO

        def limit(clause_id: str, most: Decimal) -> None:
            nonlocal left
            if left > most:
                cuts.append((clause_id, left - most))
                left = most

        rules = self.org.rules.on("R9", line["incurred_on"])
        if not rules.has("accepted_receipt", line["receipt_type"]):
            fail("R9-2.3")
        if category == "entertainment":
            if rules.text("entertainment_approver") not in path:
                fail("R9-6.1")
            if not (line["guests_noted"] and line["guests_count"] is not None):
                fail("R9-2.13")
        if path != (rules.text("approval_path") or "").split(">") or line["finance_status"] == "rejected":
            fail("R9-3")
        if line["is_shared"] and not line["co_traveller_signed"]:
            fail("R9-4.4")
        if category == "taxi" and not (line["no_car_available"] and rules.text("taxi_approver") in path):
            fail("R9-7.2")
        request = self._request(line)
        if category == "entertainment" and request:
            limit("R9-6.1", self._remaining(("request", request["request_id"]), request["amount"]))
        if category == "phone":
            month = month_of(line["incurred_on"])
            position = self.org.position_of(line["employee_id"], line["incurred_on"])
            if (position, month) in self.phone_limits:
                most = self.phone_limits[position, month]
                limit("R9-8", self._remaining(("phone", line["employee_id"], month), most))
        if category == "training":
            if request is None:
                fail("R9-9.3")
            else:
                limit("R9-9.3", self._remaining(("request", request["request_id"]), request["amount"]))
        return cuts, self._limit_keys(line, False)

    def _judge_delay(self, line: Row) -> None:
        rules = self.org.rules.on("R9", line["incurred_on"])
        clause_id, start, number = None, None, 0
        if line["category"] in TRAVEL and line["trip_id"] in self.trips:
            clause_id, start = "R9-4.3", self.trips[line["trip_id"]]["returns_on"]
            number = rules.number("travel_working_days")
        elif line["category"] == "entertainment":
            clause_id, start = "R9-6.5", line["incurred_on"]
            number = rules.number("entertainment_working_days")
        if clause_id is None:
            return
        last = self.org.working_day_after(line["unit_id"], start, number)
        if last is not None and line["submitted_on"] > last:
            self._line_outcome(line, clause_id, "miss", None)

    # ---- budgets --------------------------------------------------------------------------------------------------

    def _budgeted(self) -> set[tuple[str, str, int]]:
        return {(b["unit_id"], b["category"], b["month"].year) for b in self.budgets}

    def _budget_to_date(self, unit_id: str, category: str, day: date) -> Decimal:
        return sum(
            (
                b["amount"]
                for b in self.budgets
                if (b["unit_id"], b["category"], b["month"].year) == (unit_id, category, day.year)
                and b["month"] <= month_of(day)
            ),
            ZERO,
        )

    def _breaches(self) -> None:
        spent: dict[tuple, Decimal] = defaultdict(lambda: ZERO)
        budgeted = self._budgeted()
        for line in self.lines:
            key = (line["unit_id"], line["category"], line["incurred_on"].year)
            allowed = self.allowed[line["claim_id"], line["line_no"]]
            spent[key] += allowed
            if key not in budgeted or self.org.unit_types[line["unit_id"]] == "region" or allowed <= 0:
                continue
            excess = spent[key] - self._budget_to_date(line["unit_id"], line["category"], line["incurred_on"])
            if excess > 0:
                self.ledger.add(
                    "R9-1",
                    "breach",
                    ("unit", line["unit_id"]),
                    line["incurred_on"],
                    ("expense_lines", f"{line['claim_id']}|{line['line_no']}"),
                    unit_id=line["unit_id"],
                    amount=min(allowed, excess),
                )

    def _cap_usage_months(self) -> None:
        budgeted = self._budgeted()
        budget = {(b["unit_id"], b["category"], b["month"]): b["amount"] for b in self.budgets}
        claimed: dict[tuple, Decimal] = defaultdict(lambda: ZERO)
        allowed: dict[tuple, Decimal] = defaultdict(lambda: ZERO)
        for line in self.lines:
            key = (line["unit_id"], line["category"], month_of(line["incurred_on"]))
            claimed[key] += line["amount"]
            allowed[key] += self.allowed[line["claim_id"], line["line_no"]]
        rows = []
        for key in sorted(set(claimed) | set(budget)):
            unit_id, category, month = key
            cap = None
            if category in MONTHLY_LIMITS and self.org.under(unit_id, "R4"):
                cap = self.org.rules.on("R4", month_end(month)).decimal("monthly_limit", category)
            if cap is None and (unit_id, category, month.year) not in budgeted:
                continue
            spent = sum(
                (
                    amount
                    for (u, c, m), amount in allowed.items()
                    if (u, c, m.year) == (unit_id, category, month.year) and m <= month
                ),
                ZERO,
            )
            own = budget.get(key)
            rows.append(
                {
                    "unit_id": unit_id,
                    "category": category,
                    "month": month,
                    "claimed_amount": claimed[key],
                    "allowed_amount": allowed[key],
                    "cap_amount": cap,
                    "cap_usage_rate": rate(claimed[key], cap) if cap is not None else None,
                    "is_cap_breached": cap is not None and claimed[key] > cap,
                    "budget_amount": own,
                    "budget_usage_rate": rate(allowed[key], own) if own is not None else None,
                    "is_budget_breached": own is not None and spent > self._budget_to_date(unit_id, category, month),
                }
            )
        self.marts["fct_cap_usage_months"] = rows

    def _by_period(self, unit_type: str, period_of) -> tuple[dict, dict]:
        """Budget and spending of the units of a type by period."""
        budget: dict[tuple, Decimal] = {}
        spent: dict[tuple, Decimal] = {}
        for b in self.budgets:
            if self.org.unit_types[b["unit_id"]] == unit_type:
                key = (b["unit_id"], period_of(b["month"]))
                budget[key] = budget.get(key, ZERO) + b["amount"]
        for line in self.lines:
            if self.org.unit_types[line["unit_id"]] == unit_type:
                key = (line["unit_id"], period_of(line["incurred_on"]))
                spent[key] = spent.get(key, ZERO) + self.allowed[line["claim_id"], line["line_no"]]
        return budget, spent

    def _budget_months(self) -> None:
        budget, spent = self._by_period("branch_office", month_of)
        rows, carried = [], {}
        for key in sorted(set(budget) | set(spent)):
            unit_id, month = key
            b, s = budget.get(key, ZERO), spent.get(key, ZERO)
            carry_in = carried.get((unit_id, add_months(month, -1)), ZERO)
            settled = month_end(month) <= self.as_of
            rules = self.org.rules.on("R4", month_end(month))
            saving = max(ZERO, b - s)
            carry_out = cents(saving * rules.decimal("carry_share")) if settled else ZERO
            reward = cents(saving * rules.decimal("reward_share")) if settled else ZERO
            carried[key] = carry_out
            rows.append(
                {
                    "unit_id": unit_id,
                    "month": month,
                    "budget_amount": b,
                    "carry_in_amount": carry_in,
                    "spent_amount": s,
                    "saving_amount": saving,
                    "carry_out_amount": carry_out,
                    "reward_amount": reward,
                    "returned_amount": saving - carry_out - reward if settled else ZERO,
                    "carry_in_used_amount": min(carry_in, max(ZERO, s - b)),
                    "overspend_amount": max(ZERO, s - b - carry_in),
                    "is_settled": settled,
                }
            )
            if reward:
                self._reward(unit_id, month_end(month), reward, "fct_budget_months", month)
        self.marts["fct_budget_months"] = rows

    def _reward(self, unit_id: str, day: date, amount: Decimal, table: str, period: date) -> None:
        self.ledger.add(
            "R4-7",
            "reward",
            ("unit", unit_id),
            day,
            (table, f"{unit_id}|{period.isoformat()}"),
            unit_id=unit_id,
            amount=amount,
        )

    def _budget_quarters(self) -> None:
        budget, spent = self._by_period("region", quarter_of)
        rows = []
        for key in sorted(set(budget) | set(spent)):
            unit_id, quarter = key
            b, s = budget.get(key, ZERO), spent.get(key, ZERO)
            end = month_end(add_months(quarter, 2))
            settled = end <= self.as_of
            saving = max(ZERO, b - s)
            incentive = cents(saving * self.org.rules.on("R4", end).decimal("incentive_share")) if settled else ZERO
            rows.append(
                {
                    "unit_id": unit_id,
                    "quarter": quarter,
                    "budget_amount": b,
                    "spent_amount": s,
                    "saving_amount": saving,
                    "incentive_amount": incentive,
                    "returned_amount": saving - incentive if settled else ZERO,
                    "is_settled": settled,
                }
            )
            if incentive:
                self._reward(unit_id, end, incentive, "fct_budget_quarters", quarter)
        self.marts["fct_budget_quarters"] = rows

    # ---- receivables, receipts, advances, accounts ----------------------------------------------------------------

    def _bad_debts(self) -> None:
        invoices = {i["invoice_id"]: i for i in self.feeds["receivables"] if i["shipped_on"] <= self.as_of}
        rows = []
        for debt in self.feeds["bad_debts"]:
            invoice = invoices.get(debt["invoice_id"])
            if (
                debt["confirmed_on"] > self.as_of
                or debt["confirmed_by_role"] != self.org.rules.on("R4", debt["confirmed_on"]).text("bad_debt_confirmer")
                or invoice is None
                or not self.org.under(invoice["unit_id"], "R4")
            ):
                continue
            for employee_id, role, amount in self._bearers(
                invoice["unit_id"], debt["confirmed_on"], debt["amount"], invoice["business_manager_id"]
            ):
                rows.append(
                    {
                        "bad_debt_id": debt["bad_debt_id"],
                        "employee_id": employee_id,
                        "bearer_role": role,
                        "share_amount": amount,
                    }
                )
                self.ledger.add(
                    "R4-2.1",
                    "liability",
                    ("employee", employee_id),
                    debt["confirmed_on"],
                    ("bad_debts", debt["bad_debt_id"]),
                    has_unit=False,
                    amount=amount,
                )
        self.marts["fct_bad_debt_shares"] = rows

    def _credit_sales(self) -> None:
        so_far: dict[str, list[Row]] = defaultdict(list)
        invoices = [
            i for i in self.feeds["receivables"] if i["shipped_on"] <= self.as_of and self.org.under(i["unit_id"], "R4")
        ]
        for invoice in sorted(invoices, key=lambda i: (i["shipped_on"], i["invoice_id"])):
            mine = so_far[invoice["customer_id"]]
            mine.append(invoice)
            named = {i["invoice_id"] for i in mine}
            paid = sum(
                (
                    r["amount"]
                    for r in self.feeds["receipts"]
                    if r["invoice_id"] in named and r["received_at"].date() <= invoice["shipped_on"]
                ),
                ZERO,
            )
            credit = invoice["credit_limit"]
            if credit is None:
                credit = self.org.rules.on("R4", invoice["shipped_on"]).decimal("default_credit_limit")
            if sum(i["amount"] for i in mine) - paid > credit:
                self._unit_miss(
                    "R4-3.1", invoice["unit_id"], invoice["shipped_on"], "receivables", invoice["invoice_id"]
                )

    def _unit_miss(self, clause_id: str, unit_id: str, day: date, feed: str, key: str) -> None:
        self.ledger.add(clause_id, "miss", ("unit", unit_id), day, (feed, key), unit_id=unit_id)

    def _deposits(self) -> None:
        for receipt in self.feeds["receipts"]:
            limit = receipt["received_at"].date() + days(1)
            if limit > self.as_of or not self.org.under(receipt["unit_id"], "R4"):
                continue
            deposited_at = receipt["deposited_at"]
            if deposited_at is None or deposited_at > datetime.combine(
                limit, self.org.rules.on("R4", limit).clock("deposit_by_time")
            ):
                self._unit_miss("R4-3.2", receipt["unit_id"], limit, "receipts", receipt["receipt_id"])

    def _cash_advances(self) -> None:
        rows = []
        for advance in self.feeds["cash_advances"]:
            borrowed_on, borrower = advance["borrowed_on"], advance["employee_id"]
            if borrowed_on > self.as_of or not self.org.under(self.org.unit_of(borrower, borrowed_on), "R4"):
                continue
            rules = self.org.rules.on("R4", borrowed_on)
            due_on = add_months(borrowed_on, rules.number("advance_months"))
            repaid = sum(
                (
                    r["amount"]
                    for r in self.feeds["advance_repayments"]
                    if r["advance_id"] == advance["advance_id"] and r["repaid_on"] <= min(due_on, self.as_of)
                ),
                ZERO,
            )
            is_repaid = repaid >= advance["amount"]
            overdue = advance["amount"] - repaid if due_on <= self.as_of and not is_repaid else ZERO
            rows.append(
                {
                    "advance_id": advance["advance_id"],
                    "employee_id": borrower,
                    "amount": advance["amount"],
                    "borrowed_on": borrowed_on,
                    "due_on": due_on,
                    "repaid_by_due_amount": repaid,
                    "overdue_amount": overdue,
                    "status": "repaid" if is_repaid else "overdue" if due_on <= self.as_of else "open",
                }
            )
            if overdue and due_on + days(1) <= self.as_of:
                self._advance_outcome(advance, "R4-2.3", "advance_recovery", due_on + days(1), overdue, None)
            if advance["amount"] > rules.decimal("advance_limit"):
                self._advance_outcome(advance, "R4-2.3", "miss", borrowed_on, None, "over_limit")
            position = self.org.position_of(borrower, borrowed_on)
            is_supervisor = "office_supervisor" in (position, advance["approved_by_role"])
            if is_supervisor and advance["approved_by"] == borrower:
                self._advance_outcome(advance, "R4-3.3", "miss", borrowed_on, None, "own_approval")
            elif advance["approved_by_role"] != rules.text("advance_approver"):
                self._advance_outcome(advance, "R4-3.3", "miss", borrowed_on, None, "wrong_approver")
        self.marts["fct_cash_advances"] = rows

    def _advance_outcome(
        self, advance: Row, clause_id: str, kind: str, day: date, amount: Decimal | None, flag: str | None
    ) -> None:
        self.ledger.add(
            clause_id,
            kind,
            ("employee", advance["employee_id"]),
            day,
            ("cash_advances", advance["advance_id"]),
            has_unit=False,
            amount=amount,
            flag=flag,
        )

    def _accounts(self) -> None:
        for transaction in self.feeds["account_transactions"]:
            day = transaction["occurred_at"].date()
            if (
                day <= self.as_of
                and self.org.under(transaction["unit_id"], "R4")
                and (transaction["account"], transaction["direction"]) == ("income", "out")
            ):
                self._unit_miss(
                    "R4-1", transaction["unit_id"], day, "account_transactions", transaction["transaction_id"]
                )

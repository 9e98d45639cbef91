"""Random organisations, biased to the edges: limits met exactly, ends of periods, rows that no master data knows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.common_money import Feeds, Row, Rules, add_months, days, month_end, month_of

UNITS = {
    "branch_office": ["BO1", "BO2", "BO3"],
    "region": ["RG1", "RG2"],
    "company": ["CO1", "CO2"],
    "sales_centre": ["SA1", "SA2"],
    "property": ["PR1"],
    "experience_store": ["ES1", "ES2"],
    "school": ["SC1"],
}
EXPENSE_UNITS = ["BO1", "BO2", "BO3", "RG1", "RG2", "CO1", "CO2"]
OFFICE_POSITIONS = ["office_manager", "office_supervisor", "business_manager", "business_manager", "staff"]
COMPANY_POSITIONS = ["staff", "middle_manager", "department_manager", "region_manager"]
CATEGORIES = [
    *("per_diem", "long_distance_transport", "office_phone", "fax", "postage", "office_supplies"),
    *("short_haul_transport", "fuel", "parking", "vehicle_repair", "rent", "promotion"),
    *("entertainment", "taxi", "phone", "training", "materials", "other"),
]
# what an organisation decides later: another figure for much of what the rules leave to a parameter
LATER = {
    "R4": {
        ("sending_grace_days", ""): "5",
        ("accepted_receipt", "fuel|ticket"): "false",
        ("accepted_receipt", "rent|tax_invoice"): "true",
        ("per_diem_rate", "office_manager"): "100",
        ("per_diem_rate", "business_manager"): "33.33",
        ("per_diem_rate", "staff"): "20",
        ("transport_class_short", "business_manager"): "soft_sleeper",
        ("transport_class_long", "region_manager"): "hard_seat",
        ("long_journey_hours", ""): "7.99",
        ("monthly_limit", "office_phone"): "700",
        ("monthly_limit", "office_supplies"): "300.01",
        ("manager_share", ""): "0.6",
        ("bad_debt_confirmer", ""): "office_manager",
        ("default_credit_limit", ""): "100",
        ("deposit_by_time", ""): "09:00:01",
        ("advance_limit", ""): "1999.99",
        ("advance_months", ""): "2",
        ("advance_approver", ""): "region_manager",
        ("carry_share", ""): "0.25",
        ("reward_share", ""): "0.35",
        ("incentive_share", ""): "0.3333",
    },
    "R9": {
        ("accepted_receipt", "ticket"): "false",
        ("approval_path", ""): "department_manager>finance>general_manager",
        ("entertainment_approver", ""): "deputy_general_manager",
        ("taxi_approver", ""): "finance",
        ("travel_working_days", ""): "3",
        ("entertainment_working_days", ""): "7",
    },
    "R10": {
        ("opening_minutes", ""): "15",
        ("unit_price", ""): "3880",
        ("gift_limit", ""): "0.01",
        ("deposit_minimum", ""): "99.99",
        ("deposit_maximum", ""): "199.99",
    },
    "R3": {
        ("window_first_day", "R3-a1.2"): "2",
        ("window_last_day", "R3-a1.2"): "2",
        ("window_first_day", "R3-a1.3"): "5",
        ("window_last_day", "R3-a1.3"): "8",
        ("repeat_days", "R3-a1.3"): "4",
        ("window_last_day", "R3-a2.3|key"): "5",
        ("repeat_days", "R3-a2.3|key"): "2",
        ("window_last_day", "R3-a2.4"): "8",
        ("repeat_days", "R3-a2.4"): "8",
        ("window_last_day", "R3-e3"): "5",
        ("allowed_channel", "R3-a1.1|message"): "true",
        ("allowed_channel", "R3-a2.5|message"): "false",
        ("allowed_channel", "R3-a3.2|letter"): "true",
        ("warranty_step_months", "year_1"): "6",
        ("work_order_hours", ""): "5",
        ("calling_window_start", "morning"): "09:59:59",
        ("calling_window_end", "afternoon"): "17:00:01",
        ("good_score", ""): "5",
        ("reward_satisfaction_rate", ""): "0.5",
        ("transfer_satisfaction_rate", ""): "0.25",
        ("criticism_satisfaction_rate", ""): "0.4",
    },
}
PATH = "department_manager>finance>deputy_general_manager>general_manager"


class RandomLogs:
    """Logs of one organisation from a seed, over some months from a first day; `as_of` lies in the middle."""

    def __init__(self, seed: int, first: date = date(2026, 1, 1), months: int = 5, size: int = 1) -> None:
        self.rng = Random(seed)
        self.first = first
        self.last = month_end(add_months(first, months - 1))
        middle = add_months(first, months // 2)
        self.as_of = self.rng.choice([month_end(middle), month_end(middle) - days(1), middle + days(9), middle])
        self.size = size
        self.feeds: Feeds = {}
        self.counters: dict[str, int] = {}
        self.edges = sorted(
            {d for n in range(months + 1) for d in self._month_edges(add_months(first, n))}
            | {self.as_of + days(n) for n in range(-2, 3)}
        )

    @staticmethod
    def _month_edges(month: date) -> list[date]:
        end = month_end(month)
        return [month, month + days(9), month + days(10), month + days(19), month + days(20), end - days(1), end]

    # ---- choices --------------------------------------------------------------------------------------------------

    def maybe(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *choices: Any) -> Any:
        return self.rng.choice(choices)

    def day(self) -> date:
        if self.maybe(0.08):
            return self.as_of
        if self.maybe(0.4):
            return self.rng.choice(self.edges)
        return self.first + days(self.rng.randrange((self.last - self.first).days + 1))

    def moment(self, day: date | None = None) -> datetime:
        clock = self.pick(time(0), time(9), time(9, 0, 1), time(10), time(15, 30), time(23, 59, 59))
        if self.maybe(0.4):
            clock = time(self.rng.randrange(24), self.rng.randrange(60), self.rng.randrange(60))
        return datetime.combine(day or self.day(), clock)

    def money(self, *likely: str) -> Decimal:
        if likely and self.maybe(0.6):
            return Decimal(self.rng.choice(likely))
        return Decimal(self.rng.randrange(1, 40000)) / 100

    def add(self, feed: str, **row: Any) -> Row:
        self.feeds.setdefault(feed, []).append(row)
        return row

    def new_id(self, prefix: str) -> str:
        """Ids whose order as text is not the order in which they came."""
        self.counters[prefix] = self.counters.get(prefix, 0) + 1
        return f"{prefix}{self.rng.randrange(100)}-{self.counters[prefix]}"

    # ---- master data ----------------------------------------------------------------------------------------------

    def organisation(self) -> None:
        for unit_type, unit_ids in UNITS.items():
            for unit_id in unit_ids:
                self.add("units", unit_id=unit_id, unit_name=unit_id, unit_type=unit_type)
        for unit_type, unit_ids in UNITS.items():
            for unit_id in unit_ids:
                positions = {
                    "branch_office": OFFICE_POSITIONS + ["office_supervisor"],
                    "region": ["region_manager", "business_manager", "office_supervisor"],
                    "company": COMPANY_POSITIONS,
                }.get(unit_type, ["staff", "staff"])
                for position in positions:
                    if unit_id == "BO3" and position.startswith("office_") and self.maybe(0.7):
                        continue
                    self._employee(unit_id, position)
                if unit_id == "BO1":
                    self._employee(unit_id, "office_manager")
        for _ in range(6):
            day = self.day()
            self._once(
                "calendar_overrides",
                calendar_date=day,
                unit_id=self.pick(None, "CO1", "CO2"),
                is_working_day=self.maybe(0.4),
            )

    def _once(self, feed: str, **row: Any) -> None:
        """A row of a feed whose key is made of values: a second one of the key is left out."""
        keys = {"calendar_overrides": 2, "budgets": 3, "phone_limits": 2, "key_dates": 2, "sales_targets": 3}[feed]
        key = tuple(row.values())[:keys]
        if all(tuple(r.values())[:keys] != key for r in self.feeds.get(feed, [])):
            self.add(feed, **row)

    def _employee(self, unit_id: str, position: str) -> None:
        employee_id = self.new_id("E")
        long_ago = add_months(self.first, -70)
        hired_on = self.pick(long_ago, long_ago, long_ago, self.day())
        row = {"unit_id": unit_id, "position": position, "hired_on": hired_on, "left_on": None}
        effective_on = hired_on
        for change in range(self.pick(1, 1, 1, 1, 2, 2, 3, 4)):
            if change:
                effective_on += days(self.rng.randrange(1, 60))
                if effective_on < self.first:
                    effective_on = self.day()
                match self.pick("transfer", "position", "leave", "leave", "rehire"):
                    case "transfer":
                        row["unit_id"] = self.rng.choice([*EXPENSE_UNITS, "SA1", "SA2", "ES1"])
                    case "position":
                        row["position"] = self.rng.choice(OFFICE_POSITIONS + COMPANY_POSITIONS)
                    case "leave":
                        row["left_on"] = self.pick(effective_on, effective_on - days(3), effective_on + days(20), None)
                    case "rehire":
                        row["hired_on"], row["left_on"] = effective_on, None
            self.add("employees", employee_id=employee_id, effective_on=effective_on, employee_name=employee_id, **row)

    def employee_of(self, *unit_ids: str) -> str:
        if self.maybe(0.02):
            return "E-unknown"
        if self.maybe(0.1):
            return self.rng.choice(self.feeds["employees"])["employee_id"]
        return self.rng.choice([e["employee_id"] for e in self.feeds["employees"] if e["unit_id"] in unit_ids])

    # ---- expense --------------------------------------------------------------------------------------------------

    def expense(self) -> None:
        self._budgets()
        for _ in range(40 * self.size):
            self._trip()
        for _ in range(45 * self.size):
            self._special_request()
        for position in {*OFFICE_POSITIONS, *COMPANY_POSITIONS} - {"department_manager"}:
            for n in range(6):
                if self.maybe(0.7):
                    self._once(
                        "phone_limits",
                        position=position,
                        month=add_months(self.first, n),
                        amount=self.money("100", "50", "0", "150"),
                    )
        for _ in range(900 * self.size):
            self._expense_line()
        self._cash()

    def _budgets(self) -> None:
        for unit_id in [*EXPENSE_UNITS, "SC1", "U-unknown"]:
            for category in [*self.rng.sample(CATEGORIES, 6), "own words"]:
                for n in range(-2, 7):
                    if self.maybe(0.5):
                        self._once(
                            "budgets",
                            unit_id=unit_id,
                            month=add_months(self.first, n),
                            category=category,
                            amount=self.money("0", "0.05", "100", "1000", "300.01"),
                        )

    def _trip(self) -> None:
        departs_on = self.day()
        status = self.pick("approved", "approved", "approved", "approved", "approved", "rejected", "pending")
        self.add(
            "business_trips",
            trip_id=self.new_id("T"),
            employee_id=self.employee_of(*EXPENSE_UNITS),
            applied_on=self.as_of if self.maybe(0.05) else departs_on - days(self.rng.randrange(-1, 9)),
            approved_on=None if self.maybe(0.3) else departs_on - days(self.rng.randrange(-2, 5)),
            status=status,
            form_complete=self.pick(True, True, True, True, True, True, False, None),
            departs_on=departs_on,
            returns_on=departs_on + days(self.pick(0, 0, 1, 2, 5, -1)),
        )

    def _special_request(self) -> None:
        requested_on = self.day()
        self.add(
            "special_expense_requests",
            request_id=self.new_id("Q"),
            unit_id=self.rng.choice(EXPENSE_UNITS),
            category=self.pick("promotion", "promotion", "other", "entertainment", "entertainment", "training", "fuel"),
            amount=self.money("100", "300", "0"),
            requested_on=self.as_of if self.maybe(0.05) else requested_on,
            approved_on=None if self.maybe(0.1) else requested_on + days(self.rng.randrange(-1, 6)),
            status=self.pick("approved", "approved", "approved", "approved", "rejected", "pending"),
        )

    def _expense_line(self) -> None:
        rng = self.rng
        unit_id = rng.choice(EXPENSE_UNITS) if self.maybe(0.97) else self.pick("SC1", "U-unknown")
        in_company = unit_id.startswith("CO")
        likely = (
            ["entertainment", "phone", "training", "taxi", "per_diem", "materials"]
            if in_company
            else [
                "per_diem",
                "per_diem",
                "long_distance_transport",
                "long_distance_transport",
                "office_phone",
                "office_supplies",
                "promotion",
                "other",
            ]
        )
        category = rng.choice(likely) if self.maybe(0.7) else rng.choice(CATEGORIES)
        employee_id = self.employee_of(unit_id if unit_id in EXPENSE_UNITS else "BO1")
        incurred_on = self.day()
        row: Row = {}
        if category in ("per_diem", "long_distance_transport", "fuel") and self.maybe(0.93):
            trips = self.feeds["business_trips"]
            own = [t for t in trips if t["employee_id"] == employee_id]
            trip = rng.choice(own if own and self.maybe(0.9) else trips)
            if self.maybe(0.8):
                employee_id = trip["employee_id"]
            row["trip_id"] = trip["trip_id"] if self.maybe(0.97) else "T-unknown"
            incurred_on = trip["departs_on"] + days(self.pick(0, 0, 1, -1))
        if category in ("promotion", "other", "entertainment", "training") and self.maybe(0.85):
            requests = self.feeds["special_expense_requests"]
            fitting = [q for q in requests if (q["unit_id"], q["category"]) == (unit_id, category)]
            request = rng.choice(fitting if fitting and self.maybe(0.93) else requests)
            row["special_request_id"] = request["request_id"] if self.maybe(0.97) else "Q-unknown"
            if request["approved_on"] and self.maybe(0.7):
                incurred_on = request["approved_on"] + days(self.pick(0, 0, -1, 1, 4, 30))
        good = {"rent": "landlord_receipt", "postage": "postal"}.get(category, "tax_invoice")
        receipts = [good, "ticket", "postal", "landlord_receipt", "white_slip", "fake", "none", None]
        period_end = next(e for e in (*self._month_edges(month_of(incurred_on)),) if e >= incurred_on and e.day != 11)
        submitted_on = incurred_on + days(rng.randrange(0, 10))
        if self.maybe(0.2):
            submitted_on = period_end + days(self.pick(9, 10, 11))
        if self.maybe(0.01):
            submitted_on = incurred_on - days(3)
        amount = self.money("0.01", "10", "33.33", "70", "90", "140", "150", "200", "500", "1500", "100.01")
        if self.maybe(0.05):
            amount = -amount
        if self.maybe(0.01):
            amount = Decimal(0)
        row |= {
            "claim_id": self.new_id("L")
            if not self.feeds.get("expense_lines") or self.maybe(0.6)
            else rng.choice(self.feeds["expense_lines"][-5:])["claim_id"],
            "line_no": len(self.feeds.get("expense_lines", [])) % 120 + 1,
            "unit_id": unit_id,
            "employee_id": employee_id,
            "category": category,
            "incurred_on": incurred_on,
            "submitted_on": submitted_on,
            "amount": amount,
            "receipt_type": good if self.maybe(0.8) else rng.choice(receipts),
            "approved_by_manager": self.pick(*[True] * 20, False, None),
            "audited_by_supervisor": self.pick(*[True] * 20, False, None),
            "finance_status": self.pick(*["accepted"] * 15, "pending", None, "rejected", "rejected"),
            "approval_path": PATH
            if self.maybe(0.85)
            else self.pick(
                None,
                "general_manager",
                "department_manager>finance",
                f"{PATH}>general_manager",
                "finance>general_manager",
                "deputy_general_manager",
                PATH.replace("deputy_general_manager>", ""),
            ),
            "transport_mode": self.pick(
                None, "bus", "hard_seat", "hard_sleeper", "hard_sleeper", "hard_sleeper", "soft_sleeper", "flight"
            ),
            "transport_hours": self.pick(None, Decimal("7.99"), Decimal("8"), Decimal("8")),
            "reference_fare": self.pick(None, Decimal("50"), Decimal("120"), Decimal("1000")),
            "guests_count": self.pick(3, 3, 3, 3, 1, None),
            "guests_noted": self.pick(*[True] * 10, False, None),
            "is_shared": self.pick(None, False, False, False, True),
            "co_traveller_signed": self.pick(True, True, True, False, None),
            "no_car_available": self.pick(True, True, True, False, None),
        }
        self.add("expense_lines", **row)

    def _cash(self) -> None:
        invoices = []
        for _ in range(60 * self.size):
            unit_id = self.rng.choice(EXPENSE_UNITS) if self.maybe(0.95) else "SC1"
            invoices.append(
                self.add(
                    "receivables",
                    invoice_id=self.new_id("I"),
                    unit_id=unit_id,
                    customer_id=f"C{self.rng.randrange(8)}",
                    business_manager_id=None
                    if self.maybe(0.2)
                    else self.employee_of(unit_id, self.rng.choice(EXPENSE_UNITS)),
                    shipped_on=self.day(),
                    amount=self.money("100", "0.01", "1000"),
                    credit_limit=self.pick(None, Decimal(0), Decimal(1000), Decimal(2000)),
                )
            )
        for _ in range(60 * self.size):
            invoice = self.rng.choice(invoices)
            day = invoice["shipped_on"] + days(self.pick(0, 0, 1, 5)) if self.maybe(0.7) else self.day()
            received_at = self.moment(day)
            nine = datetime.combine(day + days(1), time(9))
            self.add(
                "receipts",
                receipt_id=self.new_id("R"),
                unit_id=self.rng.choice([*EXPENSE_UNITS, "SC1"]),
                invoice_id=None if self.maybe(0.2) else "I-unknown" if self.maybe(0.05) else invoice["invoice_id"],
                received_at=received_at,
                amount=invoice["amount"] if self.maybe(0.5) else self.money("0.01", "100"),
                deposited_at=self.pick(None, nine, nine + timedelta(seconds=1), received_at, nine + days(2)),
            )
        for _ in range(40 * self.size):
            self.add(
                "bad_debts",
                bad_debt_id=self.new_id("D"),
                invoice_id="I-unknown" if self.maybe(0.05) else self.rng.choice(invoices)["invoice_id"],
                confirmed_on=self.day(),
                amount=self.money("100.01", "0.01", "0.03", "10.01", "33.33", "100"),
                confirmed_by_role=self.pick("general_manager", "general_manager", "general_manager", "office_manager"),
            )
        for _ in range(50 * self.size):
            borrower = self.employee_of(*EXPENSE_UNITS)
            borrowed_on = add_months(self.as_of, -1) + days(self.pick(-1, 0)) if self.maybe(0.2) else self.day()
            advance = self.add(
                "cash_advances",
                advance_id=self.new_id("A"),
                employee_id=borrower,
                amount=self.money("2000", "2000.01", "100"),
                borrowed_on=borrowed_on,
                approved_by_role=self.pick(
                    "office_manager", "office_manager", "office_supervisor", "region_manager", None
                ),
                approved_by=self.pick(borrower, borrower, None, "E-unknown"),
            )
            due_on = add_months(borrowed_on, 1)
            for _ in range(self.pick(0, 1, 2)):
                self.add(
                    "advance_repayments",
                    repayment_id=self.new_id("P"),
                    advance_id=advance["advance_id"],
                    repaid_on=self.pick(due_on, due_on + days(1), due_on - days(1), borrowed_on),
                    amount=advance["amount"] if self.maybe(0.4) else self.money("100", "1000"),
                )
        for _ in range(20):
            self.add(
                "account_transactions",
                transaction_id=self.new_id("X"),
                unit_id=self.rng.choice([*EXPENSE_UNITS, "SC1"]),
                account=self.pick("income", "expense"),
                occurred_at=self.moment(),
                direction=self.pick("in", "out"),
                amount=self.money(),
            )

    # ---- stores ---------------------------------------------------------------------------------------------------

    def sales(self) -> None:
        stores = [*UNITS["experience_store"] * 4, "SC1", "U-unknown"]
        customers = [f"S{n}" for n in range(90 * self.size)]
        for customer_id in customers:
            if self.maybe(0.8):
                self.add(
                    "customers",
                    customer_id=customer_id,
                    registered_on=self.pick(None, self.first, self.day()),
                    referred_by_customer_id=self.pick(None, None, "S1", "S-unknown"),
                )
            home = self.rng.choice(stores)
            start = self.day() if self.maybe(0.4) else self.first + days(self.rng.randrange(45))

            def near(start: date = start) -> datetime:
                if self.maybe(0.15):
                    return datetime.combine(month_end(start), time())
                return self.moment(start + days(self.pick(0, 0, 0, 1, 1, 2, 9, 20, 29, 30, 31, 60, 61, 90, 91)))

            def store(home: str = home) -> str:
                return home if self.maybe(0.8) else self.rng.choice(stores)

            for _ in range(self.pick(0, 1, 2, 3, 5)):
                visited_at = self.moment(start) if self.maybe(0.4) else near()
                self.add(
                    "experience_visits",
                    visit_id=self.new_id("V"),
                    customer_id=customer_id,
                    unit_id=store(),
                    visited_at=visited_at,
                )
            for _ in range(self.pick(0, 0, 1, 2, 3)):
                self.add(
                    "class_assessments",
                    assessment_id=self.new_id("M"),
                    customer_id=customer_id,
                    unit_id=store(),
                    assessed_on=near().date(),
                    customer_class=self.pick("A", "B", "C"),
                )
            for _ in range(self.pick(0, 1, 1, 2, 4)):
                self._order(customer_id, store(), near())
        for _ in range(12):
            starts_on = self.day()
            self.add(
                "promotions",
                promotion_id=self.new_id("PM"),
                unit_id=self.rng.choice(stores),
                starts_on=starts_on,
                ends_on=starts_on + days(self.pick(0, 0, 2, 10, -1)),
            )
        for promotion in self.feeds["promotions"] * 3:
            day = self.pick(promotion["starts_on"], promotion["ends_on"], promotion["ends_on"] + days(1))
            self._order(self.rng.choice(customers), promotion["unit_id"], self.moment(day))
        for unit_id in dict.fromkeys(stores):
            for n in range(6):
                for employee_id in (None, self.employee_of("ES1", "ES2"), self.employee_of("ES1", "ES2")):
                    if self.maybe(0.4):
                        self._once(
                            "sales_targets",
                            unit_id=unit_id,
                            employee_id=employee_id,
                            month=add_months(self.first, n),
                            target_units=self.pick(None, 0, 1, 2, 5),
                        )
        for _ in range(40 * self.size):
            starts_at = self.moment()
            limit = starts_at - timedelta(minutes=20)
            self.add(
                "shifts",
                shift_id=self.new_id("H"),
                employee_id=self.employee_of("ES1", "ES2"),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=8),
                arrived_at=self.pick(
                    None, limit, limit + timedelta(seconds=1), limit - timedelta(seconds=1), starts_at
                ),
            )

    def _order(self, customer_id: str, unit_id: str, ordered_at: datetime) -> None:
        order_type = self.pick("purchase", "purchase", "purchase", "deposit", "refund")
        quantity = self.pick(1, 1, 2, 3)
        unit_price = self.pick(*[Decimal(3980)] * 4, Decimal("3979.99"), Decimal(3880))
        amount = unit_price * quantity
        if order_type == "deposit":
            amount = self.money("100", "99.99", "200", "200.01")
        if self.maybe(0.1):
            ordered_at = datetime.combine(self.rng.choice(self.edges), ordered_at.time())
        self.add(
            "sales_orders",
            order_id=self.new_id("O"),
            customer_id=customer_id,
            unit_id=unit_id,
            employee_id=None if self.maybe(0.3) else self.employee_of("ES1", "ES2"),
            ordered_at=ordered_at,
            order_type=order_type,
            product=self.pick("device", "device", None, "probe"),
            quantity=quantity,
            unit_price=unit_price,
            amount=amount,
            gift_value=self.pick(None, None, Decimal(0), Decimal("0.01")),
        )

    # ---- callbacks ------------------------------------------------------------------------------------------------

    def callbacks(self) -> None:
        centres = [*UNITS["sales_centre"] * 5, "PR1", "SC1", "U-unknown"]
        for n in range(14):
            self._once(
                "key_dates",
                key_date=self.day(),
                unit_id=self.pick(None, "SA1", "SA2", "PR1"),
                kind=self.pick("node", "festival"),
            )
            if n % 3 == 0:
                day = self.feeds["key_dates"][-1]["key_date"]
                self._once(
                    "key_dates", key_date=day, unit_id=self.pick(None, "SA1"), kind=self.pick("node", "festival")
                )
        for n in range(70 * self.size):
            customer_id = f"K{n}"
            if self.maybe(0.8):
                segment = self.pick(None, "ordinary", "ordinary", "vip", "leader_introduced")
                self.add("customers", customer_id=customer_id, segment=segment)
            home = self.rng.choice(centres)
            moments = []
            for _ in range(self.pick(1, 1, 2, 3, 5)):
                at = self.moment()
                if self.maybe(0.05):
                    at = self.moment(self.rng.choice(self.feeds["key_dates"])["key_date"])
                elif moments and self.maybe(0.04):
                    at = self.moment(add_months(moments[-1].date(), 3))
                elif moments and self.maybe(0.3):
                    at = self.moment(self.rng.choice(moments).date() + days(self.pick(0, 0, 1, 3, 4, 7)))
                moments.append(at)
                self._contact(customer_id, home if self.maybe(0.9) else self.rng.choice(centres), at)
            self._calls(customer_id, moments)
        for _ in range(40 * self.size):
            self._work_order(centres)

    def _contact(self, customer_id: str, unit_id: str, at: datetime) -> None:
        kinds = (
            ["call_in"] * 4
            + ["visit"] * 6
            + ["deal"] * 3
            + ["project_start", "mid_payment", "completion", "completion"]
        )
        kind = self.rng.choice(kinds)
        if kind == "completion" and self.maybe(0.5):
            at = datetime.combine(
                add_months(self.pick(*self.edges), -self.pick(3, 6, 9, 12, 18, 24, 36, 47)), at.time()
            )
        self.add(
            "customer_contacts",
            contact_id=self.new_id("N"),
            customer_id=customer_id,
            unit_id=unit_id,
            employee_id=self.employee_of("SA1", "SA2"),
            contact_type=kind,
            occurred_at=at,
            customer_class=self.pick("A", "B", "C", "D", None) if self.maybe(0.95) else "A",
            is_high_quality=self.pick(True, True, False, None),
            is_key=self.pick(True, False, None),
        )

    def _calls(self, customer_id: str, moments: list[datetime]) -> None:
        for _ in range(self.pick(0, 1, 2, 4, 8)):
            trigger = self.rng.choice(moments)
            day = trigger.date() + days(self.pick(0, 1, 2, 3, 4, 6, 7, 10, 11, 15, 16, 22))
            if self.maybe(0.15):
                day = self.rng.choice(self.feeds["key_dates"])["key_date"]
            called_at = self.pick(trigger, trigger + timedelta(seconds=1), self.moment(day), self.moment(day))
            if self.maybe(0.3):
                clock = self.pick(
                    time(9, 59, 59),
                    time(10),
                    time(11, 30),
                    time(11, 30, 1),
                    time(15, 29, 59),
                    time(15, 30),
                    time(17),
                    time(17, 0, 1),
                )
                called_at = datetime.combine(day, clock)
            self._call(customer_id, called_at, None)

    def _call(self, customer_id: str, called_at: datetime, work_order_id: str | None) -> None:
        day = called_at.date()
        self.add(
            "callbacks",
            callback_id=self.new_id("B"),
            customer_id=customer_id,
            employee_id=self.employee_of("SA1", "SA2", "PR1"),
            channel=self.pick("phone", "phone", "phone", "phone", "message", "message", "visit", "letter", "survey"),
            called_at=called_at,
            work_order_id=work_order_id,
            satisfaction_score=self.pick(None, None, 5, 5, 5, 4, 4, 3, 1, 7),
            issue_raised=self.pick(None, False, True),
            issue_reported_at=self.pick(
                None, datetime.combine(day, time(23, 59, 59)), datetime.combine(day + days(1), time()), called_at
            ),
            report_filed_on=self.pick(None, day, day + days(1), day + days(2)),
        )

    def _work_order(self, centres: list[str]) -> None:
        opened_at = self.moment()
        customer_id = self.pick(None, f"K{self.rng.randrange(30)}")
        order = self.add(
            "work_orders",
            work_order_id=self.new_id("W"),
            customer_id=customer_id,
            unit_id=self.rng.choice([*centres, "PR1", "PR1"]),
            order_type=self.pick("repair", "complaint"),
            opened_at=opened_at,
        )
        for _ in range(self.pick(0, 1, 2)):
            called_at = opened_at + self.pick(
                timedelta(0),
                timedelta(seconds=1),
                timedelta(hours=24),
                timedelta(hours=24, seconds=1),
                timedelta(hours=5),
            )
            self._call(
                customer_id or f"K{self.rng.randrange(30)}",
                called_at,
                order["work_order_id"] if self.maybe(0.9) else self.pick("W-unknown", None),
            )

    # ---- decisions ------------------------------------------------------------------------------------------------

    def rule_changes(self) -> tuple[tuple[str, date, dict[tuple[str, str], str]], ...]:
        """Later versions of each rule set, from a day in the middle of the logs, and for two of them back again."""
        changes = []
        for rule_set, values in LATER.items():
            starts = sorted({self.day(), self.day()})
            changes.append((rule_set, starts[0], values))
            if starts[1:] and rule_set in ("R3", "R4"):
                seeded = Rules().versions[rule_set][0][1]
                changes.append((rule_set, starts[1], {key: seeded[key] for key in values if key in seeded}))
        return tuple(changes)

    def waive(self, outcome_ids: list[str]) -> None:
        """Waivers of some outcomes, and of one that is not there."""
        for outcome_id in [*self.rng.sample(outcome_ids, min(40, len(outcome_ids))), "0" * 32]:
            self.add(
                "waivers",
                outcome_id=outcome_id,
                approved_by="E-unknown",
                approved_on=self.as_of + days(self.pick(-5, 0, 0, 1)),
                status=self.pick("approved", "approved", "approved", "rejected", "pending"),
                reason="appeal",
            )

    def make(self) -> Feeds:
        self.organisation()
        self.expense()
        self.sales()
        self.callbacks()
        return self.feeds

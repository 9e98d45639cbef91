"""What a page's figures rest on: the rule sets that judge and the logs that show. Said below every chart and table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Basis:
    """Rule sets (R7) and feeds (punches) behind a card."""

    rule_sets: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


_ATTENDANCE = ("punches", "leave_requests", "attendance_exceptions", "employees", "waivers")
_EXPENSE = ("expense_lines", "budgets", "business_trips", "special_expense_requests", "phone_limits")
_CASH = (
    "cash_advances",
    "advance_repayments",
    "bad_debts",
    "receipts",
    "receivables",
    "account_transactions",
    "expense_lines",
)
_CALLBACK = ("customers", "customer_contacts", "callbacks", "work_orders", "key_dates", "employees")
_SALES = ("customers", "experience_visits", "class_assessments", "sales_orders")

# a page, or a card of it that rests on something else
BASES = {
    "glance": Basis((), (*_ATTENDANCE, *_EXPENSE, "callbacks", *_SALES, "inspections")),
    "glance.people": Basis((), _ATTENDANCE),
    "glance.categories": Basis(("R4",), _EXPENSE),
    "glance.customers": Basis(("R3",), ("customer_contacts", "callbacks")),
    "glance.rounds": Basis(("R8",), ("inspection_assets", "inspections")),
    "glance.by_class": Basis(("R10",), _SALES),
    "person": Basis(("R7",), _ATTENDANCE),
    "person.outcomes": Basis((), _ATTENDANCE),
    "person.cap": Basis((), _ATTENDANCE),
    "attendance": Basis(("R7",), _ATTENDANCE),
    "attendance.by_clause": Basis((), _ATTENDANCE),
    "attendance.outcomes": Basis((), _ATTENDANCE),
    "budget": Basis(("R4", "R9"), _EXPENSE),
    "budget.flow": Basis(("R4",), _EXPENSE),
    **{f"budget.{card}": Basis(("R4", "R9"), _CASH) for card in ("advances", "bad_debts", "deposits", "misses")},
    "callbacks": Basis(("R3",), _CALLBACK),
    "conversion": Basis(("R10",), _SALES),
    "conversion.promotions": Basis(("R10",), ("promotions", "sales_orders")),
    "conversion.outliers": Basis(("R10",), ("promotions", "sales_orders")),
    "operators": Basis(("R2",), ("hotline_calls", "cases", "shifts")),
    "events": Basis(("R5",), ("event_contracts", "event_tasks", "sales_targets")),
    "events.lunches": Basis(("R5",), ("punches", "employees")),
    "school": Basis(("R1", "R6"), ("conduct_incidents", "class_incidents")),
    "school.highest": Basis(("R1",), ("conduct_incidents",)),
    "school.ladder": Basis(("R1",), ("conduct_incidents",)),
    "school.incidents": Basis(("R1",), ("conduct_incidents", "waivers")),
    "school.points": Basis(("R6",), ("class_incidents",)),
    "school.classes": Basis(("R6",), ("class_incidents",)),
    "school.ranks": Basis(("R6",), ("class_incidents",)),
    "school.class_incidents": Basis(("R6",), ("class_incidents",)),
    "inspections": Basis(("R8",), ("inspections", "inspection_assets")),
}


def basis(page: str, card: str) -> Basis | None:
    """What a card rests on; None for a page that is about the warehouse itself."""
    return BASES.get(f"{page}.{card}") or BASES.get(page)

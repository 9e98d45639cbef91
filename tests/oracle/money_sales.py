"""Conversion, cohorts, funnel, thirds, prices and opening of the experience stores, customer by customer (R10)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.oracle.common_money import Feeds, Ledger, Organisation, Row, days, month_end, month_of, rate

ZERO = Decimal("0.00")


def is_priced(order: Row) -> bool:
    return order["product"] in (None, "", "device")


class Sales:
    """One organisation's stores; `marts` holds the rows when done."""

    def __init__(self, feeds: Feeds, organisation: Organisation, ledger: Ledger) -> None:
        self.feeds = feeds
        self.org = organisation
        self.as_of = organisation.as_of
        self.ledger = ledger
        self.marts: dict[str, list[Row]] = {}

        def known(feed: str, column: str) -> list[Row]:
            def day(row: Row) -> date:
                return row[column].date() if isinstance(row[column], datetime) else row[column]

            return [r for r in feeds[feed] if day(r) <= self.as_of and organisation.under(r["unit_id"], "R10")]

        self.visits = sorted(known("experience_visits", "visited_at"), key=lambda v: (v["visited_at"], v["visit_id"]))
        self.assessments = sorted(
            known("class_assessments", "assessed_on"), key=lambda a: (a["assessed_on"], a["assessment_id"])
        )
        self.orders = sorted(known("sales_orders", "ordered_at"), key=lambda o: (o["ordered_at"], o["order_id"]))
        self.purchases = [o for o in self.orders if o["order_type"] == "purchase" and is_priced(o)]
        self.first_visits: dict[str, Row] = {}
        for visit in self.visits:
            self.first_visits.setdefault(visit["customer_id"], visit)
        self.first_purchases: dict[str, Row] = {}
        for order in self.purchases:
            self.first_purchases.setdefault(order["customer_id"], order)

    def run(self) -> dict[str, list[Row]]:
        self._conversion_months()
        self._cohorts()
        self._funnel_months()
        self._funnel_thirds()
        self._prices()
        self._openings()
        return self.marts

    def _class_on(self, customer_id: str, day: date) -> str:
        classes = [
            a["customer_class"] for a in self.assessments if a["customer_id"] == customer_id and a["assessed_on"] <= day
        ]
        return classes[-1] if classes else "unclassified"

    def _conversion_months(self) -> None:
        activities: dict[tuple[str, date], list[tuple]] = defaultdict(list)
        for visit in self.visits:
            key = visit["customer_id"], month_of(visit["visited_at"].date())
            activities[key].append((visit["visited_at"], 1, visit["visit_id"], visit["unit_id"]))
        for row in self.assessments:
            key = row["customer_id"], month_of(row["assessed_on"])
            at = datetime.combine(row["assessed_on"], time())
            activities[key].append((at, 2, row["assessment_id"], row["unit_id"]))
        for order in self.orders:
            key = order["customer_id"], month_of(order["ordered_at"].date())
            activities[key].append((order["ordered_at"], 3, order["order_id"], order["unit_id"]))

        groups: dict[tuple, Row] = {}
        for (customer_id, month), done in activities.items():
            unit_id = max(done)[3]
            first = self.first_purchases.get(customer_id)
            first_on = first["ordered_at"].date() if first else None
            is_buyer = first_on is not None and month_of(first_on) == month
            is_earlier_buyer = first_on is not None and month_of(first_on) < month
            customer_class = self._class_on(customer_id, first_on if is_buyer else month_end(month))
            mine = [
                o
                for o in self.orders
                if o["customer_id"] == customer_id and month_of(o["ordered_at"].date()) == month and is_priced(o)
            ]
            bought = [o for o in mine if o["order_type"] == "purchase"]
            refunded = [o for o in mine if o["order_type"] == "refund"]
            if is_earlier_buyer and not bought and not refunded:
                continue  # nothing to show of a buyer who only came by
            group = groups.setdefault(
                (unit_id, month, customer_class),
                {
                    "unit_id": unit_id,
                    "month": month,
                    "customer_class": customer_class,
                    "prospects": 0,
                    "buyers": 0,
                    "units_sold": 0,
                    "revenue": ZERO,
                    "repeat_units": 0,
                    "later_refund_amount": ZERO,
                },
            )
            group["prospects"] += not is_earlier_buyer
            group["buyers"] += is_buyer
            if is_buyer:
                group["units_sold"] += sum(o["quantity"] for o in bought) - sum(o["quantity"] for o in refunded)
                group["revenue"] += sum(o["amount"] for o in bought) - sum(o["amount"] for o in refunded)
            if is_earlier_buyer:
                group["repeat_units"] += sum(o["quantity"] for o in bought)
                group["later_refund_amount"] += sum(o["amount"] for o in refunded)
        for group in groups.values():
            group["conversion_rate"] = rate(group["buyers"], group["prospects"])
        self.marts["fct_conversion_months"] = list(groups.values())

    def _cohorts(self) -> None:
        groups: dict[tuple, Row] = {}
        for customer_id, visit in self.first_visits.items():
            visited_on = visit["visited_at"].date()
            month = month_of(visited_on)
            classes = [a["customer_class"] for a in self.assessments if a["customer_id"] == customer_id]
            customer_class = classes[0] if classes else "unclassified"
            group = groups.setdefault(
                (visit["unit_id"], month, customer_class),
                {
                    "unit_id": visit["unit_id"],
                    "cohort_month": month,
                    "customer_class": customer_class,
                    "customers": 0,
                    **{f"bought_{n}d": 0 if month_end(month) + days(n) <= self.as_of else None for n in (30, 60, 90)},
                },
            )
            group["customers"] += 1
            first = self.first_purchases.get(customer_id)
            if first:
                after = (first["ordered_at"].date() - visited_on).days
                for n in (30, 60, 90):
                    if group[f"bought_{n}d"] is not None and 0 <= after <= n:
                        group[f"bought_{n}d"] += 1
        self.marts["fct_conversion_cohorts"] = list(groups.values())

    def _targets(self) -> dict[tuple[str, date], int | None]:
        targets: dict[tuple[str, date], int | None] = {}
        rows = [
            t
            for t in self.feeds["sales_targets"]
            if t["month"] <= self.as_of and self.org.under(t["unit_id"], "R10") and t["target_units"] is not None
        ]
        for key in {(t["unit_id"], t["month"]) for t in rows}:
            mine = [t for t in rows if (t["unit_id"], t["month"]) == key]
            own = [t["target_units"] for t in mine if t["employee_id"] is None]
            targets[key] = own[0] if own else sum(t["target_units"] for t in mine)
        return targets

    def _funnel_months(self) -> None:
        referred = {c["customer_id"] for c in self.org.customers if c["referred_by_customer_id"]}
        targets = self._targets()
        counts = [
            "new_customers",
            "returned_next_day",
            "three_visits",
            "assessed",
            "deposit_payers",
            "buyers",
            "referred_new_customers",
            "referred_buyers",
        ]
        groups: dict[tuple, Row] = {key: dict.fromkeys(counts, 0) for key in targets}
        for customer_id, visit in self.first_visits.items():
            first_on = visit["visited_at"].date()
            month = month_of(first_on)
            group = groups.setdefault((visit["unit_id"], month), dict.fromkeys(counts, 0))
            visit_days = [v["visited_at"].date() for v in self.visits if v["customer_id"] == customer_id]

            def ordered(order_type: str, customer_id: str = customer_id, month: date = month) -> bool:
                return any(
                    o["customer_id"] == customer_id
                    and o["order_type"] == order_type
                    and is_priced(o)
                    and month_of(o["ordered_at"].date()) == month
                    for o in self.orders
                )

            group["new_customers"] += 1
            group["returned_next_day"] += first_on + days(1) in visit_days
            group["three_visits"] += sum(month_of(d) == month for d in visit_days) >= 3
            group["assessed"] += any(
                a["customer_id"] == customer_id and month_of(a["assessed_on"]) == month for a in self.assessments
            )
            group["deposit_payers"] += ordered("deposit")
            group["buyers"] += ordered("purchase")
            group["referred_new_customers"] += customer_id in referred
            group["referred_buyers"] += customer_id in referred and ordered("purchase")
        self.marts["fct_funnel_months"] = [
            {
                "unit_id": unit_id,
                "month": month,
                **group,
                "target_units": targets.get((unit_id, month)),
                "new_to_target_ratio": rate(group["new_customers"], targets.get((unit_id, month)) or 0),
            }
            for (unit_id, month), group in groups.items()
        ]

    def _funnel_thirds(self) -> None:
        counted: dict[tuple, Row] = {}

        def count(what: str, unit_id: str, day: date) -> None:
            third = 1 if day.day <= 10 else 2 if day.day <= 20 else 3
            key = unit_id, month_of(day), third
            counted.setdefault(key, {"new_customers": 0, "assessments": 0, "purchases": 0})[what] += 1

        for visit in self.first_visits.values():
            count("new_customers", visit["unit_id"], visit["visited_at"].date())
        for assessment in self.assessments:
            count("assessments", assessment["unit_id"], assessment["assessed_on"])
        for order in self.purchases:
            count("purchases", order["unit_id"], order["ordered_at"].date())
        self.marts["fct_funnel_thirds"] = [
            {"unit_id": unit_id, "month": month, "month_third": third, **row}
            for (unit_id, month, third), row in counted.items()
        ]

    def _prices(self) -> None:
        for order in self.orders:
            if not is_priced(order) or order["order_type"] == "refund":
                continue
            day = order["ordered_at"].date()
            in_promotion = any(
                p["unit_id"] == order["unit_id"] and p["starts_on"] <= day <= p["ends_on"]
                for p in self.feeds["promotions"]
            )
            rules = self.org.rules.on("R10", day)
            clause_id = "R10-2.2.8"
            flags = []
            if order["order_type"] == "purchase" and order["unit_price"] != rules.decimal("unit_price"):
                flags.append("price")
                if in_promotion:
                    clause_id = "R10-2.3.2"
            if not in_promotion and (order["gift_value"] or 0) > rules.decimal("gift_limit"):
                flags.append("gift")
            lowest, highest = rules.decimal("deposit_minimum"), rules.decimal("deposit_maximum")
            if order["order_type"] == "deposit" and not lowest <= order["amount"] <= highest:
                flags.append("deposit")
            if flags:
                subject = ("employee", order["employee_id"]) if order["employee_id"] else ("unit", order["unit_id"])
                self.ledger.add(
                    clause_id,
                    "miss",
                    subject,
                    day,
                    ("sales_orders", order["order_id"]),
                    unit_id=order["unit_id"],
                    flag="+".join(flags),
                )

    def _openings(self) -> None:
        for shift in self.feeds["shifts"]:
            day = shift["starts_at"].date()
            if day > self.as_of or not self.org.under(self.org.unit_of(shift["employee_id"], day), "R10"):
                continue
            minutes = self.org.rules.on("R10", day).number("opening_minutes")
            if shift["arrived_at"] is None or shift["arrived_at"] > shift["starts_at"] - timedelta(minutes=minutes):
                self.ledger.add(
                    "R10-1",
                    "miss",
                    ("employee", shift["employee_id"]),
                    day,
                    ("shifts", shift["shift_id"]),
                    has_unit=False,
                )

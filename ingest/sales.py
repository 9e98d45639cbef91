"""Sales: assessments, visits, orders, promotions, targets."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import date_, decimal, integer, month, one_of, text, timestamp


class ClassAssessments(dy.Schema):
    """One row per assessment of a customer."""

    assessment_id = text(key=True)
    customer_id = text()
    unit_id = text()
    employee_id = text(optional=True)
    assessed_on = date_()
    customer_class = one_of("A", "B", "C")
    effect = one_of("cured", "effective", "felt", "faint", "none", optional=True)


class ExperienceVisits(dy.Schema):
    """One row per visit of a customer."""

    visit_id = text(key=True)
    customer_id = text()
    unit_id = text()
    visited_at = timestamp()
    minutes = integer(optional=True)
    employee_id = text(optional=True)


class SalesOrders(dy.Schema):
    """One row per order, deposit or refund; prices in CNY."""

    order_id = text(key=True)
    customer_id = text()
    unit_id = text()
    employee_id = text(optional=True)
    ordered_at = timestamp()
    order_type = one_of("deposit", "purchase", "refund")
    product = text(optional=True)
    quantity = integer()
    unit_price = decimal()
    amount = decimal()
    gift_value = decimal(optional=True)


class Promotions(dy.Schema):
    """One row per promotion of a unit; both days included."""

    promotion_id = text(key=True)
    unit_id = text()
    starts_on = date_()
    ends_on = date_()
    name = text(optional=True)


class SalesTargets(dy.Schema):
    """One row per unit (or one of its people) and month."""

    unit_id = text(key=True)
    employee_id = text(key=True, optional=True)
    month = month(key=True)
    target_units = integer(optional=True)
    target_amount = decimal(optional=True)

"""Expense: claims, trips, receivables, advances and what limits them."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import boolean, date_, decimal, integer, month, one_of, text, timestamp


class ExpenseLines(dy.Schema):
    """One row per line of a claim; amounts in CNY, a refund is negative."""

    claim_id = text(key=True)
    line_no = integer(key=True)
    unit_id = text()
    employee_id = text()
    category = one_of(
        "per_diem",
        "long_distance_transport",
        "office_phone",
        "fax",
        "postage",
        "office_supplies",
        "short_haul_transport",
        "fuel",
        "parking",
        "vehicle_repair",
        "rent",
        "promotion",
        "entertainment",
        "taxi",
        "phone",
        "training",
        "materials",
        "other",
    )
    incurred_on = date_()
    submitted_on = date_()
    amount = decimal()
    receipt_type = one_of(
        "tax_invoice",
        "ticket",
        "postal",
        "landlord_receipt",
        "white_slip",
        "fake",
        "none",
        optional=True,
    )
    trip_id = text(optional=True)
    special_request_id = text(optional=True)
    approved_by_manager = boolean(optional=True)
    audited_by_supervisor = boolean(optional=True)
    finance_status = one_of("pending", "accepted", "rejected", optional=True)
    approval_path = text(optional=True)
    transport_mode = one_of(
        "bus",
        "hard_seat",
        "hard_sleeper",
        "soft_sleeper",
        "high_speed_rail",
        "flight",
        optional=True,
    )
    transport_hours = decimal(optional=True)
    reference_fare = decimal(optional=True)
    guests_count = integer(optional=True)
    guests_noted = boolean(optional=True)
    is_shared = boolean(optional=True)
    co_traveller_signed = boolean(optional=True)
    no_car_available = boolean(optional=True)
    note = text(optional=True)


class BusinessTrips(dy.Schema):
    """One row per business trip applied for."""

    trip_id = text(key=True)
    employee_id = text()
    applied_on = date_()
    approved_on = date_(optional=True)
    status = one_of("approved", "rejected", "pending")
    form_complete = boolean(optional=True)
    departs_on = date_()
    returns_on = date_()


class SpecialExpenseRequests(dy.Schema):
    """One row per request to spend beyond the budget, in CNY."""

    request_id = text(key=True)
    unit_id = text()
    category = text()
    amount = decimal()
    requested_on = date_()
    approved_on = date_(optional=True)
    status = one_of("approved", "rejected", "pending")


class Receivables(dy.Schema):
    """One row per invoice, in CNY."""

    invoice_id = text(key=True)
    unit_id = text()
    customer_id = text()
    business_manager_id = text(optional=True)
    shipped_on = date_()
    amount = decimal()
    credit_limit = decimal(optional=True)


class Receipts(dy.Schema):
    """One row per payment received, in CNY."""

    receipt_id = text(key=True)
    unit_id = text()
    invoice_id = text(optional=True)
    received_at = timestamp()
    amount = decimal()
    deposited_at = timestamp(optional=True)


class BadDebts(dy.Schema):
    """One row per invoice (or part) written off, in CNY."""

    bad_debt_id = text(key=True)
    invoice_id = text()
    confirmed_on = date_()
    amount = decimal()
    confirmed_by_role = text()


class CashAdvances(dy.Schema):
    """One row per advance, in CNY."""

    advance_id = text(key=True)
    employee_id = text()
    amount = decimal()
    borrowed_on = date_()
    approved_by_role = text(optional=True)
    approved_by = text(optional=True)


class AdvanceRepayments(dy.Schema):
    """One row per repayment of an advance, in CNY."""

    repayment_id = text(key=True)
    advance_id = text()
    repaid_on = date_()
    amount = decimal()


class AccountTransactions(dy.Schema):
    """One row per movement on an income or expense account, in CNY."""

    transaction_id = text(key=True)
    unit_id = text()
    account = one_of("income", "expense")
    occurred_at = timestamp()
    direction = one_of("in", "out")
    amount = decimal()


class PhoneLimits(dy.Schema):
    """One row per position and month: the most a phone may cost, in CNY."""

    position = text(key=True)
    month = month(key=True)
    amount = decimal()

"""The organisation: units, people, customers, its calendar and budgets."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import boolean, date_, decimal, month, one_of, text


class Units(dy.Schema):
    """One row per unit of the organisation."""

    unit_id = text(key=True)
    unit_name = text()
    unit_type = one_of(
        "company",
        "branch_office",
        "region",
        "school",
        "command_centre",
        "sales_centre",
        "wedding",
        "experience_store",
        "property",
    )
    parent_unit_id = text(optional=True)
    opened_on = date_(optional=True)


class Employees(dy.Schema):
    """One row per change of an employee: in force from its day on, until the next one."""

    employee_id = text(key=True)
    effective_on = date_(key=True)
    employee_name = text()
    unit_id = text()
    position = one_of(
        "staff",
        "operator",
        "shift_leader",
        "group_leader",
        "centre_director",
        "business_manager",
        "region_manager",
        "office_supervisor",
        "office_manager",
        "department_manager",
        "middle_manager",
        "company_leader",
        "deputy_general_manager",
        "general_manager",
    )
    hired_on = date_()
    left_on = date_(optional=True)
    resignation_applied_on = date_(optional=True)
    career_start_on = date_(optional=True)
    monthly_wage = decimal(optional=True)
    full_attendance_bonus = decimal(optional=True)


class Customers(dy.Schema):
    """One row per customer."""

    customer_id = text(key=True)
    unit_id = text(optional=True)
    registered_on = date_(optional=True)
    source = one_of("call_in", "walk_in", "referral", "advert", "event", "other", optional=True)
    segment = one_of("ordinary", "leader_introduced", "vip", optional=True)
    referred_by_customer_id = text(optional=True)


class CalendarOverrides(dy.Schema):
    """One row per day on which a unit (or, where empty, everybody) departs from the public calendar."""

    calendar_date = date_(key=True)
    unit_id = text(key=True, optional=True)
    is_working_day = boolean()
    note = text(optional=True)


class KeyDates(dy.Schema):
    """One row per day that counts as a node or a festival, for a unit or everybody."""

    key_date = date_(key=True)
    unit_id = text(key=True, optional=True)
    kind = one_of("node", "festival")
    name = text(optional=True)


class Budgets(dy.Schema):
    """One row per unit, month and category: what may be spent, in CNY."""

    unit_id = text(key=True)
    month = month(key=True)
    category = text(key=True)
    amount = decimal()

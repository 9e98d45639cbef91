"""Conduct: incidents of people and of shift classes."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import date_, decimal, integer, text, timestamp


class ConductIncidents(dy.Schema):
    """One row per incident of a person; prices and losses in CNY."""

    incident_id = text(key=True)
    employee_id = text()
    occurred_at = timestamp()
    rule_code = text()
    item_price = decimal(optional=True)
    loss_amount = decimal(optional=True)
    assessed_amount = decimal(optional=True)
    note = text(optional=True)


class ClassIncidents(dy.Schema):
    """One row per incident of a shift class."""

    incident_id = text(key=True)
    unit_id = text()
    class_id = text()
    occurred_on = date_()
    rule_code = text()
    people_count = integer(optional=True)
    assessed_points = integer(optional=True)

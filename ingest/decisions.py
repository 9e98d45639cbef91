"""Decisions of people on what the rules say."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import date_, one_of, text


class Waivers(dy.Schema):
    """One row per appeal against an outcome."""

    outcome_id = text(key=True)
    approved_by = text()
    approved_on = date_()
    status = one_of("approved", "rejected", "pending")
    reason = text()

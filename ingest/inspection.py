"""Inspection: what is inspected, and the rounds."""

from __future__ import annotations

import dataframely as dy

from ingest.columns import date_, one_of, text, timestamp


class InspectionAssets(dy.Schema):
    """One row per thing that must be inspected."""

    asset_id = text(key=True)
    unit_id = text()
    in_service_from = date_()
    in_service_to = date_(optional=True)


class Inspections(dy.Schema):
    """One row per item looked at on a round."""

    inspection_id = text(key=True)
    asset_id = text()
    inspector_id = text(optional=True)
    inspected_at = timestamp()
    round_type = one_of("daily", "weekly")
    item_code = text(optional=True)
    result = one_of("ok", "fault")
    fault_handled_at = timestamp(optional=True)
    escalated_at = timestamp(optional=True)

"""Inspections: the month's rounds as a grid, rounds out of time, weekly care, and faults that wait."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.layout import card, chart, choose, figures, open_page, outcomes
from dashboards.queries import inspection

view = open_page("inspections", inspection.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = inspection.totals(source, unit)
ways = {"rounds_due": "", "on_time_rate": "more", "off_time_count": "less", "missed_round_count": "less"}
figures(view, totals, **ways, weekly_done_rate="more", open_fault_count="less")

rounds = inspection.grid(source, month, unit)
words = {status: view.words.code("inspection_status", status) for status in inspection.STATUSES}
chart(view, "grid", rounds, lambda: charts.duties(rounds, words, text), clicked="asset")

with st.container(horizontal=True, key="filters_asset"):
    known = inspection.assets(source, month, unit).column("asset_id").to_pylist()
    asset = choose(view, "asset", known, str, "filters.all_assets")

left, right = st.columns([1, 1], gap="small")
with left, card(view, "rounds"):
    outcomes(view, inspection.rounds_out_of_time(source, month, unit, asset), "rounds")
with right, card(view, "open"):
    outcomes(view, inspection.open_faults(source, unit, asset), "open")

with card(view, "weeks"):
    outcomes(view, inspection.weeks(source, month, unit, asset), "weeks", bars={"done_rate": 1.0})
with card(view, "faults"):
    outcomes(view, inspection.faults(source, month, unit, asset), "faults")

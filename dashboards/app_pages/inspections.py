"""Inspections: the month's rounds as a grid, rounds out of time, weekly care, and faults that wait."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.layout import card, chart, choose, figures, open_page, outcomes, sections
from dashboards.queries import inspection

view = open_page("inspections", inspection.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = inspection.totals(source, unit)
ways = {"rounds_due": "", "on_time_rate": "more", "off_time_count": "less", "missed_round_count": "less"}
figures(view, totals, **ways, weekly_done_rate="more", open_fault_count="less")

rounds = inspection.grid(source, month, unit)
words = {status: view.words.code("inspection_status", status) for status in inspection.STATUSES}
chart(view, "grid", rounds, lambda: charts.duties(rounds, words, text), clicked="asset")

known = inspection.assets(source, month, unit).column("asset_id").to_pylist()
with sections(view, "rounds", "open", "weeks", "faults") as opened:
    with st.container(horizontal=True, key="filters_asset"):
        asset = choose(view, "asset", known, str, "filters.all_assets")
    here = (source, month, unit, asset)
    if "rounds" in opened:
        with card(view, "rounds"):
            outcomes(view, inspection.rounds_out_of_time(*here), "rounds")
    if "open" in opened:
        with card(view, "open"):
            outcomes(view, inspection.open_faults(source, unit, asset), "open")
    if "weeks" in opened:
        with card(view, "weeks"):
            outcomes(view, inspection.weeks(*here), "weeks", bars={"done_rate": 1.0})
    if "faults" in opened:
        with card(view, "faults"):
            outcomes(view, inspection.faults(*here), "faults")

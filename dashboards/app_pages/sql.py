"""SQL: for analysts, on what their roles see: the tables with their descriptions, a query, its result and a chart."""

from __future__ import annotations

import streamlit as st

from dashboards import analyst
from dashboards.layout import card, open_page

view = open_page("sql")
asked = analyst.wanted(view)

left, right = st.columns([3, 2], gap="small")
with left, card(view, "editor"):
    analyst.editor(view, asked)
with right, card(view, "schema"):
    analyst.browser(view)

if asked.sql:
    analyst.result(view, asked.sql)

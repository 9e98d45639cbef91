"""Data quality: every row of every file accounted for, what was refused and why, and what the figures rest on."""

from __future__ import annotations

import streamlit as st

from dashboards.layout import card, choose, figure, open_page, rows, table
from dashboards.queries import quality

view = open_page("quality")
source, text = view.published, view.text

with st.grid(6, min_column_width=150, gap="small", key="figures_quality"):
    for name, value in quality.totals(source).to_pylist()[0].items():
        figure(view, name, value)

table(view, quality.loads(source, text.language), "loads")

with card(view, "quarantine"):
    feeds = quality.quarantine_feeds(source).column("feed").to_pylist()
    with st.container(horizontal=True, key="filters_quarantine"):
        feed = choose(view, "feed", feeds, view.words.feed, "filters.all_feeds")
    rows(view, quality.quarantine(source, feed, text.language), "quarantine")

left, right = st.columns([1, 1], gap="small")
with left:
    table(view, quality.unknown_ids(source), "unknown")
    table(view, view.facts(), "version", export=False)
    table(view, quality.rule_versions(source), "rules")
with right:
    table(view, quality.tests(source), "tests")

"""Data quality: every row of every file accounted for, what was refused and why, what is late and what is missing."""

from __future__ import annotations

import streamlit as st

from dashboards import charts
from dashboards.layout import card, chart, choose, figure, open_page, rows, sections, table, with_words
from dashboards.mending import offer_to_mend
from dashboards.queries import quality

view = open_page("quality")
source, text = view.published, view.text

with st.grid(6, min_column_width=150, gap="small", key="figures_quality"):
    for name, value in quality.totals(source).to_pylist()[0].items():
        figure(view, name, value)

left, right = st.columns([1, 1], gap="small")
with left:
    table(view, quality.freshness(source), "freshness")
with right:
    months = with_words(view, quality.feed_months(source), "feed")
    chart(view, "months", months, lambda: charts.heat(months, "label", "row_count", text, "shade"))

with sections(view, "quarantine", "loads", "gaps", "version") as opened:
    if "quarantine" in opened:
        with card(view, "quarantine"):
            feeds = quality.quarantine_feeds(source).column("feed").to_pylist()
            with st.container(horizontal=True, key="filters_quarantine", vertical_alignment="bottom"):
                feed = choose(view, "feed", feeds, view.words.feed, "filters.all_feeds")
                offer_to_mend(view, [feed] if feed else feeds)
            rows(view, quality.quarantine(source, feed, text.language), "quarantine")
        table(view, quality.quarantine_reasons(source, text.language), "reasons")
    if "loads" in opened:
        table(view, quality.loads(source, text.language), "loads")
    if "gaps" in opened:
        left, right = st.columns([1, 1], gap="small")
        with left:
            table(view, quality.days_without_evidence(source), "evidence")
        with right:
            table(view, quality.unknown_ids(source), "unknown")
            table(view, quality.calendar_years(source), "years")
    if "version" in opened:
        left, right = st.columns([1, 1], gap="small")
        with left:
            table(view, view.facts(), "version", export=False)
        with right:
            table(view, quality.tests(source), "tests")

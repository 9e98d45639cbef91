"""Refused rows as files that people mend and ingest again: what ``zhidu quarantine --out`` writes, as a download."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboards import layout
from dashboards.view import View
from ingest.problems import Problem
from ingest.quarantine import file_to_mend
from ingest.tracing import read_store

KINDS = {".xlsx": "mend.xlsx", ".csv": "mend.csv"}


def offer_to_mend(view: View, feeds: list[str]) -> None:
    """Buttons for the open rows of one log; of several, the words to choose one.

    The rows come from the store at the click: what was mended since this version was published is not in the file.
    """
    if len(feeds) != 1:
        if feeds:
            st.caption(view.text("mend.choose"))
        return
    home, feed = view.published.home, feeds[0]
    try:
        read_store(home).close()
    except Problem as problem:
        st.text(layout.said(problem, view.text.language))
        return
    for suffix, words in KINDS.items():
        st.download_button(
            view.text(words),
            partial(file_to_mend, home, feed, suffix),
            f"{feed}_quarantine{suffix}",
            key=f"mend{suffix}",
            on_click="ignore",
            icon=":material/build:",
        )

"""Why: one outcome, traced from the clause to the rows of the files that show it."""

from __future__ import annotations

import streamlit as st

from dashboards import urlstate
from dashboards.explaining import explained
from dashboards.layout import card, empty, open_page, rows

view = open_page("why")
text = view.text

wanted = urlstate.typed("outcome", text("filters.outcome"), text("why.hint"))
if not wanted:
    empty(view, "why.none")
    st.stop()

found = explained(view, wanted)
if found is None:
    empty(view, "why.unknown")
    st.stop()

with card(view, "outcome"):
    st.text(found.title)
    for line in found.arithmetic:
        st.code(line, language=None, wrap_lines=True)
    if found.is_partial:
        st.caption(text("why.partial"))

left, right = st.columns([1, 1], gap="small")
with left, card(view, "clause"):
    st.text(found.clause)
    if found.note:
        st.text(found.note)
    rows(view, found.parameters, "parameters", export=False)
with right, card(view, "facts"):
    rows(view, found.facts, "facts", export=False)

with card(view, "sources"):
    rows(view, found.sources, "sources", export=False)
    for row in found.in_full:
        with st.expander(row.place, expanded=row.is_first):
            rows(view, row.cells, row.name, export=False)
            st.code(row.line, language=None, wrap_lines=True)

"""Rulebook: the clauses and what they led to in a month, their parameters, and what each version changed."""

from __future__ import annotations

import streamlit as st

from dashboards import urlstate
from dashboards.layout import card, choose, choose_month, details, open_page, outcomes, rows, table
from dashboards.queries import rulebook

view = open_page("rulebook")
source, text = view.published, view.text
language = text.language

with st.container(horizontal=True, key="filters_rulebook", vertical_alignment="bottom"):
    search = urlstate.typed("q", text("filters.q"), text("rulebook.hint"))
    sets = rulebook.rule_sets(source).column("rule_set").to_pylist()
    rule_set = choose(view, "rule_set", sets, view.words.rule_set, "filters.all_rule_sets")
    view = choose_month(view)

chosen = rulebook.clause(source, urlstate.value("clause"), language).to_pylist()
clause_id = chosen[0]["clause_id"] if chosen else None
left, right = st.columns([1, 1], gap="small")
with left:
    found = rulebook.clauses(source, view.month, rule_set, search, language)
    details(view, found, "clauses", {"clause": "clause_id"}, "actions.read")
with right:
    with card(view, "clause"):
        for clause in chosen:
            st.text(view.words.clause(clause_id))
            st.text(clause["clause_text"] or text("format.none"))
            if clause["note"]:
                st.text(clause["note"])
            rows(view, rulebook.scope(source, clause_id), "scope", export=False)
        if not chosen:
            st.caption(text("rulebook.clause_choose"))
    table(view, rulebook.parameters(source, rule_set, clause_id, search, language), "parameters")

if chosen:
    with card(view, "outcomes"):
        outcomes(view, rulebook.outcomes(source, view.month, clause_id), "outcomes")

table(view, rulebook.changes(source, rule_set, clause_id, language), "changes")
table(view, rulebook.versions(source, rule_set), "versions")

"""The app: language, the version of this run, the pages. Run by asgi.py; every rerun starts here."""

from __future__ import annotations

from pathlib import Path

import duckdb
import streamlit as st

from dashboards import access, i18n, layout, view
from ingest.problems import Problem

HERE = Path(__file__).resolve().parent
SECTIONS = {
    "overview": {"glance": "space_dashboard"},
    "people": {"attendance": "event_available", "person": "person", "school": "school"},
    "money": {"budget": "account_balance_wallet"},
    "customers": {"callbacks": "phone_callback", "conversion": "filter_alt", "events": "celebration"},
    "service": {"operators": "headset_mic", "inspections": "elevator"},
    "rules": {"rulebook": "menu_book", "why": "help"},
    "data": {"sql": "database", "quality": "fact_check"},
}

st.set_page_config(page_title="zhidu", page_icon=str(HERE / "static" / "icon.png"), layout="wide")
st.html(HERE / "style.css")

language = layout.language()
text = i18n.Texts(language)
visitor = access.visitor(access.home())
pages = {
    text(f"sections.{section}"): [
        st.Page(f"app_pages/{page}.py", title=text(f"{page}.title"), icon=f":material/{icon}:", url_path=page)
        for page, icon in members.items()
    ]
    for section, members in SECTIONS.items()
}
start = st.Page("app_pages/start.py", title=text("glance.title"), default=True, visibility="hidden")
opened = {section: [page for page in members if visitor.opens(page.url_path)] for section, members in pages.items()}
chosen = st.navigation([start, *(page for members in pages.values() for page in members)], position="hidden")
logo = "logo_dark.png" if st.context.theme.type == "dark" else "logo.png"
if visitor.is_let_in:
    st.logo(str(HERE / "static" / logo), size="large")
with st.sidebar:
    layout.sidebar(text, {section: members for section, members in opened.items() if members})
    access.who(visitor, text)

try:
    if not visitor.is_let_in:
        access.door(visitor, text, HERE / "static" / logo)
    elif chosen.url_path and not visitor.opens(chosen.url_path):
        access.denied(text)
    else:
        run = view.begin(language, visitor, [page.url_path for members in opened.values() for page in members])
        with st.sidebar, st.container(key="about", gap=None):
            st.caption(text("page.data_as_of", as_of=run.as_of))
            st.caption(text("page.data_version", version=run.version.version))
            if run.is_spare:
                st.caption(text("page.spare"))
            if run.years_without_holidays:
                st.caption(text("page.without_holidays", years=run.years_without_holidays))
        chosen.run()
except Problem as problem:
    layout.problem(problem, language, text("page.problem"))
except duckdb.CatalogException:
    old = Problem(i18n.Texts("zh")("page.old_version"), i18n.Texts("en")("page.old_version"))
    layout.problem(old, language, text("page.problem"))

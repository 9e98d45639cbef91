"""An app with a title and nothing else: what any Streamlit page costs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).with_name("empty_script.py"))

"""An app with a title and nothing else, served with the settings of the dashboards: what any Streamlit page costs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit import config

app = st.App(Path(__file__).with_name("empty_script.py"))
config.set_option("runner.postScriptGC", False)
config.set_option("server.fileWatcherType", "none")
config.set_option("client.toolbarMode", "minimal")

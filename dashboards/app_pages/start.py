"""Where an unknown address ends: on to the first page that the visitor may open. (Streamlit's default page has no address of its own.)"""

from __future__ import annotations

import streamlit as st

from dashboards.view import running

st.switch_page(f"app_pages/{running().pages[0]}.py", query_params=st.query_params.to_dict())

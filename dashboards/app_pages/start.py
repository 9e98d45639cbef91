"""Where an unknown address ends: on to the first page. (Streamlit's default page has no address of its own.)"""

from __future__ import annotations

import streamlit as st

st.switch_page("app_pages/glance.py", query_params=st.query_params.to_dict())

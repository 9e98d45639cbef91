"""The bare address: on to the first page, filters kept. (The default page of Streamlit has no address of its own.)"""

from __future__ import annotations

import streamlit as st

st.switch_page("app_pages/attendance.py", query_params=st.query_params.to_dict())

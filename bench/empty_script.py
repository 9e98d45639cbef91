"""The page of empty_page.py."""

import streamlit as st

st.title("zhidu")

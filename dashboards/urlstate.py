"""Filters live in the URL: what a person sees can be sent as a link, and Back goes back.

Each filter is a *wish* that outlives a page. The address is adopted when it differs from what was last written there
(a first visit, a link, Back and Forward), except that a parameter missing after a change of page keeps the wish:
Streamlit empties the address then. What a page does not offer shows the default and keeps the wish for the next page.
Codes stand in the address, never labels: a link made in one language works in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


def pick(
    widget: Callable[..., Any],
    name: str,
    options: Sequence[str],
    default: str,
    page: str,
    **settings: Any,
) -> str:
    """Draw a widget of one choice, tied to the URL parameter ``name``; returns the code chosen.

    Args:
        widget: st.selectbox, st.segmented_control …
        options: the codes to choose from; ``default`` is one of them and leaves no parameter.
        page: the page that draws it.
        settings: passed on to the widget.
    """
    adopt(name, page)
    chosen = wish(name) if wish(name) in options else default
    key = f"{name}@{page}"
    st.session_state[key] = chosen
    widget(options=options, key=key, on_change=_take, args=(name, key, default), **settings)
    publish(name, "" if chosen == default else chosen, page)
    return chosen


def adopt(name: str, page: str) -> str:
    """The wish for a parameter, after a look at the address."""
    in_url = st.query_params.get(name, "")
    written_by, written = st.session_state.get(_written(name), ("", ""))
    emptied = not in_url and written_by != page
    if in_url != written and not emptied:
        st.session_state[_wish(name)] = in_url
    return wish(name)


def wish(name: str) -> str:
    """The wish for a parameter; empty when there is none."""
    return st.session_state.get(_wish(name), "")


def publish(name: str, value: str, page: str) -> None:
    """Write a parameter into the address; an empty value takes it out."""
    if value:
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]
    st.session_state[_written(name)] = (page, value)


def wish_for(name: str, value: str) -> None:
    """Set a filter from elsewhere on the page (a click on a bar or a row)."""
    st.session_state[_wish(name)] = value


def _take(name: str, key: str, default: str) -> None:
    value = st.session_state[key]
    st.session_state[_wish(name)] = default if value is None else value


def _wish(name: str) -> str:
    return f"wish.{name}"


def _written(name: str) -> str:
    return f"written.{name}"


def typed(name: str, page: str, label: str, hint: str) -> str:
    """Draw a line to type or paste into, tied to the URL parameter ``name``; returns what stands in it."""
    written = adopt(name, page).strip()
    key = f"{name}@{page}"
    st.session_state[key] = written
    st.text_input(label, key=key, placeholder=hint, on_change=_take, args=(name, key, ""))
    publish(name, written, page)
    return written

"""Filters live in the URL, and only there: what a person sees can be sent as a link, and Back goes back.

A page reads its filters from the address and writes there only when somebody chooses something: one choice, one step of
the browser's history. Writing while a page loads would add steps that Back cannot pass. Links between pages carry what
pages share (``shared``). Codes stand in the address, never labels: a link made in one language works in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

SHARED = ("lang", "month", "unit")


def value(name: str) -> str:
    """What stands in the address; empty when nothing does."""
    return st.query_params.get(name, "")


def one_of(name: str, options: Sequence[str]) -> str | None:
    """What stands in the address when it is one of the options."""
    return value(name) if value(name) in options else None


def put(name: str, chosen: str) -> None:
    """Write a choice into the address; an empty one takes the parameter out."""
    if chosen:
        st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]


def put_all(chosen: Mapping[str, str]) -> None:
    """Write several choices at once: one step of the browser's history."""
    st.query_params.from_dict({n: v for n, v in (st.query_params.to_dict() | dict(chosen)).items() if v})


def shared() -> dict[str, str]:
    """The filters that go along to another page."""
    return {name: value(name) for name in SHARED if value(name)}


def pick(
    widget: Callable[..., Any],
    name: str,
    options: Sequence[str],
    default: str,
    find: Callable[[str], list[str]] | None = None,
    **settings: Any,
) -> str:
    """Draw a widget of one choice, tied to the URL parameter ``name``; returns the code chosen.

    Args:
        widget: st.selectbox, st.segmented_control …
        options: the codes to choose from; ``default`` is one of them and leaves no parameter. A code in the address
            that is none of them counts as the default.
        find: what answers to words that somebody types. One answer is chosen; else the words stand in the address.
        settings: passed on to the widget.
    """
    chosen = value(name) if value(name) in options else default
    key = f"filter.{name}"
    st.session_state[key] = chosen
    widget(options=options, key=key, on_change=_take, args=(name, key, default, find), **settings)
    return chosen


def tabs(name: str, labels: Mapping[str, str]) -> tuple[str, Any]:
    """Draw tabs, tied to the URL parameter ``name``; returns the code of the open one and its container.

    Args:
        labels: code -> words; the first leaves no parameter.
    """
    codes, words = list(labels), list(labels.values())
    chosen = one_of(name, codes) or codes[0]
    key = f"filter.{name}"
    st.session_state[key] = labels[chosen]

    def take() -> None:
        code = codes[words.index(st.session_state[key])]
        put(name, "" if code == codes[0] else code)

    panels = st.tabs(words, key=key, on_change=take)
    return chosen, panels[codes.index(chosen)]


def typed(name: str, label: str, hint: str) -> str:
    """Draw a line to type or paste into, tied to the URL parameter ``name``; returns what stands in it."""
    written = value(name).strip()
    key = f"filter.{name}"
    st.session_state[key] = written
    st.text_input(label, key=key, placeholder=hint, on_change=_take, args=(name, key, "", None))
    return written


def _take(name: str, key: str, default: str, find: Callable[[str], list[str]] | None) -> None:
    chosen = st.session_state[key]
    chosen = "" if chosen in (None, default) else chosen.strip()
    found = find(chosen) if find else []
    put(name, found[0] if len(found) == 1 else chosen)

"""The parts that every page is laid out with: head with filters, figures, cards with charts and tables, empty states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlencode

import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboards import charts, fmt, tables, urlstate
from dashboards.basis import basis
from dashboards.i18n import LANGUAGES, Texts, of_browser
from dashboards.queries import base
from dashboards.queries.base import Listing
from dashboards.sparkline import sparkline
from dashboards.view import View, home, running
from ingest.problems import Problem
from warehouse.reader import Published

COLOURS = {"less": "inverse", "more": "normal", "": "off"}
SPARK_MONTHS = 13
FILTER_WIDTH, MOST_OPTIONS = 210, 300


# ---------------------------------------------------------------- head


def language() -> str:
    """The language of the address, else of the browser."""
    asked = urlstate.value("lang")
    return asked if asked in LANGUAGES else of_browser(st.context.locale)


def sidebar(text: Texts, pages: Mapping[str, list[Any]]) -> None:
    """The way to the other pages, which keeps what they share, and the languages."""
    for section, members in pages.items():
        st.caption(section)
        for page in members:
            st.page_link(page, query_params=urlstate.shared(), width="stretch")
    urlstate.pick(
        st.segmented_control,
        "lang",
        LANGUAGES,
        of_browser(st.context.locale),
        label=text("filters.language"),
        label_visibility="collapsed",
        format_func=lambda code: Texts(code)("language"),
        required=True,
    )


def open_page(page: str, units: Callable[[Published], pa.Table] | None = None) -> View:
    """Draw the head of a page; with ``units`` (the query for those that have something here) also month and unit.

    Stops the page with an empty state when there is nothing to choose from.
    """
    view = running().on(page)
    if units is None:
        with _head(view):
            return view
    months = {f"{r['month']:%Y-%m}": r for r in base.months(view.published).to_pylist()}
    known = sorted(u for u in units(view.published).column("unit_id").to_pylist() if u)
    if not months or not known:
        with _head(view):
            pass
        empty(view, f"{page}.empty")
        st.stop()
    with _head(view):
        unit = choose(view, "unit", known, view.words.unit, "filters.all_units")
        chosen = _pick_month(view, months)
    view = view.on(page, month=chosen["month"], unit=unit, is_provisional=chosen["is_provisional"])
    if view.is_provisional:
        with st.container(key="provisional", width="content"):
            st.caption(view.text("page.provisional", as_of=view.as_of))
    return view


def choose_month(view: View) -> View:
    """The month for a page that has no units to choose from: drawn where it is called; none where there is none."""
    months = {f"{r['month']:%Y-%m}": r for r in base.months(view.published).to_pylist()}
    if not months:
        return view
    chosen = _pick_month(view, months)
    return view.on(view.page, month=chosen["month"], is_provisional=chosen["is_provisional"])


def _pick_month(view: View, months: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    month = urlstate.pick(
        st.selectbox,
        "month",
        list(months),
        next(iter(months)),
        label=view.text("filters.month"),
        format_func=lambda code: _month_words(view, months[code]),
        width=FILTER_WIDTH,
    )
    return months[month]


def choose(view: View, name: str, options: list[str], words: Callable[[str], str], everything: str) -> str | None:
    """A filter in the URL; None when nothing is chosen, which ``everything`` puts in words.

    Of more options than a browser likes to be sent the first are offered, and those that hold what somebody types.
    """
    label, offered, find = view.text(f"filters.{name}"), options, None
    if len(options) > MOST_OPTIONS:
        find, typed = partial(_holding, options, words), urlstate.value(name)
        offered, is_search = find(typed), typed not in ("", *options)
        of = len(offered if is_search else options)
        label = view.text("filters.found" if is_search else "filters.find", label=label, count=f"{of:,}")
    chosen = urlstate.pick(
        st.selectbox,
        name,
        ["", *offered[:MOST_OPTIONS]],
        "",
        find,
        label=label,
        accept_new_options=find is not None,
        format_func=lambda code: words(code) if code else view.text(everything),
        width=FILTER_WIDTH,
    )
    return chosen or None


def _holding(options: list[str], words: Callable[[str], str], typed: str) -> list[str]:
    """The options whose code or words hold what was typed; the one whose code it is, where there is one."""
    if typed in options:
        return [typed]
    return [code for code in options if typed.casefold() in f"{code} {words(code)}".casefold()] if typed else options


@contextmanager
def _head(view: View) -> Iterator[None]:
    """Title and as-of on the left; the body of the ``with`` draws the filters, on the right where there is room."""
    with st.container(key="head", horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(key="title", gap=None):
            st.title(view.text(f"{view.page}.title"), anchor=False)
            st.caption(view.text("page.as_of", as_of=view.as_of, version=view.version.version))
        with st.container(horizontal=True, key="filters", gap="small", width="content"):
            yield


def _month_words(view: View, row: Mapping[str, Any]) -> str:
    return fmt.month(row["month"], view.text) + (view.text("page.provisional_mark") if row["is_provisional"] else "")


# ---------------------------------------------------------------- figures


def figures(view: View, frame: pa.Table, **measures: str) -> None:
    """The month's figures in a row, each against the month before and with its last thirteen months.

    Args:
        frame: a row a month, with ``<measure>`` and ``<measure>_change``.
        measures: measure -> which way is good: "less", "more" or "".
    """
    rows = [r for r in frame.to_pylist() if view.month is None or r["month"] <= view.month]
    if not rows or (view.month and rows[-1]["month"] != view.month):
        rows.append({"month": view.month})
    with st.grid(len(measures), min_column_width=170, gap="small", key=f"figures_{view.page}"):
        for name, good in measures.items():
            figure(view, name, rows[-1].get(name), rows[-1].get(f"{name}_change"), good, [r.get(name) for r in rows])


def figure(
    view: View, name: str, value: Any, change: Any = None, good: str = "", trend: list[Any] | None = None
) -> None:
    """One figure on a card of its own."""
    kind, text = fmt.kind_of(name), view.text
    difference = fmt.change(change, kind, text)
    with st.container(border=True, key=f"card_{view.page}_{name}", height="stretch", gap=None):
        st.metric(
            text(f"measures.{name}"),
            fmt.show(value, kind, text),
            difference,
            delta_color=COLOURS[good] if change else "off",
            delta_arrow="auto" if change else "off",
            delta_description=text("page.last_month") if difference else None,
        )
        if trend:
            st.html(f'<div class="trend">{sparkline(trend[-SPARK_MONTHS:])}</div>')


# ---------------------------------------------------------------- cards


@contextmanager
def card(view: View, name: str) -> Iterator[None]:
    """A white card with the words ``<page>.<name>`` above it, and ``<page>.<name>_note`` where there is one."""
    with st.container(border=True, key=f"card_{view.page}_{name}", height="stretch"):
        with st.container(gap=None):
            st.subheader(view.text(f"{view.page}.{name}"), anchor=False)
            if view.text.has(f"{view.page}.{name}_note"):
                st.caption(view.text(f"{view.page}.{name}_note"))
        yield
        _footnote(view, name)


def _footnote(view: View, name: str) -> None:
    """As of when, by which rule versions, and how many rows of the logs behind it were refused."""
    rests_on = basis(view.page, name)
    if rests_on is None or view.month is None:
        return
    open_rows = base.rows_in_quarantine(view.published, list(rests_on.feeds)).column("open_rows")[0].as_py()
    parts = [view.text("page.data_as_of", as_of=view.as_of)]
    if rests_on.rule_sets:
        found = base.versions_in_force(view.published, view.month, list(rests_on.rule_sets))
        parts.append(view.text("page.rules", versions=", ".join(found.column("rule_version").to_pylist())))
    parts.append(view.text("page.quarantined", rows=f"{open_rows:,}"))
    with st.container(key=f"footnote_{view.page}_{name}"):
        st.caption(" · ".join(parts))


SECTION, WHOLE = "section", "whole"  # the parameter of the address; the code of all sections at once


@contextmanager
def sections(view: View, *names: str) -> Iterator[frozenset[str]]:
    """What a page goes into below its answer, in tabs: what is open is computed and drawn, the rest waits.

    The body of the ``with`` draws the sections that it is given. The words are ``<page>.<name>_section``, else
    ``<page>.<name>``. The last tab holds all sections, for paper and for searching.
    """
    keys = {name: f"{view.page}.{name}_section" for name in names}
    labels = {name: view.text(key if view.text.has(key) else f"{view.page}.{name}") for name, key in keys.items()}
    chosen, panel = urlstate.tabs(SECTION, labels | {WHOLE: view.text("page.all_sections")})
    with panel:
        yield frozenset(names) if chosen == WHOLE else frozenset([chosen])


def chart(view: View, name: str, *args: Any, **settings: Any) -> None:
    """A card with a figure of a frame (plot)."""
    with card(view, name):
        plot(view, name, *args, **settings)


def plot(
    view: View,
    name: str,
    frame: pa.Table,
    draw: Callable[[], go.Figure],
    clicked: str | None = None,
    leads_to: str | None = None,
    opens: str | None = None,
) -> None:
    """A figure without a card.

    Args:
        clicked: the filter that a click on a bar or cell sets (again: clears); what hands back a unit behind its code
            chooses that unit too.
        leads_to: the page that opens with it.
        opens: the section that shows what was clicked.
    """
    if frame.num_rows == 0:
        st.caption(view.text("page.nothing"))
    else:
        key = f"chart.{view.page}.{name}.{view.month_code}.{view.unit}"
        if leads_to and (code := st.session_state.pop(f"{key}.code", None)):
            st.switch_page(f"app_pages/{leads_to}.py", query_params=urlstate.shared() | {str(clicked): code})
        st.plotly_chart(
            draw(),
            theme=None,
            config=charts.CONFIG,
            key=key,
            on_select=(lambda: _take_click(key, str(clicked), opens, is_leading=leads_to is not None))
            if clicked
            else "ignore",
            selection_mode="points",
            alt=view.text(f"{view.page}.{name}"),
        )


def _take_click(key: str, name: str, opens: str | None, is_leading: bool) -> None:
    points = st.session_state[key]["selection"]["points"]
    if not points:
        return
    code, *unit = points[0]["customdata"]
    if is_leading:
        st.session_state[f"{key}.code"] = code
        return
    is_again = urlstate.value(name) == code and unit in ([], [urlstate.value("unit")])
    section = {SECTION: opens} if opens and urlstate.value(SECTION) != WHOLE else {}
    urlstate.put_all({name: "" if is_again else code} | ({"unit": unit[0]} if unit else {}) | section)


def table(view: View, found: pa.Table | Listing, name: str, **settings: Any) -> None:
    """A card with a table (tables.show)."""
    with card(view, name):
        rows(view, found, name, **settings)


def rows(view: View, found: pa.Table | Listing, name: str, **settings: Any) -> None:
    """A table without a card, or the words for none."""
    if Listing.of(found).row_count == 0:
        own = f"{view.page}.{name}_empty"
        st.caption(view.text(own if view.text.has(own) else "page.nothing"))
    else:
        tables.show(view, found, name, **settings)


def leads(view: View, found: pa.Table | Listing, name: str, page: str, **filters: str) -> None:
    """A table whose rows lead to another page, in this tab.

    Args:
        filters: parameter of that page's address -> the column that holds its value.
    """
    key = f"click.{view.page}.{name}"
    if (values := st.session_state.pop(f"{key}.chosen", None)) is not None:
        st.switch_page(f"app_pages/{page}.py", query_params=urlstate.shared() | values)

    def note(values: dict[str, str]) -> None:
        st.session_state[f"{key}.chosen"] = values

    rows(view, found, name, action=_buttons(view, found, name, view.text("actions.details"), filters, note))


def details(
    view: View,
    found: pa.Table | Listing,
    name: str,
    picks: Mapping[str, str],
    words: str = "actions.details",
    **settings: Any,
) -> None:
    """A card with a table; the button in front of a row puts values of it into the address: filter -> column."""
    with card(view, name):
        action = _buttons(view, found, name, view.text(words), picks, urlstate.put_all)
        rows(view, found, name, action=action, **settings)


def _buttons(
    view: View,
    found: pa.Table | Listing,
    name: str,
    words: str,
    picks: Mapping[str, str],
    take: Callable[[dict[str, str]], None],
) -> tuple[str, Any]:
    """A button in front of every row of a table, for tables.show: ``take`` is given what the row holds, by name."""
    key, frame = f"click.{view.page}.{name}", Listing.of(found).first

    def take_row() -> None:
        place = st.session_state[key]["row"]
        take({chosen: frame.column(column)[place].as_py() or "" for chosen, column in picks.items()})

    return words, st.column_config.ButtonColumn("", width=76, type="secondary", pinned=True, key=key, on_click=take_row)


def outcomes(view: View, found: pa.Table | Listing, name: str, **settings: Any) -> None:
    """A table whose rows lead to their explanation, in a tab of its own; a row without an outcome leads nowhere."""
    query = {name: value for name, value in urlstate.shared().items() if name == "lang"}
    links = [
        f"why?{urlencode({'outcome': outcome} | query)}" if outcome else None
        for outcome in Listing.of(found).first.column("outcome_id").to_pylist()
    ]
    words = view.text("actions.why")
    link = st.column_config.LinkColumn("", width=76, pinned=True, display_text=words)
    rows(view, found, name, hidden=("outcome_id",), action=(links, link), **settings)


def with_words(view: View, frame: pa.Table, *columns: str) -> pa.Table:
    """The frame with a column ``label``: the words of one column or several, for charts."""
    parts = [view.words.of_column(column, frame.column(column)) for column in columns]
    return frame.append_column("label", pc.binary_join_element_wise(*parts, " · ") if len(parts) > 1 else parts[0])


def with_labels(view: View, frame: pa.Table, *columns: str) -> pa.Table:
    """The frame with a column ``<column>_label`` for each of some: its words, for charts with more than one line a bar."""
    for column in columns:
        frame = frame.append_column(f"{column}_label", view.words.of_column(column, frame.column(column)))
    return frame


def with_days(view: View, frame: pa.Table, *columns: str) -> pa.Table:
    """The frame with ``label`` (as with_words) and ``day``: the day of the month of each ``work_date``."""
    return with_words(view, frame, *columns).append_column(
        "day", pc.cast(pc.day(frame.column("work_date")), pa.string())
    )


def in_weeks(view: View, frame: pa.Table) -> pa.Table:
    """Days with ``week`` and ``weekday_name`` in words, and ``day``, the day of the month."""
    weeks = [fmt.day_of_month(d, view.text) for d in frame.column("week_start_on").to_pylist()]
    names = [view.text(f"weekdays.w{n}") for n in frame.column("weekday").to_pylist()]
    days = pc.cast(pc.day(frame.column("work_date")), pa.string())
    return frame.append_column("week", [weeks]).append_column("weekday_name", [names]).append_column("day", days)


# ---------------------------------------------------------------- when there is nothing


def empty(view: View, key: str) -> None:
    """What is missing and what to do: ``<key>_title`` and ``<key>_text``."""
    with st.container(border=True, key="card_empty"):
        st.subheader(view.text(f"{key}_title"), anchor=False)
        st.caption(view.text(f"{key}_text"))
        if view.text.has(f"{key}_command"):
            st.code(view.text(f"{key}_command"), language=None)


def problem(found: Problem, language: str, title: str) -> None:
    """A problem in the reader's language, as plain text."""
    with st.container(border=True, key="card_problem"):
        st.subheader(title, anchor=False)
        st.text(said(found, language))


def said(found: Problem, language: str) -> str:
    """A problem in the reader's language. Where on the server the home lies is for the log, not for a browser."""
    root = home().root
    return (found.zh if language == "zh" else found.en).replace(str(root), root.name)


def failed() -> None:
    """A page that broke off: what to do, without what went wrong."""
    text = Texts(language())
    with st.container(border=True, key="card_failed"):
        st.subheader(text("page.failed"), anchor=False)
        st.caption(text("page.failed_text"))

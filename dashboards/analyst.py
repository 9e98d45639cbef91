"""The SQL page's parts: a query in the address, its answer from the sandbox, its table, files and quick chart.

A query is run for the file of the visitor's scope, in a process of its own (warehouse.sandbox). The address holds what
was run, ``q``: the name of a saved query, or ``~`` and the text itself, compressed. What is typed is nobody's until then.
"""

from __future__ import annotations

import base64
import binascii
import io
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import streamlit as st

from dashboards import charts, layout, tables, urlstate
from dashboards.queries import schema
from dashboards.view import View
from ingest.problems import Problem
from warehouse import saved_queries
from warehouse.export import to_csv, to_xlsx
from warehouse.sandbox import Result, query
from warehouse.sandbox_gate import MAX_LENGTH

SECONDS, MEMORY_GB, ROWS, MEGABYTES = 8, 2, 10_000, 20
AT_A_TIME = 2
MOST_POINTS = 200
HIGH, ROWS_IN_FULL = 300, 12
TEXT, ADOPTED, SAID, NAME = "sql.text", "sql.adopted", "sql.said", "sql.name"
COMPRESSED = "~"
_turns = threading.BoundedSemaphore(AT_A_TIME)


@dataclass(frozen=True)
class Wanted:
    """What the address asks for: a query, by its name or its text; ``wrong`` is the text's key when it cannot be had."""

    sql: str = ""
    name: str = ""
    wrong: str = ""


# ---------------------------------------------------------------- the address


def wanted(view: View) -> Wanted:
    asked = urlstate.value("q")
    if asked.startswith(COMPRESSED):
        sql = linked(asked)
        return Wanted(sql) if sql else Wanted(wrong="sql.bad_link")
    if not asked:
        return Wanted()
    sql = saved_queries.read(view.published.home, asked)
    return Wanted(wrong="sql.no_query") if sql is None else Wanted(sql, asked)


def link(sql: str) -> str:
    """A query as it stands in an address."""
    return COMPRESSED + base64.urlsafe_b64encode(zlib.compress(sql.encode(), 9)).decode().rstrip("=")


def linked(asked: str) -> str:
    """The query of an address; empty when it is none, or longer than one may be."""
    packed = asked.removeprefix(COMPRESSED)
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), 4 * MAX_LENGTH)
        return data.decode() if unpacking.eof else ""
    except (ValueError, binascii.Error, zlib.error):
        return ""


# ---------------------------------------------------------------- schema and editor


def browser(view: View) -> None:
    """The schema browser: a table to choose, what it holds, its columns."""
    found = {r["table_name"]: r for r in schema.tables(view.published).to_pylist()}
    chosen = urlstate.pick(
        st.selectbox,
        "table",
        list(found),
        next(iter(found)),
        label=view.text("sql.table"),
        format_func=lambda name: view.text("sql.table_option", name=name, rows=f"{found[name]['row_count']:,}"),
    )
    st.text((found[chosen]["description"] or view.text("sql.description_none")).strip())
    frame = schema.columns(view.published, chosen)
    words = [view.words.column(name) for name in frame.column("column_name").to_pylist()]
    frame = frame.add_column(1, "label", pa.array(words, pa.string()))
    st.dataframe(
        frame.rename_columns([tables.header(view, name) for name in frame.column_names]),
        key="sql.columns",
        hide_index=True,
        height=HIGH,
        alt=view.text("sql.schema"),
    )


def editor(view: View, asked: Wanted) -> None:
    """The query to write; to be saved, or chosen from the saved ones."""
    text = view.text
    _adopt(asked)
    names = saved_queries.names(view.published.home)
    if names:
        urlstate.pick(
            st.selectbox,
            "q",
            ["", *names],
            "",
            label=text("sql.saved"),
            format_func=lambda name: name or text("sql.saved_none"),
        )
    with st.form("sql.form", border=False, enter_to_submit=False):
        st.text_area(
            text("sql.text"),
            key=TEXT,
            height=300,
            max_chars=MAX_LENGTH,
            placeholder=text("sql.hint"),
            label_visibility="collapsed",
        )
        st.form_submit_button(
            text("sql.run"),
            type="primary",
            icon=":material/play_arrow:",
            shortcut="Ctrl+Enter",
            on_click=_run,
            args=(view,),
        )
    if asked.wrong:
        st.caption(text(asked.wrong))
    limits = {"seconds": SECONDS, "memory": MEMORY_GB, "rows": f"{ROWS:,}", "size": MEGABYTES, "queries": AT_A_TIME}
    st.caption(text("sql.limits", **limits))
    if asked.sql:
        _saving(view, asked)


def _adopt(asked: Wanted) -> None:
    """Put the address's query into the editor when the address has changed, not over what is being typed."""
    address = urlstate.value("q")
    if st.session_state.get(ADOPTED) != address and not asked.wrong:
        st.session_state[ADOPTED] = address
        st.session_state[TEXT] = asked.sql
        st.session_state[NAME] = asked.name


def _run(view: View) -> None:
    sql = st.session_state[TEXT].strip()
    asked = wanted(view)
    if sql and sql == asked.sql.strip():  # the same again: not what was kept, if that was a failure
        if isinstance(_answered(str(view.published.path), asked.sql), Problem):
            _answered.clear(str(view.published.path), asked.sql)
        return
    urlstate.put("q", link(sql) if sql else "")
    st.session_state[ADOPTED] = urlstate.value("q")


def _saving(view: View, asked: Wanted) -> None:
    text = view.text
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="saving"):
        st.text_input(text("sql.name"), key=NAME, placeholder=text("sql.name_hint"), max_chars=60)
        st.button(text("sql.save"), on_click=_save, args=(view, asked), icon=":material/save:")
    said = st.session_state.pop(SAID, None)
    if said:
        st.text(said)


def _save(view: View, asked: Wanted) -> None:
    try:
        name = saved_queries.save(view.published.home, st.session_state[NAME], asked.sql, asked.name)
    except Problem as problem:
        st.session_state[SAID] = said(problem, view)
        return
    urlstate.put("q", name)
    st.session_state[SAID] = view.text("sql.saved_as")


def said(problem: Problem, view: View) -> str:
    return layout.said(problem, view.text.language)


# ---------------------------------------------------------------- the answer


def answer(view: View, sql: str) -> Result | Problem:
    """What the sandbox says to a query, kept by file and text; waits a while for a turn."""
    return _answered(str(view.published.path), sql)


@st.cache_data(max_entries=10, show_spinner=False)
def _answered(path: str, sql: str) -> Result | Problem:
    if not _turns.acquire(timeout=SECONDS):
        raise Busy
    try:
        return query(Path(path), sql, SECONDS, MEMORY_GB << 30, ROWS, MEGABYTES << 20)
    except Problem as problem:
        return problem
    finally:
        _turns.release()


class Busy(Exception):
    """There was no turn in time; never kept."""


def result(view: View, sql: str) -> None:
    """The answer's card, and the quick chart's when there is something to draw."""
    text = view.text
    try:
        found = answer(view, sql)
    except Busy:
        _failed(view, text("sql.busy", queries=AT_A_TIME))
        return
    if isinstance(found, Problem):
        _failed(view, said(found, view))
        return
    frame = named(found.table)
    with layout.card(view, "result"):
        counts = {"rows": f"{frame.num_rows:,}", "columns": frame.num_columns, "seconds": f"{found.seconds:.2f}"}
        st.caption(text("sql.took", **counts))
        if found.is_cut:
            with st.container(key="cut"):
                st.caption(text("sql.cut", rows=f"{frame.num_rows:,}"))
        if frame.num_rows == 0:
            st.caption(text("sql.no_rows"))
            return
        shown = showable(frame)
        high = "content" if shown.num_rows <= ROWS_IN_FULL else 420
        st.dataframe(
            shown, key="sql.result", hide_index=True, column_config=_columns(shown), height=high, placeholder=""
        )
        _downloads(view, frame)
    _chart(view, shown)


def _failed(view: View, why: str) -> None:
    with st.container(border=True, key="card_sql_failed"):
        st.subheader(view.text("sql.failed"), anchor=False)
        st.text(why)


def named(frame: pa.Table) -> pa.Table:
    """The frame with names that differ: a query may name two columns alike."""
    names: list[str] = []
    for name in frame.column_names:
        number, new = 1, name
        while new in names:
            number += 1
            new = f"{name}_{number}"
        names.append(new)
    return frame.rename_columns(names)


def showable(frame: pa.Table) -> pa.Table:
    """The frame with everything as text that a grid has no way to show."""
    columns = {}
    for field in frame.schema:
        values, kind = frame.column(field.name), field.type
        if not (_is_number(kind) or pa.types.is_string(kind) or pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
            values = pa.array([None if v is None else str(v) for v in values.to_pylist()], pa.string())
        columns[field.name] = values
    return pa.table(columns)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _columns(frame: pa.Table) -> dict[str, object]:
    """Numbers as they are, money and other decimals with all their places; names as they are, never as markup."""
    kinds, config = st.column_config, {}
    for field in frame.schema:
        if pa.types.is_decimal(field.type):
            config[field.name] = kinds.NumberColumn(format=f"%,.{max(field.type.scale, 0)}f")
        elif pa.types.is_integer(field.type):
            config[field.name] = kinds.NumberColumn(format="%d")
    return config


def _downloads(view: View, frame: pa.Table) -> None:
    makers: dict[str, tuple[str, Callable[[], bytes], str]] = {
        "xlsx": ("export.xlsx", lambda: to_xlsx(showable(frame)), "application/octet-stream"),
        "csv": ("export.csv", lambda: b"\xef\xbb\xbf" + to_csv(frame).encode(), "text/csv"),
        "parquet": ("sql.parquet", lambda: _parquet(frame), "application/octet-stream"),
    }
    with st.container(horizontal=True, gap="small", key="export_sql_result"):
        for suffix, (label, make, mime) in makers.items():
            st.download_button(
                view.text(label),
                make,
                f"sql_{view.version.version}.{suffix}",
                mime,
                key=f"{suffix}.sql.result",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )


def _parquet(frame: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(frame, buffer)
    return buffer.getvalue()


def _chart(view: View, frame: pa.Table) -> None:
    """One number along another column, as bars or a line."""
    text = view.text
    numbers = [field.name for field in frame.schema if _is_number(field.type)]
    if not numbers:
        return
    with layout.card(view, "chart"):
        with st.container(horizontal=True, gap="small", key="filters_sql_chart"):
            along = urlstate.pick(
                st.selectbox, "x", frame.column_names, frame.column_names[0], label=text("sql.x"), width=210
            )
            number = urlstate.pick(st.selectbox, "y", numbers, numbers[0], label=text("sql.y"), width=210)
            kind = urlstate.pick(
                st.segmented_control,
                "kind",
                ("bar", "line"),
                "bar",
                label=text("sql.kind"),
                format_func=lambda code: text(f"sql.{code}"),
                required=True,
            )
        drawn = pa.table({"x": pc.cast(frame.column(along), pa.string()), "y": frame.column(number)}).slice(
            0, MOST_POINTS
        )
        st.plotly_chart(
            charts.quick(drawn, along, number, kind == "line"), theme=None, config=charts.CONFIG, key="chart.sql.quick"
        )

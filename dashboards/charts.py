"""Figures: a frame in, a Plotly figure out, one look for all. Finished figures are kept by what they show.

Words come in ready; whatever a log may have written is escaped here, since Plotly reads tags in labels.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from html import escape
from typing import Any, ParamSpec

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from dashboards import fmt
from dashboards.i18n import Texts

P = ParamSpec("P")

INK, MUTED, GRID = "#1B2733", "#6B7785", "#E9EDF2"
BLUE, LIGHT, AMBER, RED = "#1F5FA8", "#B9CFE8", "#C77714", "#C8453B"
VIOLET = "#8A6FB3"
SERIES = [BLUE, "#E09F3E", "#3A9188", "#9AA5B1", VIOLET]
DARK = {
    INK: "#E4EAF1", MUTED: "#9AA7B5", GRID: "#2A3542", BLUE: "#5B9BE0", LIGHT: "#35506E", AMBER: "#E0A04A", RED: "#E5776E",
    "#FFFFFF": "#161D26",
}  # fmt: skip
FONT = "'Source Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
MOST_MONTHS = 24
MOST_LINES = 30  # bars or rows that can still be read, and that a browser draws at once; tables hold them all
MOST_WRITTEN = 400  # cells with words in them: each costs a browser as much as a whole bar
CONFIG = {"displayModeBar": False, "responsive": True}

LOOK = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "colorway": SERIES,
        "bargap": 0.32,
        "barcornerradius": 4,
        "dragmode": False,
        "showlegend": False,
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": GRID, "font": {"family": FONT, "color": INK}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"color": MUTED}},
        "xaxis": {
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
            "tickfont": {"color": MUTED},
        },
        "yaxis": {
            "fixedrange": True,
            "gridcolor": GRID,
            "zeroline": False,
            "automargin": True,
            "tickfont": {"color": MUTED},
        },
    }
)


def _kept(build: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Keep finished figures, one for each theme."""

    @st.cache_resource(max_entries=400, show_spinner=False, hash_funcs={pa.Table: _digest})
    def keeping(name: str, is_dark: bool, *args: P.args, **kwargs: P.kwargs) -> go.Figure:
        figure = build(*args, **kwargs)
        return _darkened(figure) if is_dark else figure

    @wraps(build)
    def themed(*args: P.args, **kwargs: P.kwargs) -> go.Figure:
        return keeping(build.__name__, st.context.theme.type == "dark", *args, **kwargs)

    return themed


def _darkened(figure: go.Figure) -> go.Figure:
    """The same figure in the colours of the dark theme."""
    drawn = re.sub("|".join(DARK), lambda found: DARK[found[0]], figure.to_json())
    return go.Figure(json.loads(drawn))


def _digest(frame: pa.Table) -> str:
    return hashlib.sha1(pickle.dumps(frame, protocol=5), usedforsecurity=False).hexdigest()


@_kept
def months(
    frame: pa.Table, measure: str, text: Texts, selected: date | None = None, line: str | None = None
) -> go.Figure:
    """Bars by month, the selected one dark; a second measure as an amber line."""
    kind = fmt.kind_of(measure)
    frame = _latest(frame, measure)
    found = frame.column("month").to_pylist()
    labels = [fmt.short_month(m, text) for m in found]
    values = frame.column(measure).to_pylist()
    figure = _figure(300)
    figure.add_bar(
        x=labels,
        y=_numbers(values),
        name=text(f"measures.{measure}"),
        marker_color=[BLUE if m == selected else LIGHT for m in found],
        customdata=_shown(values, kind, text),
        hovertemplate="%{x}<br>%{customdata}<extra>%{fullData.name}</extra>",
    )
    if line:
        values = frame.column(line).to_pylist()
        figure.add_scatter(
            x=labels,
            y=_numbers(values),
            name=text(f"measures.{line}"),
            mode="lines+markers",
            line={"color": AMBER, "width": 2},
            marker={"size": 5},
            customdata=_shown(values, fmt.kind_of(line), text),
            hovertemplate="%{x}<br>%{customdata}<extra>%{fullData.name}</extra>",
        )
        figure.update_layout(showlegend=True)
    _month_axis(figure, labels)
    figure.update_yaxes(rangemode="tozero", tickformat=".0%" if kind == "rate" else ",", nticks=6)
    figure.update_layout(bargap=0.32 if len(labels) > 5 else 0.65)
    return figure


@_kept
def ranked(
    frame: pa.Table,
    label: str,
    measure: str,
    text: Texts,
    codes: str | None = None,
    chosen: str | None = None,
    alarm: str | None = None,
    limit: float | None = None,
    beside: str | None = None,
) -> go.Figure:
    """Horizontal bars in the order of the frame, the figure beside each.

    Args:
        label: the column with the words of each bar.
        codes: the column whose value a click hands back; ``chosen`` is the one that stays dark.
        alarm: a column of booleans; true is red. limit: a value to mark by a line.
        beside: a second measure, shown after the figure.
    """
    frame, left_out = frame.slice(0, MOST_LINES), max(0, frame.num_rows - MOST_LINES)
    kind = fmt.kind_of(measure)
    values = frame.column(measure).to_pylist()
    keys = frame.column(codes).to_pylist() if codes else [None] * len(values)
    alarms = frame.column(alarm).to_pylist() if alarm else [False] * len(values)
    shown = _shown(values, kind, text)
    if beside:
        seconds = _shown(frame.column(beside).to_pylist(), fmt.kind_of(beside), text)
        shown = [
            f"{first}   <span style='color:{MUTED}'>{second}</span>"
            for first, second in zip(shown, seconds, strict=True)
        ]
    plain = LIGHT if alarm or chosen is not None else BLUE
    colours = [
        RED if red else BLUE if chosen is not None and key == chosen else plain
        for key, red in zip(keys, alarms, strict=True)
    ]
    places = list(range(len(values)))
    figure = _figure(30 + (34 if len(values) <= 8 else 27) * len(values))
    figure.add_bar(
        y=places,
        x=[v or 0 for v in _numbers(values)],
        orientation="h",
        marker_color=colours,
        text=shown,
        textposition="outside",
        textfont={"color": INK},
        cliponaxis=False,
        constraintext="none",
        customdata=[[key] for key in keys],
        hoverinfo="none",
        unselected={"marker": {"opacity": 1}},  # with a textfont here too, no click arrives
    )
    words = [_wrapped(word) for word in frame.column(label).to_pylist()]
    figure.update_yaxes(
        autorange="reversed",
        **_line_names(words, left_out, text),
        showgrid=False,
        tickfont={"color": INK},
        ticklabelstandoff=8,
    )
    largest = max([abs(v) for v in _numbers(values) if v is not None] + [limit or 0]) or 1
    figure.update_xaxes(visible=False, range=[0, largest * (1.75 if beside else 1.5)])
    if limit is not None:
        figure.add_vline(x=limit, line={"color": AMBER, "width": 1.5, "dash": "dot"})
    figure.update_layout(bargap=0.38)
    return figure


@_kept
def lines(frame: pa.Table, group: str, measure: str, text: Texts) -> go.Figure:
    """A line a group over the months; months without a figure are gaps."""
    kind = fmt.kind_of(measure)
    rows = frame.to_pylist()
    axis = sorted({r["month"] for r in rows})
    labels = [fmt.short_month(m, text) for m in axis]
    figure = _figure(300)
    for name in sorted({r[group] for r in rows}):
        by_month = {r["month"]: r[measure] for r in rows if r[group] == name}
        values = [by_month.get(m) for m in axis]
        figure.add_scatter(
            x=labels,
            y=_numbers(values),
            name=escape(name),
            mode="lines+markers",
            line={"width": 2},
            marker={"size": 6},
            customdata=_shown(values, kind, text),
            hovertemplate="%{x}<br>%{customdata}<extra>%{fullData.name}</extra>",
        )
    _month_axis(figure, labels)
    figure.update_yaxes(rangemode="tozero", tickformat=".0%" if kind == "rate" else ",", nticks=6)
    figure.update_layout(showlegend=True)
    return figure


@_kept
def grouped(frame: pa.Table, label: str, measures: tuple[str, ...], text: Texts) -> go.Figure:
    """A few measures side by side for a few labels."""
    labels = [escape(word) for word in frame.column(label).to_pylist()]
    figure = _figure(260)
    for measure in measures:
        values = frame.column(measure).to_pylist()
        figure.add_bar(
            x=labels,
            y=_numbers(values),
            name=text(f"measures.{measure}"),
            text=_shown(values, fmt.kind_of(measure), text),
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}<br>%{text}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(type="category", tickfont={"color": INK})
    figure.update_yaxes(rangemode="tozero", nticks=5)
    figure.update_layout(showlegend=True)
    return figure


@_kept
def quick(frame: pa.Table, along: str, number: str, is_line: bool) -> go.Figure:
    """A frame of two columns, x as text and y, as it stands; the names are a query's own."""
    labels = [escape(word or "") for word in frame.column("x").to_pylist()]
    figure = _figure(320)
    settings = {"x": labels, "y": _numbers(frame.column("y").to_pylist()), "name": escape(number)}
    hover = {"hovertemplate": "%{x}<br>%{y:,}<extra>%{fullData.name}</extra>"}
    if is_line:
        figure.add_scatter(
            **settings, **hover, mode="lines+markers", line={"color": BLUE, "width": 2}, marker={"size": 5}
        )
    else:
        figure.add_bar(**settings, **hover, marker_color=BLUE)
    figure.update_xaxes(type="category", title=escape(along), nticks=20)
    figure.update_yaxes(tickformat=",", title=escape(number), nticks=6)
    return figure


# states of a cell, told apart by lightness and a letter as well as by colour
STATE_COLOURS = {
    "present": LIGHT, "late_or_early": AMBER, "absent": RED, "on_leave": VIOLET, "no_evidence": GRID, "not_judged": GRID,
}  # fmt: skip


@_kept
def states(frame: pa.Table, row: str, column: str, state: str, text: Texts, codes: str, mark: str = "") -> go.Figure:
    """A grid of cells, each in the colour and with the letter of its state; a legend names them.

    Args:
        row, column: the columns with the words of the axes, in the order of the frame; a cell without a state is empty.
        codes: the column whose value a click on a cell hands back. mark: a column shown in front of the letter.
    """
    cells, left_out = _first_lines(frame, row)
    known = [code for code in STATE_COLOURS if any(c[state] == code for c in cells)]
    steps = [place / len(known) for place in range(len(known) + 1)]
    letters = {code: text(f"state_letters.{code}") for code in known}
    figure = _grid(
        cells,
        row,
        column,
        codes,
        values=[known.index(c[state]) if c[state] else None for c in cells],
        shown=[text(f"states.{c[state]}") if c[state] else "" for c in cells],
        marks=[f"{c[mark] if mark else ''} {letters.get(c[state], '')}".strip() for c in cells],
        zmin=-0.5,
        zmax=len(known) - 0.5,
        colorscale=[
            (step, STATE_COLOURS[code])
            for code, ends in zip(known, zip(steps, steps[1:], strict=False), strict=True)
            for step in ends
        ],
    )
    for code in known:
        look = {"size": 11, "symbol": "square", "color": STATE_COLOURS[code]}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=text(f"states.{code}"), marker=look)
    figure.update_layout(showlegend=True, legend={"y": -0.02, "yanchor": "top"})
    return _named_lines(figure, cells, row, left_out, text)


@_kept
def shares(frame: pa.Table, row: str, column: str, measure: str, text: Texts, codes: str) -> go.Figure:
    """A grid of cells, the darker the larger the share; an empty cell has none. ``codes`` as in states."""
    cells, left_out = _first_lines(frame, row)
    values = [c[measure] for c in cells]
    shown = _shown(values, fmt.kind_of(measure), text)
    is_written = len(cells) <= MOST_WRITTEN
    marks = [words if value and is_written else "" for value, words in zip(values, shown, strict=True)]
    figure = _grid(cells, row, column, codes, values, shown, marks, zmin=0, colorscale=[(0, GRID), (1, BLUE)])
    return _named_lines(figure, cells, row, left_out, text)


def _first_lines(frame: pa.Table, row: str) -> tuple[list[dict[str, Any]], int]:
    """The cells of the first lines, and how many lines are left out."""
    lines = list(dict.fromkeys(frame.column(row).to_pylist()))
    kept = set(lines[:MOST_LINES])
    return [c for c in frame.to_pylist() if c[row] in kept], max(0, len(lines) - MOST_LINES)


def _named_lines(figure: go.Figure, cells: list[dict[str, Any]], row: str, left_out: int, text: Texts) -> go.Figure:
    names = _line_names([_wrapped(str(r)) for r in dict.fromkeys(c[row] for c in cells)], left_out, text)
    last = len(names["ticktext"]) - 0.5
    return figure.update_yaxes(**names, showgrid=False, ticks="", tickfont={"color": INK}, range=[last, -0.5])


def _grid(
    cells: list[dict[str, Any]],
    row: str,
    column: str,
    codes: str,
    values: list[float | None],
    shown: list[str],
    marks: list[str],
    **look: Any,
) -> go.Figure:
    rows, columns = (list(dict.fromkeys(c[name] for c in cells)) for name in (row, column))
    places = [(rows.index(c[row]), columns.index(c[column])) for c in cells]
    z, letters = ([[empty] * len(columns) for _ in rows] for empty in (None, ""))
    for (r, c), value, mark in zip(places, values, marks, strict=True):
        z[r][c], letters[r][c] = value, mark
    labels = [escape(str(c)) for c in columns]
    figure = _figure(80 + 27 * len(rows))
    figure.add_heatmap(
        x=labels,
        y=list(range(len(rows))),
        z=z,
        text=letters,
        texttemplate="%{text}",
        textfont={"size": 11},
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
        **look,
    )
    # a heat map reports no clicks: clear points on its cells do
    clear = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=[labels[c] for _, c in places],
        y=[r for r, _ in places],
        mode="markers",
        marker={"size": 18, "opacity": 0, "symbol": "square"},
        selected=clear,
        unselected=clear,
        customdata=[[str(c[codes])] for c in cells],
        hovertext=[
            f"{escape(str(c[row]))}<br>{labels[place[1]]}<br>{words}"
            for c, place, words in zip(cells, places, shown, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(type="category", side="top", tickangle=0, ticks="")
    return figure


@_kept
def stacked(frame: pa.Table, group: str, measure: str, text: Texts) -> go.Figure:
    """Bars by month, a part for each group; the largest groups have colours of their own, the rest is one part."""
    cells = frame.to_pylist()
    months = sorted({c["month"] for c in cells})[-MOST_MONTHS:]
    labels = [fmt.short_month(m, text) for m in months]
    sizes: dict[str, float] = {}
    for cell in cells:
        sizes[cell[group]] = sizes.get(cell[group], 0) + float(cell[measure] or 0)
    largest = sorted(sizes, key=lambda g: (-sizes[g], g))[: len(SERIES) - 1]
    figure = _figure(300)
    for place, name in enumerate([*largest, None]):
        values = [
            sum(
                float(c[measure] or 0)
                for c in cells
                if c["month"] == m and (c[group] == name if name else c[group] not in largest)
            )
            for m in months
        ]
        if any(values):
            figure.add_bar(
                x=labels,
                y=values,
                name=_wrapped(name) if name else text("page.the_rest"),
                marker_color=SERIES[place] if name else GRID,
                customdata=_shown(values, fmt.kind_of(measure), text),
                hovertemplate="%{x}<br>%{customdata}<extra>%{fullData.name}</extra>",
            )
    _month_axis(figure, labels)
    figure.update_yaxes(rangemode="tozero", tickformat=",", nticks=6)
    figure.update_layout(barmode="stack", showlegend=True, barcornerradius=0)
    return figure


def _line_names(words: list[str], left_out: int, text: Texts) -> dict[str, Any]:
    """The words of lines numbered from 0 downwards, and below them how many more there are in the table."""
    more = [text("charts.left_out", count=f"{left_out:,}")] if left_out else []
    shown = [*words, *more]
    return {"tickvals": list(range(len(shown))), "ticktext": shown}


def _figure(height: int) -> go.Figure:
    return go.Figure(layout={"template": LOOK, "height": height})


def _latest(frame: pa.Table, measure: str) -> pa.Table:
    """The last two years, from the first month with a figure on."""
    frame = frame.slice(max(0, frame.num_rows - MOST_MONTHS))
    return frame.slice(fmt.first_figure(frame.column(measure).to_pylist()))


def _month_axis(figure: go.Figure, labels: list[str]) -> None:
    """A category axis: months stand as they are written; about five are named, the last one always."""
    step = max(1, -(-len(labels) // 5))
    figure.update_xaxes(type="category", tickvals=labels[::-1][::step][::-1], tickangle=0)


def _numbers(values: list[Any]) -> list[float | None]:
    return [None if v is None else float(v) for v in values]


def _shown(values: list[Any], kind: str, text: Texts) -> list[str]:
    return [fmt.show(v, kind, text) for v in values]


def _wrapped(words: str, width: int = 24) -> str:
    """Escaped, cut to what fits beside a bar (a Chinese character takes two places)."""
    place, kept = 0, ""
    for letter in words:
        place += 2 if ord(letter) > 0x2E80 else 1
        if place > width:
            return escape(kept.rstrip()) + "…"
        kept += letter
    return escape(kept)


@_kept
def rates(frame: pa.Table, measures: tuple[str, ...], text: Texts, selected: date | None = None) -> go.Figure:
    """A line a rate over the months, the selected month marked; months without a figure are gaps."""
    frame = frame.slice(max(0, frame.num_rows - MOST_MONTHS))
    labels = [fmt.short_month(m, text) for m in frame.column("month").to_pylist()]
    figure = _figure(320)
    for measure in measures:
        values = frame.column(measure).to_pylist()
        figure.add_scatter(
            x=labels,
            y=_numbers(values),
            name=text(f"measures.{measure}"),
            mode="lines+markers",
            line={"width": 2},
            marker={"size": 5},
            customdata=_shown(values, "rate", text),
            hovertemplate="%{x}<br>%{customdata}<extra>%{fullData.name}</extra>",
        )
    if selected and fmt.short_month(selected, text) in labels:
        place = labels.index(fmt.short_month(selected, text))
        figure.add_vline(x=place, line={"color": MUTED, "width": 1, "dash": "dot"})
    _month_axis(figure, labels)
    figure.update_yaxes(tickformat=".0%", nticks=6)
    figure.update_layout(showlegend=True)
    return figure


@_kept
def times(frame: pa.Table, text: Texts, measure: str) -> go.Figure:
    """How long things took: bars of equal width around a limit, in time dark, out of it amber, the limit a line.

    Args:
        frame: a row a bar and answer: ``place`` (0 = the bar that ends at the limit), ``upto`` (its last whole unit),
            ``is_over`` (longer than the axis), ``is_met``, ``row_count``; ``place`` null = it never came.
        measure: names the axis.
    """
    rows = frame.to_pylist()
    bars = [r for r in rows if r["place"] is not None]
    last = max((r["place"] for r in bars), default=0)
    never = last + 2
    figure = _figure(300)
    for is_met, colour in ((True, BLUE), (False, AMBER)):
        some = [r for r in rows if bool(r["is_met"]) is is_met]
        figure.add_bar(
            x=[never if r["place"] is None else r["place"] for r in some],
            y=[r["row_count"] for r in some],
            name=text("charts.in_time" if is_met else "charts.too_late"),
            marker_color=colour,
            marker_pattern={"shape": "" if is_met else "/", "fillmode": "overlay", "size": 6, "solidity": 0.25},
            width=0.9,
            customdata=[_bar_words(r, text) for r in some],
            hovertemplate="%{customdata}<br>%{y:,}<extra>%{fullData.name}</extra>",
        )
    edges = {r["place"] + 0.5: f"{r['upto']:,}" for r in bars if not r["is_over"]}
    step = max(1, -(-len(edges) // 9))
    longest = [r["place"] for r in bars if r["is_over"]][:1]
    shown = [p for p in sorted(edges) if (p - 0.5) % step == 0]  # the limit is always named
    shown = [p for p in shown if not longest or longest[0] - p > 1]
    words = [edges[p] for p in shown]
    if longest:
        shown, words = shown + longest, [*words, text("charts.more")]
    if any(r["place"] is None for r in rows):
        shown, words = [*shown, never], [*words, text("charts.never")]
    figure.update_xaxes(tickvals=shown, ticktext=words, tickangle=0, title=_axis_title(text(f"measures.{measure}")))
    figure.update_yaxes(rangemode="tozero", nticks=5, tickformat=",")
    figure.add_vline(x=0.5, line={"color": INK, "width": 1.5, "dash": "dot"})
    figure.update_layout(barmode="stack", showlegend=True, legend_traceorder="normal")
    return figure


def _axis_title(words: str) -> dict[str, Any]:
    return {"text": words, "font": {"size": 12, "color": MUTED}, "standoff": 6}


def _bar_words(row: dict[str, Any], text: Texts) -> str:
    if row["place"] is None:
        return text("charts.never")
    return text("charts.over" if row["is_over"] else "charts.upto", limit=f"{row['upto']:,}")


@_kept
def heat(frame: pa.Table, label: str, measure: str, text: Texts, shade: str | None = None) -> go.Figure:
    """A cell a label and month (twelve at most), darker for more, with the figure in it; labels in the order of the frame.

    Args:
        shade: the column that the shade follows, where it is not the measure.
    """
    rows = frame.to_pylist()
    labels = list(dict.fromkeys(r[label] for r in rows))
    left_out = max(0, len(labels) - MOST_LINES)
    labels = labels[:MOST_LINES]
    axis = sorted({r["month"] for r in rows})
    found = {(r[label], r["month"]): r[measure] for r in rows}
    kind = fmt.kind_of(measure)
    cells = [[found.get((name, month)) for month in axis] for name in labels]
    shades = {(r[label], r["month"]): r[shade or measure] for r in rows}
    figure = _figure(60 + 25 * len(labels))
    figure.add_heatmap(
        x=[text(f"months.m{m.month}") for m in axis],
        y=list(range(len(labels))),
        z=[_numbers([shades.get((name, month)) for month in axis]) for name in labels],
        text=[["" if v is None else fmt.show(v, kind, text) for v in row] for row in cells],
        texttemplate="%{text}",
        colorscale=[[0, "#FFFFFF"], [1, LIGHT]],
        textfont={"color": INK},
        showscale=False,
        xgap=2,
        ygap=2,
        hoverongaps=False,
        hovertemplate="%{x}<br>%{text}<extra></extra>",
    )
    figure.update_xaxes(type="category", side="top", tickangle=0)
    figure.update_yaxes(
        autorange="reversed",
        **_line_names([_wrapped(name) for name in labels], left_out, text),
        showgrid=False,
        tickfont={"color": INK},
        ticks="",
    )
    return figure


# how a state looks: its colour, and how much of its cell it fills, so that it is read without telling colours apart
DUTY_LOOKS = {
    "on_time": (LIGHT, 0.84),
    "done_on_time": (LIGHT, 0.84),
    "off_time": (AMBER, 0.5),
    "done_late": (AMBER, 0.5),
    "missed": (RED, 0.84),
    "overdue": (RED, 0.84),
    "pending": (GRID, 0.84),
}


@_kept
def duties(
    frame: pa.Table, words: dict[str, str], text: Texts, most_ticks: int = 8, row_height: int = 30, angle: int = 0
) -> go.Figure:
    """A grid of duties: who or what down, when across, one cell a duty, its state as colour, height and letter.

    Args:
        frame: a row a cell: ``code`` and ``label`` of its line (in the order of the frame), ``place`` across,
            ``column`` (words above it) and ``column_place``, ``status``, ``due_at``, ``done_at``; ``label_at``: the line's
            own day, where it has one.
        words: status -> its words, in the order of the legend.
        most_ticks: how many columns are named at most. angle: of their names.
    """
    rows = frame.to_pylist()
    labels = {r["code"]: _line_words(r, text) for r in rows}
    left_out = max(0, len(labels) - MOST_LINES)
    lines = {code: (number, label) for number, (code, label) in enumerate([*labels.items()][:MOST_LINES])}
    rows = [r for r in rows if r["code"] in lines]
    figure = _figure(90 + row_height * len(lines))
    for status, said in words.items():
        some = [r for r in rows if r["status"] == status]
        colour, height = DUTY_LOOKS[status]
        letter = text(f"letters.{status}").strip(".")
        figure.add_bar(
            x=[r["place"] for r in some],
            y=[height] * len(some),
            base=[lines[r["code"]][0] - height / 2 for r in some],
            width=0.9,
            name=escape(said),
            marker={"color": colour, "line": {"width": 0}, "cornerradius": 2},
            text=[letter] * len(some) if len(rows) <= MOST_WRITTEN else None,
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"size": 10, "color": INK if colour in (LIGHT, GRID) else "#FFFFFF"},
            customdata=[[r["code"], _cell_words(r, text)] for r in some],
            hovertemplate="%{customdata[1]}<extra>%{fullData.name}</extra>",
            unselected={"marker": {"opacity": 1}},
        )
    ticks = sorted({r["column_place"]: r["column"] for r in rows}.items())
    ticks = ticks[:: max(1, -(-len(ticks) // most_ticks))]
    figure.update_xaxes(
        side="top",
        tickvals=[p for p, _ in ticks],
        ticktext=[escape(w) for _, w in ticks],
        tickfont={"size": 11},
        tickangle=angle,
    )
    figure.update_yaxes(
        range=[len(lines) + (left_out > 0) - 0.5, -0.5],
        **_line_names([_wrapped(label) for _, label in lines.values()], left_out, text),
        showgrid=False,
        tickfont={"color": INK},
        ticklabelstandoff=8,
    )
    figure.update_layout(
        barmode="overlay",
        showlegend=True,
        legend={"y": 0, "yref": "container", "yanchor": "bottom", "traceorder": "normal"},
        margin={"b": 40, "r": 100 if angle else 16},  # room for the last slanting name
    )
    return figure


def _line_words(row: dict[str, Any], text: Texts) -> str:
    return f"{row['label']} · {fmt.day(row['label_at'], text)}" if row.get("label_at") else row["label"]


def _cell_words(row: dict[str, Any], text: Texts) -> str:
    parts = [escape(row["label"]), escape(row["column"]), text("charts.due", time=fmt.moment(row["due_at"], text))]
    if row["done_at"]:
        parts.append(text("charts.done", time=fmt.moment(row["done_at"], text)))
    return "<br>".join(parts)


@_kept
def parts(
    frame: pa.Table, label: str, measures: tuple[str, ...], text: Texts, codes: str, chosen: str | None
) -> go.Figure:
    """Horizontal bars in the order of the frame, made of a few measures; a click hands back the value of ``codes``."""
    rows = frame.to_pylist()
    places = list(range(len(rows)))
    figure = _figure(70 + 27 * len(rows))
    for measure, colour in zip(measures, SERIES, strict=False):
        figure.add_bar(
            y=places,
            x=[float(r[measure] or 0) for r in rows],
            orientation="h",
            name=text(f"measures.{measure}"),
            marker={"color": colour, "opacity": [1 if chosen in (None, r[codes]) else 0.35 for r in rows]},
            text=[f"{r[measure]:,}" if r[measure] else "" for r in rows],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": "#FFFFFF"},
            customdata=[[r[codes]] for r in rows],
            hovertemplate="%{x:,}<extra>%{fullData.name}</extra>",
            unselected={"marker": {"opacity": 1}},
        )
    figure.update_yaxes(
        autorange="reversed",
        tickvals=places,
        ticktext=[_wrapped(r[label]) for r in rows],
        showgrid=False,
        tickfont={"color": INK},
        ticklabelstandoff=8,
    )
    figure.update_xaxes(rangemode="tozero", nticks=6, showgrid=True, gridcolor=GRID)
    figure.update_layout(barmode="stack", showlegend=True, legend_traceorder="normal")
    return figure


@_kept
def usage(
    frame: pa.Table,
    labels: tuple[str, str],
    measure: str,
    text: Texts,
    codes: tuple[str, str],
    chosen: str | None,
    projected: str,
) -> go.Figure:
    """Bars as ``ranked``, red when over (``is_cap_breached``), the line at the limit; an outline where a running month leads.

    Args:
        labels: the columns with the words of each bar, on two lines.
        codes: the columns that a click hands back, the filter's own first.
        chosen: the code of the bars that stay dark.
    """
    figure = go.Figure(ranked(frame, labels[0], measure, text, codes[0], chosen or "", "is_cap_breached", 1.0))
    lines = zip(*(frame.column(label).to_pylist() for label in labels), strict=True)
    figure.update_yaxes(ticktext=["<br>".join(_wrapped(word) for word in pair) for pair in lines])
    figure.update_layout(height=30 + 44 * frame.num_rows, bargap=0.5)
    handed_back = [list(pair) for pair in zip(*(frame.column(c).to_pylist() for c in codes), strict=True)]
    figure.update_traces(customdata=handed_back)
    ahead = _numbers(frame.column(projected).to_pylist())
    if any(value is not None for value in ahead):
        values = _numbers(frame.column(measure).to_pylist())
        shown = zip(_shown(values, "rate", text), _shown(ahead, "rate", text), strict=True)
        reach = [max(value or 0, goal or 0) for value, goal in zip(values, ahead, strict=True)]
        figure.update_traces(text=None, showlegend=False)
        figure.add_bar(
            y=list(range(len(ahead))),
            x=ahead,
            orientation="h",
            name=text(f"columns.{projected}"),
            marker={"color": "rgba(0,0,0,0)", "line": {"color": AMBER, "width": 1.5}},
            customdata=handed_back,
            hoverinfo="none",
            unselected={"marker": {"opacity": 1}},
            showlegend=True,
        )
        figure.add_scatter(
            y=list(range(len(ahead))),
            x=reach,
            mode="text",
            text=[f"  {now} <span style='color:{MUTED}'>→ {goal}</span>" for now, goal in shown],
            textposition="middle right",
            textfont={"color": INK},
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
        figure.update_layout(showlegend=True, barmode="overlay")
        figure.update_xaxes(range=[0, max([*reach, 1.0]) * 1.6])
    return figure


@_kept
def flow(
    frame: pa.Table, label: str, amount: str, start: str, text: Texts, alarm: str = "overspend_amount"
) -> go.Figure:
    """A waterfall read downwards: each step's bar begins where ``start`` says; what money was there is dark."""
    values, begins = _numbers(frame.column(amount).to_pylist()), _numbers(frame.column(start).to_pylist())
    steps = frame.column("step").to_pylist()
    whole = {"budget_amount": BLUE, "saving_amount": BLUE, alarm: RED}
    places = list(range(len(steps)))
    figure = _figure(30 + 44 * len(steps))
    figure.add_bar(
        y=places,
        x=values,
        base=begins,
        orientation="h",
        marker_color=[whole.get(step, LIGHT) for step in steps],
        hoverinfo="none",
    )
    ends = [begin + value for begin, value in zip(begins, values, strict=True)]
    figure.add_scatter(
        x=ends,
        y=places,
        mode="text",
        text=[f"  {shown}" for shown in _shown(frame.column(amount).to_pylist(), "money", text)],
        textposition="middle right",
        textfont={"color": INK},
        cliponaxis=False,
        hoverinfo="none",
    )
    words = [_wrapped(word) for word in frame.column(label).to_pylist()]
    figure.update_yaxes(
        autorange="reversed",
        tickvals=places,
        ticktext=words,
        showgrid=False,
        tickfont={"color": INK},
        ticklabelstandoff=8,
    )
    figure.update_xaxes(visible=False, range=[0, (max(ends) or 1) * 1.45])
    figure.update_layout(bargap=0.38)
    return figure


@_kept
def triangle(frame: pa.Table, row: str, measures: tuple[str, ...], counts: tuple[str, ...], text: Texts) -> go.Figure:
    """A heat map: a month down, a measure across, share and count in each cell; a cell that is not over yet stays empty."""
    months_down = frame.column(row).to_pylist()
    shares = list(zip(*(_numbers(frame.column(m).to_pylist()) for m in measures), strict=True))
    numbers = list(zip(*(frame.column(c).to_pylist() for c in counts), strict=True))
    whole = frame.column("customers").to_pylist()
    words = [
        [
            "" if share is None else f"<b>{fmt.rate(share)}</b><br>{fmt.plain(number)} / {fmt.plain(all_of_them)}"
            for share, number in zip(line, found, strict=True)
        ]
        for line, found, all_of_them in zip(shares, numbers, whole, strict=True)
    ]
    figure = _figure(60 + 40 * len(months_down))
    figure.add_heatmap(
        x=[text(f"columns.{m}") for m in measures],
        y=[fmt.short_month(m, text) for m in months_down],
        z=shares,
        text=words,
        texttemplate="%{text}",
        textfont={"color": INK, "size": 12},
        colorscale=[[0, GRID], [1, LIGHT]],
        zmin=0,
        zmax=max([s for line in shares for s in line if s] + [0.01]),
        showscale=False,
        hoverongaps=False,
        hoverinfo="none",
        xgap=3,
        ygap=3,
    )
    figure.update_xaxes(side="top", type="category", tickfont={"color": INK}, ticks="")
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, ticks="")
    return figure


@_kept
def in_parts(frame: pa.Table, label: str, measures: tuple[str, ...], text: Texts) -> go.Figure:
    """Bars of parts on top of each other, the first part dark."""
    labels = [escape(word) for word in frame.column(label).to_pylist()]
    figure = _figure(260)
    for measure, colour in zip(measures, (BLUE, LIGHT, AMBER), strict=False):
        values = frame.column(measure).to_pylist()
        figure.add_bar(
            x=labels,
            y=_numbers(values),
            name=text(f"measures.{measure}"),
            marker_color=colour,
            text=_shown(values, fmt.kind_of(measure), text),
            textposition="none",
            hovertemplate="%{x}<br>%{text}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(type="category", nticks=10, tickangle=0)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    figure.update_layout(showlegend=True, barmode="stack", legend_traceorder="normal")
    return figure


@_kept
def against(frame: pa.Table, measure: str, asked: str, alarm: str, text: Texts) -> go.Figure:
    """Bars as ``ranked`` with the value that is asked for as a line; red where ``alarm`` says that it is not reached."""
    asks = [value for value in _numbers(frame.column(asked).to_pylist()) if value is not None]
    return ranked(frame, "label", measure, text, alarm=alarm, limit=max(asks, default=None), beside="target_units")

"""Tables: one way to show a frame, whichever page. What a column holds follows from its name (fmt.kind_of).

Text from logs goes to the grid's plain cells only, never to markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboards import download, fmt
from dashboards.queries.base import Listing
from dashboards.view import View

IDS = {"unit_id", "employee_id", "operator_id", "inspector_id", "clause_id", "rule_set"}
CODES = {
    "outcome_type", "flag", "category", "customer_class", "grade", "feed", "expected_in", "status", "origin",
    "month_third", "invalid_reason", "unit_type", "task_code", "rule_code", "section", "enforced_by",
    "next_outcome_type", "event_task_status", "inspection_status", "item", "parameter_value", "old_value", "new_value",
    "parameter_unit", "change_kind", "freshness", "calendar_state", "limit_kind", "bearer_role", "advance_status",
    "deposit_status", "callback_status", "trigger_type", "contact_class", "channel", "segment", "order_type", "source_feed",
}  # fmt: skip
TEXTS = {
    "claim_id", "call_id", "case_id", "outcome_id", "file_name", "column_name", "value", "reason", "row_text",
    "test_name", "rule_version", "old_version", "clause_text", "parameter_name", "source_document", "sheet", "encoding",
    "note", "version", "role", "key", "name", "header", "text", "log_feed", "line", "how", "data_type", "description", "label", "limits", "customer_id",
    "asset_id", "inspection_id", "contract_id", "incident_id", "class_id", "shift_id", "advance_id", "bad_debt_id", "receipt_id", "source_key", "trigger_key",
    "order_id", "promotion_id", "promotion_name", "callback_id",
}  # fmt: skip
ORDINALS = {  # numbers that do not add up
    "line_no", "source_row", "rank_in_school", "quantity", "median_taken", "slowest_tenth_taken", "longest_taken",
    "answer_seconds", "dispatch_minutes", "feedback_minutes", "handling_minutes", "scored_months", "ladder_place",
    "next_place", "rank_change", "days_left", "days_open", "days_since", "expected_days", "year",
}  # fmt: skip
WIDTHS = {
    "name": 150,
    "file_name": 220,
    "reason": 420,
    "row_text": 420,
    "test_name": 420,
    "note": 200,
    "clause_id": 220,
    "value": 140,
    "text": 420,
    "description": 520,
    "data_type": 110,
    "label": 130,
    "how": 420,
    "clause_text": 520,
    "parameter_name": 260,
    "limits": 260,
}
ACTION = "action"
ROW, MOST_SHOWN = 35, 15


def kind_of(column: str) -> str:
    if column in IDS or column in CODES or column in TEXTS:
        return "text"
    if column in ORDINALS:
        return "ordinal"
    if column in ("valid_from", "valid_to"):
        return "date"
    return fmt.kind_of(column)


def in_words(view: View, frame: pa.Table) -> pa.Table:
    """The frame with words for ids and codes, ✓ for true."""
    columns = {}
    for name in frame.column_names:
        values = frame.column(name)
        if name in IDS or name in CODES:
            values = view.words.of_column(name, values)
        elif pa.types.is_boolean(values.type):
            values = pc.if_else(pc.fill_null(values, False), "✓", "")
        columns[name] = values
    return pa.table(columns)


def show(
    view: View,
    found: pa.Table | Listing,
    name: str,
    hidden: tuple[str, ...] = (),
    action: tuple[str | list[str | None], Any] | None = None,
    export: bool = True,
    bars: Mapping[str, float] | None = None,
) -> None:
    """Draw a table: its first rows, and downloads of all of them.

    Args:
        name: key of the table: of its widgets, and of its title (``<page>.<name>``).
        hidden: columns that are there for the page, not for the eye.
        action: what stands in front of every row (one value or one each), and its column's configuration.
        bars: columns drawn as bars -> the value of a full one.
    """
    listing = Listing.of(found)
    names = [c for c in listing.first.column_names if c not in hidden]
    shown = in_words(view, listing.first.select(names))
    config = {column: _column(view, column, bars or {}) for column in shown.column_names}
    grid = shown
    if action:
        values, config[ACTION] = action
        each = values if isinstance(values, list) else [values] * shown.num_rows
        grid = shown.add_column(0, ACTION, pa.array(each, pa.string()))
    st.dataframe(
        grid,
        key=f"table.{view.page}.{name}",
        hide_index=True,
        column_config=config,
        placeholder="",
        height="content" if shown.num_rows <= MOST_SHOWN else ROW * (MOST_SHOWN + 1),
        alt=title(view, name),
    )
    if listing.row_count > shown.num_rows:
        st.caption(view.text("page.first_rows", shown=f"{shown.num_rows:,}", rows=f"{listing.row_count:,}"))
    if export:
        _exports(view, listing, names, name)


def turned(view: View, frame: pa.Table) -> pa.Table:
    """The first row of a frame, a line a column: its name and its value in words; empty for a frame without rows."""
    pairs = [
        (header(view, name), "" if value is None else fmt.show(value, kind_of(name), view.text))
        for row in frame.to_pylist()[:1]
        for name, value in row.items()
    ]
    return pa.table(
        {"name": pa.array([n for n, _ in pairs], pa.string()), "value": pa.array([v for _, v in pairs], pa.string())}
    )


def title(view: View, name: str) -> str:
    """The words above a table; the page's own where it has none."""
    own = f"{view.page}.{name}"
    return view.text(own if view.text.has(own) else f"{view.page}.title")


def header(view: View, column: str) -> str:
    """The column's words: the screen's own, else the warehouse's label; money says its unit."""
    own = [key for key in (f"columns.{column}", f"measures.{column}") if view.text.has(key)]
    words = view.text(own[0]) if own else view.words.column(column)
    return view.text("format.money_header", name=words) if kind_of(column) == "money" else words


def _column(view: View, column: str, bars: Mapping[str, float]) -> dict:
    kinds, label, text = st.column_config, header(view, column), view.text
    width = WIDTHS.get(column)
    if column in bars:
        shown = "percent" if kind_of(column) == "rate" else "%.2f"
        return kinds.ProgressColumn(label, min_value=0, max_value=bars[column], format=shown, width=96)
    match kind_of(column):
        case "money":
            return kinds.NumberColumn(label, format="%,.2f", width=width)
        case "rate":
            return kinds.NumberColumn(label, format="percent", width=width)
        case "days":
            return kinds.NumberColumn(label, format="%.1f", width=width)
        case "score":
            return kinds.NumberColumn(label, format="%.2f", width=width)
        case "date":
            return kinds.DateColumn(label, format=text("format.grid_date"))
        case "month":
            return kinds.DateColumn(label, format=text("format.grid_month"))
        case "quarter":
            return kinds.DateColumn(label, format=text("format.grid_quarter"))
        case "timestamp":
            return kinds.DatetimeColumn(label, format=text("format.grid_time"))
        case "count":
            return kinds.NumberColumn(label, format="%,d", width=width)
        case "ordinal":
            return kinds.NumberColumn(label, format="%d", width=width)
        case "flag":
            return kinds.TextColumn(label, width=width, alignment="center")
        case _:
            return kinds.TextColumn(label, width=width)


def _exports(view: View, listing: Listing, names: list[str], name: str) -> None:
    """Downloads of all rows; asked for and put into words only when somebody wants them."""
    text = view.text

    def sheet() -> download.Sheet:
        return download.Sheet(
            title=title(view, name),
            headers=[header(view, c) for c in names],
            kinds=["text" if kind_of(c) == "flag" else kind_of(c) for c in names],
            frame=in_words(view, listing.whole().select(names)),
            notes=[(text("export.table"), title(view, name)), *view.notes()],
            notes_title=text("export.notes"),
            total=text("export.total"),
        )

    file = f"{view.page}_{name}_{view.month_code or view.version.version}"
    with st.container(horizontal=True, gap="small", key=f"export_{view.page}_{name}"):
        if listing.row_count <= download.MOST_ROWS:
            st.download_button(
                text("export.xlsx"),
                lambda: sheet().xlsx(),
                f"{file}.xlsx",
                key=f"xlsx.{view.page}.{name}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
            )
        st.download_button(
            text("export.csv"),
            lambda: sheet().csv(),
            f"{file}.csv",
            "text/csv",
            key=f"csv.{view.page}.{name}",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )

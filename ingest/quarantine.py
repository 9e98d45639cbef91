"""Refused rows: one row for each (source row × broken rule), in words, with the row as it was."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ingest.columns import Column, Kind
from ingest.feeds import Feed
from ingest.headers import ORIGIN, usual_header
from ingest.reading import UNCLOSED

KEY_SEPARATOR = "\x1f"

# kind -> what a readable cell is, in both languages
EXPECTED: dict[Kind, tuple[str, str]] = {
    "text": ("文字", "text"),
    "int": ("整数，如 3", "a whole number such as 3"),
    "decimal": (
        "最多两位小数的数，如 1234.50（不作四舍五入）",
        "a number with at most two decimals such as 1234.50 (it is never rounded)",
    ),
    "date": ("日期，如 2026-03-02、2026/3/2 或 2026年3月2日", "a date such as 2026-03-02, 2026/3/2 or 2026年3月2日"),
    "timestamp": (
        "日期加时间，如 2026-03-02 08:05 或 2026/3/2 8:05:00（00:00–23:59）",
        "a date with a time such as 2026-03-02 08:05 or 2026/3/2 8:05:00 (00:00-23:59)",
    ),
    "month": ("月份，如 2026-03 或 2026年3月", "a month such as 2026-03 or 2026年3月"),
    "bool": ("是 或 否（true/false、1/0、Y/N）", "true or false (1/0, Y/N, 是/否)"),
    "enum": ("", ""),
}


@dataclass(frozen=True)
class Broken:
    """One rule and the rows that break it.

    Attributes:
        column: its name, empty where the row as a whole is at fault; rule: a sentence.
        rows: mask over the batch; value: the cells, null where there are none.
        zh, en: what is wrong and what was expected; ``{}`` stands for the value.
    """

    column: str
    rule: str
    rows: pl.Series
    value: pl.Series
    zh: str
    en: str


def expected(column: Column) -> tuple[str, str]:
    """What a cell of this column should hold, in both languages."""
    if column.kind == "enum":
        return "以下之一：" + "、".join(column.words), "one of " + ", ".join(column.words)
    return EXPECTED[column.kind]


def missing(feed: Feed, column: Column, rows: pl.Series, cells: pl.Series) -> Broken:
    zh, en = expected(column)
    head = _named(feed, column)
    return Broken(
        column.name,
        f"{column.name} must be filled in",
        rows,
        cells,
        f"列 {head}：没有填写。应填{zh}。",
        f"column {column.name}: nothing is filled in. Expected {en}.",
    )


def unreadable(feed: Feed, column: Column, rows: pl.Series, cells: pl.Series) -> Broken:
    zh, en = expected(column)
    head = _named(feed, column)
    return Broken(
        column.name,
        f"{column.name} must be {en}",
        rows,
        cells,
        f"列 {head}：“{{}}” 无法识别。应为{zh}。",
        f'column {column.name}: "{{}}" cannot be read. Expected {en}.',
    )


def ragged(width: int, rows: pl.Series, found: pl.Series) -> list[Broken]:
    """Rows whose cells are not as many as the header's, and rows with a quote that stays open."""
    unclosed = (found == UNCLOSED) & rows
    return [
        Broken(
            "",
            "a row has as many cells as the header",
            rows & ~unclosed,
            found.cast(pl.String),
            f"这一行有 {{}} 个单元格，而表头有 {width} 个。请检查多出或缺少的分隔符（含分隔符的内容须用英文双引号括起）。",
            f"the row has {{}} cells where the header has {width}. Look for a delimiter too many or too few "
            "(text that holds one must stand in double quotes).",
        ),
        Broken(
            "",
            "a quote that is opened is closed",
            rows & unclosed,
            pl.Series("value", [None], dtype=pl.String).new_from_index(0, len(rows)),
            "这一行的英文双引号没有成对。请补上或删去多余的双引号。",
            "a double quote is opened in this row and never closed. Close it or take it out.",
        ),
    ]


def records(broken: list[Broken], file_name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """One row per (source row × broken rule).

    Args:
        rows: the batch that the masks belong to, with source_row, row_text, row_cells and row_key.
    """
    frames = []
    for fault in broken:
        if not fault.rows.any():
            continue
        hit = rows.with_columns(fault.value.alias("value")).filter(fault.rows)
        value = pl.col("value").fill_null("").str.slice(0, 200)
        parts_zh, parts_en = fault.zh.replace("{{", "{"), fault.en
        frames.append(
            hit.select(
                "source_row",
                pl.lit(fault.column).alias("column_name"),
                pl.lit(fault.rule).alias("rule"),
                "value",
                _said(f"{file_name} 第 ", pl.col("source_row"), " 行，" + parts_zh + "请改正后重新导入。", value).alias(
                    "reason_zh"
                ),
                _said(
                    f"{file_name} row ", pl.col("source_row"), ", " + parts_en + " Mend it and ingest it again.", value
                ).alias("reason_en"),
                "row_text",
                "row_cells",
                "row_key",
            )
        )
    return pl.concat(frames).sort("source_row") if frames else pl.DataFrame()


def _said(before: str, row: pl.Expr, after: str, value: pl.Expr) -> pl.Expr:
    head, hole, tail = after.partition("{}")
    return pl.concat_str(pl.lit(before), row.cast(pl.String), pl.lit(head), *([value, pl.lit(tail)] if hole else []))


def _named(feed: Feed, column: Column) -> str:
    usual = usual_header(feed.name, column.name)
    return column.name if usual == column.name else f"{column.name}（{usual}）"


__all__ = ["EXPECTED", "ORIGIN", "Broken", "expected", "missing", "ragged", "records", "unreadable"]

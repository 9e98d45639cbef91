"""Refused rows: one row for each (source row × broken rule), in words, with the row as it was; out to people and back."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ingest.columns import Column, Kind
from ingest.feeds import FEEDS, Feed
from ingest.headers import ORIGIN, usual_header
from ingest.problems import Problem
from ingest.reading import UNCLOSED
from ingest.tracing import read_store

if TYPE_CHECKING:
    import duckdb

    from warehouse.home import Home

KEY_SEPARATOR = "\x1f"
SEVERAL = "；"  # between the refused times of one row of a file, in the cell that people mend

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


# what is doubtful about a time that can be read -> (rule, zh, en)
DOUBTS: dict[str, tuple[str, str, str]] = {
    "order": (
        "a time of a row is no earlier than the one before it, unless it says 次日",
        "“{}” 早于同一行中前面的时间，又没有注明“次日”：不能判断是哪一天。应写明实际日期，或改正时间（去掉问号即照原样采用）。",
        '"{}" is earlier than a time before it in the same row and does not say 次日 (next day): '
        "which day it was cannot be told. Write the day it was, or mend the time (without the question mark it is taken as it is).",
    ),
    "far": (
        "a time that carries a date lies on the row's day or one beside it",
        "“{}” 与本行的日期不是同一天，也不是前后一天。应改正日期或时间（去掉问号即照原样采用）。",
        '"{}" lies neither on the day of its row nor on one beside it. Mend the day or the time (without the question mark it is taken as it is).',
    ),
}


def doubtful(feed: Feed, column: Column, code: str, rows: pl.Series, cells: pl.Series) -> Broken:
    rule, zh, en = DOUBTS[code]
    return Broken(column.name, rule, rows, cells, f"列 {_named(feed, column)}：{zh}", f"column {column.name}: {en}")


def with_doubts(feed: Feed, cells: pl.DataFrame, doubts: pl.Series) -> pl.DataFrame:
    """Doubtful times with a question mark, so that they come back as refused until somebody has decided."""
    names = [c.name for c in feed.columns if c.kind == "timestamp" and c.key]
    asked = cells.with_columns(pl.col(n) + " ？" for n in names)
    return pl.select(
        pl.when(doubts.is_not_null()).then(asked.get_column(n)).otherwise(cells.get_column(n)).alias(n)
        for n in cells.columns
    )


def one_a_row(rows: pl.DataFrame) -> pl.DataFrame:
    """Refused rows of which one row of the file made several: their cells together, under the file's row.

    Args:
        rows: source_row, row_text, row_key and the feed's columns as text.
    """
    cells = [c for c in rows.columns if c not in ("source_row", "row_text", "row_key")]
    several = pl.len() > 1
    return rows.group_by("source_row", maintain_order=True).agg(
        pl.col("row_text").first(),
        pl.when(several).then(None).otherwise(pl.col("row_key").first()).first().alias("row_key"),
        *(pl.col(c).drop_nulls().unique(maintain_order=True).str.join(SEVERAL).replace("", None) for c in cells),
    )


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


# ---------------------------------------------------------------- out to people, and back

# A cell that a spreadsheet would run as a formula gets an apostrophe before it, and one that has got such an
# apostrophe by itself gets another: taking one away gives back every cell as it was. Numbers stay numbers.
_START = r"(?:\s*[=+\-@|%＝＋－＠]|[\t\r\n])"
_RUNS = rf"^'*{_START}"
_NUMBER = r"^[-+]?[\d.,]+$"


def neutral(column: pl.Expr) -> pl.Expr:
    """Text that no spreadsheet takes for a formula."""
    runs = column.str.contains(_RUNS) & ~column.str.contains(_NUMBER)
    return pl.when(~runs).then(column).otherwise("'" + column)


def restored(column: pl.Expr) -> pl.Expr:
    """What ``neutral`` was given."""
    return column.str.replace(rf"^'('*{_START})", "$1")


def open_rows(home: Home, feed: str | None = None) -> list[dict[str, Any]]:
    """The open quarantine, one dict per (source row × broken rule), with the file's name; oldest first.

    Raises Problem: exit code 2 for an unknown feed, 1 when the store cannot be read.
    """
    _check_feed(feed)
    if not home.store.exists():
        return []
    with read_store(home) as store:
        found = store.execute(
            "select l.file_name, q.* from ingest.quarantine as q join ingest.loads as l on l.load_id = q.load_id "
            "where q.resolved_by_load_id is null and (? is null or q.feed = ?) order by q.quarantine_id",
            [feed, feed],
        )
        names = [d[0] for d in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def export_rows(home: Home, feed: str | None, out: Path) -> list[tuple[Path, int]]:
    """Write the open rows to files that people mend and ingest again, whatever they name them.

    A file has one row per refused source row: where it came from, the feed's columns as they stood, and in columns
    that the next ingest passes over the reasons, file, row number and the row as it was.

    Args:
        out: a .csv or .xlsx file, which needs a feed, or a folder that gets ``<feed>_quarantine.csv`` for each feed.

    Returns:
        The files written, with their rows.

    Raises Problem: exit code 2 for an unknown feed or suffix, 1 when a file cannot be written.
    """
    _check_feed(feed)
    is_file = out.suffix.lower() in (".csv", ".xlsx")
    if is_file and feed is None:
        raise Problem(
            f"导出到一个文件 {out} 时要用 --feed 指定日志种类；不指定时请给一个文件夹。",
            f"To write one file ({out}), name the feed by --feed; without it, give a folder.",
        )
    if out.suffix and not is_file and not out.is_dir():
        raise Problem(f"{out}：只能导出为 .csv 或 .xlsx。", f"{out}: the export is .csv or .xlsx.")
    written = []
    with read_store(home) as store:
        waiting = store.execute(
            "select distinct feed from ingest.quarantine where resolved_by_load_id is null order by feed"
        ).fetchall()
        for name in [feed] if feed else [w[0] for w in waiting]:
            frame = _to_mend(store, name)
            path = out if is_file else out / f"{name}_quarantine.csv"
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(frame, path, path.suffix.lower())
            except OSError as error:
                raise Problem(
                    f"不能写入 {path}：{error.strerror or error}。请换一个位置。",
                    f"Cannot write {path}: {error.strerror or error}. Choose another place.",
                    exit_code=1,
                ) from error
            written.append((path, len(frame)))
    return written


def file_to_mend(home: Home, feed: str, suffix: str) -> bytes:
    """The file that ``export_rows`` writes for a feed, for a download: suffix .csv or .xlsx.

    Raises Problem: exit code 2 for an unknown feed, 1 when the store cannot be read.
    """
    _check_feed(feed)
    with read_store(home) as store:
        frame = _to_mend(store, feed)
    file = io.BytesIO()
    _write(frame, file, suffix)
    return file.getvalue()


def _to_mend(store: duckdb.DuckDBPyConnection, feed: str) -> pl.DataFrame:
    """The open rows of a feed, a row a refused source row, no cell of which a spreadsheet would run."""
    cells = ", ".join(f"any_value(json_extract_string(q.row_cells, '$.{c}')) as {c}" for c in FEEDS[feed].names)
    frame = pl.from_arrow(
        store.sql(
            f"""
            select q.load_id || ':' || q.source_row as "{ORIGIN}:{feed}", {cells},
                string_agg(q.reason_zh, chr(10) order by q.quarantine_id) as _reason_zh,
                string_agg(q.reason_en, chr(10) order by q.quarantine_id) as _reason_en,
                any_value(l.file_name) as _file, cast(q.source_row as varchar) as _row,
                any_value(q.row_text) as _line
            from ingest.quarantine as q join ingest.loads as l on l.load_id = q.load_id
            where q.resolved_by_load_id is null and q.feed = '{feed}'
            group by q.load_id, q.source_row order by q.load_id, q.source_row
            """
        ).to_arrow_table()
    )
    return frame.with_columns(neutral(pl.col(pl.String)))


def _check_feed(feed: str | None) -> None:
    if feed is not None and feed not in FEEDS:
        raise Problem(
            f"没有名为 {feed} 的日志种类。可用的有：{'、'.join(FEEDS)}。",
            f"There is no feed {feed}. There are: {', '.join(FEEDS)}.",
        )


def _write(frame: pl.DataFrame, file: Path | io.BytesIO, suffix: str) -> None:
    if suffix == ".csv":
        frame.write_csv(file, include_bom=True)  # without the mark Excel takes UTF-8 for the local code page
        return
    import xlsxwriter

    with xlsxwriter.Workbook(
        file,
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True},
    ) as book:
        sheet = book.add_worksheet("quarantine")
        sheet.freeze_panes(1, 1)
        bold = book.add_format({"bold": True})
        for column, name in enumerate(frame.columns):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, 60 if name.startswith("_reason") else 18)
        for number, cells in enumerate(frame.iter_rows(), 1):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write_string(number, column, cell)

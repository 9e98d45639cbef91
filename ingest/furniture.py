"""What stands among the rows of an export and is no row of a log: totals, footers. Data in ``furniture.csv``."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import polars as pl

# why a row of a file made no row of a feed -> in words
KINDS: dict[str, tuple[str, str]] = {
    "total": ("合计、小计行", "totals"),
    "footer": ("页脚（记录数、制表人之类）", "footers (number of records and the like)"),
    "no_time": ("没有打卡时间的行", "rows without a time"),
    "heading": ("只写明人员的行", "rows that only name a person"),
    "skip": ("按映射跳过的行（合计行之类）", "rows passed over as the map says (totals and the like)"),
}

_TABLE = Path(__file__).with_name("furniture.csv")
_LEAD = r'^[\s,;"]*'  # delimiters of empty cells before the first that is filled
_END = r'\s*:?\s*(?:[,;"\t\n]|$)'


@cache
def _patterns() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["kind"], []).append(row["pattern"])
    ends = {"total": _END, "footer": ""}
    return {kind: f"{_LEAD}(?:{'|'.join(patterns)}){ends[kind]}" for kind, patterns in found.items()}


def furniture(rows: pl.Series) -> pl.Series:
    """total or footer where the first filled cell of a row, as it was, says so; else null."""
    text = rows.str.normalize("NFKC").str.to_lowercase()
    kind = pl.Series(rows.name, [None], dtype=pl.String).new_from_index(0, len(rows))
    for name, pattern in _patterns().items():
        kind = kind.set(text.str.contains(pattern).fill_null(False), name)
    return kind

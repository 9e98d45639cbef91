"""Queries that people saved for each other: a .sql file a name in the home's ``queries`` folder."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from pathlib import Path

from ingest.problems import Problem
from warehouse.home import Home

NAME = re.compile(r"\w(?:[\w ()（）·-]{0,58}[\w)）])?")
MOST_BYTES = 80_000


def names(home: Home) -> list[str]:
    """The names of the saved queries, sorted."""
    found = home.queries.glob("*.sql") if home.queries.is_dir() else []
    return sorted(path.stem for path in found if path.is_file() and not path.is_symlink() and NAME.fullmatch(path.stem))


def read(home: Home, name: str) -> str | None:
    """The text of a saved query; None when there is none of that name."""
    if name not in names(home):
        return None
    data = _path(home, name).read_bytes()[:MOST_BYTES]
    return data.decode("utf-8", errors="replace")


def save(home: Home, name: str, sql: str, opened: str = "") -> str:
    """Save a query for everybody; returns its name as it is kept.

    Args:
        opened: the saved query that was opened before: its own name may be used again, another's may not.

    Raises:
        Problem (exit code 2): the name cannot be one, or is taken; (1): the folder cannot be written.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if not NAME.fullmatch(name):
        raise Problem(
            f"名称 {name!r} 不能用：请用 1 到 60 个字母、汉字、数字，中间可以有空格、括号、连字符。",
            f"The name {name!r} cannot be used: take 1 to 60 letters or digits; spaces, brackets and hyphens between them.",
        )
    if name in names(home) and name != opened:
        raise Problem(
            f"已有名为“{name}”的查询。请换一个名称，或先打开它再保存。",
            f"There is a query named “{name}” already. Take another name, or open that one first, then save.",
        )
    try:
        home.queries.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=home.queries, delete=False, encoding="utf-8") as draft:
            draft.write(sql)
        Path(draft.name).replace(_path(home, name))
    except OSError as error:
        raise Problem(
            f"不能保存到 {home.queries}：{error.strerror}。",
            f"Cannot save to {home.queries}: {error.strerror}.",
            exit_code=1,
        ) from error
    return name


def _path(home: Home, name: str) -> Path:
    return home.queries / f"{name}.sql"

"""The kinds of column that a feed may have, as dataframely columns that know how the contract names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import dataframely as dy
import polars as pl

Kind = Literal["text", "int", "decimal", "date", "timestamp", "month", "bool", "enum"]

SQL_TYPE: dict[Kind, str] = {
    "text": "VARCHAR",
    "int": "BIGINT",
    "decimal": "DECIMAL(18,2)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "month": "DATE",
    "bool": "BOOLEAN",
    "enum": "VARCHAR",
}

POLARS_TYPE: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "int": pl.Int64(),
    "decimal": pl.Decimal(18, 2),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
    "month": pl.Date(),
    "bool": pl.Boolean(),
    "enum": pl.String(),
}


@dataclass(frozen=True)
class Column:
    """A column of a feed as the contract states it.

    Attributes:
        kind: the contract's type; required: may not be empty; key: one of the columns that identify a row.
        words: the values that an enum allows, in the contract's order; empty for other kinds.
    """

    name: str
    kind: Kind
    required: bool
    key: bool
    words: tuple[str, ...] = ()


def columns_of(schema: type[dy.Schema]) -> tuple[Column, ...]:
    """The contract's view of a schema, in its column order."""
    return tuple(
        Column(name, c.metadata["kind"], not c.nullable, c.metadata["key"], c.metadata.get("words", ()))
        for name, c in schema.columns().items()
    )


# A key may be empty in the contract ("empty equals empty"), which a dataframely primary key may not: hence a mark.
def _about(kind: Kind, key: bool, **more: object) -> dict[str, object]:
    return {"kind": kind, "key": key, **more}


def text(*, key: bool = False, optional: bool = False) -> dy.String:
    """Words as written, without the spaces around them."""
    return dy.String(
        nullable=optional,
        check={"text is never blank and has no spaces around it": lambda c: (c != "") & (c == c.str.strip_chars())},
        metadata=_about("text", key),
    )


def integer(*, key: bool = False, optional: bool = False) -> dy.Int64:
    """A whole number."""
    return dy.Int64(nullable=optional, metadata=_about("int", key))


def decimal(*, key: bool = False, optional: bool = False) -> dy.Decimal:
    """An amount with two decimals: money in CNY unless the feed says otherwise."""
    return dy.Decimal(18, 2, nullable=optional, metadata=_about("decimal", key))


def date_(*, key: bool = False, optional: bool = False) -> dy.Date:
    """A day."""
    return dy.Date(nullable=optional, min=date(1900, 1, 1), metadata=_about("date", key))


def timestamp(*, key: bool = False, optional: bool = False) -> dy.Datetime:
    """A moment of local time."""
    return dy.Datetime(nullable=optional, time_unit="us", metadata=_about("timestamp", key))


def month(*, key: bool = False, optional: bool = False) -> dy.Date:
    """A month, written as its first day."""
    return dy.Date(
        nullable=optional,
        check={"a month is written as its first day": lambda c: c.dt.day() == 1},
        metadata=_about("month", key),
    )


def boolean(*, key: bool = False, optional: bool = False) -> dy.Bool:
    """Yes or no."""
    return dy.Bool(nullable=optional, metadata=_about("bool", key))


def one_of(*words: str, key: bool = False, optional: bool = False) -> dy.String:
    """One of the contract's words. Text rather than an Enum: the store and the models keep words, not codes."""
    return dy.String(
        nullable=optional,
        check={"is one of " + ", ".join(words): lambda c: c.is_in(words)},
        metadata=_about("enum", key, words=words),
    )

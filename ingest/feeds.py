"""The feeds by name: every table that a log can be loaded into, gathered from the subjects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import dataframely as dy

from ingest import (
    attendance,
    callback,
    conduct,
    decisions,
    events,
    expense,
    inspection,
    organisation,
    sales,
    service,
)
from ingest.columns import Column, columns_of

SUBJECTS = (organisation, attendance, conduct, expense, callback, service, sales, events, inspection, decisions)


@dataclass(frozen=True)
class Feed:
    """One feed of the contract.

    Attributes:
        name: as in the contract; subject: the module that holds it; schema: its dataframely schema.
    """

    name: str
    subject: str
    schema: type[dy.Schema]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the contract's order."""
        return columns_of(self.schema)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The columns whose values, empty ones included, identify a row."""
        return tuple(c.name for c in self.columns if c.key)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)


def _feeds() -> dict[str, Feed]:
    found = {}
    for module in SUBJECTS:
        for name, schema in vars(module).items():
            if isinstance(schema, type) and issubclass(schema, dy.Schema) and schema is not dy.Schema:
                feed = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
                found[feed] = Feed(feed, module.__name__.rpartition(".")[2], schema)
    return found


FEEDS: dict[str, Feed] = _feeds()

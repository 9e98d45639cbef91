"""Names for codes and ids: what units, people, clauses and codes are called, in one language.

A code's words are the data's own (reference.labels); where it has none, the screen's (``codes`` in the locales).
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboards.i18n import Texts
from dashboards.queries import base
from warehouse.reader import Published

# columns whose codes have their words under another kind
KINDS = {"category": "expense_category", "source_feed": "feed"}
PEOPLE = {"employee_id", "operator_id", "inspector_id", "person"}
FEEDS = {"feed", "expected_in"}
ITEMS = {"item", "parameter_value", "old_value", "new_value"}


@dataclass(frozen=True)
class Words:
    """The names of one version. An id without a name is shown as it is."""

    text: Texts
    units: dict[str, str]
    unit_types: dict[str, str]
    people: dict[str, str]
    clauses: dict[str, str]
    codes: dict[tuple[str, str], str]
    plain_codes: dict[str, str]

    def unit(self, unit_id: str | None) -> str:
        return self.units.get(unit_id or "", unit_id or "")

    def person(self, employee_id: str | None) -> str:
        name = self.people.get(employee_id or "")
        return f"{name} · {employee_id}" if name else employee_id or ""

    def clause(self, clause_id: str | None) -> str:
        return " ".join(filter(None, (clause_id, self.clauses.get(clause_id or ""))))

    def rule_set(self, rule_set: str | None) -> str:
        return " ".join(filter(None, (rule_set, self.codes.get(("rule_set", rule_set or "")))))

    def item(self, item: str | None) -> str:
        """What a parameter is for, or its value, where it is a code or several joined by |; a number stays one."""
        parts = (item or "").split("|")
        return " · ".join(p if not p or p[0].isdigit() else self.code("item", p) for p in parts)

    def code(self, kind: str, code: str | None) -> str:
        """The words of a code; flags that were joined by + one by one."""
        if not code:
            return ""
        found = self.codes.get((kind, code)) or self.plain_codes.get(code)
        if found is None and "+" in code:
            return " + ".join(self.code(kind, part) for part in code.split("+"))
        own = f"codes.{code}"
        return found or (self.text(own) if self.text.has(own) else code)

    def category(self, category: str | None) -> str:
        return self.code(KINDS["category"], category)

    def customer_class(self, customer_class: str | None) -> str:
        return self.code("customer_class", customer_class)

    def feed(self, feed: str | None) -> str:
        """The name of a log; some are codes of something else as well, so that the screen's words come first."""
        own = f"codes.{feed}"
        return self.text(own) if self.text.has(own) else self.code("feed", feed)

    def column(self, name: str) -> str:
        return self.codes.get(("column", name), name)

    def of_column(self, name: str, values: pa.ChunkedArray) -> pa.Array:
        """The values of a column in words."""
        if name in PEOPLE:
            say = self.person
        elif name == "unit_id":
            say = self.unit
        elif name.endswith("clause_id"):
            say = self.clause
        elif name == "rule_set":
            say = self.rule_set
        elif name in FEEDS:
            say = self.feed
        elif name in ITEMS:
            say = self.item
        elif name == "parameter_unit":
            say = lambda code: self.codes.get((name, code), "")  # noqa: E731
        else:
            say = lambda code: self.code(KINDS.get(name, name), code)  # noqa: E731
        coded = pc.dictionary_encode(pc.cast(values, pa.string())).combine_chunks()
        words = pa.array([say(code) for code in coded.dictionary.to_pylist()], pa.string())
        return pa.DictionaryArray.from_arrays(coded.indices, words).cast(pa.string())


def words(published: Published, language: str) -> Words:
    """The names of a version in a language; kept."""
    return _words(published, str(published.path), language)


@st.cache_resource(max_entries=6, show_spinner=False)
def _words(_published: Published, path: str, language: str) -> Words:
    units = base.units(_published).to_pylist()
    labels = base.labels(_published).to_pylist()
    label = f"label_{language}"
    return Words(
        text=Texts(language),
        units={r["unit_id"]: r["unit_name"] for r in units},
        unit_types={r["unit_id"]: r["unit_type"] for r in units},
        people={r["employee_id"]: r["employee_name"] for r in base.people(_published).to_pylist()},
        clauses={r["clause_id"]: r[label] for r in base.clauses(_published).to_pylist()},
        codes={(r["kind"], r["code"]): r[label] for r in labels},
        plain_codes={r["code"]: r[label] for r in labels if r["kind"] != "column"},
    )

"""What a run of the app is about: one version, one language; on a page also the month and the unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import streamlit as st

from dashboards import fmt
from dashboards.access import State, Visitor, home
from dashboards.i18n import Texts
from dashboards.words import Words, words
from warehouse.extract import extract
from warehouse.publish import Version
from warehouse.reader import Published, published

RUN = "run"


@dataclass(frozen=True)
class View:
    """One run, fixed at its start: a page never mixes two versions.

    Attributes:
        page: the page's key in the locales.
        month, unit: the filters; unit None = every unit, month None = a page without months.
        is_provisional: the month is not over by as_of.
        visitor: who the run is for; ``published`` is what they may see.
        pages: the pages that they may open, in the order of the sidebar.
        is_spare: the newest version is damaged, this is the one before.
    """

    published: Published
    text: Texts
    words: Words
    page: str = ""
    month: date | None = None
    unit: str | None = None
    is_provisional: bool = False
    visitor: Visitor = Visitor(State.LOCAL)
    pages: tuple[str, ...] = ()
    is_spare: bool = False

    @property
    def version(self) -> Version:
        return self.published.version

    @property
    def month_code(self) -> str:
        return f"{self.month:%Y-%m}" if self.month else ""

    @property
    def years_without_holidays(self) -> str:
        return ", ".join(str(year) for year in self.published.years_without_holidays)

    @property
    def as_of(self) -> str:
        """The last date that the version answers for, in words."""
        if not self.version.as_of:
            return self.text("format.none")
        return fmt.day(date.fromisoformat(self.version.as_of), self.text)

    def on(self, page: str, **filters: object) -> View:
        return replace(self, page=page, **filters)  # type: ignore[arg-type]

    def notes(self) -> list[tuple[str, str]]:
        """What an export is of."""
        text = self.text
        notes = [(text("export.as_of"), self.version.as_of), (text("export.version"), self.version.version)]
        if self.month:
            mark = text("page.provisional_mark") if self.is_provisional else ""
            notes.append((text("filters.month"), fmt.month(self.month, text) + mark))
            notes.append((text("filters.unit"), self.words.unit(self.unit) or text("filters.all_units")))
        return notes

    def facts(self) -> pa.Table:
        """What is known of the version, a row a fact, and the versions that are still kept."""
        version, text = self.version, self.text
        kept = sorted((p.stem for p in self.published.home.published.glob("wh_*.duckdb")), reverse=True)
        pairs = {
            "version": version.version,
            "as_of": version.as_of,
            "published_at": version.published_at,
            "rows": f"{sum(version.rows.values()):,}",
            "sha256": version.sha256,
            "kept": ", ".join(name.removeprefix("wh_") for name in kept),
        }
        names = [text(f"facts.{name}") for name in pairs]
        return pa.table({"name": names, "value": pa.array(pairs.values(), pa.string())})


def begin(language: str, visitor: Visitor, pages: Sequence[str]) -> View:
    """The view of this run, kept for its page: of the file that holds what the visitor may see, and nothing else.

    Raises Problem when nothing can be shown.
    """
    latest = published(home())
    latest = replace(latest, version=extract(latest.home, latest.version, visitor.scope))
    reader = _opened(str(latest.path), latest)
    view = View(
        reader,
        Texts(language),
        words(reader, language),
        visitor=visitor,
        pages=tuple(pages),
        is_spare=bool(latest.damages),
    )
    st.session_state[RUN] = view
    return view


def running() -> View:
    """The view that ``begin`` fixed for this run."""
    return st.session_state[RUN]


# Never closed: a query of another session may be running on it. Readers that are forgotten end by themselves.
@st.cache_resource(max_entries=30, show_spinner=False)
def _opened(path: str, _latest: Published) -> Published:
    return _latest

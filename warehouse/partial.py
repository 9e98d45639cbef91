"""The partial build: what the build before made is kept, but for what rows that came since can touch.

A build that was published leaves its scratch behind and a note of what it was made from (``work/base.json``). The next one
starts from there when rules and models are the same, and makes anew what is dated from the first day of a month on: the
month of the earliest row that was loaded, corrected or came to be known since, and at the latest the month of the last
date answered for. Nothing dated before can change: every model that keeps rows says by ``rebuilt_where`` which ones, and
judges them by what is dated up to their own date. The note goes when a build begins, and comes back when it is published:
whatever happens in between, the next build is a whole one.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache

import duckdb
import jinja2
import polars as pl

from ingest.feeds import FEEDS, Feed
from ingest.tracing import read_store
from warehouse.dbt_child import PROJECT
from warehouse.home import Home
from warehouse.publish import Version, sha256_of
from warehouse.rules import Rules

NOTE, DRAFT = "base.json", "base.new.json"

# the feeds behind models that keep rows -> the column whose date is the earliest that a row can touch
REACH = {
    "punches": "punched_at",
    "leave_requests": "start_at",
    "attendance_exceptions": "work_date",
    "shifts": "starts_at",
    "customer_contacts": "occurred_at",
    "callbacks": "called_at",
    "work_orders": "opened_at",
    "hotline_calls": "ringing_at",
    "inspections": "inspected_at",
    "key_dates": "key_date",
}
# a row of these touches every date
EVERYTHING = ("units", "calendar_overrides")
# the feeds whose rows come to be known by fewer than all of their dates, when the last date answered for moves
KNOWN_BY = {
    "units": (),
    "calendar_overrides": (),
    "employees": ("effective_on",),
    "inspection_assets": ("in_service_from",),
}
# where a customer's segment counts
OF_CUSTOMERS = ("customer_contacts", "callbacks", "work_orders")


@dataclass(frozen=True)
class Base:
    """What the build before was made from and left behind.

    Attributes:
        project, rules: digests of models and rule tables; load_id, loads: the last load that it saw, a digest of all.
        first_year: of the logs; the calendar begins a year before.
        as_of: the last date it answered for (ISO); file, sha256: what it published.
        work: size and time of change of its scratch database.
    """

    project: str
    rules: str
    load_id: int
    loads: str
    first_year: int | None
    as_of: str = ""
    file: str = ""
    sha256: str = ""
    work: tuple[int, int] = (0, 0)


def begin(home: Home, rules: Rules, as_of: date | None, is_whole: bool) -> date | None:
    """The first date that this build makes anew, with scratch laid out for it; None = a whole build, scratch emptied.

    Args:
        as_of: the last date to answer for, as asked for.
        is_whole: a whole build is wanted, whatever there is.

    Raises OSError or duckdb.Error when scratch cannot be written.
    """
    now = Base(_project_digest(), _digest_of(rules), *_loads(home), _first_year(home))
    base = None if is_whole else _base(home, now)
    first = _first_touched(home, base, as_of) if base and _lay(home, base) else None
    (home.work / NOTE).unlink(missing_ok=True)
    if first is None:
        for name in ("work.duckdb", "work.duckdb.wal", "pub.duckdb", "pub.duckdb.wal"):
            (home.work / name).unlink(missing_ok=True)
    (home.work / DRAFT).write_text(json.dumps(asdict(now)), encoding="utf-8")
    return first


def remember(home: Home, version: Version) -> None:
    """Note what the next build may start from, once the version is published. The caller holds the home's lock."""
    draft = home.work / DRAFT
    made_from = json.loads(draft.read_text(encoding="utf-8"))
    made_from |= {"as_of": version.as_of, "file": version.file, "sha256": version.sha256, "work": state(home)}
    draft.write_text(json.dumps(made_from), encoding="utf-8")
    draft.replace(home.work / NOTE)


def _base(home: Home, now: Base) -> Base | None:
    """What the build before left, if this one may start from it."""
    try:
        base = Base(**json.loads((home.work / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    # another store, an archive of it say, may hold other rows under the same numbers
    seen = (base.project, base.rules, base.loads, base.first_year, tuple(base.work))
    is_same = seen == (now.project, now.rules, _loads(home, base.load_id)[1], now.first_year, state(home))
    return base if is_same and base.as_of else None


def _lay(home: Home, base: Base) -> bool:
    """A copy of what was published to go on from; False where it is not what it was."""
    copy = home.work / "pub.duckdb"
    for old in (copy, copy.with_name(copy.name + ".wal")):
        old.unlink(missing_ok=True)
    try:
        shutil.copyfile(home.published / base.file, copy)
    except FileNotFoundError:
        return False
    return sha256_of(copy) == base.sha256


def _first_touched(home: Home, base: Base, as_of: date | None) -> date | None:
    """The first day of the earliest month that may differ from the build before; None where any month may."""
    with read_store(home) as store:
        as_of = as_of or _last_logged(store)
        if as_of is None:
            return None
        low, high = sorted((date.fromisoformat(base.as_of), as_of))
        for feed in FEEDS.values():
            store.execute(f"create temp view changed_{feed.name} as {_changed(feed, base.load_id, low, high)}")
        if any(store.execute(f"select 1 from changed_{feed} limit 1").fetchone() for feed in EVERYTHING):
            return None
        store.execute(f"attach '{home.work / 'pub.duckdb'}' as published (read_only)")
        touched = [f"select min({column})::date from changed_{feed}" for feed, column in REACH.items()]
        touched += [
            f"select min({REACH[feed]})::date from raw.{feed} semi join changed_customers using (customer_id)"
            for feed in OF_CUSTOMERS
        ]
        touched += [
            "select min(in_service_from) from changed_inspection_assets",
            "select min(inspected_at)::date from raw.inspections semi join changed_inspection_assets using (asset_id)",
            "select min(occurred_on) from published.marts.fct_rule_outcomes semi join changed_waivers using (outcome_id)",
            *_touched_by_employees(),
        ]
        if (
            low.year < high.year
        ):  # leave without an end lasts as long as the calendar, and its length decides whether it is valid
            touched.append(
                f"select min(start_at)::date from raw.leave_requests where end_at >= date '{low.year + 2}-01-01'"
            )
        (first,) = store.execute(f"select least({', '.join(f'({t})' for t in touched)}, ?::date)", [low]).fetchall()[0]
    return first.replace(day=1)


def _changed(feed: Feed, load_id: int, low: date, high: date) -> str:
    """Rows of a feed, as they are and as they were, that came since a load or are known on one of two dates only."""
    columns = ", ".join(feed.names)
    dates = KNOWN_BY.get(feed.name, [c.name for c in feed.columns if c.kind in ("date", "timestamp")])
    turning = " or ".join(f"({c} >= date '{low}' + 1 and {c} < date '{high}' + 1)" for c in dates)
    return (
        f"select {columns} from raw.{feed.name} where load_id > {load_id}"
        + (f" or {turning}" if turning and low < high else "")
        + f" union all select {columns} from history.{feed.name} where superseded_by_load_id > {load_id}"
    )


def _touched_by_employees() -> list[str]:
    """A row about a person touches the days from its date, or from the leaving that it tells of or takes back, and the
    leave that reaches into them: its length decides whether it is valid."""
    theirs = (
        "(select employee_id, left_on from raw.employees union all select employee_id, left_on from history.employees)"
    )
    first = (
        "select least((select min(effective_on) from changed_employees), "
        f"(select min(left_on) from {theirs} semi join changed_employees using (employee_id)))"
    )
    leave = (
        "select min(start_at)::date from raw.leave_requests semi join changed_employees using (employee_id) "
        f"where end_at >= ({first})"
    )
    return [first, leave]


def _last_logged(store: duckdb.DuckDBPyConnection) -> date | None:
    """The latest date of something that happened, as the models find it."""
    columns = [f"(select max({c}) from raw.{feed})::date" for feed, names in log_dates().items() for c in names]
    return store.execute(f"select greatest({', '.join(columns)})").fetchall()[0][0]


def _first_year(home: Home) -> int | None:
    firsts = [f"(select min({names[0]}) from raw.{feed})::date" for feed, names in log_dates().items()]
    with read_store(home) as store:
        return store.execute(f"select year(least({', '.join(firsts)}))").fetchall()[0][0]


@cache
def log_dates() -> dict[str, list[str]]:
    """The columns of each log that say when something happened, as the models have them."""
    found: dict[str, list[str]] = {}
    text = (PROJECT / "macros" / "rules" / "log_dates.sql").read_text(encoding="utf-8")
    macro = jinja2.Environment(autoescape=True).from_string(text, globals={"return": found.update})
    macro.make_module().log_dates()  # type: ignore[attr-defined]
    return found


def _loads(home: Home, up_to: int | None = None) -> tuple[int, str]:
    """The last load, and a digest of all of them up to it."""
    with read_store(home) as store:
        return store.execute(
            "select coalesce(max(load_id), 0), md5(coalesce(string_agg(concat(load_id, feed, sha256, loaded_at), '|' "
            "order by load_id), '')) from ingest.loads where load_id <= coalesce(?, load_id)",
            [up_to],
        ).fetchall()[0]


def state(home: Home) -> tuple[int, int]:
    """Size and time of change of the scratch database; of none when something is left beside it."""
    path = home.work / "work.duckdb"
    if not path.exists() or path.with_name(path.name + ".wal").exists():
        return (-1, -1)
    return (path.stat().st_size, path.stat().st_mtime_ns)


def _project_digest() -> str:
    """Of everything that makes the SQL, and of the engine that keeps the files."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    for path in sorted(p for p in PROJECT.rglob("*") if re.fullmatch(r"\.(sql|yml)", p.suffix)):
        if "target" not in path.relative_to(PROJECT).parts:
            digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _digest_of(rules: Rules) -> str:
    digest = hashlib.sha256()
    for name, frame in sorted(rules.items()):
        digest.update(name.encode() + b"\0" + _text_of(frame).encode() + b"\0")
    return digest.hexdigest()


def _text_of(frame: pl.DataFrame) -> str:
    return frame.select(pl.all().cast(pl.String)).write_json()

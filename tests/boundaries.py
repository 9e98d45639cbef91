"""Boundaries that one of dbt's unit tests can't state: the same one of all feeds, or in a model with a row for each day.

``tests/project/test_boundaries.py`` holds them; the mutation check asks them too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

import duckdb
import yaml

from tests.compare import ROOT
from tests.compiled import Compiled, renamed
from tests.warehouse.test_as_of import PLANNED, ROWS, VALUES

# a leaving is judged by what was applied for until then (int_resignations)
LEFT_AS_IT_IS = {("employees", "resignation_applied_on")}
FILLED = {"status": "approved", "hung_up_by": "operator"}
LAST_DAYS = (date(2026, 3, 31), date(2026, 4, 1))  # a month's last day and a month's first
SCRATCH = '"boundary"."main"'


@cache
def _kinds() -> dict[str, dict[str, str]]:
    """Feed → column → kind, of the contract."""
    feeds = yaml.safe_load((ROOT / "docs" / "contract" / "feeds.yml").read_text(encoding="utf-8"))
    return {f: {c: t.split()[0].rstrip("?") for c, t in columns.items()} for f, columns in feeds.items()}


def _moments(kind: str, as_of: date) -> tuple[date | datetime, date | datetime]:
    """The last one that ``as_of`` knows, and the first one that it does not."""
    if kind == "timestamp":
        midnight = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
        return midnight - timedelta(seconds=1), midnight
    if kind == "month":
        return as_of.replace(day=1), (as_of.replace(day=1) + timedelta(days=31)).replace(day=1)
    return as_of, as_of + timedelta(days=1)


def broken_as_of(
    connection: duckdb.DuckDBPyConnection, project: Compiled, feed: str, sql: str | None = None
) -> list[str]:
    """What ``stg_<feed>`` gets wrong at the last moment of ``as_of`` and at the first one after it; empty = nothing.

    Args:
        connection: databases of a build whose models exist; nothing in them changes.
        sql: SQL instead of the model's own.
    """
    model = project.models[f"stg_{feed}"]
    raw, context = f"{SCRATCH}.{feed}", f"{SCRATCH}.as_of"
    names = {model.sources[0]: raw, project.models["int_as_of"].relation: context}
    rows = ROWS.get(feed, [])
    values = {c: v for c, v in VALUES.get(feed, {}).items() if (feed, c) not in LEFT_AS_IT_IS}
    dated = {c: _kinds()[feed][c] for c in [*rows, *values]}
    connection.execute("attach if not exists ':memory:' as boundary")
    wrong = []
    for as_of in LAST_DAYS:
        connection.execute(f"create or replace table {context} as select date '{as_of}' as as_of")
        known = {c: _moments(kind, as_of)[0] for c, kind in dated.items()}
        known |= {c: text for c, text in FILLED.items() if c in _kinds()[feed]}
        for column, kind in [(None, ""), *dated.items()]:
            row = known | ({column: _moments(kind, as_of)[1]} if column else {})
            expected = None if column in rows else row
            if column in values:
                expected = row | {column: None} | {c: v or None for c, v in values[column].items()}
            connection.execute(f"create or replace table {raw} as from {model.sources[0]} limit 0")
            marks = ", ".join("?" * len(row)) or "default"
            connection.execute(f"insert into {raw} ({', '.join(row) or 'load_id'}) values ({marks})", [*row.values()])
            found = connection.execute(
                f"select {', '.join(row) or 'load_id'} from ({renamed(sql or model.sql, names)})"
            ).fetchall()
            if found != ([] if expected is None else [tuple(expected.values()) or (None,)]):
                wrong.append(f"{feed} as of {as_of}: {column or 'the last moment'}")
    return wrong


# (unit, date) → is a working day; None = not in the calendar. CO follows the organisation, BO has rows of its own.
DAYS = {
    ("CO", "2026-03-07"): True,  # a Saturday
    ("CO", "2026-03-08"): False,  # a Sunday
    ("CO", "2026-01-01"): False,  # New Year's Day
    ("CO", "2026-01-02"): False,  # a day off in lieu
    ("CO", "2026-01-04"): True,  # a Sunday that makes up for it
    ("CO", "2026-02-14"): True,  # the day before the Spring Festival
    ("CO", "2026-02-15"): False,
    ("CO", "2026-02-23"): False,
    ("CO", "2026-02-24"): True,  # the day after it
    ("CO", "2026-03-14"): False,  # a Saturday that the organisation gives off
    ("BO", "2026-03-14"): True,  # and this unit does not
    ("CO", "2026-03-15"): True,  # a Sunday on which the organisation works
    ("BO", "2026-03-15"): False,
    ("BO", "2026-03-16"): False,  # a Monday off of this unit's own
    ("CO", "2026-03-16"): True,
    ("CO", "2026-03-22"): True,  # from this Sunday on it works
    ("CO", "2026-03-28"): False,  # and Saturdays rest
    ("CO", "2026-03-29"): False,  # until this Sunday, which rests again
    ("CO", "2026-04-11"): True,
    ("CO", "2023-01-01"): False,  # the calendar begins a year before the first log
    ("CO", "2022-12-31"): None,
    ("CO", "2026-12-31"): True,
    ("CO", "2027-01-01"): None,  # nobody has announced the holidays of 2027: they are not guessed
}
OVERRIDES = [
    (None, "2026-03-14", False),
    (None, "2026-03-15", True),
    ("BO", "2026-03-14", True),
    ("BO", "2026-03-15", False),
    ("BO", "2026-03-16", False),
]
MONTHS = {("CO", "2026-01-31"): 25, ("CO", "2026-02-28"): 17, ("BO", "2026-02-01"): 17}


def wrong_days(connection: duckdb.DuckDBPyConnection, project: Compiled, sql: str | None = None) -> list[str]:
    """The working days of ``int_calendar_days`` that are not as the rulebook has them, with the seeded holidays, Sundays of
    rest but for a week of March 2026 and logs from 6 May 2024; empty = all are right.

    The calendar reaches to the end of the year after ``as_of``, so the same days have to be there as of both.

    Args:
        connection: databases of a build whose models exist; nothing in them changes.
        sql: SQL instead of the model's own.
    """
    calendar = sql or project.models["int_calendar_days"].sql
    return [
        f"as of {as_of}, {problem}"
        for as_of in ("2025-12-31", "2026-03-31")
        for problem in _wrong_days(connection, renamed(calendar, _calendar_fixtures(connection, project, as_of)))
    ]


def _calendar_fixtures(connection: duckdb.DuckDBPyConnection, project: Compiled, as_of: str) -> dict[str, str]:
    """Make what the calendar reads; returns other names by quoted name."""
    fixtures = {
        "ref('int_as_of')": f"select date '{as_of}' as as_of, date '2024-05-06' as first_on",
        "ref('stg_units')": "select unnest(['CO', 'BO']) as unit_id",
        "ref('stg_calendar_overrides')": "select null::varchar as unit_id, null::date as calendar_date, "
        "null::boolean as is_working_day limit 0",
        "ref('int_rule_versions')": "from (values ('R0', 'R0.1', date '1900-01-01', date '2026-03-22'), "
        "('R0', 'R0.2', date '2026-03-22', date '2026-03-29'), ('R0', 'R0.3', date '2026-03-29', date '9999-12-31')) "
        "as v(rule_set, rule_version, valid_from, valid_to)",
        "source('rules', 'parameters')": "from (values ('R0.1', 'weekly_rest_day', '7', 'true'), "
        "('R0.2', 'weekly_rest_day', '6', 'true'), ('R0.3', 'weekly_rest_day', '7', 'true')) "
        "as p(rule_version, parameter, item, value)",
    }
    connection.execute("attach if not exists ':memory:' as boundary")
    names = {project.inputs[place]: f"{SCRATCH}.{place.split(chr(39))[-2]}" for place in fixtures}
    for place, fixture in fixtures.items():
        connection.execute(f"create or replace table {names[project.inputs[place]]} as {fixture}")
    connection.executemany(f"insert into {SCRATCH}.stg_calendar_overrides values (?, ?, ?)", OVERRIDES)
    return names


def _wrong_days(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    columns = "unit_id, cast(calendar_date as varchar), is_working_day, month_working_days, working_day_no"
    rows = connection.execute(f"select {columns} from ({sql})").fetchall()
    works = {(unit, day): is_working_day for unit, day, is_working_day, *_ in rows}
    of_month = {(unit, day): days for unit, day, _, days, _ in rows}
    numbers = {(unit, day): number for unit, day, *_, number in rows}
    wrong = [
        f"{unit} {day}: {works.get((unit, day))}" for (unit, day), w in DAYS.items() if works.get((unit, day)) != w
    ]
    wrong += [f"month of {k}: {of_month.get(k)}" for k, days in MONTHS.items() if of_month.get(k) != days]
    before, last = (numbers.get(("CO", day), 0) for day in ("2026-01-31", "2026-02-28"))
    if last - before != MONTHS["CO", "2026-02-28"]:
        wrong.append("the working days of February 2026 are not numbered one by one")
    if len(works) != len(rows):
        wrong.append("a day stands twice")
    return wrong


# what a log knows beforehand, or what was decided and did not happen: it moves no as_of
NOT_HAPPENED = {
    "employees": ["effective_on", "resignation_applied_on"],
    "customers": ["registered_on"],
    "key_dates": ["key_date"],
    "budgets": ["month"],
    "attendance_exceptions": ["work_date"],
    "shifts": ["starts_at"],
    "phone_limits": ["month"],
    "promotions": ["starts_on"],
    "sales_targets": ["month"],
    "inspection_assets": ["in_service_from"],
}
EARLIER, LATEST, PLANNED_FOR = date(2026, 3, 1), date(2026, 3, 31), date(2027, 6, 1)


def wrong_as_of(connection: duckdb.DuckDBPyConnection, project: Compiled, sql: str | None = None) -> list[str]:
    """The columns whose last day is not the one that ``int_as_of`` answers for, or a planned one that it does answer for,
    and the logs whose first day is not the one it begins with; empty = all are right.

    Args:
        connection: databases of a build whose models exist; nothing in them changes.
        sql: SQL instead of the model's own.
    """
    model = project.models["int_as_of"]
    connection.execute("attach if not exists ':memory:' as boundary")
    names = {source: f"{SCRATCH}.{source.split('.')[-1].strip(chr(34))}" for source in model.sources}
    for source, name in names.items():
        connection.execute(f"create or replace table {name} as from {source} limit 0")
    requested = names[project.inputs["source('rules', 'build')"]]
    connection.execute(f"insert into {requested} (requested_as_of) values (null)")
    find = f"select as_of from ({renamed(sql or model.sql, names)})"
    wrong = []
    for feed, kinds in _kinds().items():
        raw = f"{SCRATCH}.{feed}"
        planned = [*PLANNED.get(feed, []), *NOT_HAPPENED.get(feed, [])]
        happened = [c for c in [*ROWS.get(feed, []), *VALUES.get(feed, {})] if c not in planned]
        assert not happened or raw in names.values(), feed
        for column in happened:
            row = dict.fromkeys(happened, EARLIER) | dict.fromkeys(planned, PLANNED_FOR) | {column: LATEST}
            values = {c: f"{d} 23:59:59" if kinds[c] == "timestamp" else d for c, d in row.items()}
            connection.execute(f"delete from {raw}")
            connection.execute(
                f"insert into {raw} ({', '.join(values)}) values ({', '.join('?' * len(values))})", [*values.values()]
            )
            if connection.execute(find).fetchall() != [(LATEST,)]:
                wrong.append(f"{feed}: {column}")
        if happened:
            connection.execute(f"delete from {raw}")
            for day in (LATEST, EARLIER):
                columns = ", ".join(happened)
                connection.execute(
                    f"insert into {raw} ({columns}) values ({', '.join('?' * len(happened))})", [day] * len(happened)
                )
            if connection.execute(find.replace("as_of", "first_on", 1)).fetchall() != [(EARLIER,)]:
                wrong.append(f"{feed}: the first day")
            connection.execute(f"delete from {raw}")
    connection.execute(f"update {requested} set requested_as_of = '{EARLIER}'")
    if connection.execute(find).fetchall() != [(EARLIER,)]:
        wrong.append("the day that was asked for")
    return wrong

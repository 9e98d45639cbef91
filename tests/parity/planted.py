"""Rows planted for trouble: every column of every feed with values on which engines have been seen to disagree.

The logs are those of the random organisations that the oracles use, where everything sits close to a limit, a month's end
or a change; to them come copies of their rows in which one column holds a troublesome value.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from ingest.columns import SQL_TYPE, Column
from ingest.feeds import FEEDS, Feed
from ingest.loading import ingest_paths
from tests.oracle.common_money import write_feeds
from tests.oracle.common_people import FEEDS as COLUMNS
from tests.oracle.common_people import write_csv
from tests.oracle.money_logs import RandomLogs
from tests.oracle.people_logs import organisation
from warehouse.home import Home

AS_OF = date(2026, 3, 31)
MONTHS = 3
TROUBLE = {
    "text": [
        "12.7",
        "1e3",
        "0x1F",
        "007",
        "NULL",
        "O'Brien",
        'say "no"',
        "𠮷野家",
        "é",
        "e\u0301",
        "a|b",
        "|",
        "a\\b",
        "50%_",
    ],
    "int": ["0", "1", "-1", "32768", "2147483648"],
    # shared, taxed and capped, these come to halves of a cent
    "decimal": ["0.00", "0.01", "-0.01", "0.05", "0.15", "10.05", "-100.25", "1234567.89"],
    "date": [
        "2026-01-31",
        "2026-02-28",
        "2026-03-01",
        "2026-03-29",
        "2026-03-31",
        "2024-02-29",
        "1969-12-31",
        "2026-04-01",
    ],
    "timestamp": [
        "2026-02-28 23:59:59.999999",
        "2026-03-01 00:00:00",
        "2026-03-29 12:00:00.000001",
        "2026-03-31 23:59:59.999999",
        "2026-04-01 00:00:00",
        "2024-02-29 08:30:00.5",
        "1969-12-31 23:59:59.999999",
    ],
    "month": ["2026-02-01", "2026-03-01", "2024-02-01"],
    "bool": ["true", "false"],
}


def planted_home(root: Path) -> Home:
    """A home with both organisations and the planted rows, not yet built."""
    home = Home(root / "home").create()
    people, money = root / "people", root / "money"
    for folder in (people, money):
        folder.mkdir(parents=True)
    for feed, rows in organisation(102, AS_OF, people=25, weeks_before=6).items():
        write_csv(people / f"{feed}.csv", rows, list(COLUMNS[feed]))
    write_feeds(money, RandomLogs(7, months=MONTHS).make())
    with home.lock("parity"):
        report = ingest_paths(home, [people, money])
        assert not report.has_unreadable, [m for f in report.files for m in f.messages]
        plant(home.store)
    return home


def plant(store: Path) -> int:
    """Add the rows to a store; returns how many."""
    with duckdb.connect(str(store)) as connection:
        planted = 0
        for feed in FEEDS.values():
            connection.execute(f"create or replace temp table logged as from raw.{feed.name} order by all")
            planted += sum(_plant_column(connection, feed, column) for column in feed.columns)
        return planted


def _plant_column(connection: duckdb.DuckDBPyConnection, feed: Feed, column: Column) -> int:
    """A copy of a logged row for each troublesome value of a column. A row's own id gets an end that makes it another."""
    own_id = next((key for key in feed.keys if len(feed.keys) == 1 and key != column.name), None)
    same_key = " and ".join(f"k.{key} is not distinct from r.{key}" for key in feed.keys)
    values = [*TROUBLE.get(column.kind, column.words), *([] if column.required else [None])]
    planted = 0
    for number, value in enumerate(values):
        cells = [f"cast($value as {SQL_TYPE[column.kind]}) as {column.name}"]
        if own_id:
            cells.append(f"{own_id} || '|{column.name}{number}' as {own_id}")
        ((count,),) = connection.execute(
            f"insert into raw.{feed.name} with r as (select * replace ({', '.join(cells)}) "
            f"from (from logged offset {7 * number} limit 1)) "
            f"from r where not exists (from raw.{feed.name} as k where {same_key})",
            {"value": value},
        ).fetchall()
        planted += count
    return planted

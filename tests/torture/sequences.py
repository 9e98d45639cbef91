"""Random sequences of what a warehouse goes through: files in order and late, corrections, rules and last dates that move."""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.oracle.common_money import FEEDS as COLUMNS
from tests.oracle.common_money import Rules as MoneyRules
from tests.oracle.common_money import write_feeds
from tests.oracle.common_people import Rules as PeopleRules
from tests.oracle.money_logs import RandomLogs
from tests.oracle.people_logs import organisation, own_rules, some_waivers
from warehouse.partial import EVERYTHING, log_dates

Row = dict[str, Any]
Feeds = dict[str, list[Row]]


@dataclass
class Step:
    """What comes between one build and the next.

    Attributes:
        feeds: rows that come in files; as_of: the last date asked for, None = as the logs have it.
        rules: the organisation's own rules from now on; None = those from before.
    """

    feeds: Feeds
    as_of: date | None
    rules: MoneyRules | PeopleRules | None = None


def steps(seed: int, count: int) -> Generator[Step, list[str], None]:
    """Steps of a random organisation. Send in the ledger's outcome ids after each: some of them are waived."""
    rng = random.Random(seed)
    last = date(2026, 5, 6) if seed % 4 else date(2025, 1, 20)  # some over the end of a year
    if seed % 2:
        logs = RandomLogs(seed, date(2026, 1, 1), 5)
        feeds, rules = logs.make(), MoneyRules(logs.rule_changes())
    else:
        feeds = organisation(seed, last, people=25, weeks_before=12)
        rules = own_rules(seed, last, last - timedelta(weeks=12))
    dated = sorted(day for feed in log_dates() for row in feeds.get(feed, []) if (day := _day(feed, row)))
    cuts = [dated[int(len(dated) * share)] for share in (0.6, 0.75, 0.85, 0.97)][:count]
    late = {
        id(row): _late(rng, feed, row, cuts)
        for feed in _touchable(rng)
        for row in feeds.get(feed, [])
        if rng.random() < 0.03
    }
    loaded: Feeds = {}
    before = date.min
    for number, cut in enumerate(cuts):
        step: Feeds = {feed: [] for feed in COLUMNS}
        for feed in COLUMNS:
            for row in feeds.get(feed, []):
                due = max(_day(feed, row) or date.min, late.get(id(row), date.min))
                if (before < due <= cut) or (number == 0 and due <= cut):
                    step[feed].append(row)
        if number:
            for feed in rng.sample(sorted(_touchable(rng) & loaded.keys()), 3):
                recent = max(rng.choices(loaded[feed], k=6), key=lambda row, feed=feed: _day(feed, row) or date.min)
                step[feed].append(_corrected(rng, feed, recent, loaded[feed]))
        for feed, rows in step.items():
            if rows:
                loaded.setdefault(feed, []).extend(rows)
        as_of = rng.choice([None, None, cut, cut, cut - timedelta(days=rng.randint(1, 40)), cut + timedelta(days=3)])
        outcomes = yield Step(step, as_of, rules if number == 2 and rng.random() < 0.2 else None)
        waived = [{"outcome_id": o} for o in rng.sample(outcomes, min(3, len(outcomes)))]
        feeds.setdefault("waivers", []).extend(some_waivers(rng.randint(0, 9), waived, cut + timedelta(days=1)))
        before = cut


def write(folder: Path, step: Step) -> None:
    """The step's files, one a feed."""
    write_feeds(folder, step.feeds)


def _day(feed: str, row: Row) -> date | None:
    column = log_dates().get(feed, [""])[0]
    value = row.get(column)
    return value.date() if isinstance(value, datetime) else value


def _touchable(rng: random.Random) -> set[str]:
    """The feeds whose rows come late or are corrected: seldom those of which one row makes a whole build."""
    return COLUMNS.keys() - (set() if rng.random() < 0.05 else {*EVERYTHING, "employees"})


def _late(rng: random.Random, feed: str, row: Row, cuts: list[date]) -> date:
    """When a late row comes: mostly with the files after those that it was missing from."""
    coming = [cut for cut in cuts if cut > (_day(feed, row) or date.min)]
    return coming[1] if len(coming) > 1 and rng.random() < 0.9 else rng.choice(cuts)


def _corrected(rng: random.Random, feed: str, row: Row, others: list[Row]) -> Row:
    """The row with some cells of another row of its feed; its key stays."""
    free = [column for column, kind in COLUMNS[feed].items() if " key" not in str(kind)]
    other = rng.choice(others)
    return row | {column: other.get(column) for column in rng.sample(free, min(2, len(free)))}

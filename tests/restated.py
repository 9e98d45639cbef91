"""Rules stated again with the same figures: no figure may move, however often an organisation does that."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from warehouse.rules import read_rules


def restate_daily(into: Path, first: date, last: date, own: Path | None = None) -> Path:
    """Write rules in which every version and every statement of scope begins anew on each day from first to last
    and where a year ends.

    Args:
        into: the folder to write; becomes a home's own rules.
        own: rules of the organisation to start from; None = the seeded ones.
    """
    rules = read_rules(own)
    dates = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    dates |= {date(y, m, d) for y in range(first.year, last.year + 1) for m, d in ((1, 1), (12, 31))}
    days = pl.DataFrame({"day": sorted(dates)})
    versions = (
        rules["rule_versions"]
        .sort("rule_set", "effective_from")
        .with_columns(ends=pl.col("effective_from").shift(-1).over("rule_set"))
    )
    again = (
        versions.join(days, how="cross")
        .filter(
            (pl.col("day") > pl.col("effective_from")) & (pl.col("ends").is_null() | (pl.col("day") < pl.col("ends")))
        )
        .with_columns(again=pl.col("rule_version") + "/" + pl.col("day").cast(pl.String))
    )
    into.mkdir(parents=True, exist_ok=True)
    columns = rules["rule_versions"].columns
    restated = again.with_columns(rule_version="again", effective_from="day").select(columns)
    pl.concat([rules["rule_versions"], restated]).write_csv(into / "rule_versions.csv")
    parameters = rules["parameters"].join(again.select("rule_version", "again"), on="rule_version")
    own_parameters = rules["parameters"] if own else rules["parameters"].clear()
    pl.concat(
        [own_parameters, parameters.with_columns(rule_version="again").select(rules["parameters"].columns)]
    ).write_csv(into / "parameters.csv")
    # not all on the same days, so that a version begins inside a statement of scope too
    some_days = days.filter(pl.int_range(pl.len()) % 3 != 2)
    _restated_scope(rules["scope"], some_days).write_csv(into / "scope.csv")
    return into


def restate_people(inputs: Path, into: Path, first: date, last: date) -> Path:
    """Copy a folder of logs in which every row of ``employees`` is stated again on each later day until the next one."""
    shutil.copytree(inputs, into)
    days = pl.DataFrame({"day": [first + timedelta(days=n) for n in range((last - first).days + 1)]})
    people = (
        pl.read_csv(inputs / "employees.csv", infer_schema=False)
        .with_columns(begins=pl.col("effective_on").str.to_date())
        .sort("employee_id", "begins")
        .with_columns(ends=pl.col("begins").shift(-1).over("employee_id"))
    )
    again = people.join(days, how="cross").filter(
        (pl.col("day") > pl.col("begins")) & (pl.col("ends").is_null() | (pl.col("day") < pl.col("ends")))
    )
    again = again.with_columns(effective_on=pl.col("day").cast(pl.String))
    columns = [c for c in people.columns if c not in ("begins", "ends")]
    pl.concat([people.select(columns), again.select(columns)]).write_csv(into / "employees.csv")
    return into


def _restated_scope(scope: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    starts = (
        scope.with_row_index("statement")
        .join(pl.concat([days, pl.DataFrame({"day": [None]}, schema=days.schema)]), how="cross")
        .with_columns(starts=pl.coalesce("day", "effective_from"))
        .filter(
            (pl.col("starts") >= pl.col("effective_from"))
            & (pl.col("effective_to").is_null() | (pl.col("starts") < pl.col("effective_to")))
        )
        .unique(["statement", "starts"])
        .sort("statement", "starts")
    )
    ends = pl.coalesce(pl.col("starts").shift(-1).over("statement"), "effective_to")
    return starts.with_columns(effective_to=ends, effective_from="starts").select(scope.columns)

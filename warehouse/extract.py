"""Extracts: a file of its own for each scope, holding nothing but the rows that the scope sees.

A right is a file, not a condition in a query: what is not in the file cannot be had by any query, error text or
statistic. An extract is written anew from a select on the published file, never made by deleting from a copy; then it is
copied once more by a process that has never seen anything else, so that no block holds what memory held before.
"""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import duckdb

from ingest.problems import Problem
from warehouse.home import Home
from warehouse.publish import Version, sha256_of
from warehouse.rights import EVERY_UNIT, EVERYONE, Rights, Scope, TableRight, rights_of

# how a row of ``t`` belongs to the units in ``own_units``
WAYS = {
    "all": "true",
    "unit": "t.unit_id in (from own_units)",
    "unit_or_none": "(t.unit_id is null or t.unit_id in (from own_units))",
    "bad_debt": (
        "exists (from whole.marts.fct_rule_outcomes as o where o.source_feed = 'bad_debts' "
        "and o.source_key = t.bad_debt_id and o.subject_id = t.employee_id and o.unit_id in (from own_units))"
    ),
    "borrower": (
        "exists (from whole.reference.employees as e where e.employee_id = t.employee_id "
        "and t.borrowed_on >= e.valid_from and t.borrowed_on < e.valid_to and e.unit_id in (from own_units))"
    ),
    # the mean of a year says something of every month in it
    "operator_year": (
        "exists (from whole.marts.fct_operator_months as m where m.operator_id = t.operator_id "
        "and year(m.month) = t.year) and not exists (from whole.marts.fct_operator_months as m "
        "where m.operator_id = t.operator_id and year(m.month) = t.year and m.unit_id not in (from own_units))"
    ),
}
OUTCOME, SOURCE, LOAD = "outcome", "source", "load"  # ways that hold for those who see every unit, too
COPY = (
    "import sys, duckdb; c = duckdb.connect(); "
    "c.execute('attach $1 as a (read_only)'.replace('$1', repr(sys.argv[1]))); "
    "c.execute('attach $1 as b'.replace('$1', repr(sys.argv[2]))); "
    "c.execute('copy from database a to b'); c.execute('force checkpoint b')"
)


def extract(home: Home, version: Version, scope: Scope) -> Version:
    """The version as a scope sees it: the same name and as_of, another file, which is made when it is not there yet.

    Raises:
        Problem (exit code 1): it cannot be made.
    """
    if scope.is_everything:
        return version
    rights = rights_of(home)
    path = home.published / "scopes" / f"{Path(version.file).stem}.{scope.key(rights)}.duckdb"
    if not path.exists():
        _make_once(home, version, scope, rights, path)
    sha256, rows = _facts(path)
    return replace(version, file=str(path.relative_to(home.published)), sha256=sha256, rows=dict(rows))


def _make_once(home: Home, version: Version, scope: Scope, rights: Rights, path: Path) -> None:
    """Make it unless somebody else just did: several visitors may ask at once."""
    try:
        path.parent.mkdir(exist_ok=True)
        with _one_at_a_time(path.parent / "lock"):
            if not path.exists():
                with tempfile.TemporaryDirectory(dir=home.published, prefix=".extract-") as scratch:
                    _write(home.published / version.file, scope, rights, Path(scratch) / "first.duckdb")
                    _copy(Path(scratch) / "first.duckdb", Path(scratch) / "second.duckdb")
                    (Path(scratch) / "second.duckdb").chmod(0o444)
                    (Path(scratch) / "second.duckdb").replace(path)
    except (OSError, duckdb.Error) as error:
        raise Problem(
            f"不能生成权限范围 {scope} 的数据文件：{error}。请检查 {home.published} 的空间与权限。",
            f"The extract for {scope} cannot be made: {error}. Check space and rights of {home.published}.",
            exit_code=1,
        ) from error


@contextlib.contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(whole: Path, scope: Scope, rights: Rights, path: Path) -> None:
    """Every table that has an entry in the rights, with its comments; without rows where the scope sees none."""
    with duckdb.connect() as db:
        db.execute(f"attach '{whole}' as whole (read_only)")
        db.execute(f"attach '{path}' as part")
        db.execute("create temp table own_units (unit_id varchar)")
        if scope.units:
            db.execute(
                "insert into own_units select unit_id from whole.reference.units "
                "where list_contains($units, unit_id) or list_contains($units, $every)",
                {"units": list(scope.units), "every": EVERY_UNIT},
            )
        there = db.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'whole'"
        ).fetchall()
        for name, right in rights.tables.items():
            if (name,) in there:
                db.execute(f"create schema if not exists part.{name.partition('.')[0]}")
                db.execute(f"create table part.{name} as {_select(db, name, right, scope, rights)}")
                _comment(db, name)
        db.execute("force checkpoint part")


def _select(db: duckdb.DuckDBPyConnection, name: str, right: TableRight, scope: Scope, rights: Rights) -> str:
    condition = _condition(right, scope, rights)
    columns = []
    for column in db.execute(
        "select column_name from duckdb_columns() where database_name = 'whole' "
        "and schema_name || '.' || table_name = ? order by column_index",
        [name],
    ).fetchall():
        columns.append(_column(column[0], name, right, condition))
    return f"select {', '.join(columns)} from whole.{name} as t where {condition}"


def _column(column: str, name: str, right: TableRight, condition: str) -> str:
    if column in right.blank:
        return f"case when false then t.{column} end as {column}"
    if column in right.blank_strangers:
        key = right.blank_strangers[column]
        return (
            f"case when t.{column} in (select t.{key} from whole.{name} as t where {condition}) "
            f"then t.{column} end as {column}"
        )
    return f"t.{column}"


def _condition(right: TableRight, scope: Scope, rights: Rights) -> str:
    """Which rows of a table a scope sees: those that any of its roles sees."""
    ways = []
    for role in (rights.roles[name] for name in scope.roles):
        if right.rows == "all" and EVERYONE in right.subject:
            ways.append("true")
        elif role.rows != "none" and (right.subject & role.subjects or EVERYONE in right.subject):
            own = role.rows == "own"
            if right.rows == OUTCOME:
                ways.append(_outcomes(role.subjects, own, rights, with_pay=True))
            elif right.rows == SOURCE:
                shown = _outcomes(role.subjects, own, rights, with_pay=False)
                ways.append(
                    f"t.outcome_id in (select t.outcome_id from whole.marts.fct_rule_outcomes as t where {shown})"
                )
            elif right.rows == LOAD:
                ways.append("t.load_id in (select load_id from part.marts.fct_outcome_sources)")
            else:
                ways.append(WAYS[right.rows] if own else "true")
    return " or ".join(f"({way})" for way in dict.fromkeys(ways)) or "false"


def _outcomes(subjects: frozenset[str], own: bool, rights: Rights, with_pay: bool) -> str:
    sets = [rule_set for rule_set, subject in rights.rule_sets.items() if subject in subjects]
    shown = f"split_part(t.clause_id, '-', 1) in {_list(sets)}"
    if with_pay and "pay" in subjects:
        shown = f"({shown} or t.outcome_type in {_list(list(rights.pay_outcomes))})"
    return f"{shown} and {WAYS['unit']}" if own else shown


def _list(values: list[str]) -> str:
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"({quoted or 'null'})"


def _comment(db: duckdb.DuckDBPyConnection, name: str) -> None:
    of = "where database_name = 'whole' and schema_name || '.' || table_name = ? and comment is not null"
    texts = db.execute(f"select 'table part.' || $1, comment from duckdb_tables() {of.replace('?', '$1')}", [name])
    told = texts.fetchall()
    texts = db.execute(
        f"select 'column part.' || $1 || '.' || column_name, comment from duckdb_columns() {of.replace('?', '$1')}",
        [name],
    )
    for place, comment in told + texts.fetchall():
        quoted = comment.replace("'", "''")
        db.execute(f"comment on {place} is '{quoted}'")


def _copy(source: Path, target: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", COPY, str(source), str(target)], cwd="/", capture_output=True, text=True
    )
    if done.returncode:
        raise OSError(done.stderr.strip()[-500:])


@lru_cache(maxsize=256)
def _facts(path: Path) -> tuple[str, tuple[tuple[str, int], ...]]:
    with duckdb.connect() as db:
        db.execute(f"attach '{path}' as part (read_only)")
        rows = db.execute(
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables() "
            "where database_name = 'part' order by all"
        ).fetchall()
    return sha256_of(path), tuple(rows)

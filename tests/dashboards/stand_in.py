"""Published versions for the pages, made from builds of the golden sets: both in one, emptied, or with hostile texts."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.home import Home
from warehouse.publish import current, publish

AS_OF = "2026-04-30"
HOSTILE = "<img src=x onerror=alert(1)>![x](http://evil.example/x.png)=1+1"
MASTER = {"units", "employees", "customers", "calendar"}  # made from logs, though it stands in reference
ONE_ROW_A_KEY = {"units": "unit_id", "build": "as_of is null"}


def stand_in(
    root: Path,
    builds: list[Home],
    rows: bool = True,
    hostile: bool = False,
    as_of: str | None = AS_OF,
    changed: bool = False,
    announced_until: int = 2100,
) -> Home:
    """A home whose published version holds the rows of several builds; without ``rows`` only the rules and their words."""
    home = Home(root).create()
    built = home.work / "pub.duckdb"
    with duckdb.connect(str(built)) as db:
        for place, build in enumerate(builds):
            db.execute(f"attach '{build.published / current(build).file}' as b{place} (read_only)")
        tables = db.execute("select schema_name, table_name from duckdb_tables() where database_name = 'b0'").fetchall()
        for schema, table in tables:
            names = [f"select * from b{place}.{schema}.{table}" for place in range(len(builds))]
            distinct = "distinct" if schema == "reference" else ""
            if table in ONE_ROW_A_KEY:
                distinct = f"distinct on ({ONE_ROW_A_KEY[table]})"
            keep = "" if rows or (schema == "reference" and table not in MASTER) else "where false"
            db.execute(f"create schema if not exists {schema}")
            union = " union all by name ".join(names)
            db.execute(f"create table {schema}.{table} as select {distinct} * from ({union}) {keep} order by all")
        db.execute("update reference.build set as_of = $as_of", {"as_of": as_of if rows else None})
        if not rows:
            db.execute("update reference.build set first_on = null")
        db.execute("delete from reference.public_holidays where year(holiday_date) > ?", [announced_until])
        if hostile:
            _hostile(db)
        if changed:
            second_version(db)
        for place in range(len(builds)):
            db.execute(f"detach b{place}")
    publish(home, built, keep=3)
    return home


def _hostile(db: duckdb.DuckDBPyConnection) -> None:
    """Text from logs that would like to be markup, wherever text from logs can stand."""
    db.execute("update reference.units set unit_name = ?", [HOSTILE])
    db.execute("update reference.employees set employee_name = ?", [HOSTILE])
    db.execute("update marts.fct_promotions set promotion_name = ?", [HOSTILE])
    db.execute(
        "insert into quality.quarantine by name select 1 as quarantine_id, 1 as load_id, $t as file_name, "
        "'punches' as feed, 7 as source_row, 'employee_id' as column_name, 'known' as rule, $t as value, "
        "$t as reason_zh, $t as reason_en, $t as row_text, true as is_open",
        {"t": HOSTILE},
    )
    db.execute(
        "insert into quality.unknown_ids by name select 'punches' as feed, 'employee_id' as column_name, "
        "'employees' as expected_in, ? as value, 4 as row_count",
        [HOSTILE],
    )
    db.execute("update quality.loads set file_name = $t, note = $t", {"t": HOSTILE})
    db.execute("update reference.clauses set label_zh = $t, text_zh = $t, note_zh = $t", {"t": HOSTILE})
    db.execute("update reference.parameters set label_zh = $t", {"t": HOSTILE})
    db.execute("update reference.rule_versions set source_document = $t", {"t": HOSTILE})
    db.execute("update reference.labels set label_zh = $t where kind = 'rule_set'", {"t": HOSTILE})


def second_version(db: duckdb.DuckDBPyConnection) -> None:
    """R7 from the 15th of April on in a version of its own: one parameter changed, one taken out, one new; this year
    has no table of public holidays; a punch was refused."""
    db.execute("update reference.rule_versions set valid_to = date '2026-04-15' where rule_version = 'R7.1'")
    db.execute("update reference.parameters set valid_to = date '2026-04-15' where rule_version = 'R7.1'")
    since = "rule_version = 'R7.2', valid_from = date '2026-04-15', valid_to = date '9999-12-31'"
    db.execute("create temp table v as select * from reference.rule_versions where rule_version = 'R7.1'")
    db.execute("create temp table p as select * from reference.parameters where rule_version = 'R7.1'")
    db.execute(f"update v set {since}")
    db.execute(f"update p set {since}, origin = 'local'")
    db.execute("update p set value = '20' where parameter = 'late_fine'")
    db.execute("delete from p where parameter = 'proxy_fine'")
    db.execute(
        "insert into p select * replace ('new_one' as parameter, 'New one' as label_en, '1' as value) from p limit 1"
    )
    db.execute("insert into reference.rule_versions from v")
    db.execute("insert into reference.parameters from p")
    db.execute("delete from reference.public_holidays where year(holiday_date) = 2026")
    db.execute(
        "insert into quality.quarantine by name select 1 as quarantine_id, 1 as load_id, 'punches.csv' as file_name, "
        "'punches' as feed, 2 as source_row, 'punched_at' as column_name, 'soon' as value, true as is_open"
    )

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
    root: Path, builds: list[Home], rows: bool = True, hostile: bool = False, as_of: str | None = AS_OF
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
        if hostile:
            _hostile(db)
        for place in range(len(builds)):
            db.execute(f"detach b{place}")
    publish(home, built, keep=3)
    return home


def _hostile(db: duckdb.DuckDBPyConnection) -> None:
    """Text from logs that would like to be markup, wherever text from logs can stand."""
    db.execute("update reference.units set unit_name = ? where unit_id = 'CO1'", [HOSTILE])
    hostile = "('E01', 'O01', 'C1', 'S1', 'X1')"
    db.execute(f"update reference.employees set employee_name = ? where employee_id in {hostile}", [HOSTILE])
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

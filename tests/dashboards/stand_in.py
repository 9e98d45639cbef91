"""A published version made from the golden sets' expected rows, without a build: quick, and right by hand.

Types follow the contract's naming (docs/contract/marts.yml). ``python -m tests.dashboards.stand_in HOME [empty]`` makes one.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import duckdb

from tests.compare import GOLDEN, MARTS
from warehouse.home import CHECKOUT, Home
from warehouse.publish import publish

AS_OF = "2026-04-30"
SETS = [GOLDEN / "people", GOLDEN / "money"]
SEEDS = CHECKOUT / "seeds"
HOSTILE = "<img src=x onerror=alert(1)>![x](http://evil.example/x.png)=1+1"
TYPES = {
    "decimal(18,2)": ("amount", "_amount", "revenue", "score", "daily_wage", "points_total_amount"),
    "double": ("_rate", "_ratio"),
    "date": ("_on", "month", "quarter", "work_date"),
    "timestamp": ("_at",),
    "decimal(9,1)": ("_days", "quantity"),
    "boolean": ("in_time", "reminder"),
    "bigint": (
        "count", "_minutes", "_seconds", "_points", "points_total", "rank_in_school", "line_no", "month_third", "year",
        "prospects", "buyers", "units_sold", "repeat_units", "customers", "_30d", "_60d", "_90d", "returned_next_day",
        "three_visits", "assessed", "deposit_payers", "target_units", "assessments", "purchases", "calls", "hang_ups",
        "cases", "items_done", "items_due", "phone_callbacks",
    ),
}  # fmt: skip
REFERENCE = """
create table reference.build (as_of date, first_on date);
create table reference.public_holidays (holiday_date date);
create table reference.units (unit_id varchar, unit_name varchar, unit_type varchar);
create table reference.employees (employee_id varchar, valid_from date, valid_to date, employee_name varchar,
    unit_id varchar, position varchar);
create table reference.clauses (clause_id varchar, rule_set varchar, label_zh varchar, label_en varchar,
    text_zh varchar, text_en varchar, origin varchar, note_zh varchar, note_en varchar);
create table reference.labels (kind varchar, code varchar, label_zh varchar, label_en varchar);
create table reference.positions (position varchar, is_manager_grade boolean, label_zh varchar, label_en varchar);
create table reference.rule_versions (rule_set varchar, rule_version varchar, valid_from date, valid_to date,
    origin varchar, source_document varchar);
create table quality.loads (load_id bigint, loaded_at timestamp, feed varchar, file_name varchar, sha256 varchar,
    sheet varchar, encoding varchar, rows_read bigint, rows_loaded bigint, rows_corrected bigint,
    rows_duplicate bigint, rows_quarantined bigint, status varchar, note varchar);
create table quality.quarantine (quarantine_id bigint, load_id bigint, file_name varchar, feed varchar,
    source_row bigint, column_name varchar, rule varchar, value varchar, reason_zh varchar, reason_en varchar,
    row_text varchar, is_open boolean);
create table quality.unknown_ids (feed varchar, column_name varchar, expected_in varchar, value varchar, row_count bigint);
create table quality.tests (test_name varchar, status varchar, failures bigint, seconds double);
"""


def type_of(column: str) -> str:
    """The DuckDB type of a mart's column, by its name."""
    if column.startswith(("is_", "has_", "needed_")):
        return "boolean"
    if column in ("new_customers", "referred_new_customers"):
        return "bigint"
    found = [t for t, endings in TYPES.items() if column.endswith(endings)]
    return found[0] if found else "varchar"


def stand_in(root: Path, rows: bool = True, hostile: bool = False, as_of: str = AS_OF, announced: int = 2026) -> Home:
    """A home with a published version: the golden rows, or the same tables without any."""
    home = Home(root).create()
    built = home.work / "pub.duckdb"
    with duckdb.connect(str(built)) as db:
        db.execute("create schema marts; create schema reference; create schema quality")
        db.execute(REFERENCE)
        for mart, promise in MARTS.items():
            columns = ", ".join(f"{c} {type_of(c)}" for c in promise["columns"])
            db.execute(f"create table marts.{mart} ({columns})")
        _seeds(db)
        if rows:
            _golden(db)
            _quality(db)
        db.execute("insert into reference.build values (?, ?)", [as_of, "2026-03-01"] if rows else [None, None])
        db.execute("insert into reference.public_holidays values (?)", [f"{announced}-01-01"])
        if hostile:
            _hostile(db)
    publish(home, built, keep=3)
    return home


def _golden(db: duckdb.DuckDBPyConnection) -> None:
    for folder in SETS:
        for path in sorted((folder / "expected").glob("*.csv")):
            columns = MARTS[path.stem]["columns"]
            read = ", ".join(f"cast({c} as {type_of(c)}) as {c}" for c in columns)
            db.execute(
                f"insert into marts.{path.stem} by name select {read} "
                "from read_csv(?, all_varchar = true, header = true, nullstr = '')",
                [str(path)],
            )
        for row in _csv(folder / "inputs" / "units.csv"):
            db.execute(
                "insert into reference.units select $i, $n, $t where $i not in (select unit_id from reference.units)",
                {"i": row["unit_id"], "n": row["unit_name"], "t": row["unit_type"]},
            )
        for row in _csv(folder / "inputs" / "employees.csv"):
            db.execute(
                "insert into reference.employees values (?, ?, null, ?, ?, ?)",
                [row["employee_id"], row["effective_on"], row["employee_name"], row["unit_id"], row["position"]],
            )
    # clauses whose words are not written yet still have a name
    db.execute(
        "insert into reference.clauses by name select distinct clause_id, '条款 ' || clause_id as label_zh, "
        "'Clause ' || clause_id as label_en, clause_id as text_zh, clause_id as text_en, 'rule' as origin "
        "from marts.fct_rule_outcomes where clause_id not in (select clause_id from reference.clauses)"
    )


def _seeds(db: duckdb.DuckDBPyConnection) -> None:
    for path in sorted((SEEDS / "rules" / "clauses").glob("*.csv")):
        for row in _csv(path):
            db.execute(
                "insert into reference.clauses by name select $clause_id as clause_id, $label_zh as label_zh, "
                "$label_en as label_en, $text_zh as text_zh, $text_en as text_en, $origin as origin",
                {k: row[k] for k in ("clause_id", "label_zh", "label_en", "text_zh", "text_en", "origin")},
            )
    for path in sorted((SEEDS / "reference" / "labels").glob("*.csv")):
        for row in _csv(path):
            db.execute("insert into reference.labels values (?, ?, ?, ?)", list(row.values()))
    for row in _csv(SEEDS / "reference" / "positions.csv"):
        db.execute(
            "insert into reference.positions values (?, ?, ?, ?)",
            [row["position"], row["is_manager_grade"], row["label_zh"], row["label_en"]],
        )
    for row in _csv(SEEDS / "rules" / "rule_versions.csv"):
        db.execute(
            "insert into reference.rule_versions values (?, ?, ?, null, ?, ?)",
            [
                row["rule_set"],
                row["rule_version"],
                row["effective_from"],
                row["origin"],
                row["source_document"] or None,
            ],
        )


def _quality(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("""
        insert into quality.loads values
            (1, timestamp '2026-04-30 18:00:00', 'employees', 'employees.csv', 'aa', null, 'utf-8', 60, 60, 0, 0, 0, 'loaded', null),
            (2, timestamp '2026-04-30 18:00:02', 'punches', '打卡记录_2026-04.xlsx', 'bb', '四月', null, 2410, 2398, 3, 7, 2, 'loaded', null),
            (3, timestamp '2026-04-30 18:00:05', 'expense_lines', 'expense_lines.csv', 'cc', null, 'gb18030', 61, 61, 0, 0, 0, 'loaded', null);
        insert into quality.quarantine values
            (1, 2, '打卡记录_2026-04.xlsx', 'punches', 17, 'punched_at', 'punched_at_is_readable', '2026-13-02 08:05',
             '打卡时间“2026-13-02 08:05”不是日期时间', 'punched_at "2026-13-02 08:05" is no date and time', 'E01,2026-13-02 08:05,card', true),
            (2, 2, '打卡记录_2026-04.xlsx', 'punches', 90, 'employee_id', 'employee_id_is_there', '',
             '缺少工号', 'employee_id is missing', ',2026-04-02 08:05,card', true);
        insert into quality.unknown_ids values ('punches', 'employee_id', 'employees', 'E999', 4);
        insert into quality.tests values ('row_checks_fct_rule_outcomes', 'pass', 0, 0.1), ('totals_agree', 'pass', 0, 0.2);
    """)


def _hostile(db: duckdb.DuckDBPyConnection) -> None:
    """Text from logs that would like to be markup, wherever text from logs can stand."""
    db.execute("update reference.units set unit_name = ? where unit_id = 'CO1'", [HOSTILE])
    db.execute("update reference.employees set employee_name = ? where employee_id in ('E01', 'O01', 'C1')", [HOSTILE])
    db.execute("update quality.quarantine set row_text = ?, value = ?, reason_zh = ?", [HOSTILE] * 3)
    db.execute("update quality.unknown_ids set value = ?", [HOSTILE])
    db.execute("update quality.loads set file_name = ?, note = ?", [HOSTILE] * 2)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    words = sys.argv[2:]
    stand_in(Path(sys.argv[1]), "empty" not in words, "hostile" in words, "2026-04-08" if "early" in words else AS_OF)

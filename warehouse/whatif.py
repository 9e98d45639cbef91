"""What if: a draft of the rules beside the ones in force, on the same logs. Nothing is published by it.

Both are built as of the published date, so that only the rules differ; who gains and who loses is then a matter of
comparing two ledgers, outcome by outcome.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console

from ingest.problems import Problem
from warehouse.build import Progress, make
from warehouse.dbt_child import PROJECT
from warehouse.export import print_table, to_csv, to_json, to_workbook, write_text
from warehouse.home import Home, Settings
from warehouse.reader import published
from warehouse.rules import read_rules

SHOWN_ROWS = 20
# an outcome is the same one in both ledgers by its id; these are what a rule may make of it
COMPARED = ["outcome_type", "unit_id", "quantity", "amount", "effective_amount", "flag"]
# the ledger is compared by itself, and its sources follow it
LEDGER = ("fct_rule_outcomes", "fct_outcome_sources")
# the version is named on every row, and a new one changes no figure by its name
UNCOMPARED = ("rule_version", "load_id", "source_row")


@dataclass(frozen=True)
class Comparison:
    """What a draft of the rules would change.

    Attributes:
        as_of, since: the last date, and the first of the months that were asked for.
        totals: counts and sums over those months.
        subjects: a row a subject with a changed outcome, with all it bears in those months; who loses most comes first.
        clauses: a row a unit, clause and outcome type with a changed outcome.
        rows: a row a changed outcome, in the same order.
        marts: a row another mart with rows that differ, whatever their month.
        earlier: changed outcomes of earlier months.
        unpublished: outcomes by which the rules in force, built now, differ from what is published.
    """

    as_of: date
    since: date
    totals: dict[str, Any]
    subjects: pa.Table
    clauses: pa.Table
    rows: pa.Table
    marts: pa.Table
    earlier: int
    unpublished: int

    @property
    def is_same(self) -> bool:
        """Not a figure differs, in no month."""
        return not (self.rows.num_rows or self.marts.num_rows or self.earlier)


class _Beside(Home):
    """The same home with scratch of its own: the last build's scratch and all that is published stay as they are."""

    @property
    def work(self) -> Path:
        return self.root / "whatif"


def whatif(
    home: Home,
    settings: Settings,
    draft: Path,
    months: int,
    lock: int | None = None,
    on_progress: Progress | None = None,
) -> Comparison:
    """Build the rules in force and the draft, compare them, leave nothing behind. The caller holds the home's lock.

    Args:
        draft: a folder of rule files; each replaces the one in force of the same name.
        months: how many months of the ledger to report, the published as_of's month being the last.

    Raises:
        Problem: nothing is published (1), the draft is no folder with rules or a rule is wrong (2), its figures fail a
            test (1).
    """
    version = published(home).version
    if not version.as_of:
        raise Problem(
            "日志里还没有任何一天，没有可比较的结果。请先装载日志。",
            "No day is in the logs yet, there is nothing to compare. Load logs first.",
        )
    as_of = date.fromisoformat(version.as_of)
    _check_draft(home, draft)
    beside = _Beside(home.root)
    shutil.rmtree(beside.work, ignore_errors=True)
    try:
        beside.work.mkdir()
        _reuse_parsed(home, beside)
        in_force = make(beside, settings, as_of, lock, on_progress).replace(beside.work / "in_force.duckdb")
        drafted = make(beside, settings, as_of, lock, on_progress, draft).replace(beside.work / "draft.duckdb")
        return compare(in_force, drafted, _months_before(as_of, months - 1), home.published / version.file)
    except (OSError, duckdb.Error) as error:
        raise Problem(
            f"不能在 {beside.work} 里试算：{error}。已发布的版本没有改变。",
            f"Cannot work in {beside.work}: {error}. The published version is unchanged.",
            exit_code=1,
        ) from error
    finally:
        shutil.rmtree(beside.work, ignore_errors=True)


def compare(in_force: Path, drafted: Path, since: date, published_file: Path | None = None) -> Comparison:
    """Compare two versions, months from ``since`` on. Nothing is written."""
    with duckdb.connect() as connection:
        _attach(connection, in_force, "in_force")
        _attach(connection, drafted, "draft")
        connection.execute(f"create temp table borne as {_BORNE}", {"since": since})
        connection.execute(f"create temp table changes as {_changes('in_force', 'draft')}")
        as_of = _one(connection, "select as_of from draft.reference.build")["as_of"]
        earlier = _count(connection, f"select count(*) from changes where month < date '{since}'")
        connection.execute(f"delete from changes where month < date '{since}'")
        unpublished = 0
        if published_file is not None:
            _attach(connection, published_file, "published")
            unpublished = _count(connection, f"select count(*) from ({_changes('published', 'in_force')})")
        subjects = connection.sql(_SUBJECTS).to_arrow_table()
        return Comparison(
            as_of=as_of,
            since=since,
            totals=_one(connection, _TOTALS) | _sides(subjects),
            subjects=subjects,
            clauses=connection.sql(_CLAUSES).to_arrow_table(),
            rows=connection.sql(_ROWS).to_arrow_table(),
            marts=_marts(connection),
            earlier=earlier,
            unpublished=unpublished,
        )


def write_comparison(found: Comparison, format: str, path: Path | None, console: Console) -> None:
    """Write a comparison to the terminal (table), or all of it to a file: json, csv (the changed rows), xlsx.

    Raises:
        Problem: see check_output; (1) the file can't be written.
    """
    check_output(format, path)
    if format == "table" and path is None:
        _print(found, console)
        return
    try:
        if format == "xlsx":
            path.write_bytes(to_workbook({name: _in_words(t) for name, t in _sheets(found).items()}))  # type: ignore[union-attr]
        else:
            write_text(_as_json(found) if format == "json" else to_csv(_in_words(found.rows)), format, path)
    except OSError as error:
        raise Problem(
            f"不能写入 {path}：{error.strerror}。", f"Cannot write {path}: {error.strerror}.", exit_code=1
        ) from error
    if path is not None:
        _print_summary(found, console)
        console.print(f"{path}: {found.rows.num_rows:,} 行 rows", markup=False)


def check_output(format: str, path: Path | None) -> None:
    """Refuse what could not be written before minutes of work. Raises Problem (exit code 2)."""
    if format == "xlsx" and path is None:
        raise Problem("xlsx 需要用 --out 指定文件。", "xlsx needs a file: add --out FILE.")
    if format == "table" and path is not None:
        raise Problem(
            "--out 需要同时用 --format 指定 json、csv 或 xlsx。", "--out needs --format json, csv or xlsx with it."
        )
    if path is not None and not path.absolute().parent.is_dir():
        raise Problem(
            f"文件夹 {path.absolute().parent} 不存在。请先建立，或另选 --out。",
            f"There is no folder {path.absolute().parent}. Make it first, or name another --out.",
        )


def _check_draft(home: Home, draft: Path) -> None:
    """Refuse a draft that says nothing, and a wrong one before anything is built."""
    if not draft.is_dir() or not any(draft.rglob("*.csv")):
        raise Problem(
            f"{draft} 不是存放规则表的文件夹。请把要改的文件（如 seeds/rules/parameters/r07_attendance.csv）按原来的相对路径复制进去再改。",
            f"{draft} is no folder of rule tables. Copy the files to change into it, under the path that they have in "
            "rules/ (parameters/r07_attendance.csv), and change them there.",
        )
    read_rules(home.rules if home.rules.is_dir() else None, draft)


def _reuse_parsed(home: Home, beside: Home) -> None:
    """dbt has read the project for this home before; reading it anew costs as much as a build."""
    name = "partial_parse.msgpack"
    for folder in (home.work / "target", PROJECT / "target"):
        if (folder / name).exists():
            (beside.work / "target").mkdir(exist_ok=True)
            shutil.copyfile(folder / name, beside.work / "target" / name)
            return


def _months_before(day: date, months: int) -> date:
    """The first day of the month that lies so many months before the day's."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(max(year, 1), month + 1, 1)


def _changes(before: str, after: str) -> str:
    """The outcomes by which two ledgers differ."""
    differs = " or ".join(f"b.{column} is distinct from a.{column}" for column in COMPARED)
    return f"""
        select
            case when b.outcome_id is null then 'added' when a.outcome_id is null then 'removed' else 'changed' end as change,
            coalesce(a.clause_id, b.clause_id) as clause_id,
            coalesce(a.outcome_type, b.outcome_type) as outcome_type,
            coalesce(a.subject_type, b.subject_type) as subject_type,
            coalesce(a.subject_id, b.subject_id) as subject_id,
            coalesce(a.unit_id, b.unit_id) as unit_id,
            coalesce(a.occurred_on, b.occurred_on) as occurred_on,
            coalesce(a.month, b.month) as month,
            b.quantity as quantity_before,
            a.quantity as quantity_after,
            b.amount as amount_before,
            a.amount as amount_after,
            b.effective_amount as effective_amount_before,
            a.effective_amount as effective_amount_after,
            coalesce(a.effective_amount, 0) - coalesce(b.effective_amount, 0) as effective_amount_difference,
            {_borne("a")} - {_borne("b")} as borne_difference,
            b.flag as flag_before,
            a.flag as flag_after,
            coalesce(a.source_feed, b.source_feed) as source_feed,
            coalesce(a.source_key, b.source_key) as source_key,
            outcome_id
        from {before}.marts.fct_rule_outcomes as b
        full join {after}.marts.fct_rule_outcomes as a using (outcome_id)
        where b.outcome_id is null or a.outcome_id is null or {differs}
    """


def _borne(ledger: str) -> str:
    """What an outcome takes from its subject: a reward gives, and going over a budget takes nothing from anybody."""
    return f"""cast(coalesce(case {ledger}.outcome_type
        when 'reward' then -{ledger}.effective_amount
        when 'breach' then 0
        else {ledger}.effective_amount end, 0) as decimal(18,2))"""


_BORNE = f"""
    select subject_type, subject_id, 0 as is_draft, {_borne("o")} as borne
    from in_force.marts.fct_rule_outcomes as o where o.month >= $since
    union all
    select subject_type, subject_id, 1 as is_draft, {_borne("o")} as borne
    from draft.marts.fct_rule_outcomes as o where o.month >= $since
"""

_NAMES = """
    select 'employee' as subject_type, employee_id as subject_id, max_by(employee_name, valid_from) as name
    from draft.reference.employees group by employee_id
    union all
    select 'unit', unit_id, unit_name from draft.reference.units
"""

_SUBJECTS = f"""
    with names as ({_NAMES}),
    changed as (
        select subject_type, subject_id, max_by(unit_id, occurred_on) as unit_id, count(*) as changed_count
        from changes group by all
    ),
    sums as (
        select
            subject_type, subject_id,
            cast(coalesce(sum(borne) filter (is_draft = 0), 0) as decimal(18,2)) as borne_before,
            cast(coalesce(sum(borne) filter (is_draft = 1), 0) as decimal(18,2)) as borne_after
        from borne group by all
    )
    select
        subject_type, subject_id, name, unit_id, changed_count, borne_before, borne_after,
        cast(borne_after - borne_before as decimal(18,2)) as borne_difference,
        case when borne_after > borne_before then 'loses' when borne_after < borne_before then 'gains' else 'even' end as effect
    from changed
    inner join sums using (subject_type, subject_id)
    left join names using (subject_type, subject_id)
    order by borne_difference desc, subject_type, subject_id
"""

_CLAUSES = """
    select
        unit_id, clause_id, label_zh as clause_zh, label_en as clause_en, outcome_type,
        count(*) filter (change = 'added') as added_count,
        count(*) filter (change = 'removed') as removed_count,
        count(*) filter (change = 'changed') as changed_count,
        cast(coalesce(sum(effective_amount_before), 0) as decimal(18,2)) as effective_amount_before,
        cast(coalesce(sum(effective_amount_after), 0) as decimal(18,2)) as effective_amount_after,
        cast(sum(effective_amount_difference) as decimal(18,2)) as effective_amount_difference,
        cast(sum(borne_difference) as decimal(18,2)) as borne_difference
    from changes
    left join draft.reference.clauses using (clause_id)
    group by all
    order by borne_difference desc, unit_id, clause_id, outcome_type
"""

_ROWS = f"""
    with names as ({_NAMES})
    select
        change, occurred_on, subject_type, subject_id, name, unit_id, clause_id, label_zh as clause_zh, label_en as clause_en,
        c.* exclude (change, occurred_on, subject_type, subject_id, unit_id, clause_id)
    from changes as c
    left join names using (subject_type, subject_id)
    left join (select clause_id, label_zh, label_en from draft.reference.clauses) using (clause_id)
    order by borne_difference desc, occurred_on, subject_id, clause_id, outcome_id
"""

_TOTALS = """
    select
        count(*) filter (change = 'added') as added_count,
        count(*) filter (change = 'removed') as removed_count,
        count(*) filter (change = 'changed') as changed_count,
        (select cast(coalesce(sum(borne), 0) as decimal(18,2)) from borne where is_draft = 0) as borne_before,
        (select cast(coalesce(sum(borne), 0) as decimal(18,2)) from borne where is_draft = 1) as borne_after
    from changes
"""


def _marts(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The other marts: rules also make figures that no outcome shows (a month's carry-over, a limit's use)."""
    columns: dict[str, list[str]] = {}
    for mart, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where database_name = 'draft' and schema_name = 'marts' "
        "order by table_name, column_index"
    ).fetchall():
        if mart not in LEDGER and column not in UNCOMPARED:
            columns.setdefault(mart, []).append(column)
    found = []
    for mart, names in columns.items():
        before, after = (f"select {', '.join(names)} from {side}.marts.{mart}" for side in ("in_force", "draft"))
        gone = _count(connection, f"select count(*) from ({before} except all {after})")
        new = _count(connection, f"select count(*) from ({after} except all {before})")
        if gone or new:
            found.append({"mart": mart, "rows_gone": gone, "rows_new": new})
    schema = pa.schema([("mart", pa.string()), ("rows_gone", pa.int64()), ("rows_new", pa.int64())])
    return pa.Table.from_pylist(found, schema=schema)


def _sides(subjects: pa.Table) -> dict[str, int]:
    return {f"{side}_count": pc.sum(pc.equal(subjects["effect"], side)).as_py() or 0 for side in ("loses", "gains")}


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    quoted = str(path).replace("'", "''")
    connection.execute(f"attach '{quoted}' as {name} (read_only)")


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return connection.execute(sql).fetchall()[0][0]


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    return connection.sql(sql).to_arrow_table().to_pylist()[0]


WORDS = {
    "added": "新增 added",
    "removed": "消失 removed",
    "changed": "变动 changed",
    "loses": "受损 loses",
    "gains": "受益 gains",
    "even": "不变 even",
    "employee": "员工 employee",
    "unit": "单位 unit",
    "class": "班级 class",
}
HEADERS = {
    "change": "变动 change",
    "effect": "影响 effect",
    "outcome_id": "结果编号 outcome_id",
    "occurred_on": "发生日期 occurred_on",
    "month": "月份 month",
    "subject_type": "对象类型 subject_type",
    "subject_id": "对象 subject_id",
    "name": "名称 name",
    "unit_id": "单位 unit_id",
    "clause_id": "条款 clause_id",
    "clause_zh": "条款名称 clause_zh",
    "clause_en": "条款英文名称 clause_en",
    "outcome_type": "结果类型 outcome_type",
    "quantity": "数量 quantity",
    "amount": "金额 amount",
    "effective_amount": "实际金额 effective_amount",
    "borne": "承担 borne",
    "flag": "说明 flag",
    "source_feed": "来源 source_feed",
    "source_key": "来源编号 source_key",
    "added_count": "新增 added_count",
    "removed_count": "消失 removed_count",
    "changed_count": "变动 changed_count",
    "mart": "表 mart",
    "rows_gone": "原有而草案没有的行 rows_gone",
    "rows_new": "草案才有的行 rows_new",
}
SIDES = {"before": "现行 before", "after": "草案 after", "difference": "差额 difference"}


def _header(column: str) -> str:
    """A column's name in both languages; of amount_before: what it is, and on which side."""
    if column in HEADERS:
        return HEADERS[column]
    name, side = column.rsplit("_", 1)
    return f"{HEADERS[name]} · {SIDES[side]}"


def _in_words(table: pa.Table) -> pa.Table:
    """The table as people read it: headers and the words of a comparison in both languages."""
    for place, column in enumerate(table.column_names):
        if column in ("change", "effect", "subject_type"):
            words = [WORDS.get(value, value) for value in table[column].to_pylist()]
            table = table.set_column(place, column, pa.array(words, pa.string()))
    return table.rename_columns([_header(column) for column in table.column_names])


def _sheets(found: Comparison) -> dict[str, pa.Table]:
    return {
        "对象 subjects": found.subjects,
        "单位与条款 clauses": found.clauses,
        "变动 rows": found.rows,
        "其他 marts": found.marts,
    }


def _as_json(found: Comparison) -> str:
    tables = {name: json.loads(to_json(getattr(found, name))) for name in ("subjects", "clauses", "rows", "marts")}
    facts = {name: getattr(found, name) for name in ("as_of", "since", "is_same", "totals", "earlier", "unpublished")}
    return json.dumps(facts | tables, ensure_ascii=False, default=str, indent=1) + "\n"


def _print(found: Comparison, console: Console) -> None:
    _print_summary(found, console)
    _print_part("谁受损，谁受益 · Who loses, who gains", found.subjects, console)
    _print_part(
        "按单位与条款 · By unit and clause", found.clauses.drop_columns(["clause_en", "borne_difference"]), console
    )
    columns = ["change", "occurred_on", "subject_id", "name", "unit_id", "clause_id", "clause_zh", "outcome_type"]
    columns += [c for c in found.rows.column_names if c.startswith("effective_amount")]
    _print_part("变动的结果 · Changed outcomes", found.rows.select(columns), console)
    _print_part("其他有变动的表（全部月份） · Other marts that differ (all months)", found.marts, console)


def _print_part(title: str, table: pa.Table, console: Console) -> None:
    if table.num_rows:
        console.print(f"\n[bold]{title}[/]")
        words = _in_words(table)
        # a terminal is narrow: one line a language
        narrow = [name.replace(" · ", "\n").replace(" ", "\n", 1) for name in words.column_names]
        print_table(words.rename_columns(narrow), console, SHOWN_ROWS, "--format json|csv|xlsx --out FILE")


def _print_summary(found: Comparison, console: Console) -> None:
    totals, months = found.totals, f"{found.since:%Y-%m} … {found.as_of:%Y-%m}"
    if found.is_same:
        console.print(
            f"零差异：草案与现行规则在所有月份的结果完全相同（截止 {found.as_of}）。\n"
            f"No difference: the draft and the rules in force give the same figures in every month (as of {found.as_of})."
        )
    else:
        console.print(
            f"{months}，截止 {found.as_of}：结果新增 {totals['added_count']:,}，消失 {totals['removed_count']:,}，变动 {totals['changed_count']:,}；"
            f"受损 {totals['loses_count']:,}，受益 {totals['gains_count']:,}；"
            f"承担合计 {totals['borne_before']:,} → {totals['borne_after']:,}（正的差额 = 多承担；奖励算受益；超预算不由任何人承担）。\n"
            f"{months} as of {found.as_of}: {totals['added_count']:,} outcomes added, {totals['removed_count']:,} removed, "
            f"{totals['changed_count']:,} changed; {totals['loses_count']:,} lose, {totals['gains_count']:,} gain; "
            f"borne in all {totals['borne_before']:,} → {totals['borne_after']:,} "
            "(a positive difference = bears more; rewards are gains; nobody bears a budget overrun)."
        )
    if found.earlier:
        console.print(
            f"更早的月份也有 {found.earlier:,} 条结果不同：草案改动了过去已生效的规则版本。用 --months 可看到。\n"
            f"{found.earlier:,} outcomes of earlier months differ too: the draft changes rules of the past. --months shows them."
        )
    if found.unpublished:
        console.print(
            f"注意：现行规则现在的结果与已发布的版本有 {found.unpublished:,} 条不同（发布后装载了日志或改了规则），先运行 zhidu build。\n"
            f"Note: by the rules in force {found.unpublished:,} outcomes differ from what is published "
            "(logs or rules changed since); zhidu build publishes them."
        )
    console.print("什么都没有发布。Nothing was published.")

"""The rules as dated data: read from seeds/ or the home's own rules/, validated, handed to a build.

A table is a CSV file (``scope.csv``) or a folder of them (``parameters/*.csv``). A file found in the home's
``rules/`` replaces the seeded file of the same name; a file of another name is added. A draft is a folder laid over
both in the same way.
"""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import duckdb
import polars as pl

from ingest.problems import Problem
from warehouse.home import CHECKOUT

SEEDS = CHECKOUT / "seeds"
ORIGINS = ["rule", "local", "law"]


class RuleVersions(dy.Schema):
    """One row per dated version of a rule set."""

    rule_set = dy.String()
    rule_version = dy.String(primary_key=True)
    effective_from = dy.Date()
    origin = dy.Enum(ORIGINS)
    source_document = dy.String(nullable=True)

    @dy.rule()
    def one_version_of_a_rule_set_starts_on_a_day(cls) -> pl.Expr:
        return pl.len().over("rule_set", "effective_from") == 1


class Clauses(dy.Schema):
    """One row per clause, with its words in both languages."""

    clause_id = dy.String(primary_key=True, regex=r"^R(10|[0-9])-")
    label_zh = dy.String(min_length=1)
    label_en = dy.String(min_length=1)
    text_zh = dy.String(min_length=1)
    text_en = dy.String(min_length=1)
    origin = dy.Enum(ORIGINS)
    note_zh = dy.String(nullable=True)
    note_en = dy.String(nullable=True)


class Scope(dy.Schema):
    """One row per statement: a rule set (or one clause of it) applies, or not, to a unit type or one unit, from … to."""

    rule_set = dy.String()
    clause_id = dy.String(nullable=True)
    unit_type = dy.String(nullable=True)
    unit_id = dy.String(nullable=True)
    is_applied = dy.Bool()
    effective_from = dy.Date()
    effective_to = dy.Date(nullable=True)

    @dy.rule()
    def names_a_unit_type_or_a_unit(cls) -> pl.Expr:
        return pl.col("unit_type").is_null() != pl.col("unit_id").is_null()

    @dy.rule()
    def ends_after_it_starts(cls) -> pl.Expr:
        return pl.col("effective_to").is_null() | (pl.col("effective_to") > pl.col("effective_from"))


class Definitions(dy.Schema):
    """One row per parameter of a rule set: what it is, in which unit, of which clauses."""

    rule_set = dy.String(primary_key=True)
    parameter = dy.String(primary_key=True)
    value_type = dy.Enum(["int", "decimal", "text", "time", "date", "bool"])
    unit = dy.String(nullable=True)
    has_items = dy.Bool()
    clause_ids = dy.String(nullable=True)
    label_zh = dy.String(min_length=1)
    label_en = dy.String(min_length=1)


class Parameters(dy.Schema):
    """One row per rule version, parameter and item (a position, a category …; empty for a plain parameter)."""

    rule_version = dy.String()
    parameter = dy.String()
    item = dy.String(nullable=True)
    value = dy.String(nullable=True)
    origin = dy.Enum(ORIGINS)

    @dy.rule()
    def is_stated_once(cls) -> pl.Expr:
        return pl.len().over("rule_version", "parameter", "item") == 1


class PublicHolidays(dy.Schema):
    """One row per date that an announcement makes a day off or a working day."""

    holiday_date = dy.Date(primary_key=True)
    is_working_day = dy.Bool()
    is_in_lieu = dy.Bool()
    holiday_name = dy.String()


class Positions(dy.Schema):
    """One row per position."""

    position = dy.String(primary_key=True)
    is_manager_grade = dy.Bool()
    label_zh = dy.String()
    label_en = dy.String()


class Labels(dy.Schema):
    """One row per code that people are shown (unit types, categories, outcome types, flags …), with its words."""

    kind = dy.String(primary_key=True)
    code = dy.String(primary_key=True)
    label_zh = dy.String()
    label_en = dy.String()


class Computations(dy.Schema):
    """One row per way of computing an amount, with the words for each of its terms."""

    computation = dy.String(primary_key=True)
    label_zh = dy.String()
    label_en = dy.String()
    base_zh = dy.String(nullable=True)
    base_en = dy.String(nullable=True)
    multiplier_zh = dy.String(nullable=True)
    multiplier_en = dy.String(nullable=True)
    quantity_zh = dy.String(nullable=True)
    quantity_en = dy.String(nullable=True)
    divisor_zh = dy.String(nullable=True)
    divisor_en = dy.String(nullable=True)
    adjustment_zh = dy.String(nullable=True)
    adjustment_en = dy.String(nullable=True)


TABLES: dict[str, tuple[str, type[dy.Schema]]] = {
    "rule_versions": ("rules", RuleVersions),
    "clauses": ("rules", Clauses),
    "scope": ("rules", Scope),
    "definitions": ("rules", Definitions),
    "parameters": ("rules", Parameters),
    "public_holidays": ("reference", PublicHolidays),
    "positions": ("reference", Positions),
    "labels": ("reference", Labels),
    "computations": ("reference", Computations),
}
Rules = dict[str, pl.DataFrame]


def read_rules(own: Path | None = None, draft: Path | None = None) -> Rules:
    """All rule tables, validated.

    Args:
        own: the folder of an organisation's own rules; its files replace the seeded ones of the same name.
        draft: a folder of rules to try; its files replace those of both.

    Raises:
        Problem: a file belongs to no table; a file, row or value is not what its table promises; a version lacks a
            parameter. Names the place.
    """
    laid_over = [folder for folder in (own, draft) if folder is not None]
    for folder in laid_over:
        _refuse_unread(folder)
    rules = {name: _read_table(name, folder, schema, laid_over) for name, (folder, schema) in TABLES.items()}
    _check_versions(rules)
    _check_values(rules)
    return rules


def write_rules(rules: Rules, connection: duckdb.DuckDBPyConnection, as_of: str | None) -> None:
    """Put the rule tables into schema ``rules`` of the work database, with the as_of that was asked for."""
    connection.execute("create schema if not exists rules")
    for name, frame in rules.items():
        enums = [pl.col(c).cast(pl.String) for c, t in frame.schema.items() if isinstance(t, pl.Enum)]
        connection.register("frame", frame.with_columns(enums).to_arrow())
        connection.execute(f"create or replace table rules.{name} as select * from frame")
        connection.unregister("frame")
    connection.execute("create or replace table rules.build as select cast(? as date) as requested_as_of", [as_of])


def _files(name: str, root: Path) -> list[Path]:
    return [p for p in (root / f"{name}.csv", *sorted((root / name).glob("*.csv"))) if p.is_file()]


def _refuse_unread(root: Path) -> None:
    """A misnamed file would be a rule that everybody believes to be in force."""
    read = {path for name in TABLES for path in _files(name, root)}
    for path in sorted(root.rglob("*.csv")):
        if path not in read and not path.name.startswith((".", "~")):
            names = ", ".join(f"{name}.csv" for name in TABLES)
            raise Problem(
                f"规则文件 {path}：没有这个名字的规则表，不会被读取。可用的名字：{names}，或同名文件夹里的 CSV（如 parameters/r07_attendance.csv）。",
                f"Rule file {path}: no rule table has this name, it would not be read. Names are {names}, "
                "or CSV files in a folder of that name (parameters/r07_attendance.csv).",
            )


def _read_table(name: str, folder: str, schema: type[dy.Schema], laid_over: list[Path]) -> pl.DataFrame:
    found: dict[Path, Path] = {}
    for root in (SEEDS / folder, *laid_over):
        found |= {path.relative_to(root): path for path in _files(name, root)}
    frames = []
    for path in found.values():
        try:
            text = pl.read_csv(path, infer_schema=False, glob=False) if path.stat().st_size else pl.DataFrame()
        except pl.exceptions.PolarsError as error:
            raise Problem(
                f"规则文件 {path} 不是完好的 UTF-8 CSV：{error}。请另存为“CSV UTF-8（逗号分隔）”。",
                f"Rule file {path} is no sound UTF-8 CSV: {error}. Save it as “CSV UTF-8 (comma delimited)”.",
            ) from error
        if text.columns != schema.column_names():
            raise Problem(
                f"规则文件 {path}：列应为 {', '.join(schema.column_names())}，实为 {', '.join(text.columns)}。请改正表头。",
                f"Rule file {path}: columns must be {', '.join(schema.column_names())}, "
                f"found {', '.join(text.columns)}. Mend the header.",
            )
        frames.append(_typed(text, schema, path))
    if not frames:
        return schema.create_empty()
    good, failure = schema.filter(pl.concat(frames))
    if len(failure):
        rule, _ = next(iter(failure.counts().items()))
        row = failure.invalid().row(0, named=True)
        raise Problem(
            f"规则表 {name}：不符合“{rule}”的行：{row}。请改正后重试。",
            f"Rule table {name}: a row breaks “{rule}”: {row}. Mend it and try again.",
        )
    return good


def _typed(text: pl.DataFrame, schema: type[dy.Schema], path: Path) -> pl.DataFrame:
    casts = []
    for name, column in schema.columns().items():
        value = pl.col(name)
        if isinstance(column, dy.Date):
            value = value.str.to_date("%Y-%m-%d", strict=False)
        elif isinstance(column, dy.Bool):
            value = value.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
        elif isinstance(column, dy.Enum):
            value = value.cast(column.dtype, strict=False)
        casts.append(value.alias(name))
    frame = text.select(casts)
    for name in frame.columns:
        lost = (text[name].is_not_null() & frame[name].is_null()).arg_true()
        if len(lost):
            raise Problem(
                f"规则文件 {path} 第 {lost[0] + 2} 行 {name}：不认识“{text[name][lost[0]]}”。日期写成 2026-03-01，是否写成 true/false。",
                f"Rule file {path} row {lost[0] + 2} {name}: “{text[name][lost[0]]}” is not understood. "
                "Dates are written 2026-03-01, yes and no true/false.",
            )
    return frame


def _check_versions(rules: Rules) -> None:
    """Every version of a rule set states every parameter of that set, and none that is not defined."""
    wanted = (
        rules["rule_versions"]
        .select("rule_set", "rule_version")
        .join(rules["definitions"].select("rule_set", "parameter", "has_items"), on="rule_set")
    )
    stated = rules["parameters"].select("rule_version", "parameter").unique()
    missing = wanted.join(stated, on=["rule_version", "parameter"], how="anti")
    unknown = stated.join(wanted, on=["rule_version", "parameter"], how="anti")
    for frame, zh, en in (
        (missing, "缺少参数", "lacks the parameter"),
        (unknown, "出现未定义的参数", "states an undefined"),
    ):
        if len(frame):
            version, parameter = frame.sort("rule_version", "parameter").select("rule_version", "parameter").row(0)
            raise Problem(
                f"规则版本 {version} {zh} {parameter}。每个版本都要写全；请在 parameters 与 definitions 中核对。",
                f"Rule version {version} {en} {parameter}. Every version is complete; compare parameters with definitions.",
            )
    items = (
        rules["parameters"]
        .join(wanted, on=["rule_version", "parameter"])
        .filter(pl.col("item").is_not_null() != pl.col("has_items"))
    )
    if len(items):
        row = items.row(0, named=True)
        raise Problem(
            f"规则版本 {row['rule_version']} 的参数 {row['parameter']}：item 应{'填写' if row['has_items'] else '留空'}。",
            f"Rule version {row['rule_version']}, parameter {row['parameter']}: item must be "
            f"{'given' if row['has_items'] else 'empty'}.",
        )


_CASTS = {
    "int": pl.col("value").cast(pl.Int64, strict=False).is_not_null(),
    "decimal": pl.col("value").str.contains(r"^-?[0-9]+(\.[0-9]{1,4})?$"),
    "time": pl.col("value").str.contains(r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"),
    "date": pl.col("value").str.to_date("%Y-%m-%d", strict=False).is_not_null(),
    "bool": pl.col("value").is_in(["true", "false"]),
    "text": pl.lit(True),
}


def _check_values(rules: Rules) -> None:
    """Every value that is given is of the parameter's type; decimals have at most four places."""
    stated = (
        rules["parameters"]
        .join(rules["rule_versions"].select("rule_set", "rule_version"), on="rule_version")
        .join(
            rules["definitions"].select("rule_set", "parameter", pl.col("value_type").cast(pl.String)),
            on=["rule_set", "parameter"],
        )
        .filter(pl.col("value").is_not_null())
    )
    for value_type, is_right in _CASTS.items():
        wrong = stated.filter((pl.col("value_type") == value_type) & ~is_right)
        if len(wrong):
            row = wrong.row(0, named=True)
            raise Problem(
                f"规则版本 {row['rule_version']} 的参数 {row['parameter']} {row['item'] or ''}：“{row['value']}”不是 {value_type}。",
                f"Rule version {row['rule_version']}, parameter {row['parameter']} {row['item'] or ''}: "
                f"“{row['value']}” is no {value_type}.",
            )

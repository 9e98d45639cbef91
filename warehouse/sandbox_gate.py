"""The gate: lets one SELECT through that names published tables and harmless functions, by DuckDB's own parser.

Imports nothing of the project: it runs in the process of the query, under its limits. Some texts keep the parser busy for
hours, and the interpreter with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

SCHEMAS = {"marts", "reference", "quality", "information_schema"}
TABLE_FUNCTIONS = {"range", "generate_series", "unnest"}
QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
FORBIDDEN_FUNCTIONS = (
    "read_",
    "duckdb_",
    "pragma_",
    "query",
    "getenv",
    "glob",
    "sniff_",
    "parquet_",
    "current_setting",
    "getvariable",
    "sleep",
    "write_",
    "which_secret",
    "json_execute",
)
MAX_LENGTH = 20_000


class Refused(Exception):
    """What is not allowed in a statement, in Chinese and in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def check(sql: str, config: dict[str, Any]) -> None:
    """Let one SELECT (or EXPLAIN without ANALYZE) through. Raises Refused saying what is not allowed."""
    if len(sql) > MAX_LENGTH:
        raise _refused(f"超过 {MAX_LENGTH} 个字符", f"it is longer than {MAX_LENGTH} characters")
    with duckdb.connect(":memory:", config=config) as parser:
        try:
            statements = parser.extract_statements(sql)
        except duckdb.Error as error:
            raise Refused(f"语句有语法错误：{error}", f"The statement has a syntax error: {error}") from error
        if len(statements) != 1:
            raise _refused("只能有一条语句", "there must be exactly one statement")
        try:
            kind, text = statements[0].type, statements[0].query
        except ValueError as error:  # a kind that the client has no name for
            raise _refused("只能是 SELECT", "only SELECT is allowed") from error
        if kind == duckdb.StatementType.EXPLAIN:
            text = _without_explain(text)
        elif kind != duckdb.StatementType.SELECT:
            raise _refused("只能是 SELECT", "only SELECT is allowed")
        serialized = parser.execute("select json_serialize_sql(?)", [text]).fetchone()[0]
    try:
        _check_tree(json.loads(serialized))
    except RecursionError as error:
        raise _refused("嵌套太深", "it is nested too deeply") from error


def _check_tree(tree: dict[str, Any]) -> None:
    if tree.get("error"):
        raise _refused(f"不能读懂：{tree.get('error_message')}", f"it cannot be read: {tree.get('error_message')}")
    ctes = {name.lower() for node in _nodes(tree) for name in _cte_names(node)}
    for node in _nodes(tree):
        _check_node(node, ctes)


def _without_explain(text: str) -> str:
    words = text.split(None, 1)
    rest = words[1] if len(words) > 1 else ""
    if words[0].lower() != "explain" or not rest.lower().startswith(("select", "with", "from", "(select")):
        raise _refused("EXPLAIN 后只能是 SELECT，且不能 ANALYZE", "EXPLAIN takes a plain SELECT, without ANALYZE")
    return rest


def _check_node(node: dict[str, Any], ctes: set[str]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and kind.endswith("_NODE") and kind not in QUERY_NODES:
        raise _refused(f"含有不允许的部分 {kind}", f"it contains {kind}")
    if kind == "SHOW_REF":
        raise _refused(
            "不能用 SHOW 或 DESCRIBE，请查 information_schema", "use information_schema instead of SHOW or DESCRIBE"
        )
    if kind == "BASE_TABLE":
        schema, table, catalog = (str(node.get(k) or "").lower() for k in ("schema_name", "table_name", "catalog_name"))
        if (
            catalog
            or (schema and schema not in SCHEMAS)
            or (not schema and table not in ctes and not table.isidentifier())
        ):
            name = ".".join(filter(None, (catalog, schema, table)))
            raise _refused(
                f"不能读 {name}，可读的是 marts、reference、quality", f"{name} is not among marts, reference, quality"
            )
        if not schema and table not in ctes and table.startswith(("duckdb_", "pragma_", "sqlite_", "pg_")):
            raise _refused(f"不能读 {table}", f"{table} cannot be read")
    if kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name") or "").lower()
        if name not in TABLE_FUNCTIONS:
            raise _refused(f"不能用表函数 {name}", f"the table function {name} is not allowed")
    name = str(node.get("function_name") or "").lower()
    if name.startswith(FORBIDDEN_FUNCTIONS):
        raise _refused(f"不能用函数 {name}", f"the function {name} is not allowed")


def _cte_names(node: dict[str, Any]) -> Iterator[str]:
    cte_map = node.get("cte_map")
    if isinstance(cte_map, dict):
        for entry in cte_map.get("map") or []:
            yield str(entry.get("key"))
    if node.get("cte_name"):
        yield str(node["cte_name"])


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from _nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from _nodes(child)


def _refused(zh: str, en: str) -> Refused:
    return Refused(
        f"这条语句不能执行：{zh}。只能用一条 SELECT 查询 marts、reference、quality 里的表。",
        f"The statement is refused: {en}. Use one SELECT on the tables of marts, reference, quality.",
    )

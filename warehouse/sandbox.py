"""SQL from people: looked at by DuckDB's own parser, then run in a process that can reach nothing.

Two walls, each enough for most: the gate lets one SELECT through that names published tables and harmless table
functions; the child has no files, no network, a fixed share of memory and time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingest.problems import Problem
from warehouse.reader import LOCKED

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
CHILD = Path(__file__).with_name("sandbox_child.py")


def run(path: Path, sql: str, seconds: int = 60, memory_bytes: int = 2 << 30) -> pa.Table:
    """The result of one read-only statement on a published file, as an Arrow table.

    Raises:
        Problem (exit code 2): the statement is not one harmless SELECT, is wrong, or took too much time or memory.
    """
    check(sql)
    request = {
        "path": str(path),
        "sql": sql,
        "seconds": seconds,
        "memory_bytes": memory_bytes,
        "config": LOCKED | {"memory_limit": f"{memory_bytes * 2 // 5 >> 20}MB", "threads": "2"},
    }
    answer = subprocess.run(
        [sys.executable, "-I", str(CHILD)],
        input=json.dumps(request).encode(),
        capture_output=True,
        env={},
        cwd="/",
    )
    kind, body = answer.stdout[:1], answer.stdout[1:]
    if answer.returncode or not kind:
        raise Problem(
            f"查询超过了限制（{seconds} 秒或 {memory_bytes >> 20} MB），已被终止。请缩小范围或加上汇总条件。",
            f"The query went over its limits ({seconds} s or {memory_bytes >> 20} MB) and was ended. "
            "Narrow it or aggregate more.",
        )
    if kind == b"E":
        raise Problem(f"查询有错：{json.loads(body)}", f"The query is wrong: {json.loads(body)}")
    return pa.ipc.open_stream(body).read_all()


def check(sql: str) -> None:
    """Let one SELECT (or EXPLAIN without ANALYZE) through. Raises Problem (exit code 2) saying what is not allowed."""
    if len(sql) > MAX_LENGTH:
        raise _refused(f"超过 {MAX_LENGTH} 个字符", f"it is longer than {MAX_LENGTH} characters")
    with duckdb.connect(":memory:", config=LOCKED) as parser:
        try:
            statements = parser.extract_statements(sql)
        except duckdb.Error as error:
            raise Problem(f"语句有语法错误：{error}", f"The statement has a syntax error: {error}") from error
        if len(statements) != 1:
            raise _refused("只能有一条语句", "there must be exactly one statement")
        kind, text = statements[0].type, statements[0].query
        if kind == duckdb.StatementType.EXPLAIN:
            text = _without_explain(text)
        elif kind != duckdb.StatementType.SELECT:
            raise _refused("只能是 SELECT", "only SELECT is allowed")
        tree = json.loads(parser.execute("select json_serialize_sql(?)", [text]).fetchone()[0])
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


def _refused(zh: str, en: str) -> Problem:
    return Problem(
        f"这条语句不能执行：{zh}。只能用一条 SELECT 查询 marts、reference、quality 里的表。",
        f"The statement is refused: {en}. Use one SELECT on the tables of marts, reference, quality.",
    )

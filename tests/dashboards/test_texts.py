"""Pages say nothing, compute nothing and query nothing by themselves; the two locales have the same keys."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from dashboards.i18n import LANGUAGES, texts_of
from warehouse.home import CHECKOUT

DASHBOARDS = CHECKOUT / "dashboards"
PAGES = sorted((DASHBOARDS / "app_pages").glob("*.py"))
MODULES = sorted(DASHBOARDS.glob("*.py"))
CHINESE = re.compile(r"[\u3400-\u9fff]")
SQL = re.compile(r"\b(select|from|where|join)\b.+\b(from|marts|reference|quality)\b", re.IGNORECASE | re.DOTALL)
COMPUTING = {"sum", "round", "min", "max", "mean", "abs", "divmod", "pow", "len"}


def literals(path: Path) -> list[str]:
    """Every string of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docstrings
    ]


def test_the_locales_have_the_same_keys_and_the_same_values_to_put_in() -> None:
    chinese, english = (texts_of(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    for key in chinese.keys() - {k for k in chinese if k.startswith("format.")}:
        assert _places(chinese[key]) == _places(english[key]), key
    assert not [key for key, text in english.items() if CHINESE.search(text)]
    assert all(text.strip() for text in (*chinese.values(), *english.values()))


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_a_page_has_no_text_no_arithmetic_and_no_sql(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert not [t for t in literals(path) if CHINESE.search(t) or " " in t or t[:1].isupper()]
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and not isinstance(n.op, ast.BitOr)]
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.AugAssign)]
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not called & COMPUTING
    assert not [t for t in literals(path) if SQL.search(t)]
    assert len(source.splitlines()) <= 70


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_sql_is_in_one_module_and_text_in_the_locales(path: Path) -> None:
    found = literals(path)
    assert not [t for t in found if SQL.search(t)]
    if path.name != "server.py":  # its problems are said in both languages, like every Problem
        assert not [t for t in found if CHINESE.search(t)]


def test_every_text_that_is_asked_for_exists() -> None:
    asked = {
        key
        for path in (*PAGES, *MODULES)
        for key in re.findall(r'\btext\(\s*"([a-z_]+\.[a-z_0-9]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 30
    assert not asked - texts_of("en").keys()


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}

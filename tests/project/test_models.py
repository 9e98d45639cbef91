"""The dbt project keeps its own promises: dbt-duckdb does not check YAML keys, so a mistyped one would delete a test."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlglot
import yaml

from tests.compare import MARTS, ROOT
from warehouse.rules import read_rules

PROJECT = ROOT / "dbt_project"
FEEDS = yaml.safe_load((ROOT / "docs" / "contract" / "feeds.yml").read_text(encoding="utf-8"))
MODEL_KEYS = {"name", "description", "config", "columns", "data_tests", "constraints", "meta", "docs"}
COLUMN_KEYS = {"name", "data_type", "description", "data_tests", "constraints", "meta"}
UNIT_TEST_KEYS = {"name", "description", "model", "given", "expect", "overrides", "config", "tags", "meta"}


def _yaml_files() -> list[Path]:
    return sorted((PROJECT / "models").rglob("*.yml"))


@pytest.fixture(scope="session")
def spark_manifest(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The project compiled for Spark, without a server."""
    target = tmp_path_factory.mktemp("spark")
    dbt = [sys.executable, "-c", "import sys; from dbt.cli.main import cli; sys.argv[0] = 'dbt'; cli()"]
    options = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target)]
    run = subprocess.run(
        [
            *dbt,
            "compile",
            "--target",
            "spark",
            "--no-introspect",
            "--no-populate-cache",
            "--quiet",
            *options,
            "--log-level-file",
            "none",
            "--no-version-check",
        ],
        capture_output=True,
        text=True,
        cwd=target,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads((target / "manifest.json").read_text())


@pytest.fixture(scope="session")
def models(spark_manifest: dict) -> dict[str, dict]:
    return {n["name"]: n for n in spark_manifest["nodes"].values() if n["resource_type"] == "model"}


@pytest.mark.parametrize("path", _yaml_files(), ids=lambda p: p.stem)
def test_yaml_has_only_keys_that_dbt_reads(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(content) <= {"version", "models", "sources", "unit_tests", "exposures"}
    for model in content.get("models", []):
        assert set(model) <= MODEL_KEYS, model["name"]
        for column in model.get("columns", []):
            assert set(column) <= COLUMN_KEYS, (model["name"], column["name"])
    for unit_test in content.get("unit_tests", []):
        assert set(unit_test) <= UNIT_TEST_KEYS, unit_test["name"]


def test_every_model_says_its_grain(models: dict[str, dict]) -> None:
    for name, model in models.items():
        assert model["description"].startswith("One row"), f"{name} has no description that begins with its grain"
        assert "grain" in model["config"]["meta"], f"{name} names no grain"


def test_every_mart_has_an_enforced_contract_and_describes_each_column_once(models: dict[str, dict]) -> None:
    marts = [model for model in models.values() if model["config"]["schema"] == "marts"]
    assert marts
    for model in marts:
        assert model["config"]["contract"]["enforced"], model["name"]
        assert all(c["description"] for c in model["columns"].values()), model["name"]


@pytest.mark.parametrize("mart", sorted(MARTS))
def test_mart_begins_with_the_columns_that_were_promised(models: dict[str, dict], mart: str) -> None:
    promised = MARTS[mart]["columns"]
    columns = list(models[mart]["columns"])
    assert [c for c in columns if c in promised] == promised
    assert models[mart]["config"]["meta"]["grain"] == MARTS[mart]["grain"]


def test_every_feed_has_its_staging_model(models: dict[str, dict]) -> None:
    assert {n.removeprefix("stg_") for n in models if n.startswith("stg_")} == set(FEEDS)


def test_every_outcome_model_is_in_the_ledger(models: dict[str, dict]) -> None:
    outcome_models = {n for n in models if re.fullmatch(r"int_\w+_outcomes", n)}
    in_ledger = {u.split(".")[-1] for u in models["int_outcomes"]["depends_on"]["nodes"]}
    assert outcome_models <= in_ledger


def test_every_source_model_is_in_the_trace(models: dict[str, dict]) -> None:
    source_models = {n for n in models if n.endswith("_outcome_sources") and n.startswith("int_")}
    in_trace = {u.split(".")[-1] for u in models["fct_outcome_sources"]["depends_on"]["nodes"]}
    assert in_trace == source_models | {"int_outcomes"}


FORBIDDEN = {
    r"\bqualify\b": "QUALIFY",
    r"\basof\b": "ASOF",
    r"\bdistinct on\b": "DISTINCT ON",
    r"\bexclude\s*\(": "EXCLUDE",
    r"\bunion( all)? by name\b": "UNION BY NAME",
    r"\bgroup by all\b|\border by all\b": "GROUP BY ALL",
    r"\bstrftime\b|\bstrptime\b": "strftime",
    r"\btry_cast\b|\bsafe_cast\b": "try_cast of text",
    r"\bdate_diff\b|\bdatediff\b|\bdate_sub\b|\bdateadd\b": "a date difference outside of macros/cross_db",
    r"\bdayofweek\b|extract\s*\(\s*dow": "day of week",
    r"\brecursive\b": "recursive CTE",
    r"\bstring_agg\b|\blistagg\b|\barray_agg\b|\blist\s*\(": "an aggregate whose order is lost",
    r"\bconcat\s*\(": "concat, which differs on null",
    r"\bcurrent_date\b|\bnow\s*\(|\bcurrent_timestamp\b|\btoday\s*\(": "the clock",
    r"::": "a cast that Spark does not write so",
    r"(?<![\w'{])\"\w+\"": "double-quoted names",
    r"\\[dws]": "backslashes in patterns",
}


@pytest.mark.parametrize("path", sorted((PROJECT / "models").rglob("*.sql")), ids=lambda p: p.stem)
def test_model_keeps_to_the_sql_that_both_engines_understand(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|--[^\n]*", " ", path.read_text(encoding="utf-8"), flags=re.S)
    outside_jinja = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.S).lower()
    found = [why for pattern, why in FORBIDDEN.items() if re.search(pattern, outside_jinja)]
    assert not found, f"{path.name} uses {', '.join(found)}; put it into macros/cross_db"


def test_every_model_parses_as_spark_sql(models: dict[str, dict]) -> None:
    for name, model in models.items():
        try:
            sqlglot.parse_one(model["compiled_code"], dialect="spark")
        except sqlglot.errors.ParseError as error:
            pytest.fail(f"{name}: {error}")


# identity numbers and shapes, not rules: places after the point, parts of a key, halves of a day
HARMLESS = {"0", "1", "2", "0.5", "-1"}
STRUCTURE = {
    "int_event_lunches": {"3"},  # the third punch of a day ends the lunch
    "int_inspection_weeks": {"7"},  # days of a week
    "int_liability_shares": {"0.01"},  # a cent
    "int_operator_months": {"10000"},  # weights in whole ten-thousandths
    "int_store_activities": {"3"},  # the third kind of activity
}


@pytest.mark.parametrize("path", sorted((PROJECT / "models").rglob("*.sql")), ids=lambda p: p.stem)
def test_no_rule_number_stands_in_sql(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|--[^\n]*|\{\{.*?\}\}|\{%.*?%\}", " ", path.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(
        r"decimal\s*\(\d+,\s*\d+\)|date '\d{4}-\d\d-\d\d'|'[^']*'|split_part\([^)]*\)|interval \d+", " ", text
    )
    numbers = set(re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", text)) - HARMLESS - STRUCTURE.get(path.stem, set())
    assert not numbers, f"{path.name} holds {sorted(numbers)}; a rule's number belongs into seeds/rules"


def test_keys_of_feeds_are_those_of_the_contract() -> None:
    text = (PROJECT / "macros" / "rules" / "feeds.sql").read_text(encoding="utf-8")
    for feed, columns in FEEDS.items():
        keys = [c for c, t in columns.items() if t.split()[-1] == "key"]
        assert f"'{feed}': {keys!r}" in text


def test_every_clause_of_the_ledger_has_words(spark_manifest: dict) -> None:
    clauses = set(read_rules()["clauses"]["clause_id"])
    with (ROOT / "tests" / "golden" / "people" / "expected" / "fct_rule_outcomes.csv").open() as file:
        used = {row["clause_id"] for row in csv.DictReader(file)}
    with (ROOT / "tests" / "golden" / "money" / "expected" / "fct_rule_outcomes.csv").open() as file:
        used |= {row["clause_id"] for row in csv.DictReader(file)}
    assert used <= clauses


@pytest.mark.may_be_skipped
def test_copies_of_the_contract_are_equal_to_the_originals() -> None:
    shared = ROOT.parent / "shared"
    if not shared.is_dir():
        pytest.skip("the originals are not beside this clone")
    for original, copy in [
        (shared / "rules" / "rulebook.md", ROOT / "docs" / "rulebook.md"),
        *((p, ROOT / "docs" / "contract" / p.name) for p in (shared / "contract").iterdir()),
        *(
            (p, ROOT / "tests" / "golden" / p.relative_to(shared / "golden"))
            for p in (shared / "golden").rglob("*")
            if p.is_file()
        ),
    ]:
        assert copy.read_bytes() == original.read_bytes(), copy


def test_every_column_of_a_mart_has_words_in_both_languages(models: dict[str, dict]) -> None:
    labels = {code for kind, code, *_ in read_rules()["labels"].iter_rows() if kind == "column"}
    columns = {c for m in models.values() if m["schema"] == "marts" for c in m["columns"]}
    assert columns <= labels, sorted(columns - labels)

"""Rules as dated data: complete, exactly one version for every day, and refused with the place when they are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from ingest.problems import Problem
from warehouse.rules import SEEDS, read_rules


def test_every_day_falls_in_exactly_one_version_of_a_rule_set() -> None:
    versions = read_rules()["rule_versions"].sort("rule_set", "effective_from")
    assert versions.select("rule_set", "effective_from").is_duplicated().sum() == 0
    first = versions.group_by("rule_set").agg(pl.col("effective_from").min().cast(pl.String))
    starts = dict(first.iter_rows())
    assert starts.pop("R6") == "2007-09-01"
    assert set(starts.values()) == {"1900-01-01"}


def test_every_number_says_where_it_comes_from() -> None:
    rules = read_rules()
    assert rules["parameters"]["origin"].null_count() == 0
    assert set(rules["parameters"]["origin"].cast(pl.String).unique()) <= {"rule", "local", "law"}


def test_every_clause_of_a_parameter_exists() -> None:
    rules = read_rules()
    named = rules["definitions"]["clause_ids"].drop_nulls().str.split("|").explode().unique()
    assert set(named) <= set(rules["clauses"]["clause_id"])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An organisation's own rules that start as the seeded ones."""
    shutil.copytree(SEEDS / "rules", tmp_path / "rules")
    return tmp_path / "rules"


def test_own_rules_replace_the_seeded_file_of_the_same_name(own: Path) -> None:
    path = own / "parameters" / "r00_organisation.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("deduction_cap_rate,,0.20", "deduction_cap_rate,,0.15"),
        encoding="utf-8",
    )
    parameters = read_rules(own)["parameters"]
    assert parameters.filter(pl.col("parameter") == "deduction_cap_rate")["value"].to_list() == ["0.15"]


def test_an_incomplete_version_is_refused_with_the_parameter_that_lacks(own: Path) -> None:
    path = own / "rule_versions.csv"
    path.write_text(path.read_text(encoding="utf-8") + "R0,R0.2,2026-03-01,local,\n", encoding="utf-8")
    with pytest.raises(Problem, match="R0.2 .*deduction_cap_rate"):
        read_rules(own)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("R0.1,weekly_rest_day,7,true", "R0.1,weekly_rest_day,7,maybe", "“maybe” is no bool"),
        ("R0.1,weekly_rest_day,7,true,rule", "R0.1,weekly_rest_day,7,true,guess", "row 2 origin: “guess”"),
        ("R0.1,weekly_rest_day,7", "R0.1,weekly_rest_day,", "item must be given"),
        ("R0.1,deduction_cap_rate,,0.20", "R0.1,deduction_cap_rate,,0.20001", "is no decimal"),
        ("rule_version,parameter", "version,parameter", "columns must be"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(own: Path, old: str, new: str, message: str) -> None:
    path = own / "parameters" / "r00_organisation.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Problem, match=message):
        read_rules(own)


def test_a_change_of_rules_holds_from_its_day_on(own: Path) -> None:
    versions = own / "rule_versions.csv"
    versions.write_text(versions.read_text(encoding="utf-8") + "R0,R0.2,2026-03-01,local,\n", encoding="utf-8")
    path = own / "parameters" / "r00_organisation.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines += [line.replace("R0.1", "R0.2") for line in lines[1:]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rules = read_rules(own)
    assert rules["rule_versions"].filter(pl.col("rule_set") == "R0").height == 2
    assert rules["parameters"].filter(pl.col("rule_version") == "R0.2").height == len(lines) // 2


def test_a_rule_file_that_no_table_would_read_is_refused(own: Path) -> None:
    (own / "parameter").mkdir()
    shutil.copyfile(own / "parameters" / "r00_organisation.csv", own / "parameter" / "r00_organisation.csv")
    with pytest.raises(Problem, match=r"parameter/r00_organisation\.csv.*no rule table has this name"):
        read_rules(own)


def test_a_file_of_another_name_is_added_to_its_table(tmp_path: Path) -> None:
    (tmp_path / "scope").mkdir()
    (tmp_path / "scope" / "2026.csv").write_text(
        "rule_set,clause_id,unit_type,unit_id,is_applied,effective_from,effective_to\n"
        "R7,,,CO2,false,2026-05-01,2026-06-01\n",
        encoding="utf-8-sig",
    )
    assert read_rules(tmp_path)["scope"].height == read_rules()["scope"].height + 1


def test_a_draft_is_laid_over_an_organisation_s_own_rules(own: Path, tmp_path: Path) -> None:
    seeded = (own / "parameters" / "r00_organisation.csv").read_text(encoding="utf-8")
    for folder, rate in ((own, "0.15"), (tmp_path / "draft", "0.10")):
        path = folder / "parameters" / "r00_organisation.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(seeded.replace("deduction_cap_rate,,0.20", f"deduction_cap_rate,,{rate}"), encoding="utf-8")
    parameters = read_rules(own, tmp_path / "draft")["parameters"]
    assert parameters.filter(pl.col("parameter") == "deduction_cap_rate")["value"].to_list() == ["0.10"]


@pytest.mark.parametrize("content", ["规则".encode("gb18030") + b",x\n\xb9\xe6,1\n", b"a,b\n1,2,3,4\n"])
def test_a_rule_file_that_is_no_sound_csv_is_refused_by_name(own: Path, content: bytes) -> None:
    (own / "scope.csv").write_bytes(content)
    with pytest.raises(Problem, match=r"scope\.csv"):
        read_rules(own)

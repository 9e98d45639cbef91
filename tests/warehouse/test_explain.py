"""Every outcome leads back to the line of the log, in words and numbers that make its amount."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from ingest.problems import Problem
from tests.compare import GOLDEN
from warehouse.explain import explain
from warehouse.home import Home
from warehouse.reader import Published, published


def _outcome(reader: Published, where: str) -> str:
    return reader.rows(f"select outcome_id from marts.fct_rule_outcomes where {where} order by 1 limit 1")[0][
        "outcome_id"
    ]


def test_a_fine_is_explained_to_the_line_of_the_log(people: Home) -> None:
    reader = published(people)
    found = explain(reader, _outcome(reader, "clause_id = 'R7-1.4' and subject_id = 'E01'"), "en")
    assert "E01" in found.title and "R7-1.4" in found.title
    line = (GOLDEN / "people" / "inputs" / "punches.csv").read_text(encoding="utf-8").splitlines()
    punches = [s for s in found.sources if s.feed == "punches"]
    assert punches
    for source in punches:
        assert source.file_name == "punches.csv"
        assert source.line == line[source.row - 1]


def test_an_absence_shows_wage_days_and_working_days(people: Home) -> None:
    reader = published(people)
    outcome = _outcome(reader, "clause_id = 'R7-1.6' and subject_id = 'E04' and amount = 433.33")
    (arithmetic,) = explain(reader, outcome, "zh").arithmetic
    assert "5,200.00" in arithmetic and "× 2" in arithmetic and "÷ 24" in arithmetic and "¥433.33" in arithmetic


def test_a_waived_fine_says_so(people: Home) -> None:
    reader = published(people)
    found = explain(reader, _outcome(reader, "is_waived and amount is not null"), "zh")
    assert "已免" in found.title and any("申诉获准" in line for line in found.arithmetic)


def test_an_unknown_id_is_told_where_ids_are(people: Home) -> None:
    with pytest.raises(Problem, match="fct_rule_outcomes") as problem:
        explain(published(people), "0" * 32, "en")
    assert problem.value.exit_code == 2


@pytest.mark.parametrize("name", ["people", "money"])
def test_every_outcome_has_a_clause_in_words_and_a_log_row(request: pytest.FixtureRequest, name: str) -> None:
    reader = published(request.getfixturevalue(name))
    for row in reader.rows("select outcome_id, amount from marts.fct_rule_outcomes"):
        for language in ("zh", "en"):
            found = explain(reader, row["outcome_id"], language)
            assert found.clause
            assert found.sources and all(s.row and s.file_name and s.line for s in found.sources)
            assert not re.search(r"\bNone\b|\bnull\b", " ".join([found.title, *found.arithmetic]))
            if row["amount"] is not None:
                assert found.arithmetic[0].endswith(f"= ¥{Decimal(row['amount']):,.2f}")

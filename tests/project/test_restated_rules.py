"""An organisation that states its rules and its people again each day, unchanged, gets the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.loading import ingest_paths
from tests.compare import differences_in
from tests.compiled import Compiled, build, connect, failing_tests
from tests.mutants.check import GOLDEN_SETS, Known, restated_sets
from warehouse.home import Home
from warehouse.rules import read_rules


@pytest.mark.golden
@pytest.mark.parametrize("known", GOLDEN_SETS, ids=lambda k: k.name)
def test_no_figure_moves_when_every_rule_and_every_employee_s_row_begins_anew_each_day(
    compiled: Compiled, known: Known, tmp_path: Path
) -> None:
    (restated,) = restated_sets(tmp_path, [known])
    home = Home(tmp_path / "home").create()
    ingest_paths(home, [restated.inputs])
    rules = read_rules(restated.own_rules)
    assert len(rules["rule_versions"]) > 500
    with connect(home.store, rules, known.as_of) as connection:
        build(connection, compiled)
        assert failing_tests(connection, compiled.tests) == []
        connection.execute("use pub")
        assert [d for f in sorted(known.expected.glob("*.csv")) for d in differences_in(f, connection)] == []

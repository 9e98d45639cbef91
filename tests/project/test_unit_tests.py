"""dbt's unit tests of the rules' boundaries, run where every model is built anew."""

from __future__ import annotations

import pytest

from ingest.loading import open_store
from warehouse.build import DbtRun, prepare, run_dbt
from warehouse.home import Home, Settings


@pytest.fixture(scope="module")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> DbtRun:
    """Everything built on a store without a single row, with the unit tests."""
    home = Home(tmp_path_factory.mktemp("empty")).create()
    open_store(home).close()
    prepare(home, Settings(), None, None)
    return run_dbt(home, ["build"], Settings())


def test_every_boundary_of_the_rules_holds(empty_build: DbtRun) -> None:
    unit_tests = [r for r in empty_build.results if r["type"] == "unit_test"]
    assert [f"{r['node']}: {r['message']}" for r in unit_tests if r["status"] != "pass"] == []
    assert unit_tests


def test_models_and_their_tests_hold_on_logs_without_a_row(empty_build: DbtRun) -> None:
    assert [f"{r['node']}: {r['message']}" for r in empty_build.failures] == []
    assert empty_build.succeeded

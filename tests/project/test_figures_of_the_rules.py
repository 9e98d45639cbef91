"""The seeded parameters are what the rulebook's own words say."""

from __future__ import annotations

from tests.rulebook import disagreements, orders, stated
from warehouse.rules import read_rules


def _parameters() -> list[tuple]:
    return list(read_rules()["parameters"].select("rule_version", "parameter", "item", "value").iter_rows())


def test_fines_points_and_ranks_are_those_of_the_rulebook() -> None:
    assert disagreements(_parameters()) == []


def test_the_rulebook_states_a_figure_for_every_fine_and_point_of_the_seeds() -> None:
    seeded = {
        (v, p, i)
        for v, p, i, _ in _parameters()
        if p in ("fine_from", "fine_to", "points_from", "points_to", "amount_multiple")
    }
    assert seeded == stated().keys()
    assert all(len(steps) > 2 for steps in orders().values())


def test_a_fine_one_yuan_off_is_seen() -> None:
    wrong = [(v, p, i, "99" if (p, i) == ("fine_to", "littering") else value) for v, p, i, value in _parameters()]
    assert disagreements(wrong) == ["R1.1 fine_to of littering is 99, the rulebook says 100"]


def test_a_limit_a_minute_off_is_seen() -> None:
    wrong = [(v, p, i, "21" if p == "feedback_limit_minutes" else value) for v, p, i, value in _parameters()]
    assert disagreements(wrong) == ["R2.1 feedback_limit_minutes is 21, the rulebook says 20.0"]

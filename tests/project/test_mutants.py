"""A handful of planted changes is caught, an unchanged model is not: the whole check is ``make mutants``."""

from __future__ import annotations

import pytest

from tests.compiled import Compiled
from tests.mutants.__main__ import ORDER, SETS, equivalent, rule_models, rules_sql
from tests.mutants.check import GOLDEN_SETS, Check
from tests.mutants.plant import Mutant, Offer, chapter_of, offers, parsed, plant, planted_parameters, written
from warehouse.rules import read_rules

# model → the kind of change planted there, the first one of its kind: each kind, each chapter
PLANTED = {
    "int_attendance_parts": "boundary moved",
    "int_leave_requests": "status swapped",
    "int_conduct_incidents": "order turned",
    "int_class_incidents": "comparison turned",
    "int_hotline_calls": "comparison turned",
    "int_callback_obligations": "status swapped",
    "int_liability_shares": "order dropped",
    "int_trip_allowances": "boundary moved",
    "int_event_tasks": "status swapped",
    "int_inspection_slots": "and/or",
    "fct_funnel_months": "default changed",
    "int_employee_periods": "extreme swapped",
    "int_calendar_days": "join loosened",
}
KINDS = {"comparison turned", "boundary moved", "join loosened", "order dropped", "order turned", "status swapped"}


@pytest.fixture(scope="module")
def check(compiled: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Check:
    """The unit tests and the hand-worked sets."""
    return Check.make(compiled, tmp_path_factory.mktemp("mutants"), GOLDEN_SETS[:2])


def _first(compiled: Compiled, model: str, kind: str) -> Mutant:
    return plant(compiled, next(o for o in offers(compiled, model) if o.kind == kind))


@pytest.mark.parametrize(("model", "kind"), PLANTED.items())
def test_a_planted_change_is_caught(compiled: Compiled, check: Check, model: str, kind: str) -> None:
    mutant = _first(compiled, model, kind)
    assert check.notices(mutant), mutant.change


def test_a_parameter_one_unit_off_is_caught(compiled: Compiled, check: Check) -> None:
    offered = planted_parameters(read_rules(), rules_sql(compiled))
    (mutant,) = [m for m in offered if m.change == "R7.1 late_grace_minutes: 5 → 6"]
    assert check.notices(mutant)


def test_an_unchanged_model_is_not_caught(compiled: Compiled, check: Check) -> None:
    for name in ("stg_punches", "int_calendar_days", "int_attendance_parts", "fct_rule_outcomes"):
        model = compiled.models[name]
        same = Mutant(chapter_of(model.subject, name), name, "none", "", written(parsed(model.sql)))
        assert check.notices(same) is None, name


def test_every_kind_of_change_is_offered_and_every_chapter_has_some(compiled: Compiled) -> None:
    offered: list[Offer] = [o for name in rule_models(compiled) for o in offers(compiled, name)]
    assert {o.kind for o in offered} >= KINDS
    chapters = {chapter_of(compiled.models[o.place].subject, o.place) for o in offered}
    assert {SETS.get(c, c) for c in chapters} == set(ORDER)


def test_every_equivalent_change_names_a_model_that_exists_and_says_why(compiled: Compiled) -> None:
    excused = equivalent()
    assert excused
    for row in excused:
        assert row.place in {"*", "rules.parameters", *compiled.models}, row
        assert " → " in row.change and len(row.reason) > 30, row

"""``make mutants``: how many planted changes of the rules are noticed.

    python -m tests.mutants [--planted 320] [--seed 7] [--only MODEL …] [--verbose]

Prints caught / planted for each chapter and every survivor.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.compiled import Compiled, compile_project
from tests.mutants.check import GOLDEN_SETS, Built, Check, money_sets, people_sets, restated_sets
from tests.mutants.plant import (
    Mutant,
    chapter_of,
    chosen,
    offers,
    parsed,
    plant,
    planted_parameters,
    without_copies,
    written,
)
from warehouse.rules import read_rules

EQUIVALENT = Path(__file__).with_name("equivalent.csv")
ORDER = ["R1", "R2", "R3", "R4 R9", "R5", "R6", "R7", "R8", "R10", "shared"]
SETS = {"R0": "shared", "R4": "R4 R9", "R9": "R4 R9"}


def rule_models(project: Compiled) -> list[str]:
    """All but what shows tables as they are: a feed's model says what is known by ``as_of``."""
    return [n for n in project.models if n.startswith(("stg_", "int_", "fct_"))]


def rules_sql(project: Compiled) -> str:
    return "\n".join(project.models[name].sql for name in rule_models(project))


def choose(project: Compiled, built: Built, wanted: int, seed: int) -> list[Mutant]:
    """The changes of the models, valid ones only."""
    offered = without_copies(project, [o for name in rule_models(project) for o in offers(project, name)])
    mutants = []
    for share, turns in chosen(offered, wanted, seed):
        found: dict[str, Mutant] = {}
        for offer in turns:
            if len(found) == share:
                break
            mutant = plant(project, offer)
            if mutant.change not in found and built.is_valid(mutant.sql):
                found[mutant.change] = mutant
        mutants += found.values()
    return mutants


def choose_parameters(project: Compiled, wanted: int, seed: int) -> list[Mutant]:
    offered = planted_parameters(read_rules(), rules_sql(project))
    return random.Random(seed).sample(offered, min(wanted, len(offered)))


def unlike_when_written_anew(check: Check) -> list[str]:
    """Models that are not the same once parsed and written again: their mutants would prove nothing."""
    found = []
    for name in rule_models(check.project):
        model = check.project.models[name]
        same = Mutant(chapter_of(model.subject, name), name, "none", "", written(parsed(model.sql)))
        for built in check.sets:
            relation = f'"mutant"."m"."{name}"'
            built.connection.execute("create schema mutant.m")
            built.connection.execute(f"create table {relation} as {same.sql}")
            if built.differ(model.relation, relation):
                found.append(f"{name} on {built.known.name}")
            built.connection.execute("drop schema mutant.m cascade")
        found += [f"{name}: {t}" for t in check.unit_tests.failing(name, same.sql)]
    return found


@dataclass(frozen=True)
class Equivalent:
    """Changes that can't move any figure, and why. A * in a place or change stands for any text."""

    place: str
    change: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        pairs = ((self.place, mutant.place), (self.change, mutant.change))
        return all(re.fullmatch(".*".join(map(re.escape, p.split("*"))), text) for p, text in pairs)


def equivalent() -> list[Equivalent]:
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return [Equivalent(**row) for row in csv.DictReader(file)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--planted", type=int, default=320, help="changes of models")
    parser.add_argument("--parameters", type=int, default=80, help="changes of parameters")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", nargs="*", help="names of models")
    parser.add_argument("--verbose", action="store_true", help="also who noticed each")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        project = compile_project(Path(folder))
        worked_out = [*people_sets(Path(folder)), *money_sets(Path(folder))]
        restated = restated_sets(Path(folder), GOLDEN_SETS[:2])
        check = Check.make(project, Path(folder), [*GOLDEN_SETS, *worked_out, *restated])
        unlike = unlike_when_written_anew(check)
        if unlike:
            raise SystemExit(f"not the same when written anew: {unlike}")
        mutants = choose(project, check.sets[0], options.planted, options.seed)
        without = sorted(set(rule_models(project)) - {m.place for m in mutants})
        mutants += choose_parameters(project, options.parameters, options.seed)
        if options.only:
            mutants = [m for m in mutants if m.place in options.only]
        print(f"{len(mutants)} changes, ready after {time.monotonic() - started:.0f} s", flush=True)
        report(check, mutants, options.verbose)
        print(f"{len(rule_models(project))} models, without a change (nothing is compared there): {', '.join(without)}")
    print(f"{time.monotonic() - started:.0f} s")


def witness(seen: str) -> str:
    """The kind of check that noticed first."""
    if seen.startswith(("unit test", "boundary test", "rulebook", "the build")):
        return {"u": "unit tests", "b": "boundary tests", "r": "the rulebook's text", "t": "the build"}[seen[0]]
    if "data test" in seen:
        return "data tests"
    if ", restated:" in seen:
        return "restated rules and people"
    return "hand-worked sets" if seen.split(":")[0] in {k.name for k in GOLDEN_SETS} else "second road"


def report(check: Check, mutants: list[Mutant], is_verbose: bool) -> None:
    excused = equivalent()
    caught, planted, spared, by_whom = Counter(), Counter(), Counter(), Counter()
    for mutant in mutants:
        chapter = SETS.get(mutant.chapter, mutant.chapter)
        seen = check.notices(mutant)
        excuse = next((e for e in excused if e.covers(mutant)), None)
        if seen is None and excuse:
            spared[chapter] += 1
            continue
        planted[chapter] += 1
        if seen is None:
            print(f"SURVIVES {chapter}\t{mutant.place}\t{mutant.kind}\t{mutant.change}", flush=True)
            continue
        caught[chapter] += 1
        by_whom[witness(seen)] += 1
        if is_verbose:
            print(f"caught   {chapter}\t{mutant.place}\t{mutant.kind}\t{mutant.change}\t{seen}", flush=True)
        if excuse:
            print(f"NOT EQUIVALENT {mutant.place}\t{mutant.change}\t{seen}", flush=True)
    print(f"{'chapter':10}{'caught':>8}{'planted':>9}{'equivalent':>12}")
    for chapter in ORDER:
        print(f"{chapter:10}{caught[chapter]:8}{planted[chapter]:9}{spared[chapter]:12}")
    total = planted.total()
    print(f"{'all':10}{caught.total():8}{total:9}{spared.total():12}  {caught.total() / max(total, 1):.1%}")
    print("first noticed by " + ", ".join(f"{who} {n}" for who, n in by_whom.most_common()))


if __name__ == "__main__":
    main()

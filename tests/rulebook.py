"""The figures that the rulebook states in its tables and orders, read from its own text: a second road to the seeds."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.compare import ROOT

TEXT = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")
Figures = dict[tuple[str, str, str], str]


def _section(heading: str) -> str:
    return TEXT.split(f"\n## {heading} ", 1)[1].split("\n## ", 1)[0]


def _cells(section: str) -> list[list[str]]:
    return [[c.strip() for c in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]


def stated() -> Figures:
    """(rule version, parameter, item) → figure: the fines of R1, the points of R6."""
    found: Figures = {}
    for what, *_, sanction in _cells(_section("R1")):
        fine = re.search(r"fine(?: of)? (\d+)–(\d+)", sanction)
        multiple = re.search(r"= (\d+) × ", sanction)
        for code in re.findall(r"`(\w+)`", what):
            if fine:
                found["R1.1", "fine_from", code], found["R1.1", "fine_to", code] = fine.groups()
            if multiple or "in full" in sanction:
                found["R1.1", "amount_multiple", code] = multiple[1] if multiple else "1"
    for code, _, points in _cells(_section("R6")):
        figures = re.findall(r"\d+", points)
        if figures:
            found["R6.1", "points_from", code.strip("`")] = figures[0]
            found["R6.1", "points_to", code.strip("`")] = figures[-1]
    return found


def orders() -> dict[tuple[str, str], list[list[str]]]:
    """(rule version, parameter) → items from the lowest rank up; items of one rank stand together."""
    classes = re.search(r"classes: ([\w< ]+)", _section("R4"))
    ranks = re.search(r"Ranks: ([\w<, ]+);", _section("R7"))
    assert classes and ranks
    return {
        ("R4.1", "transport_class_rank"): [[c.strip()] for c in classes[1].split("<")],
        ("R7.1", "leave_approver_rank"): [[r.strip() for r in step.split(",")] for step in ranks[1].split("<")],
        ("R2.1", "leave_approver_rank"): [["group_leader"], ["centre_director"], ["bureau_leader"]],
    }


def disagreements(parameters: Iterable[tuple[str, str, str | None, str | None]]) -> list[str]:
    """Where seeded parameters (version, parameter, item, value) are not what the rulebook says; empty when they are."""
    values = {(version, parameter, item or ""): value for version, parameter, item, value in parameters}
    found = [
        f"{version} {parameter} of {item} is {values.get((version, parameter, item))}, the rulebook says {figure}"
        for (version, parameter, item), figure in stated().items()
        if values.get((version, parameter, item)) != figure
    ]
    for (version, parameter), steps in orders().items():
        ranks = [{int(values[version, parameter, item] or 0) for item in step} for step in steps]
        if any(len(r) > 1 for r in ranks) or [min(r) for r in ranks] != sorted({min(r) for r in ranks}):
            found.append(f"{version} {parameter} ranks otherwise than the rulebook: {steps}")
    return found

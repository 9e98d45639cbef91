"""The corpora as data: a text file each, a case a line, under ``[family] what they want``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
LINE_BREAK = "⏎"
REPEATED = re.compile(r"⟦(.+?)\*(\d+)⟧")


UNSEEN = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
ESCAPED = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[nrt\\])")


def with_unseen(case: str) -> str:
    """A case with what ``\\x1b``, ``\\u202e``, ``\\n`` and the like stand for."""
    return ESCAPED.sub(lambda found: UNSEEN.get(found[1]) or chr(int(found[1][1:], 16)), case)


@dataclass(frozen=True)
class Family:
    """Cases that want the same.

    Attributes:
        name: of the family; wants: what somebody gains when one of them succeeds.
        cases: the texts, ⏎ turned into a line break and ⟦x*3⟧ into xxx.
    """

    name: str
    wants: str
    cases: tuple[str, ...]


def families(name: str) -> list[Family]:
    """The families of ``<name>.txt`` in order; cases before the first heading are of the family without a name."""
    found: list[tuple[str, str, list[str]]] = [("", "", [])]
    for line in (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and "]" in line:
            heading, _, wants = line[1:].partition("]")
            found.append((heading, wants.strip(), []))
        elif line and not line.startswith("#"):
            found[-1][2].append(REPEATED.sub(lambda m: m[1] * int(m[2]), line.replace(LINE_BREAK, "\n")))
    return [Family(heading, wants, tuple(cases)) for heading, wants, cases in found if cases]

"""Counting what was tried and what held."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

WIDTHS = (36, 8, 8, 10)


@dataclass
class Tally:
    """The row of one fault.

    Attributes:
        done, held: cases; broken: what did not hold, a line a case; worst: name -> the largest figure of it.
    """

    PROPERTY: ClassVar[str] = "torture"
    fault: str
    done: int = 0
    held: int = 0
    broken: list[str] = field(default_factory=list)
    worst: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def case(self, name: object) -> Iterator[None]:
        """One case: what it raises is noted, and the next one is tried."""
        self.done += 1
        try:
            yield
        except Exception as error:
            self.broken.append(f"{type(error).__name__}: {error}"[:900] + f"\n  in {name}"[:1500])
        else:
            self.held += 1

    def note(self, name: str, value: float) -> None:
        """A figure of which the table shows the largest."""
        self.worst[name] = max(value, self.worst.get(name, value))

    def row(self) -> tuple[str, int, int, float, str]:
        figures = ", ".join(f"{name} <= {value:.2f}" for name, value in self.worst.items())
        return self.fault, self.done, self.held, time.monotonic() - self.started, figures


def header() -> str:
    names = ("fault", "done", "held", "seconds")
    return "".join(f"{n:<{w}}" if n == "fault" else f"{n:>{w}}" for n, w in zip(names, WIDTHS, strict=True)) + "  worst"


def line(row: tuple[str, int, int, float, str]) -> str:
    fault, done, held, seconds, figures = row
    return f"{fault:<{WIDTHS[0]}}{done:>{WIDTHS[1]},}{held:>{WIDTHS[2]},}{seconds:>{WIDTHS[3]}.1f}  {figures}".rstrip()

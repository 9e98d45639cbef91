"""What must hold when things go wrong, tried many times: ``make torture`` runs the full counts, ``make test`` short ones.

The counts stand here and nowhere else.
"""

from __future__ import annotations

import os

# fault -> (how often in `make test`, how often in `make torture`)
COUNTS = {
    "kill -9 at random points": (5, 200),
    "kill -9 at named steps": (8, 88),
    "kill -9 at named steps of a build": (2, 12),
    "disk full": (4, 20),
    "disk full in a build": (1, 4),
    "four runs at once": (3, 50),
    "readers while publishing, seconds": (6, 60),
    "published file damaged": (20, 100),
    "workbook bombs": (5, 5),
    "mutated workbooks": (6, 500),
    "mutated CSV files": (200, 10_000),
    "encodings x shapes": (48, 48),
    "re-exports": (4, 30),
    "a year without a holiday table": (1, 1),
    "restore": (1, 1),
    "no network": (1, 1),
    "partial builds, sequences": (10, 200),
}
SEED = 20261124


def is_full() -> bool:
    """Whether the full counts were asked for."""
    return os.environ.get("ZHIDU_TORTURE") == "full"


def times(fault: str) -> int:
    """How often a fault is tried in this run."""
    return COUNTS[fault][is_full()]

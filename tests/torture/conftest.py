"""A row of the table for each fault, and homes to harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.torture.tally import Tally


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Tally]]:
    """``tally("disk full")`` begins the row of a fault; the test fails at its end where a case did not hold."""
    rows: list[Tally] = []

    def begin(fault: str) -> Tally:
        rows.append(Tally(fault))
        return rows[-1]

    yield begin
    for row in rows:
        request.node.user_properties.append((Tally.PROPERTY, row.row()))
    broken = [said for row in rows for said in row.broken]
    if broken:
        pytest.fail(f"{len(broken)} did not hold:\n" + "\n".join(broken[:10]), pytrace=False)

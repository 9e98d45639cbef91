"""``make torture``: every fault in its full count, and the table of figures. Exit code 1 when something did not hold."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.torture.tally import Tally, header, line


class _Table:
    """Prints a row as soon as a fault is done, and at the end what went wrong."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == Tally.PROPERTY and report.when == "teardown":
                print(line(value), flush=True)
        if report.failed or report.skipped:
            self.said.append(f"{report.nodeid} {report.outcome}\n{report.longreprtext or report.longrepr}")


def main(arguments: list[str]) -> int:
    os.environ["ZHIDU_TORTURE"] = "full"
    table = _Table()
    print(header(), flush=True)
    folder = str(Path(__file__).resolve().parent)
    code = pytest.main(
        [folder, "-p", "no:terminal", "-o", "addopts=", "--timeout", "3600", *arguments], plugins=[table]
    )
    for said in table.said:
        print(said, file=sys.stderr)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

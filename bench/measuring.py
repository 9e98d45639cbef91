"""What a command costs, a line of the table, and the file of results."""

from __future__ import annotations

import csv
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import date
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).with_name("results.csv")
MACHINE = ["duckdb", "polars", "dbt", "python", "cores", "memory_gib", "measured_on"]


@dataclass(frozen=True)
class Cost:
    """CPU (user and system, children included) and wall time in seconds, memory of the largest process in MiB."""

    cpu: float
    wall: float = 0.0
    peak: float = 0.0


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Attributes:
        what: what was done to how many rows; beside: CPU seconds of what it is compared with, None where with nothing.
        limit: what that is, and the ratio that is aimed at, where one is.
    """

    what: str
    rows: int
    zhidu_cpu_s: float
    beside_cpu_s: float | None
    limit: str
    peak_mib: float

    @property
    def ratio(self) -> float | None:
        return self.zhidu_cpu_s / self.beside_cpu_s if self.beside_cpu_s else None


def run(*command: str | Path) -> Cost:
    """Run a Python module or script text with its arguments. Raises SystemExit where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *map(str, command)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    noise = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    # 2: a file of the logs could not be read, which none here can be
    if status:
        raise SystemExit(f"{' '.join(map(str, command))[:200]} failed: {noise.decode()[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024)


def zhidu(home: Path, *arguments: str | Path) -> Cost:
    """Run the command on a home."""
    return run("-m", "warehouse.cli", "--home", home, *arguments)


@contextmanager
def clocked(spent: list[float]) -> Iterator[None]:
    """Add the CPU seconds of this process that the block takes."""
    start = time.process_time()
    yield
    spent.append(time.process_time() - start)


HEAD = f"{'what':44} {'rows':>12} {'zhidu CPU s':>12} {'beside CPU s':>12} {'ratio':>7} {'peak MiB':>9}  limit"


def show(line: Line) -> None:
    """Print a line and append it to the results."""
    beside = "" if line.beside_cpu_s is None else _seconds(line.beside_cpu_s)
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    peak = f"{line.peak_mib:,.0f}" if line.peak_mib else ""
    print(
        f"{line.what:44} {line.rows:12,} {_seconds(line.zhidu_cpu_s):>12} {beside:>12} {ratio:>7} {peak:>9}  {line.limit}",
        flush=True,
    )
    names = [f.name for f in fields(Line)]
    is_new = not RESULTS.exists()
    with RESULTS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow([*names, *MACHINE])
        writer.writerow([*(f"{v:.4g}" if isinstance(v, float) else v for v in astuple(line)), *_machine()])


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value >= 1 else f"{value:.4f}"


def _machine() -> list[object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = [version(name) for name in ("duckdb", "polars", "dbt-core")]
    return [*packages, platform.python_version(), os.cpu_count(), f"{memory:.0f}", date.today()]

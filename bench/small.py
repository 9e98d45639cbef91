"""What the main job costs on small data: the demo up to publishing, and a build of each golden set.

Prints seconds of wall and CPU (user + system, children included) and peak memory; asserts nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"


def measure(arguments: list[str]) -> tuple[float, float, float]:
    """Run the command; (wall seconds, CPU seconds, peak MiB of its largest process)."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "warehouse.cli", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, code, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if code:
        raise SystemExit(f"zhidu {' '.join(arguments)} failed: {code}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    print(f"{'what':40} {'wall s':>8} {'CPU s':>8} {'MiB':>8}")
    with tempfile.TemporaryDirectory() as folder:

        def show(what: str, home: str, *arguments: str) -> None:
            figures = measure(["--home", str(Path(folder) / home), *arguments])
            print(f"{what:40} {figures[0]:8.1f} {figures[1]:8.1f} {figures[2]:8.0f}")

        show("demo, installed to published", "demo", "demo", "--no-serve")
        for name, as_of in (("people", "2026-04-08"), ("money", "2026-04-30")):
            show(f"golden {name}: first run", name, "run", str(GOLDEN / name / "inputs"), "--as-of", as_of)
            show(f"golden {name}: build again", name, "build", "--as-of", as_of)


if __name__ == "__main__":
    main()

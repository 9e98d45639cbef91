"""What the same build costs on DuckDB and on a Spark of two executor processes on this machine.

    python -m bench.spark [--rows 1000000 …] [--home HOME …]

Makes a year of logs of each size in ``bench/data/`` (or takes the homes named, which are built anew), builds it by ``zhidu
build`` and by ``zhidu build --target spark`` (all tests, the export of everything included), and prints CPU and wall
seconds; those of Spark are the client's and its three Java processes'. Needs what ``make parity`` installs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.build import AS_OF, DATA, generate
from tests.parity.server import Server, lacking, server
from warehouse.home import Home

# as a server would run that is not started for a test: adaptive plans, Java's best compiler. Logs shrink so well in Parquet
# that Spark takes tables of gigabytes for small ones and would send them whole through a driver of 1 GB
CONF = {
    "spark.driver.extraJavaOptions": "",
    "spark.executor.extraJavaOptions": "",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.spark", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[], help="sizes")
    parser.add_argument("--home", type=Path, nargs="*", default=[], help="homes with logs, instead of sizes")
    options = parser.parse_args()
    if why := lacking():
        raise SystemExit(why)
    homes = [Home(path.resolve()) for path in options.home]
    for rows in options.rows or ([] if homes else [1_000_000]):
        homes.append(Home(DATA / f"spark_{rows}"))
        if not homes[-1].store.exists():
            generate(homes[-1], rows)
    print(f"{'home':24} {'target':8} {'CPU s':>8} {'wall s':>8}")
    for home in homes:
        _print(home, "duckdb", *_build(home, []))
        with tempfile.TemporaryDirectory() as scratch, server(Path(scratch), CONF) as running:
            _print(home, "spark", *_build(home, ["--target", "spark", "--full"], running))


def _build(home: Home, arguments: list[str], running: Server | None = None) -> tuple[float, float]:
    command = [
        sys.executable,
        "-m",
        "warehouse.cli",
        "--home",
        str(home.root),
        "build",
        "--as-of",
        str(AS_OF),
        *arguments,
    ]
    told = os.environ | ({"ZHIDU_SPARK_REMOTE": running.remote} if running else {})
    java, began = _group_seconds(running), time.perf_counter()
    process = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    noise = process.stderr.read()
    _, code, usage = os.wait4(process.pid, 0)
    if code:
        raise SystemExit(f"{' '.join(command)} failed: {noise.decode()[-3000:]}")
    seconds = time.perf_counter() - began
    return usage.ru_utime + usage.ru_stime + _group_seconds(running) - java, seconds


def _group_seconds(running: Server | None) -> float:
    """CPU seconds so far of the processes of a server; none without one."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat") if running else ():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if running and int(fields[2]) == running.group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _print(home: Home, target: str, cpu: float, wall: float) -> None:
    print(f"{home.root.name:24} {target:8} {cpu:8.1f} {wall:8.1f}", flush=True)


if __name__ == "__main__":
    main()

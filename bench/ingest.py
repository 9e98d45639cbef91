"""How much CPU a checked, traced load costs beside DuckDB's own typed read of the same file.

    python bench/ingest.py [rows]

Makes ``bench/data/punches_<rows>.csv`` once (1 % unreadable rows, some duplicates and corrections), then runs either
load in a process of its own, alternately, and prints the ratio of user+system CPU and the peak of resident memory.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

DATA = Path(__file__).resolve().parent / "data"
ROOT = DATA.parent.parent
ROUNDS = 2

TYPED = """
import duckdb, sys
store = duckdb.connect(sys.argv[2])
store.execute("set enable_progress_bar = false")
store.execute(
    "create table punches as select * from read_csv(?, header = true, ignore_errors = true, columns = "
    "{employee_id: 'VARCHAR', punched_at: 'TIMESTAMP', method: 'VARCHAR', punched_by: 'VARCHAR', device_id: 'VARCHAR'})",
    [sys.argv[1]],
)
print(store.execute("select count(*) from punches").fetchall()[0][0])
"""
CHECKED = """
import sys
from pathlib import Path
from ingest.loading import ingest_paths
from warehouse.home import Home
(done,) = ingest_paths(Home(Path(sys.argv[2])), [Path(sys.argv[1])]).files
print(done.rows_read, done.loaded, done.corrected, done.duplicate, done.quarantined)
"""


def generate(path: Path, rows: int) -> None:
    """A year of punches: ids, times to the second, 1 % broken in five ways, 0.2 % repeated, 0.1 % corrected."""
    rng = np.random.default_rng(7)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(b"employee_id,punched_at,method,punched_by,device_id\n")
        made = 0
        while made < rows:
            n = min(1_000_000, rows - made)
            seconds = (made + np.arange(n)) * (365 * 86400 / rows) + rng.integers(0, 600, n)
            frame = pl.DataFrame(
                {
                    "employee_id": "E" + pl.Series(rng.integers(10_000, 99_999, n)).cast(pl.String),
                    "punched_at": (pl.Series(seconds.astype(np.int64)) + 1_735_689_600).cast(pl.Int64),
                    "method": pl.Series(np.array(["card", "sign", "app", "phone"])[rng.integers(0, 4, n)]),
                    "punched_by": pl.Series([None], dtype=pl.String).new_from_index(0, n),
                    "device_id": "gate-" + pl.Series(rng.integers(1, 99, n)).cast(pl.String),
                    "dice": pl.Series(rng.random(n)),
                }
            ).with_columns(pl.from_epoch("punched_at", time_unit="s").dt.strftime("%Y-%m-%d %H:%M:%S"))
            dice = pl.col("dice")
            frame = frame.with_columns(
                employee_id=pl.when(dice < 0.002).then(None).otherwise("employee_id"),
                punched_at=pl.when(dice.is_between(0.002, 0.004))
                .then(pl.lit("2025-02-30 08:00:00"))
                .when(dice.is_between(0.004, 0.006))
                .then(pl.lit("上午"))
                .otherwise("punched_at"),
                method=pl.when(dice.is_between(0.006, 0.008)).then(pl.lit("smoke")).otherwise("method"),
            )
            again = frame.filter(dice.is_between(0.5, 0.503)).with_columns(
                device_id=pl.when(dice < 0.501).then(pl.lit("gate-100")).otherwise("device_id")
            )
            frame = pl.concat([frame.head(n - len(again)), again]).drop("dice")
            lines = frame.write_csv(include_header=False).splitlines()
            for at in range(0, n, 500):  # ragged
                lines[at] = lines[at].rpartition(",")[0]
            file.write(("\n".join(lines) + "\n").encode())
            made += n


def measure(script: str, *arguments: str) -> tuple[float, float, float, str]:
    """CPU seconds (with children), wall seconds, peak MiB and what the process printed."""
    wrapped = (
        "import resource, sys, json\n" + script + "\nmine, theirs = (resource.getrusage(w) for w in "
        "(resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))\n"
        "print(json.dumps([mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime,"
        " max(mine.ru_maxrss, theirs.ru_maxrss) / 1024]))\n"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", wrapped, *arguments], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr)
    *said, last = done.stdout.strip().splitlines()
    cpu, peak = json.loads(last)
    return cpu, time.monotonic() - started, peak, " ".join(said)


def main(rows: int) -> None:
    """Measure and print."""
    path = DATA / f"punches_{rows}.csv"
    if not path.exists():  # in a process of its own: a child's peak of memory begins at its parent's
        subprocess.run([sys.executable, __file__, str(rows), "generate"], check=True)
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
    ratios = []
    for _ in range(ROUNDS):
        results = {}
        for name, script in (("typed", TYPED), ("checked", CHECKED)):
            place = DATA / f"bench_{name}"
            shutil.rmtree(place, ignore_errors=True)
            place.with_suffix(".duckdb").unlink(missing_ok=True)
            target = place.with_suffix(".duckdb") if name == "typed" else place
            cpu, wall, peak, said = results[name] = measure(script, str(path), str(target))
            print(f"{name:8} CPU {cpu:6.1f} s  wall {wall:6.1f} s  peak {peak:6.0f} MiB  {said}")
            shutil.rmtree(place, ignore_errors=True)
            place.with_suffix(".duckdb").unlink(missing_ok=True)
        ratios.append(results["checked"][0] / results["typed"][0])
    print(f"CPU ratio {statistics.median(ratios):.2f} ({', '.join(f'{r:.2f}' for r in ratios)})")


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    if sys.argv[2:] == ["generate"]:
        generate(DATA / f"punches_{wanted}.csv", wanted)
    else:
        main(wanted)

"""Random exports of one feed, and what the store must hold after them, worked out row by row."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

HEADER = "工号,打卡时间,打卡方式,代打卡人,设备\n"
METHODS = {"刷卡": "card", "app": "app", "电话": "phone", "sign": "sign"}
NO_METHOD = "烟"

Key = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A punch as a log writes it; ``is_bad``: its method is none."""

    employee: str
    minute: int
    method: str

    @property
    def key(self) -> Key:
        return self.employee, self.at

    @property
    def at(self) -> str:
        return f"2026-03-{1 + self.minute // 1440:02d} {self.minute // 60 % 24:02d}:{self.minute % 60:02d}"

    @property
    def is_bad(self) -> bool:
        return self.method not in METHODS

    def line(self) -> str:
        return f"{self.employee},{self.at},{self.method},,\n"


@dataclass
class File:
    """One export."""

    name: str
    rows: list[Row]

    @property
    def text(self) -> str:
        return HEADER + "".join(row.line() for row in self.rows)


@dataclass
class State:
    """What is in the store, with files by their numbers in the order of loading, from 0.

    Attributes:
        in_force: key -> (method, file, row); history: (key, method, file, row, file that replaced it), as often as it is
        there; refused: (file, row) still open; counts: file -> (read, loaded, corrected, duplicate, quarantined).
    """

    in_force: dict[Key, tuple[str, int, int]] = field(default_factory=dict)
    history: Counter[tuple] = field(default_factory=Counter)
    refused: dict[tuple[int, int], Key] = field(default_factory=dict)
    counts: dict[int, tuple[int, ...]] = field(default_factory=dict)


def after(files: list[File]) -> State:
    """The oracle: rows taken one by one; the last one of a key is in force, a file that comes again changes nothing."""
    state, seen = State(), set()
    for number, file in enumerate(files):
        if file.text in seen:
            continue
        seen.add(file.text)
        fates = Counter()
        for at, row in enumerate(file.rows, 2):
            if row.is_bad:
                state.refused[number, at] = row.key
                fates["refused"] += 1
                continue
            method = METHODS[row.method]
            state.refused = {place: key for place, key in state.refused.items() if key != row.key}
            before = state.in_force.get(row.key)
            if before and before[0] == method:
                fates["duplicate"] += 1
                continue
            if before:
                state.history[(row.key, *before, number)] += 1
            fates["corrected" if before else "loaded"] += 1
            state.in_force[row.key] = (method, number, at)
        state.counts[number] = (
            len(file.rows), *(fates[f] for f in ("loaded", "corrected", "duplicate", "refused"))
        )  # fmt: skip
    return state


def found(store: Path, files: list[File]) -> State:
    """The same, as a store has it, which is opened for reading alone."""
    number = {file.name: i for i, file in reversed(list(enumerate(files)))}
    with duckdb.connect(str(store), read_only=True) as connection:
        ask = connection.execute
        loads = {
            load: number[name]
            for load, name in ask("select load_id, file_name from ingest.loads where status = 'loaded'").fetchall()
        }
        key = "employee_id, strftime(punched_at, '%Y-%m-%d %H:%M')"
        state = State()
        for who, at, method, load, row in ask(f"select {key}, method, load_id, source_row from raw.punches").fetchall():
            assert (who, at) not in state.in_force, f"twice in force: {who} {at}"
            state.in_force[who, at] = (method, loads[load], row)
        for who, at, method, load, row, by in ask(
            f"select {key}, method, load_id, source_row, superseded_by_load_id from history.punches"
        ).fetchall():
            state.history[(who, at), method, loads[load], row, loads[by]] += 1
        for load, row, name in ask(
            "select load_id, source_row, row_key from ingest.quarantine where resolved_by_load_id is null"
        ).fetchall():
            who, at, _ = name.split("\x1f")
            state.refused[loads[load], row] = (who, at[:16])
        for load, *counts in ask(
            "select load_id, rows_read, rows_loaded, rows_corrected, rows_duplicate, rows_quarantined "
            "from ingest.loads where status = 'loaded'"
        ).fetchall():
            assert loads[load] not in state.counts, f"loaded twice: {loads[load]}"
            state.counts[loads[load]] = tuple(counts)
    return state


def random_files(chance: random.Random, count: int, rows: int = 40) -> list[File]:
    """Exports that overlap and correct each other and themselves, with rows that are refused, some mended later."""
    people = [f"E{n:03d}" for n in range(12)]
    files = []
    for number in range(count):
        start = max(0, number - 1) * 300
        picked = []
        for _ in range(rows):
            minute = start + 60 * chance.randrange(10)
            method = NO_METHOD if chance.random() < 0.08 else chance.choice(list(METHODS))
            picked.append(Row(chance.choice(people), minute, method))
        files.append(File(f"punches_{number:02d}.csv", picked))
    files[0].rows.append(Row("E000", 7, NO_METHOD))  # whatever the chance: refused in the first, mended in the last
    files[-1].rows.append(Row("E000", 7, "app"))
    return files


def write(files: list[File], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_text(file.text, encoding="utf-8")
    return [folder / file.name for file in files]

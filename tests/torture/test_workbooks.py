"""Workbooks made to harm, and workbooks with random damage."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from ingest.loading import ingest_paths
from tests.torture import SEED, times
from tests.torture.bombs import BOMBS, SHEET, STRINGS
from tests.torture.rows import check, look, stored, table
from tests.torture.tally import Tally
from warehouse.home import CHECKOUT, Home

GUARD_SECONDS, MOST_MEGABYTES = 120, 1536
# in a process of its own: what it and its child used at most is then known
MEASURED = """
import json, resource, sys, time
from pathlib import Path
from ingest.loading import ingest_paths
from warehouse.home import Home
started = time.monotonic()
(report,) = ingest_paths(Home(Path(sys.argv[1])).create(), [Path(sys.argv[2]), Path(sys.argv[3])]).files[:1]
megabytes = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) >> 10
print(json.dumps([report.status, report.messages[0].en, report.messages[0].zh, time.monotonic() - started, megabytes]))
"""


def test_a_workbook_made_to_harm_is_refused_with_the_reason(tally: Callable[[str], Tally], tmp_path: Path) -> None:
    row = tally("workbook bombs")
    good = tmp_path / "punches_good.csv"
    good.write_text("工号,打卡时间\nE1,2026-03-02 08:05\n", encoding="utf-8")
    for bomb in BOMBS:
        path = tmp_path / "punches.xlsx"
        bomb(path)
        with row.case(bomb.__name__):
            done = subprocess.run(
                [sys.executable, "-c", MEASURED, str(tmp_path / bomb.__name__), str(path), str(good)],
                cwd=CHECKOUT, capture_output=True, text=True, timeout=GUARD_SECONDS,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr[-1000:]
            status, en, zh, seconds, megabytes = json.loads(done.stdout)
            row.note("seconds", seconds)
            row.note("MB", megabytes)
            assert status == "unreadable"
            assert re.search("memory|more than Excel allows|beyond the limit", en), en
            assert zh
            assert megabytes <= MOST_MEGABYTES


# ---------------------------------------------------------------- random damage


ROWS = table()


def _workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(ROWS):
            sheet.write_row(number, 0, cells)


def _flip_bytes(path: Path, chance: random.Random) -> set[int] | None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 1, 2, 20])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    return set()


def _cut(path: Path, chance: random.Random) -> set[int] | None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])
    return set()


def _change_part(path: Path, chance: random.Random) -> set[int] | None:
    """Bytes of one part, packed again: the archive is sound, what it holds is not."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([SHEET, SHEET, STRINGS, *sorted(parts)])
    content = bytearray(parts[name])
    for _ in range(chance.choice([1, 1, 3])):
        at = chance.randrange(len(content))
        kind = chance.randrange(3)
        if kind == 0:
            content[at] = chance.randrange(256)
        elif kind == 1:
            del content[at : at + chance.randrange(1, 40)]
        else:
            content[at:at] = content[at : at + chance.randrange(1, 60)]
        if not content:
            break
    parts[name] = bytes(content)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return None


def _change_cell(path: Path, chance: random.Random) -> set[int] | None:
    """A cell that holds something else: its row may be refused, and no other."""
    harmed = chance.randrange(1, len(ROWS))
    cells = [list(row) for row in ROWS]
    cells[harmed][chance.randrange(len(cells[harmed]))] = chance.choice(
        ["", "\x01", "#REF!", "=1+1", "x" * 40_000, "\u202e", "0x1F", -1e300, 1e300, 46083.5, True, "2026-02-30"]
    )
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell[:32_767] if isinstance(cell, str) else cell)
    return {harmed}


DAMAGES = [_flip_bytes, _cut, _change_part, _change_part, _change_part, _change_cell]


def test_a_damaged_workbook_is_refused_or_accounted_for_row_by_row(
    tally: Callable[[str], Tally], tmp_path: Path
) -> None:
    row = tally("mutated workbooks")
    sound = tmp_path / "sound.xlsx"
    _workbook(sound)
    chance = random.Random(SEED)
    for number in range(times(row.fault)):
        path = tmp_path / "punches.xlsx"
        shutil.copyfile(sound, path)
        damage = DAMAGES[number % len(DAMAGES)]
        harmed = damage(path, chance)
        home = Home(tmp_path / str(number)).create()
        with row.case(f"{damage.__name__}, no. {number}"):
            started = time.monotonic()
            reports = ingest_paths(home, [path]).files
            row.note("seconds", time.monotonic() - started)
            untouched = {stored(cells) for at, cells in enumerate(ROWS) if at and at not in (harmed or ())}
            check(look(home)[path.name], reports, None if harmed is None else untouched)
        shutil.rmtree(home.root)

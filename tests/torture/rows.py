"""A small table of punches, and whether a store holds of it what it should."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from ingest.loading import FileReport, open_store
from warehouse.home import Home

HEADER = ["工号", "打卡时间", "打卡方式", "代打卡人", "设备号"]
METHODS = {"刷卡": "card", "app": "app", "电话": "phone", "": None}
Cells = tuple[str | None, ...]


def table(prefix: str = "员") -> list[list[str]]:
    """Header and rows as a log writes them; the key of each row is its own."""
    rows = [
        [f"{prefix}{n:03d}", f"2026-03-{2 + n:02d} 08:{n:02d}", list(METHODS)[n % 4], "李四" if n % 3 == 0 else "", device]
        for n, device in enumerate(["东门闸机", "", "D-3, 二楼", "", '5" 屏', "西门", "", "D1", "", "北门", "", "D2"])
    ]  # fmt: skip
    return [HEADER, *rows]


def stored(cells: list[str]) -> Cells:
    """A row as the store has it."""
    who, at, method, by, device = cells
    return who, f"{at}:00", METHODS[method], by or None, device or None


STORED = "employee_id, cast(punched_at as varchar), method, punched_by, device_id"


@dataclass
class Found:
    """What a store has of one file: rows as (load, row, *cells), places of refused rows, how many loads name it."""

    good: list[tuple] = field(default_factory=list)
    refused: set[tuple] = field(default_factory=set)
    loads: int = 0


def look(home: Home) -> dict[str, Found]:
    """What the store has of every file, by the file's name."""
    found: dict[str, Found] = defaultdict(Found)
    with open_store(home) as store:
        for schema in ("raw", "history"):
            rows = store.execute(
                f"select file_name, load_id, source_row, {STORED} from {schema}.punches join ingest.loads using (load_id)"
            ).fetchall()
            for name, *row in rows:
                found[name].good.append(tuple(row))
        for name, *place in store.execute(
            "select distinct file_name, load_id, source_row from ingest.quarantine join ingest.loads using (load_id)"
        ).fetchall():
            found[name].refused.add(tuple(place))
        for name, loads in store.execute("select file_name, count(*) from ingest.loads group by 1").fetchall():
            found[name].loads = loads
    return found


def check(found: Found, reports: list[FileReport], expected: set[Cells] | None) -> None:
    """Nothing of a file that was refused; else every row once, in one place, and those expected as they were.

    Args:
        reports: of this file; expected: rows that must be in force or in history; None = the damage may be anywhere.
    """
    assert reports, "no report"
    if any(r.status == "unreadable" for r in reports):
        assert len(reports) == 1 and found == Found(), "a file that was refused is partly loaded"
        assert reports[0].messages[0].zh and reports[0].messages[0].en
        return
    places = {row[:2] for row in found.good}
    assert len(places) == len(found.good), "a row is there twice"
    assert not places & found.refused, "a row is both loaded and refused"
    assert len(places) == sum(r.loaded + r.corrected for r in reports)
    assert len(found.refused) == sum(r.quarantined for r in reports)
    read = sum(r.rows_read for r in reports)
    assert read == sum(r.loaded + r.corrected + r.duplicate + r.quarantined for r in reports)
    if expected is not None:
        missing = expected - {row[2:] for row in found.good}
        assert not missing, f"rows that nobody touched are not as they were: {missing}"

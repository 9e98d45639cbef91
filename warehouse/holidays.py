"""Writes the table of public holidays from the announcements that chinesecalendar carries.

Run ``python -m warehouse.holidays`` when a new year has been announced and the library knows it.
"""

from __future__ import annotations

import csv
from pathlib import Path

from chinese_calendar import constants

TABLE = Path(__file__).resolve().parent.parent / "seeds" / "reference" / "public_holidays.csv"


def write(path: Path = TABLE) -> int:
    """Write one row per announced date (day off or make-up working day); returns the number of rows."""
    in_lieu = set(constants.in_lieu_days)
    days = {day: (False, name, day in in_lieu) for day, name in constants.holidays.items()}
    days |= {day: (True, name, False) for day, name in constants.workdays.items()}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["holiday_date", "is_working_day", "is_in_lieu", "holiday_name"])
        for day, (works, name, lieu) in sorted(days.items()):
            writer.writerow([day.isoformat(), str(works).lower(), str(lieu).lower(), name])
    return len(days)


if __name__ == "__main__":
    print(write())

"""Times of day as punch sheets write them -> moments: several in a cell, 次日, halves of Excel's day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

_OTHER_DAY = {
    **dict.fromkeys(("次日", "翌日", "第二天", "隔日", "隔天", "+1"), 1),
    **dict.fromkeys(("前日", "昨日", "前一日", "前一天"), -1),
}
_WORD = "|".join(re.escape(w) for w in _OTHER_DAY)
_BEFORE = rf"(?:(?P<before>{_WORD})\s*)?"
_AFTER = rf"(?:\s*\(?(?P<after>{_WORD})\)?)?"
_IN_BRACKETS = rf"(?:\s*\((?P<after>{_WORD})\))?"  # bare between two times, 次日 goes with the second
_WHOLE = re.compile(rf"{_BEFORE}(\d{{1,2}})[:时](\d{{1,2}})(?:[:分](\d{{1,2}}))?[分秒]?{_AFTER}")
# minutes of two digits, so that times written without anything between them come apart in one way only
_TOKEN = re.compile(rf"{_BEFORE}(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?{_IN_BRACKETS}")
_BETWEEN = re.compile(r"[\s,;、/|。]*")
_SHEET_TIME = re.compile(r"1899-12-3[01] (\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?")
_FRACTION = re.compile(r"0?\.\d+")
_OWN_DATE = re.compile(r"\d{4}\s*[-/.年]|\d{8}|\d{5}\.\d")


@dataclass(frozen=True)
class Time:
    """One time that a cell holds.

    Attributes:
        text: HH:MM:SS for a time of day, else the words as found; days: how many days after the row's own day it is,
            None for words that carry a date of their own or are no time.
    """

    text: str
    days: int | None

    @property
    def order(self) -> str | None:
        """Sorts times of day; None for any other words."""
        return None if self.days is None else f"{self.days + 1}{self.text}"


@lru_cache(maxsize=1 << 16)
def times_of(cell: str) -> tuple[Time, ...]:
    """The times in a cell, in its order, each once. What is not wholly understood stays one piece, as found."""
    text = cell.translate(_HALF_WIDTH).strip()
    if match := _SHEET_TIME.fullmatch(text):
        hour, minute, second, fraction = match.groups()
        seconds = int(hour) * 3600 + int(minute) * 60 + int(second) + round(float(f"0.{fraction or 0}"))
        return (Time(_clock(seconds), 0),)
    if _FRACTION.fullmatch(text):
        return (Time(_clock(round(float(text) * 86400)), 0),)
    if match := _WHOLE.fullmatch(text):
        return (_time(match),)
    if _OWN_DATE.match(text):
        return tuple(dict.fromkeys(Time(part, None) for part in _dated(text)))
    found, at = [], 0
    for match in _TOKEN.finditer(text):
        if not _BETWEEN.fullmatch(text[at : match.start()]):
            return (Time(text, None),)
        found.append(_time(match))
        at = match.end()
    if not found or not _BETWEEN.fullmatch(text[at:]):
        return (Time(text, None),)
    return tuple(dict.fromkeys(found))


def moment(time: Time, day: str | None) -> str:
    """A time on its row's day (YYYY-MM-DD) as the text of a moment; words that are none stay none.

    24:00 and later are kept as written: whether they are a moment is for the parser of timestamps to say.
    """
    if time.days is None:
        return (
            time.text
            if _OWN_DATE.match(time.text) and not time.text.startswith("19")
            else f"{day or ''} {time.text}".strip()
        )
    try:
        shown = str(date.fromisoformat(day or "") + timedelta(days=time.days))
    except ValueError:
        shown = day or ""
    return f"{shown} {time.text}".strip()


def is_far(text: str, day: str | None) -> bool:
    """Whether a moment lies on neither the row's day nor one beside it."""
    try:
        return abs((date.fromisoformat(text[:10]) - date.fromisoformat(day or "")).days) > 1
    except ValueError:
        return False


_HALF_WIDTH = str.maketrans("：；，（）　０１２３４５６７８９", ":;,() 0123456789")


def _time(match: re.Match[str]) -> Time:
    hour, minute, second = (int(match[i] or 0) for i in _PARTS)
    word = match["before"] or match["after"]
    return Time(f"{hour:02}:{minute:02}:{second:02}", _OTHER_DAY[word] if word else 0)


_PARTS = (2, 3, 4)  # the first group is the word before


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _dated(text: str) -> list[str]:
    """Several moments with dates, in one form where they have the usual one."""
    parts = [p.strip() for p in re.split(r"[;,、\n|]+", text) if p.strip()]
    return [_iso(p) for p in parts]


def _iso(text: str) -> str:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"):
        try:
            return str(datetime.strptime(text, form))
        except ValueError:
            continue
    return text

"""Writes the logs of a sample organisation: a year of every kind of unit, as offices really export it.

Nobody in it exists. The same files come out of every run: each subject draws from its own seeded generator and nothing
reads the clock. Some rows are wrong on purpose (``BAD_ROWS``): a quarantine that never holds anything shows nobody how
it works.

Run ``python -m warehouse.sample FOLDER``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import xlsxwriter
import yaml
from chinese_calendar import constants as announced

ROOT = Path(__file__).resolve().parent.parent
FIRST_DAY = date(2025, 11, 1)
AS_OF = date(2026, 10, 31)
"""The last day of the sample: nothing in it happened later."""
DAYS = [FIRST_DAY + timedelta(days=n) for n in range((AS_OF - FIRST_DAY).days + 1)]
MONTHS = sorted({day.replace(day=1) for day in DAYS})

# ---------------------------------------------------------------- the organisation

UNITS = [  # id, name, type, parent, people by position
    ("HQ01", "云岭实业总公司", "company", None, "general_manager:1 deputy_general_manager:1 company_leader:1 "
     "department_manager:5 middle_manager:2 staff:50"),
    ("RG01", "西部大区", "region", "HQ01", "region_manager:1 business_manager:4"),
    ("BO01", "临江办事处", "branch_office", "RG01", "office_manager:1 office_supervisor:1 business_manager:4 staff:10"),
    ("BO02", "望岳办事处", "branch_office", "RG01", "office_manager:1 office_supervisor:2 business_manager:4 staff:9"),
    ("BO03", "清溪办事处", "branch_office", "RG01", "office_manager:1 office_supervisor:1 business_manager:3 staff:9"),
    ("BO04", "平湖办事处", "branch_office", "RG01", "office_manager:1 office_supervisor:1 business_manager:3 staff:8"),
    ("SC01", "云岭职业学校", "school", "HQ01", "middle_manager:5 staff:43"),
    ("CC01", "云岭市民服务指挥中心", "command_centre", "HQ01", "centre_director:1 group_leader:2 shift_leader:4 operator:20"),
    ("SA01", "云岭花园营销中心", "sales_centre", "HQ01", "department_manager:1 middle_manager:1 staff:22"),
    ("WD01", "良缘婚庆公司", "wedding", "HQ01", "department_manager:1 staff:14"),
    ("PR01", "云岭物业", "property", "HQ01", "department_manager:1 staff:23"),
    ("ES01", "东门体验店", "experience_store", "HQ01", "department_manager:1 staff:9"),
    ("ES02", "西门体验店", "experience_store", "HQ01", "department_manager:1 staff:8"),
]  # fmt: skip
UNIT_TYPE = {unit[0]: unit[2] for unit in UNITS}
OFFICES = [unit for unit, kind in UNIT_TYPE.items() if kind == "branch_office"]
STORES = [unit for unit, kind in UNIT_TYPE.items() if kind == "experience_store"]
ON_R7 = {"company", "branch_office", "sales_centre", "wedding", "experience_store", "property"}
PUNCHING = ON_R7 | {"school"}  # the school's gate has a clock as well, though no rule judges it
SCHOOL_BREAKS = [(date(2026, 1, 26), date(2026, 3, 1)), (date(2026, 7, 11), date(2026, 8, 30))]
CLASSES = [f"{grade}级{number}班" for grade in (2023, 2024, 2025) for number in range(1, 8)]
LIFTS = [f"DT{number:02d}" for number in range(1, 9)]

WAGES = {  # yuan a month
    "general_manager": 26000, "deputy_general_manager": 21000, "company_leader": 18000, "department_manager": 11500,
    "middle_manager": 9000, "region_manager": 13000, "office_manager": 11000, "office_supervisor": 7200,
    "business_manager": 7800, "centre_director": 10500, "group_leader": 7200, "shift_leader": 6400, "operator": 5200,
    "staff": 5400,
}  # fmt: skip
MANAGERS = {"general_manager", "deputy_general_manager", "company_leader", "department_manager", "middle_manager",
            "region_manager", "office_manager", "centre_director"}  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
GIVEN_FIRST = "子文志建晓雅思嘉明海玉春国丽秀永俊雨欣佳宏立美天书若景瑞锦安"
GIVEN_LAST = "轩涵杰敏伟芳强军磊静婷波辉宁超颖琳峰莹洁凯悦平慧航燕鹏蕾楠源"

OVERRIDES = [  # date, unit (None: everybody), works, why
    (date(2026, 9, 12), None, False, "公司周年庆放假"),
    (date(2026, 7, 22), "BO02", False, "暴雨停工"),
    (date(2026, 5, 3), "WD01", True, "婚礼旺季加班"),
    (date(2026, 8, 9), "SA01", True, "开盘加班"),
]
KEY_DATES = [  # date, unit (None: everybody), kind, name
    (date(2026, 1, 1), None, "festival", "元旦"), (date(2026, 2, 17), None, "festival", "春节"),
    (date(2026, 3, 3), None, "festival", "元宵节"), (date(2026, 3, 28), "SA01", "node", "加推开盘"),
    (date(2026, 5, 1), None, "festival", "劳动节"), (date(2026, 6, 19), None, "festival", "端午节"),
    (date(2026, 8, 8), "SA01", "node", "二期开盘"), (date(2026, 9, 25), None, "festival", "中秋节"),
    (date(2026, 10, 16), "SA01", "node", "主体封顶"), (date(2027, 2, 6), None, "festival", "春节"),
]  # fmt: skip
LOST_DAY = ("SA01", date(2026, 5, 20))  # the clock's file of this day never came: no data is not absence
ABSENT_RUN = [date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 11)]  # one person stays away without a word
PROXY_DAYS = [date(2026, 4, 14), date(2026, 8, 18)]  # a colleague punches for another

# ---------------------------------------------------------------- what is wrong on purpose

RAGGED = "<ragged>"
BAD_ROWS: dict[str, list[dict[str, str]]] = {  # file → cells that spoil a copied row; RAGGED: a comma too many
    "punches_company_2026-03": [{"punched_at": "2026-02-30 08:21:00"}, {"employee_id": ""}],
    "punches_property_2026-05": [{"punched_at": "12:07"}, {"punched_at": "2026/5/9 12:31:07", "method": "瞪眼"}],
    "punches_wedding_2026-08": [{"employee_id": ""}],
    "punches_school_2026-09": [{"punched_at": "2026-09-09 12:31:07", RAGGED: "补录"}],
    "leave_requests_2026": [{"start_at": "下周一"}, {"leave_type": "调休假"}, {"employee_id": ""}],
    "attendance_exceptions": [{"covers": "中午"}],
    "shifts_2026": [{"starts_at": "待定"}],
    "expense_lines_2026-Q1": [{"category": "团建费"}, {"amount": "128.505"}, {"incurred_on": "2026-02-29"}],
    "expense_lines_2026-Q3": [{"employee_id": ""}, {"submitted_on": "月底"}],
    "receivables": [{"amount": "12,08O.00"}, {"customer_id": ""}],
    "receipts": [{"amount": "88.888"}],
    "cash_advances": [{"borrowed_on": "2026-13-01"}],
    "customer_contacts": [{"customer_class": "E类"}, {"occurred_at": ""}],
    "callbacks_2026": [{"channel": "心灵感应"}, {"called_at": "昨天下午"}],
    "hotline_calls_2026-06": [{"ringing_at": ""}, {"ringing_at": "2026-06-31 10:00:00"}],
    "experience_visits": [{"minutes": "四十分"}, {"minutes": "40", RAGGED: "自带水杯"}],
    "sales_orders": [{"order_type": "试用"}, {"unit_price": "3980.005"}],
    "inspections_2026-04": [{"result": "还行"}],
}
DUPLICATES = {  # file → rows that the export repeats word for word
    "punches_company_2026-03": 2, "punches_branch_office_2026-07": 1, "hotline_calls_2026-06": 1,
    "expense_lines_2026-Q2": 1, "experience_visits": 1,
}  # fmt: skip

# ---------------------------------------------------------------- files, as offices write them


@cache
def _contract() -> dict[str, dict[str, str]]:
    return yaml.safe_load((ROOT / "docs/contract/feeds.yml").read_text(encoding="utf-8"))


@cache
def _headers(feed: str, source: str) -> dict[str, str]:
    """The header of each column as ``source`` writes it, else the natural Chinese one."""
    found: dict[str, str] = {}
    with (ROOT / "ingest/headers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["feed"] == feed]
    for wanted in (source, "zh"):
        for row in rows:
            if row["source"] == wanted:
                found.setdefault(row["column"], row["header"])
    return found


@cache
def _words(feed: str, column: str) -> dict[str, str]:
    found: dict[str, str] = {}
    with (ROOT / "ingest/words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["column"] == column and row["feed"] in (feed, "*"):
                found.setdefault(row["value"], row["word"])
    return found


@dataclass(frozen=True)
class Style:
    """How one office writes its files."""

    source: str = "zh"  # whose headers; "" = the canonical names
    chinese_words: bool = True
    day: str = "%Y-%m-%d"
    moment: str = "%Y-%m-%d %H:%M:%S"
    thousands: bool = False
    separator: str = ","
    encoding: str = "utf-8"


PLAIN = Style(source="", chinese_words=False)
SLASHED = Style(day="%Y/%-m/%-d", moment="%Y/%-m/%-d %-H:%M:%S")
CHINESE = Style(day="%Y年%-m月%-d日")


class Inbox:
    """The folder of logs: writes frames of canonical columns (money in cents) in an office's own style."""

    def __init__(self, folder: Path):
        self.folder = folder

    def _path(self, feed: str, stem: str, suffix: str) -> Path:
        path = self.folder / feed / f"{stem}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def csv(self, feed: str, frame: pl.DataFrame, style: Style = PLAIN, stem: str | None = None) -> None:
        """Write one CSV, with the bad and repeated rows that belong to it."""
        stem = stem or feed
        text = frame.select(_as_text(feed, column, style) for column in frame.columns)
        if repeated := DUPLICATES.get(stem):
            text = pl.concat([text, text.gather([n * 7 + 3 for n in range(repeated)])])
        ragged: dict[int, str] = {}
        for place, cells in _spoiled(feed, stem, text.height):
            bad = text.row(place, named=True) | _own_key(feed, stem, place) | cells
            if RAGGED in bad:
                ragged[place + 1] = bad.pop(RAGGED)
            text = pl.concat([text[:place], pl.DataFrame([bad], schema=text.schema), text[place:]])
        if style.source:
            text = text.rename({column: _headers(feed, style.source)[column] for column in text.columns})
        body = text.write_csv(separator=style.separator)
        if ragged:
            lines = body.split("\n")
            for number, extra in ragged.items():
                lines[number] += style.separator + extra
            body = "\n".join(lines)
        self._path(feed, stem, ".csv").write_bytes(body.encode(style.encoding))

    def xlsx(self, feed: str, frame: pl.DataFrame, titles: Iterable[str] = (), stem: str | None = None) -> None:
        """Write one workbook with real dates and numbers, under merged title rows."""
        stem, columns, kinds = stem or feed, frame.columns, _contract()[feed]
        rows = [dict(zip(columns, row, strict=True)) for row in frame.iter_rows()]
        rows += [rows[n * 7 + 3] for n in range(DUPLICATES.get(stem, 0))]
        for place, cells in _spoiled(feed, stem, len(rows)):
            rows.insert(place, rows[place] | _own_key(feed, stem, place) | cells)
        book = xlsxwriter.Workbook(self._path(feed, stem, ".xlsx"), {"strings_to_numbers": False})
        book.set_properties({"created": datetime.combine(AS_OF, time())})
        sheet = book.add_worksheet("数据")
        title, day, moment = (book.add_format(how) for how in ({"bold": True}, {"num_format": "yyyy/m/d"},
                                                               {"num_format": "yyyy/m/d hh:mm:ss"}))  # fmt: skip
        top = 0
        for top, words in enumerate(titles, start=1):
            sheet.merge_range(top - 1, 0, top - 1, len(columns) - 1, words, title)
        for across, column in enumerate(columns):
            sheet.write_string(top, across, _headers(feed, "zh")[column])
        for down, row in enumerate(rows, start=top + 1):
            for across, column in enumerate(columns):
                value = row[column]
                if value is None or value == "":
                    continue
                if isinstance(value, datetime):
                    sheet.write_datetime(down, across, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(down, across, value, day)
                elif isinstance(value, bool):
                    sheet.write_string(down, across, "是" if value else "否")
                elif isinstance(value, int):
                    sheet.write_number(down, across, value / 100 if kinds[column].startswith("decimal") else value)
                else:
                    sheet.write_string(down, across, _words(feed, column).get(value, value))
        book.close()


def _spoiled(feed: str, stem: str, height: int) -> list[tuple[int, dict[str, str]]]:
    """The places at which bad rows go in, from the end so that none moves another, each with its cells."""
    bad = BAD_ROWS.get(stem, [])
    return [(height * (n + 1) // (len(bad) + 1), cells) for n, cells in reversed(list(enumerate(bad)))]


def _own_key(feed: str, stem: str, place: int) -> dict[str, str]:
    """A bad row is a record of its own: it must not pass for the mended form of the row it was copied from."""
    first = next(iter(_contract()[feed]))
    return {} if feed == "punches" else {first: f"{stem[-2:]}-{place}X"}


def _as_text(feed: str, column: str, style: Style) -> pl.Expr:
    kind, value = _contract()[feed][column].split()[0].rstrip("?"), pl.col(column)
    if kind == "decimal":
        yuan = (value.abs() // 100).cast(pl.String)
        if style.thousands:
            yuan = yuan.str.replace(r"(\d)(\d{3})$", "$1,$2")
        cents = (value.abs() % 100).cast(pl.String).str.zfill(2)
        text = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit("")) + yuan + "." + cents
    elif kind == "date":
        text = value.cast(pl.Date).dt.strftime(style.day)
    elif kind == "month":
        text = value.cast(pl.Date).dt.strftime("%Y-%m")
    elif kind == "timestamp":
        text = value.cast(pl.Datetime).dt.strftime(style.moment)
    elif kind == "bool":
        yes, no = ("是", "否") if style.chinese_words else ("true", "false")
        value = value.cast(pl.Boolean)
        text = pl.when(value).then(pl.lit(yes)).when(~value).then(pl.lit(no))
    elif style.chinese_words and (kind.startswith("enum") or column == "category"):
        text = value.cast(pl.String).replace(_words(feed, column))
    else:
        text = value.cast(pl.String)
    return text.fill_null("").alias(column)


def _frame(feed: str, rows: list[Any]) -> pl.DataFrame:
    """Rows (dicts, or tuples in the contract's order) as a frame with the contract's columns and types."""
    types = {"int": pl.Int64, "decimal": pl.Int64, "date": pl.Date, "month": pl.Date, "timestamp": pl.Datetime}
    types["bool"] = pl.Boolean
    columns = _contract()[feed]
    schema = {name: types.get(kind.split()[0].rstrip("?"), pl.String) for name, kind in columns.items()}
    rows = [row if isinstance(row, dict) else dict(zip(columns, row, strict=True)) for row in rows]
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in columns}, schema=schema)


# ---------------------------------------------------------------- people and calendar


class Period(NamedTuple):
    """One person in one place: from ``start`` to ``end``, both included."""

    employee_id: str
    start: date
    end: date
    unit_id: str
    position: str
    hired_on: date


@dataclass
class World:
    """What several subjects need to know of each other."""

    periods: list[Period] = field(default_factory=list)
    away: dict[tuple[str, date], str] = field(default_factory=dict)  # leave taken: "am", "pm" or "day"
    customers: list[tuple] = field(default_factory=list)

    def at(self, unit: str, day: date, *positions: str) -> list[str]:
        """Who works in the unit that day (in one of the positions)."""
        return [p.employee_id for p in self.periods if p.unit_id == unit and p.start <= day <= p.end
                and (not positions or p.position in positions)]  # fmt: skip

    def customer(self, unit: str, day: date, rng: np.random.Generator, referred_by: str | None = None) -> str:
        """Register a new customer."""
        number = f"K{len(self.customers) + 1:05d}"
        source = str(rng.choice(["call_in", "walk_in", "advert", "event", "other"], p=[0.3, 0.4, 0.15, 0.1, 0.05]))
        segment = str(rng.choice(["ordinary", "leader_introduced", "vip"], p=[0.95, 0.03, 0.02]))
        self.customers.append((number, unit, day, "referral" if referred_by else source, segment, referred_by))
        return number


def _rng(subject: str) -> np.random.Generator:
    """A generator of its own for each subject: a change in one leaves the others as they were."""
    return np.random.default_rng(zlib.crc32(subject.encode()))


@cache
def works(unit: str, day: date) -> bool:
    """Whether the unit works that day: own override, everybody's, the State's announcement, else Sundays rest."""
    for place in (unit, None):
        for changed, where, working, _ in OVERRIDES:
            if changed == day and where == place:
                return working
    return day not in announced.holidays and (day in announced.workdays or day.weekday() != 6)


def _at(day: date, minutes: float) -> datetime:
    return datetime.combine(day, time()) + timedelta(seconds=int(minutes * 60))


def _some_day(rng: np.random.Generator, first: date = FIRST_DAY, last: date = AS_OF) -> date:
    return first + timedelta(days=int(rng.integers(0, (last - first).days + 1)))


def _office_day(rng: np.random.Generator, unit: str, first: date = FIRST_DAY, last: date = AS_OF) -> date:
    while not works(unit, day := _some_day(rng, first, last)):
        pass
    return day


def _pick(rng: np.random.Generator, things: list) -> Any:
    return things[int(rng.integers(0, len(things)))]


def organisation(inbox: Inbox, world: World) -> None:
    """Units, people and what changes in a year for them, calendar, key dates, phone limits."""
    rng = _rng("organisation")
    inbox.csv("units", _frame("units", [(u, name, kind, parent, date(2012, 3, 1)) for u, name, kind, parent, _ in UNITS]),
              CHINESE)  # fmt: skip
    rows, names = [], set()

    def hire(unit: str, position: str, hired: date) -> dict:
        while (name := _pick(rng, SURNAMES) + _pick(rng, GIVEN_FIRST) + _pick(rng, GIVEN_LAST)) in names:
            pass
        names.add(name)
        wage = int(WAGES[position] * rng.uniform(0.9, 1.15) // 50 * 50) * 100
        bonus = None if position in MANAGERS else 20000
        career = hired - timedelta(days=int(rng.integers(0, 2500)))
        return {"employee_id": f"E{len(names):04d}", "effective_on": max(hired, FIRST_DAY), "employee_name": name,
                "unit_id": unit, "position": position, "hired_on": hired, "career_start_on": career,
                "monthly_wage": wage, "full_attendance_bonus": bonus}  # fmt: skip

    def history(first: dict, may_leave: bool = True) -> None:
        """The person's rows over the year; who leaves is replaced some days later."""
        person, changes = dict(first), [first]
        junior = person["position"] in ("staff", "operator", "business_manager")
        for raised, share in ((date(2026, 1, 1), 0.25), (date(2026, 7, 1), 0.08)):
            if person["effective_on"] < raised and rng.random() < share:
                person = person | {"effective_on": raised, "monthly_wage": person["monthly_wage"] + 30000}
                changes.append(person)
        if person["unit_id"] == "HQ01" and junior and rng.random() < 0.12:
            moved = date(2026, int(rng.integers(2, 7)), 1)
            if moved > person["effective_on"]:
                person = person | {"effective_on": moved, "unit_id": _pick(rng, [*OFFICES, "SA01"])}
                changes.append(person)
        end = AS_OF
        if junior and may_leave and rng.random() < 0.07:
            end = _some_day(rng, max(date(2025, 12, 20), changes[-1]["effective_on"] + timedelta(days=20)),
                            max(date(2026, 9, 20), changes[-1]["effective_on"] + timedelta(days=60)))  # fmt: skip
            notice = [40, 33, 35, 12, None][int(rng.integers(0, 5))]
            applied = end - timedelta(days=notice) if notice else None
            changes.append(person | {"effective_on": end, "left_on": end, "resignation_applied_on": applied})
        rows.extend(changes)
        for now, then in zip(changes, [*changes[1:], None], strict=True):
            last = then["effective_on"] - timedelta(days=1) if then and not then.get("left_on") else end
            if not now.get("left_on"):
                world.periods.append(Period(now["employee_id"], now["effective_on"], last, now["unit_id"],
                                            now["position"], now["hired_on"]))  # fmt: skip
        if end < AS_OF:
            hired = end + timedelta(days=int(rng.integers(3, 25)))
            history(hire(person["unit_id"], person["position"], hired), may_leave=False)

    for unit, _, _, _, staffing in UNITS:
        for group in staffing.split():
            position, count = group.split(":")
            for _ in range(int(count)):
                history(hire(unit, position, _some_day(rng, date(2009, 3, 1), date(2025, 9, 30))))
    rows.sort(key=lambda row: (row["employee_id"], row["effective_on"]))
    inbox.csv("employees", _frame("employees", rows), replace(SLASHED, thousands=True))
    inbox.csv("calendar_overrides", _frame("calendar_overrides", OVERRIDES), CHINESE)
    inbox.csv("key_dates", _frame("key_dates", KEY_DATES), SLASHED)
    limits = {"staff": 100, "middle_manager": 150, "department_manager": 200, "company_leader": 300,
              "deputy_general_manager": 400}  # fmt: skip
    inbox.csv("phone_limits", _frame("phone_limits", [(p, m, n * 100) for p, n in limits.items() for m in MONTHS]))


# ---------------------------------------------------------------- attendance

LEAVE = {  # type: share of the requests, shortest and longest in days
    "personal": (0.43, 0.5, 4), "sick": (0.25, 0.5, 4), "annual": (0.2, 2, 6), "marriage": (0.03, 5, 8),
    "bereavement": (0.04, 2, 6), "maternity": (0.02, 88, 92), "paternity": (0.03, 5, 8),
}  # fmt: skip


def leave(inbox: Inbox, world: World) -> None:
    """Requests of every type: most in order, some refused, asked too late or signed by the wrong person."""
    rng, rows = _rng("leave"), []
    kinds, shares = list(LEAVE), [share for share, _, _ in LEAVE.values()]
    for p in world.periods:
        centre = p.unit_id == "CC01"
        if not (centre or UNIT_TYPE[p.unit_id] in ON_R7) or (p.end - p.start).days < 40:
            continue
        for _ in range(rng.poisson(1.7 * (p.end - p.start).days / 365)):
            kind = str(rng.choice(kinds, p=shares))
            _, shortest, longest = LEAVE[kind]
            length = float(rng.integers(int(shortest * 2), int(longest * 2) + 1)) / 2
            length = length if length <= 1.5 and not centre else max(1.0, float(int(length)))
            start = _office_day(rng, p.unit_id, p.start, p.end - timedelta(days=8))
            dates = [start + timedelta(days=n) for n in range(200)]
            if kind != "maternity":
                dates = [day for day in dates if centre or works(p.unit_id, day)]
            dates = dates[: int(np.ceil(length))]
            if dates[-1] > p.end or any((p.employee_id, day) in world.away for day in dates):
                continue
            half = length % 1 != 0
            starts_at, ends_at = _at(start, 510), _at(dates[-1], 720 if half else 1080)
            if centre:
                starts_at, ends_at = _at(start, 0), _at(dates[-1], 1440)
            notice = int(rng.integers(35, 60)) if kind == "annual" else int(rng.integers(2, 9))
            emergency = kind in ("sick", "bereavement") and rng.random() < 0.5
            asked = _at(start, 480) if emergency else _at(start - timedelta(days=notice), float(rng.integers(540, 1020)))
            counted = sum(works(p.unit_id, day) for day in dates) - (0.5 if half else 0)
            if centre:
                step = "group_leader" if counted <= 1 else "centre_director" if counted <= 2 else "bureau_leader"
            elif p.position in MANAGERS:
                step = "general_manager"
            else:
                step = "department_manager" if counted <= 3 else "company_leader"
            status, approver, wrong = "approved", step, rng.random() < 0.14
            if wrong:
                flaw = int(rng.integers(0, 4))
                if flaw == 0:
                    status = str(rng.choice(["rejected", "pending", "withdrawn"]))
                elif flaw == 1:
                    approver = "shift_leader" if centre else "office_supervisor"
                elif kind == "annual":
                    asked = _at(start - timedelta(days=9), 600)
                else:
                    asked, emergency = _at(start, 640), False
            if not wrong or rng.random() < 0.4:
                for day in dates:
                    world.away[p.employee_id, day] = "day"
                if half:
                    world.away[p.employee_id, dates[-1]] = "am"
            approved_at = asked + timedelta(minutes=int(rng.integers(20, 300))) if status == "approved" else None
            rows.append((p.employee_id, kind, starts_at, ends_at, asked, emergency, approver, approved_at, status))
    rows.sort(key=lambda row: (row[4], row[0]))
    rows = [(f"QJ{number:05d}", *row) for number, row in enumerate(rows, start=1)]
    for year in (2025, 2026):
        some = _frame("leave_requests", [row for row in rows if row[5].year == year])
        titles = ["云岭实业请假登记表", f"{year}年度  制表：人事行政部"]
        inbox.xlsx("leave_requests", some, titles, f"leave_requests_{year}")


def attendance(inbox: Inbox, world: World) -> None:
    """A year of punches by unit type and month, the exceptions that explain some, and a few waivers."""
    rng = _rng("attendance")
    days = pl.DataFrame(
        [
            (p.employee_id, p.unit_id, UNIT_TYPE[p.unit_id], p.position, day, world.away.get((p.employee_id, day), ""))
            for p in world.periods
            if UNIT_TYPE[p.unit_id] in PUNCHING
            for day in DAYS[(p.start - FIRST_DAY).days : (p.end - FIRST_DAY).days + 1]
            if works(p.unit_id, day) and not _on_break(p.unit_id, day) and not _on_store_shift(p, day)
        ],
        schema=["employee_id", "unit_id", "unit_type", "position", "day", "away"],
        orient="row",
    ).filter(pl.col("away") != "day")
    n, away = days.height, days["away"].to_numpy()
    person = days["employee_id"].str.slice(1).cast(pl.Int64).to_numpy()
    # One person in twelve has trouble with the clock; winter mornings are harder than summer ones.
    trouble = np.where(person % 12 == 5, 6.0, 1.0) * np.where(days["day"].dt.month().is_in([12, 1, 2]), 1.4, 1.0)
    draw = rng.random(n) / trouble
    steps = np.cumsum([0.010, 0.004, 0.003, 0.004, 0.002])
    event = np.array(["late", "early", "no_in", "no_out", "out_of_office", ""])[np.searchsorted(steps, draw)]

    runaway = world.at("HQ01", ABSENT_RUN[0], "staff")[7]
    helped, helper = world.at("BO02", PROXY_DAYS[0], "staff")[3:5]
    run = ((days["employee_id"] == runaway) & days["day"].is_in(ABSENT_RUN)).to_numpy()
    proxied = ((days["employee_id"] == helped) & days["day"].is_in(PROXY_DAYS)).to_numpy()
    event = np.where(run | proxied, "absent", event)

    starts, ends = np.where(away == "am", 840, 510) * 60, np.where(away == "pm", 720, 1080) * 60
    arrives = starts - np.clip(rng.normal(620, 380, n), -280, 2400)
    arrives = np.where(event == "late", starts + 301 + np.minimum(rng.exponential(700, n), 5400), arrives)
    leaves = ends + np.minimum(rng.exponential(600, n), 14000)
    leaves = np.where(event == "early", ends - 300 - np.minimum(rng.exponential(1500, n), 6000), leaves)
    days = days.with_columns(
        pl.Series("event", event), pl.Series("arrives", arrives.astype(int)), pl.Series("leaves", leaves.astype(int)),
        pl.Series("lunch", (rng.normal(725, 3, n) * 60).astype(int)),
        pl.Series("back", ((rng.normal(768, 7, n) + np.where(rng.random(n) < 0.01, 25, 0)) * 60).astype(int)),
        pl.Series("method", np.where(days["position"] == "business_manager", "app",
                                     np.where(rng.random(n) < 0.01, "sign", "card"))),
    )  # fmt: skip
    there = ~pl.col("event").is_in(["absent", "out_of_office"])
    eats_in = there & (pl.col("unit_type") == "wedding") & (pl.col("away") == "") & (pl.col("event") == "")
    seen = pl.concat(
        [days.filter(there & (pl.col("event") != "no_in")).with_columns(second="arrives"),
         days.filter(there & (pl.col("event") != "no_out")).with_columns(second="leaves"),
         days.filter(eats_in).with_columns(second="lunch"), days.filter(eats_in).with_columns(second="back")]
    ).with_columns(punched_by=pl.lit(None, pl.String))  # fmt: skip
    for_another = days.filter(pl.Series(proxied)).with_columns(punched_by=pl.lit(helper), second="arrives")
    punches = (
        pl.concat([seen, for_another])
        .filter(~((pl.col("unit_id") == LOST_DAY[0]) & (pl.col("day") == LOST_DAY[1])))
        .with_columns(punched_at=pl.col("day").cast(pl.Datetime) + pl.duration(seconds="second"),
                      device_id=pl.col("unit_id") + "-K1")
        .sort("punched_at", "employee_id")
    )  # fmt: skip
    styles = {
        "company": Style(source="dingtalk", encoding="utf-8-sig"),
        "property": replace(SLASHED, source="zkteco", encoding="gb18030"),
        "wedding": Style(separator=";"),
        "branch_office": SLASHED,
        "sales_centre": PLAIN,
    }
    wanted = list(_contract()["punches"])
    for (kind, month), some in punches.group_by(["unit_type", pl.col("day").dt.truncate("1mo")], maintain_order=True):
        stem = f"punches_{kind}_{month:%Y-%m}"
        inbox.csv("punches", some.select(wanted), styles.get(kind, Style()), stem)
    _exceptions(inbox, days.filter(pl.col("unit_type").is_in(list(ON_R7)) & (pl.col("unit_id") != LOST_DAY[0])), rng)


def _on_break(unit: str, day: date) -> bool:
    return UNIT_TYPE[unit] == "school" and any(first <= day <= last for first, last in SCHOOL_BREAKS)


def _on_store_shift(p: Period, day: date) -> bool:
    """Two days of three a shop assistant serves a shift; on the others the clock counts, as for everybody."""
    served = UNIT_TYPE[p.unit_id] == "experience_store" and p.position == "staff"
    return served and (day.toordinal() + int(p.employee_id[1:])) % 3 != 0


def _exceptions(inbox: Inbox, days: pl.DataFrame, rng: np.random.Generator) -> None:
    covers = {"no_in": "in", "no_out": "out", "out_of_office": "day"}
    rows, excused = [], set()
    for employee, day, event in days.filter(pl.col("event").is_in(list(covers))).select(
        "employee_id", "day", "event"
    ).iter_rows():  # fmt: skip
        if rng.random() < 0.7:
            status = str(rng.choice(["approved", "rejected", "pending"], p=[0.9, 0.06, 0.04]))
            reason = str(rng.choice(["外出拜访客户", "考勤机故障", "去银行办事", "现场勘查", "忘记打卡"]))
            excused.add((employee, day))
            rows.append((f"YC{len(rows) + 1:05d}", employee, day, covers[event], reason, "department_manager", status,
                         bool(rng.random() < 0.93)))  # fmt: skip
    inbox.csv("attendance_exceptions", _frame("attendance_exceptions", rows), CHINESE)
    late = days.filter(pl.col("event") == "late").select("employee_id", "day").rows()[40::110]
    waived = []
    for number, (employee, day) in enumerate(late):
        trace = f"R7-1.4|{employee}|fct_attendance_days|{employee}|{day}|{day}"
        waived.append((hashlib.md5(trace.encode()).hexdigest(), "E0001", min(day + timedelta(days=6), AS_OF),
                       ("approved", "approved", "rejected", "pending")[number % 4], "大雾封路，全员迟到"))  # fmt: skip
    inbox.csv("waivers", _frame("waivers", waived))


def shifts(inbox: Inbox, world: World) -> dict[tuple[date, int], list[str]]:
    """The command centre round the clock (three shifts, four teams in turn) and the shops; returns who is on duty."""
    rng, rows, on_duty = _rng("shifts"), [], {}
    for day in DAYS:
        crew = world.at("CC01", day, "operator", "shift_leader")
        for slot in range(3):
            team = (day.toordinal() + slot) % 4
            here = [e for e in crew if int(e[1:]) % 4 == team and (e, day) not in world.away]
            on_duty[day, slot] = here or crew[:1]
            for employee in here:
                starts, ends = _at(day, slot * 480), _at(day, slot * 480 + 480)
                early = 9 if rng.random() < 0.02 else float(rng.integers(11, 25))
                handed = ends + timedelta(minutes=int(rng.integers(2, 12)))
                left = handed + timedelta(minutes=-5 if rng.random() < 0.015 else int(rng.integers(0, 9)))
                arrived = starts - timedelta(minutes=early)
                rows.append([employee, starts, ends, arrived, handed, left])
    for p in world.periods:
        for day in DAYS[(p.start - FIRST_DAY).days : (p.end - FIRST_DAY).days + 1]:
            if _on_store_shift(p, day) and (p.employee_id, day) not in world.away:
                starts = _at(day, 510)
                early = float(rng.integers(8, 19)) if rng.random() < 0.03 else float(rng.integers(20, 45))
                arrived = None if rng.random() < 0.003 else starts - timedelta(minutes=early)
                rows.append([p.employee_id, starts, _at(day, 1080), arrived, None, _at(day, 1080 + early / 4)])
    rows.sort(key=lambda row: (row[1], row[0]))
    last = _at(AS_OF, 1439)
    for row in rows:  # what would happen after the last day has not happened yet
        row[4:] = [moment if moment and moment <= last else None for moment in row[4:]]
    rows = [(f"BC{number:06d}", *row) for number, row in enumerate(rows, start=1)]
    for year in (2025, 2026):
        some = _frame("shifts", [row for row in rows if row[2].year == year])
        inbox.csv("shifts", some, replace(SLASHED, moment="%Y/%-m/%-d %H:%M"), f"shifts_{year}")
    return on_duty


# ---------------------------------------------------------------- conduct

PRICED = {"not_returned", "damaged_on_purpose", "lost_item"}
CONDUCT = ["phone_noise", "visitor_reception", "littering", "smoking_or_class_phone", "private_activity", "lost_item",
           "not_returned", "damaged_on_purpose", "equipment_misuse", "paper_waste", "loss_to_school"]  # fmt: skip
CLASS_RULES = {  # code: share, lowest and highest points that people assess (0: the points are fixed)
    "rude_language": (0.14, 0, 0), "fighting": (0.04, 0, 0), "fighting_injury": (0.01, 10, 15),
    "uncivil_behaviour": (0.15, 0, 0), "cycling_on_campus": (0.09, 0, 0), "dirty_classroom": (0.13, 3, 10),
    "untidy_desks": (0.12, 3, 5), "postings_damaged": (0.05, 3, 5), "dirty_area": (0.10, 3, 10),
    "traffic_accident": (0.01, 3, 5), "dangerous_toy": (0.03, 0, 0), "dangerous_toy_injury": (0.01, 5, 10),
    "dangerous_game_injury": (0.02, 5, 10), "doors_left_open": (0.07, 0, 0), "broken_glass": (0.03, 0, 0),
}  # fmt: skip


def conduct(inbox: Inbox, world: World) -> None:
    """Incidents of the school's staff, and the points that classes lose."""
    rng, rows = _rng("conduct"), []
    teaching = [day for day in DAYS if works("SC01", day) and not _on_break("SC01", day)]
    for number, day in enumerate(sorted(_pick(rng, teaching) for _ in range(110)), start=1):
        employee = _pick(rng, world.at("SC01", day)[:: 1 if number % 3 else 6])  # some appear again and again
        rule = CONDUCT[min(int(rng.exponential(3.2)), len(CONDUCT) - 1)]
        fined = _pick(rng, [None, 5000, 6000, 8000, 10000, 12000])
        rows.append((f"WJ{number:04d}", employee, _at(day, float(rng.integers(490, 1050))), rule,
                     int(rng.integers(2, 40)) * 1000 if rule in PRICED else None,
                     int(rng.integers(5, 60)) * 1000 if rule == "loss_to_school" else None,
                     fined if rule not in PRICED | {"loss_to_school"} else None, None))  # fmt: skip
    inbox.csv("conduct_incidents", _frame("conduct_incidents", rows), SLASHED)
    rows, codes, shares = [], list(CLASS_RULES), [share for share, _, _ in CLASS_RULES.values()]
    for number, day in enumerate(sorted(_pick(rng, teaching) for _ in range(560)), start=1):
        rule = str(rng.choice(codes, p=shares))
        _, low, high = CLASS_RULES[rule]
        points = int(rng.integers(low, high + 1)) if high and rng.random() < 0.95 else None
        many = int(rng.integers(1, 4)) if not high and rng.random() < 0.8 else None
        place = CLASSES[min(int(rng.triangular(0, 6, len(CLASSES))), len(CLASSES) - 1)]
        rows.append((f"KF{number:05d}", "SC01", place, day, rule, many, points))
    inbox.csv("class_incidents", _frame("class_incidents", rows), CHINESE)

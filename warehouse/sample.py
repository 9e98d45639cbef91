"""Writes the logs of a sample organisation: a year of every kind of unit, as offices really export it.

Nobody in it exists. The same files come out of every run: each subject draws from its own seeded generator and nothing
reads the clock. Some rows are wrong on purpose (``BAD_ROWS``): a quarantine that never holds anything shows nobody how
it works.

Run ``python -m warehouse.sample FOLDER``.
"""

from __future__ import annotations

import csv
import hashlib
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
    ("CC01", "云岭市民服务指挥中心", "command_centre", "HQ01", "centre_director:1 group_leader:2 "
     "shift_leader:4 operator:20"),
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


def _kind(feed: str, column: str) -> str:
    """The type of a column: text, int, decimal, date, timestamp, month, bool or enum."""
    return _contract()[feed][column].split()[0].rstrip("?").partition("(")[0]


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
        for earlier, (place, cells) in reversed(list(enumerate(_spoiled(stem, text.height)))):
            bad = _unlike(feed, text.row(place, named=True)) | cells
            if RAGGED in bad:
                ragged[1 + place + earlier] = bad.pop(RAGGED)
            bad = {column: cell or None for column, cell in bad.items()}
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
        stem, columns = stem or feed, frame.columns
        rows = [dict(zip(columns, row, strict=True)) for row in frame.iter_rows()]
        rows += [rows[n * 7 + 3] for n in range(DUPLICATES.get(stem, 0))]
        for place, cells in reversed(_spoiled(stem, len(rows))):
            rows.insert(place, _unlike(feed, rows[place]) | cells)
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
                    sheet.write_number(down, across, value / 100 if _kind(feed, column) == "decimal" else value)
                else:
                    sheet.write_string(down, across, _words(feed, column).get(value, value))
        book.close()


def _spoiled(stem: str, height: int) -> list[tuple[int, dict[str, str]]]:
    """The places at which bad rows go in (from the last one on, so that none moves another), and their cells."""
    bad = BAD_ROWS.get(stem, [])
    return [(height * n // (len(bad) + 1), cells) for n, cells in enumerate(bad, start=1)]


def _unlike(feed: str, row: dict[str, Any]) -> dict[str, Any]:
    """A copy with a key of its own: a bad row must not pass for another form of the row it was copied from."""
    first = next(iter(row))
    return row if feed == "punches" else row | {first: f"{row[first]}X"}


def _as_text(feed: str, column: str, style: Style) -> pl.Expr:
    kind, value = _kind(feed, column), pl.col(column)
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
    elif style.chinese_words and kind in ("enum", "text"):
        text = value.cast(pl.String).replace(_words(feed, column))
    else:
        text = value.cast(pl.String)
    return text.alias(column)


def _frame(feed: str, rows: list[Any]) -> pl.DataFrame:
    """Rows (dicts, or tuples in the contract's order) as a frame with the contract's columns and types."""
    types = {"int": pl.Int64, "decimal": pl.Int64, "date": pl.Date, "month": pl.Date, "timestamp": pl.Datetime,
             "bool": pl.Boolean}  # fmt: skip
    columns = _contract()[feed]
    schema = {name: types.get(_kind(feed, name), pl.String) for name in columns}
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
    inbox.csv("units", _frame("units", [(*unit[:4], date(2012, 3, 1)) for unit in UNITS]), CHINESE)
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
                where = now["unit_id"], now["position"]
                world.periods.append(Period(now["employee_id"], now["effective_on"], last, *where))
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
        whole_days = centre or p.unit_id in STORES  # a shift is worked or not
        if not (centre or UNIT_TYPE[p.unit_id] in ON_R7) or (p.end - p.start).days < 40:
            continue
        for _ in range(rng.poisson(1.7 * (p.end - p.start).days / 365)):
            kind = str(rng.choice(kinds, p=shares))
            _, shortest, longest = LEAVE[kind]
            length = float(rng.integers(int(shortest * 2), int(longest * 2) + 1)) / 2
            length = length if length <= 1.5 and not whole_days else max(1.0, float(int(length)))
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
            asked = _at(start, 480) if emergency else _at(start - timedelta(days=notice), int(rng.integers(540, 1020)))
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
    for_another = days.filter(pl.Series(proxied)).with_columns(second="arrives", punched_by=pl.lit(helper))
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
    covers, rows = {"no_in": "in", "no_out": "out", "out_of_office": "day"}, []
    unseen = days.filter(pl.col("event").is_in(list(covers))).select("employee_id", "day", "event")
    for employee, day, event in unseen.iter_rows():
        if rng.random() < 0.7:
            status = str(rng.choice(["approved", "rejected", "pending"], p=[0.9, 0.06, 0.04]))
            reason = str(rng.choice(["外出拜访客户", "考勤机故障", "去银行办事", "现场勘查", "忘记打卡"]))
            rows.append((f"YC{len(rows) + 1:05d}", employee, day, covers[event], reason, "department_manager", status,
                         bool(rng.random() < 0.93)))  # fmt: skip
    inbox.csv("attendance_exceptions", _frame("attendance_exceptions", rows), CHINESE)
    late, waived = days.filter((pl.col("event") == "late") & (pl.col("away") == "")), []
    for number, (employee, day) in enumerate(late.select("employee_id", "day").rows()[40::110]):
        trace = f"R7-1.4|{employee}|fct_attendance_days|{employee}|{day}|{day}"
        waived.append((hashlib.md5(trace.encode(), usedforsecurity=False).hexdigest(), "E0001", min(day + timedelta(days=6), AS_OF),
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


# ---------------------------------------------------------------- expense

OFFICE_COSTS = {  # category: lines a month, lowest and highest yuan, usual receipt
    "rent": (1, 3200, 3200, "landlord_receipt"), "office_phone": (2, 400, 760, "tax_invoice"),
    "fax": (1, 20, 60, "tax_invoice"), "postage": (3, 12, 68, "postal"), "office_supplies": (2, 30, 105, "tax_invoice"),
    "short_haul_transport": (3, 60, 280, "tax_invoice"), "fuel": (3, 180, 420, "tax_invoice"),
    "parking": (3, 10, 60, "tax_invoice"), "vehicle_repair": (0.4, 200, 1600, "tax_invoice"),
    "promotion": (1, 800, 2600, "tax_invoice"), "other": (0.5, 100, 900, "tax_invoice"),
}  # fmt: skip
REGION_COSTS = {name: OFFICE_COSTS[name] for name in ("postage", "office_supplies", "fuel", "parking", "promotion")}
COMPANY_COSTS = {
    "entertainment": (4, 260, 1500, "tax_invoice"), "taxi": (7, 15, 95, "tax_invoice"),
    "phone": (12, 40, 125, "tax_invoice"), "training": (1, 600, 3200, "tax_invoice"),
    "materials": (4, 150, 2200, "tax_invoice"), "office_supplies": (3, 60, 480, "tax_invoice"),
}  # fmt: skip
BY_REQUEST = {"promotion", "other", "entertainment", "training"}
OFFICE_FLAWS = [
    {"receipt_type": "white_slip"}, {"receipt_type": "fake"}, {"receipt_type": "none"}, {"finance_status": "rejected"},
    {"approved_by_manager": False}, {"audited_by_supervisor": False}, {"special_request_id": None}, {"late": True},
]  # fmt: skip
COMPANY_FLAWS = [
    {"receipt_type": "none"}, {"receipt_type": "white_slip"}, {"approval_path": "department_manager>finance"},
    {"finance_status": "rejected"}, {"guests_noted": False}, {"no_car_available": False}, {"late": True},
    {"co_traveller_signed": False}, {"special_request_id": None},
]  # fmt: skip
FULL_PATH = "department_manager>finance>deputy_general_manager>general_manager"
SEASON = {1: 1.15, 2: 0.75, 3: 1.0, 4: 1.0, 5: 1.05, 6: 1.0, 7: 0.95, 8: 0.95, 9: 1.1, 10: 1.05, 11: 1.0, 12: 1.2}


def expense(inbox: Inbox, world: World) -> None:
    """Expense claims of offices, region and head office, their trips, requests and budgets."""
    rng = _rng("expense")
    lines: list[dict] = []
    trips: list[tuple] = []
    requests: list[tuple] = []

    def claim(unit: str, employee: str, day: date, items: list[dict]) -> None:
        office, claim_id = unit != "HQ01", f"BX{len(trips) + len(lines) + 1:06d}"
        for number, item in enumerate(items, start=1):
            line = {"claim_id": claim_id, "line_no": number, "unit_id": unit, "employee_id": employee,
                    "incurred_on": day, "finance_status": "accepted"}  # fmt: skip
            signed = {"approved_by_manager": True, "audited_by_supervisor": True}
            line |= (signed if office else {"approval_path": FULL_PATH}) | item
            flaws = [flaw for flaw in (OFFICE_FLAWS if office else COMPANY_FLAWS) if set(flaw) <= {*line, "late"}]
            flaw = _pick(rng, flaws) if rng.random() < 0.05 else {}
            wait = 25 if "late" in flaw else int(rng.integers(1, 11 if office else 5))
            sent = max(day, line["incurred_on"]) + timedelta(days=wait)
            if sent <= AS_OF:
                state = "accepted" if (AS_OF - sent).days > 7 else "pending"
                lines.append(line | {"submitted_on": sent, "finance_status": state} | flaw)

    def request(unit: str, category: str, day: date, cents: int) -> str:
        asked = day - timedelta(days=int(rng.integers(4, 12)))
        state = str(rng.choice(["approved", "rejected", "pending"], p=[0.95, 0.03, 0.02]))
        approved = asked + timedelta(days=int(rng.integers(1, 4))) if state == "approved" else None
        granted = int(cents * rng.choice([0.8, 1.0, 1.2], p=[0.12, 0.38, 0.5]) // 100) * 100
        requests.append((f"TS{len(requests) + 1:05d}", unit, category, granted, asked, approved, state))
        return requests[-1][0]

    def travel(unit: str, employee: str, position: str, day: date) -> None:
        length = int(rng.integers(1, 5))
        back = day + timedelta(days=length - 1)
        if back > AS_OF:
            return
        state = str(rng.choice(["approved", "rejected", "pending"], p=[0.96, 0.02, 0.02]))
        asked = day - timedelta(days=int(rng.integers(2, 7)))
        trip = f"CC{len(trips) + 1:05d}"
        trips.append((trip, employee, asked, asked + timedelta(days=1) if state == "approved" else None, state,
                      bool(rng.random() < 0.96), day, back))  # fmt: skip
        hours = int(rng.integers(200, 1400))
        mode = str(rng.choice(["hard_seat", "hard_sleeper", "bus", "high_speed_rail"], p=[0.45, 0.3, 0.15, 0.1]))
        fare = int(rng.integers(60, 320)) * 100
        shared = {"is_shared": True, "co_traveller_signed": True} if unit == "HQ01" and rng.random() < 0.4 else {}
        rate = 90 if position in MANAGERS else 70
        leg = {"category": "long_distance_transport", "amount": fare, "receipt_type": "ticket", "trip_id": trip,
               "transport_mode": mode, "transport_hours": hours,
               "reference_fare": fare // 1000 * 700 if mode == "high_speed_rail" else None} | shared  # fmt: skip
        stay = {"category": "per_diem", "amount": int(rate * length * rng.choice([1, 1, 1, 1.2])) * 100,
                "receipt_type": "ticket", "trip_id": trip, "incurred_on": back} | shared  # fmt: skip
        claim(unit, employee, back, [leg | {"incurred_on": day}, stay, leg | {"incurred_on": back}])

    for unit in [*OFFICES, "RG01", "HQ01"]:
        costs = COMPANY_COSTS if unit == "HQ01" else REGION_COSTS if unit == "RG01" else OFFICE_COSTS
        for month in MONTHS:
            last = min((month + timedelta(days=31)).replace(day=1) - timedelta(days=1), AS_OF)
            for category, (often, low, high, receipt) in costs.items():
                for _ in range(int(rng.poisson(often)) if often != 1 else 1):
                    day = _office_day(rng, unit, month, last)
                    factor = SEASON[month.month] if category != "rent" else 1
                    cents = int(rng.uniform(low, high + 0.01) * factor * 100) // 10 * 10
                    item = {"category": category, "amount": cents, "receipt_type": receipt}
                    if category in BY_REQUEST:
                        item["special_request_id"] = request(unit, category, day, cents)
                    if category == "entertainment":
                        item |= {"guests_count": int(rng.integers(2, 9)), "guests_noted": True}
                    if category == "taxi":
                        item["no_car_available"] = True
                    claim(unit, _pick(rng, world.at(unit, day)), day, [item])
            for _ in range(rng.poisson(3 if unit != "HQ01" else 4)):
                day = _office_day(rng, unit, month, last)
                people = [p for p in world.periods if p.unit_id == unit and p.start <= day <= p.end]
                people = [p for p in people if p.position in MANAGERS | {"business_manager"}] or people
                traveller = _pick(rng, people)
                travel(unit, traveller.employee_id, traveller.position, day)
    day = date(2026, 5, 18)  # returned goods: the supplier pays back a part
    claim("HQ01", world.at("HQ01", day, "staff")[3], day, [
        {"category": "materials", "amount": -32000, "receipt_type": "tax_invoice", "note": "退货退款"}])  # fmt: skip
    lines.sort(key=lambda line: (line["submitted_on"], line["claim_id"], line["line_no"]))
    for year, quarter in sorted({(line["submitted_on"].year, (line["submitted_on"].month + 2) // 3) for line in lines}):
        some = [r for r in lines if (r["submitted_on"].year, (r["submitted_on"].month + 2) // 3) == (year, quarter)]
        inbox.xlsx("expense_lines", _frame("expense_lines", some), stem=f"expense_lines_{year}-Q{quarter}")
    inbox.csv("business_trips", _frame("business_trips", trips), CHINESE)
    asked = _frame("special_expense_requests", requests)
    inbox.csv("special_expense_requests", asked, replace(SLASHED, thousands=True))
    _budgets(inbox, lines, rng)


def _budgets(inbox: Inbox, lines: list[dict], rng: np.random.Generator) -> None:
    """What a planner knows, the usual month, give or take: so some months save and some run over."""
    usual: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        usual[line["unit_id"], line["category"]] += line["amount"]
    rows = []
    for (unit, category), total in sorted(usual.items()):
        generous = float(rng.choice([0.9, 1.05, 1.2], p=[0.2, 0.4, 0.4]))
        for month in MONTHS:
            amount = total / len(MONTHS) * generous * rng.uniform(0.92, 1.08) * (1 + (SEASON[month.month] - 1) / 2)
            rows.append((unit, month, category, max(int(amount // 5000) * 5000, 5000)))
    inbox.csv("budgets", _frame("budgets", rows), replace(SLASHED, thousands=True))


def trade(inbox: Inbox, world: World) -> None:
    """Sales on credit, money received and banked, bad debts, advances and the accounts of the offices."""
    rng = _rng("trade")
    invoices, receipts, debts, advances, repaid, moves = [], [], [], [], [], []
    for unit in [*OFFICES, "RG01"]:
        dealers = [(world.customer(unit, FIRST_DAY, rng), int(rng.integers(6, 12)) * 1000000) for _ in range(7)]
        for day in [day for day in DAYS if works(unit, day) and rng.random() < 0.24]:
            dealer, limit = _pick(rng, dealers)
            cents = int(rng.integers(60, 260)) * 10000 + int(rng.integers(0, 100)) * 50
            manager = _pick(rng, world.at(unit, day, "business_manager"))
            invoice = f"FH{unit[-2:]}{len(invoices) + 1:05d}"
            invoices.append((invoice, unit, dealer, manager, day, cents, limit if rng.random() < 0.97 else None))
            paid = day + timedelta(days=int(rng.exponential(18)) + 5)
            if len(debts) < 6 and rng.random() < 0.04 and (AS_OF - day).days > 60:
                role = "general_manager" if len(debts) != 2 else "office_manager"
                debts.append((f"HZ{len(debts) + 1:03d}", invoice, day + timedelta(days=55), cents // 2, role))
            elif paid <= AS_OF:
                receipts.append(_receipt(rng, unit, invoice, paid, cents))
        for day in [day for day in DAYS if works(unit, day) and rng.random() < 0.08]:  # cash over the counter
            receipts.append(_receipt(rng, unit, None, day, int(rng.integers(3, 40)) * 10000))
        for month in MONTHS:
            for account, way, yuan in (("income", "in", 90000), ("expense", "in", 20000), ("expense", "out", 18000)):
                at = _at(_office_day(rng, unit, month, month + timedelta(days=26)), float(rng.integers(560, 1000)))
                moves.append((unit, account, at, way, int(rng.uniform(0.7, 1.3) * yuan) * 100))
            if rng.random() < 0.08:
                moves.append((unit, "income", _at(month + timedelta(days=19), 640), "out", 150000))
        for number in range(9):
            day = _office_day(rng, unit)
            advance, cents = f"JZ{unit}-{number + 1:02d}", int(rng.integers(4, 21)) * 10000
            role = "region_manager" if unit == "RG01" else "office_manager"
            approver = world.at(unit, day, role)[0]
            borrower = _pick(rng, world.at(unit, day, "business_manager", "staff"))
            if rng.random() < 0.08:
                cents = 260000
            if unit != "RG01" and rng.random() < 0.1:
                role, approver = "office_supervisor", world.at(unit, day, "office_supervisor")[0]
                borrower = approver if rng.random() < 0.4 else borrower
            advances.append((advance, borrower, cents, day, role, approver))
            back = day + timedelta(days=int(rng.integers(6, 29)) if rng.random() < 0.85 else 40)
            if back <= AS_OF:
                repaid.append((f"HK{len(repaid) + 1:04d}", advance, back, cents if rng.random() < 0.9 else cents // 2))
    receipts.sort(key=lambda row: row[2])
    receipts = [(f"SK{number:05d}", *row) for number, row in enumerate(receipts, start=1)]
    moves.sort(key=lambda row: (row[2], row[0]))
    inbox.csv("receivables", _frame("receivables", invoices), replace(CHINESE, thousands=True))
    # The bank's slip of some deposits came later: the first export lacks them, the second one corrects it.
    found = [row for row in receipts if row[5]][::90]
    first = [(*row[:5], None) if row in found else row for row in receipts]
    inbox.csv("receipts", _frame("receipts", first), SLASHED)
    inbox.csv("receipts", _frame("receipts", found), SLASHED, "receipts_2_correction")
    inbox.csv("bad_debts", _frame("bad_debts", debts), SLASHED)
    inbox.csv("cash_advances", _frame("cash_advances", advances), SLASHED)
    inbox.csv("advance_repayments", _frame("advance_repayments", repaid), SLASHED)
    numbered = [(f"LS{number:05d}", *row) for number, row in enumerate(moves, start=1)]
    inbox.csv("account_transactions", _frame("account_transactions", numbered), replace(SLASHED, thousands=True))


def _receipt(rng: np.random.Generator, unit: str, invoice: str | None, day: date, cents: int) -> tuple:
    late = rng.random() < 0.04
    banked = _at(day + timedelta(days=1), 700 if late else float(rng.integers(490, 540)))
    return unit, invoice, _at(day, float(rng.integers(540, 1060))), cents, banked if banked.date() <= AS_OF else None


# ---------------------------------------------------------------- callback

SERIES = {  # kind of contact: windows as (first day, last day) after it, then every so many days
    "call_in": ([(0, 0)], 0), "call_in+": ([(0, 0), (1, 3)], 7), "visit": ([(0, 0), (1, 3)], 7),
    "visit+": ([(0, 0), (1, 3)], 3), "visit C": ([], 7), "visit D": ([], 0), "deal": ([(0, 0)], 15),
    "project_start": ([(1, 3)], 0), "mid_payment": ([(1, 3)], 0), "completion": ([(1, 7), (8, 85), (95, 180)], 0),
}  # fmt: skip


def callbacks(inbox: Inbox, world: World) -> None:
    """Contacts of the sales centre, work orders, and the callbacks that they are owed: most of them made."""
    rng = _rng("callbacks")
    contacts: list[tuple] = []
    made: list[list] = []
    for _ in range(300):
        first = _office_day(rng, "SA01")
        customer, adviser = world.customer("SA01", first, rng), _pick(rng, world.at("SA01", first, "staff"))
        special = world.customers[-1][4] != "ordinary"  # to be called on key dates only
        seen = _story(rng, first)
        for place, (kind, day, grade, good, key) in enumerate(seen):
            at = _at(day, float(rng.integers(530, 900)))
            if (staff := world.at("SA01", day, "staff")) and adviser not in staff:
                adviser = _pick(rng, staff)
            contacts.append((customer, "SA01", adviser, kind, at, grade, good, key, bool(rng.random() < 0.2)))
            until = seen[place + 1][1] if place + 1 < len(seen) else AS_OF + timedelta(days=1)
            name = kind + ("+" if good or key else "") if grade not in ("C", "D") else f"{kind} {grade}"
            for nth, due in enumerate(_due(SERIES[name], day, until, kind in ("project_start", "completion"))):
                if rng.random() < (0.95 if nth < 3 else 0.88 if nth < 8 else 0.8) * (0.15 if special else 1):
                    soon = due[0] + timedelta(days=int(rng.integers(0, (due[1] - due[0]).days + 1)))
                    made.append(_callback(rng, customer, adviser, soon, at, None))
            if grade == "D" or kind == "deal" or special:
                for when, where, _, _ in KEY_DATES:
                    owed = day < when <= AS_OF and where in (None, "SA01") and (kind == "deal" or when < until)
                    if owed and rng.random() < 0.85:
                        made.append(_callback(rng, customer, adviser, when, at, None, "message"))
    orders = _work_orders(rng, world, made)
    made = sorted((row for row in made if row[3].date() <= AS_OF), key=lambda row: (row[3], row[0]))
    contacts.sort(key=lambda row: (row[4], row[0]))
    numbered = [(f"JC{number:05d}", *row) for number, row in enumerate(contacts, start=1)]
    inbox.csv("customer_contacts", _frame("customer_contacts", numbered), replace(SLASHED, moment="%Y/%-m/%-d %H:%M"))
    rows = [(f"HF{number:05d}", *row) for number, row in enumerate(made, start=1)]
    for year in (2025, 2026):
        some = _frame("callbacks", [row for row in rows if row[4].year == year])
        inbox.csv("callbacks", some, SLASHED, f"callbacks_{year}")
    inbox.csv("work_orders", _frame("work_orders", orders), SLASHED)


def _story(rng: np.random.Generator, first: date) -> list[tuple]:
    """A customer's contacts: (type, day, class, high quality, key); later than the last day: left out."""
    seen, day = [], first
    if rng.random() < 0.55:
        seen.append(("call_in", day, None, bool(rng.random() < 0.4), None))
        day += timedelta(days=int(rng.integers(0, 12)))
    if not seen or rng.random() < 0.7:
        grade = str(rng.choice(list("ABCD"), p=[0.25, 0.35, 0.25, 0.15]))
        seen.append(("visit", day, grade, None, bool(grade in "AB" and rng.random() < 0.3)))
        if grade in "AB" and rng.random() < 0.5:
            day += timedelta(days=int(rng.integers(4, 30)))
            seen.append(("visit", day, "A", None, True))
            if rng.random() < 0.6:
                day += timedelta(days=int(rng.integers(2, 20)))
                seen.append(("deal", day, None, None, None))
                if rng.random() < 0.4:
                    for kind, later in (("project_start", 25), ("mid_payment", 45), ("completion", 60)):
                        day += timedelta(days=later + int(rng.integers(0, 9)))
                        seen.append((kind, day, None, None, None))
    return [contact for contact in seen if contact[1] <= AS_OF]


def _due(series: tuple, day: date, until: date, alone: bool) -> list[tuple[date, date]]:
    fixed, every = series
    spans = [(day + timedelta(days=a), day + timedelta(days=b)) for a, b in fixed]
    after = spans[-1][1] if spans else day
    while every and after + timedelta(days=every) < until and len(spans) < 120:
        spans.append((after + timedelta(days=1), after + timedelta(days=every)))
        after = spans[-1][1]
    return [span for span in spans if span[0] <= AS_OF and (alone or span[1] < until or span[0] == day)]


def _callback(rng: np.random.Generator, customer: str | None, caller: str, day: date, after: datetime,
              order: str | None, channel: str = "phone") -> list:  # fmt: skip
    """One callback, its score by season: the summer's rush is felt."""
    quiet = float(rng.integers(600, 690)) if rng.random() < 0.5 else float(rng.integers(930, 1020))
    at = max(_at(day, quiet if rng.random() < 0.84 else float(rng.integers(700, 900))), after + timedelta(minutes=35))
    happy = {2: 0.93, 3: 0.92, 6: 0.78, 7: 0.74, 8: 0.58}.get(day.month, 0.86)
    score = int(rng.integers(4, 6)) if rng.random() < happy else int(rng.integers(1, 4))
    score = score if rng.random() < 0.65 else None
    issue = bool(rng.random() < 0.06)
    told = at + timedelta(hours=1 if rng.random() < 0.9 else 30) if issue else None
    channel = "visit" if order is None and rng.random() < 0.02 else channel
    filed = at.date() + timedelta(days=1 if rng.random() < 0.9 else 3) if channel == "visit" else None
    told, filed = (told if told and told.date() <= AS_OF else None), (filed if filed and filed <= AS_OF else None)
    return [customer, caller, channel, at, order, score, issue, told, filed]


def _work_orders(rng: np.random.Generator, world: World, made: list[list]) -> list[tuple]:
    owners = [world.customer("PR01", FIRST_DAY, rng) for _ in range(160)]
    rows = []
    for number, day in enumerate(sorted(_some_day(rng) for _ in range(720)), start=1):
        unit = "PR01" if rng.random() < 0.9 else "SA01"
        order, opened = f"GD{number:05d}", _at(day, float(rng.integers(480, 1260)))
        owner = _pick(rng, owners) if rng.random() < 0.95 else None
        done = opened + timedelta(minutes=int(rng.exponential(500)) + 30)
        kind = "repair" if unit == "PR01" and rng.random() < 0.75 else "complaint"
        rows.append((order, owner, unit, kind, opened, done if done.date() <= AS_OF else None))
        if owner and rng.random() < 0.95:
            called = opened + timedelta(minutes=int(rng.integers(60, 1430 if rng.random() < 0.95 else 2600)))
            caller = _pick(rng, world.at(unit, day, "staff"))
            callback = _callback(rng, owner, caller, called.date(), opened, order)
            made.append([*callback[:3], called, *callback[4:7], None, None])
    return rows


# ---------------------------------------------------------------- service


def hotline(inbox: Inbox, world: World, on_duty: dict[tuple[date, int], list[str]]) -> None:
    """Calls and cases of the command centre, near the limits that its rules set."""
    rng, busy = _rng("hotline"), [4, 3, 2, 2, 2, 3, 6, 12, 20, 24, 22, 18, 14, 16, 20, 21, 20, 18, 14, 12, 10, 9, 7, 5]
    hours = np.array(busy) / sum(busy)
    rows = []
    for day in DAYS:
        count = rng.poisson(46 * (1.35 if day.month in (7, 8) else 1.0))
        moments = np.sort(rng.choice(24, count, p=hours) * 3600 + rng.integers(0, 3600, count))
        waits = np.where(rng.random(count) < 0.07, rng.integers(16, 50, count), rng.integers(3, 16, count))
        talks, luck = rng.exponential(150, count).astype(int) + 20, rng.random(count)
        for second, wait, talk, chance in zip(moments.tolist(), waits.tolist(), talks.tolist(), luck, strict=True):
            ringing = _at(day, 0) + timedelta(seconds=second)
            crew = on_duty[day, second // 28800]
            lost = chance < 0.025
            answered = None if lost else ringing + timedelta(seconds=wait)
            ended = ringing + timedelta(seconds=wait + (0 if lost else talk))
            over = ended.date() <= AS_OF
            who = None if lost and chance < 0.012 else crew[second % len(crew)]
            rows.append((who, "CC01", ringing, answered, ended if over else None,
                         None if lost or not over else "operator" if chance > 0.992 else "caller"))  # fmt: skip
    rows = [(f"TH{number:06d}", *row) for number, row in enumerate(rows, start=1)]
    calls = _frame("hotline_calls", rows)
    for (month,), some in calls.group_by([pl.col("ringing_at").dt.truncate("1mo")], maintain_order=True):
        inbox.csv("hotline_calls", some, Style(source="call_centre"), f"hotline_calls_{month:%Y-%m}")

    cases, places = [], ["市容所", "环卫所", "园林处", "路灯所", "排水公司", "东城街道办"]
    for number, moment in enumerate(sorted(int(rng.integers(0, len(DAYS) * 1440)) for _ in range(3000)), start=1):
        day, minute = DAYS[moment // 1440], moment % 1440
        received, fault = _at(day, minute), bool(rng.random() < 0.02)
        sent = received + timedelta(seconds=int(rng.gamma(3.2, 300 if not fault else 700)) + 60)
        read = sent + timedelta(minutes=int(rng.exponential(27)) + 1)
        reminded = None
        if read > sent + timedelta(minutes=60):
            reminded = sent + timedelta(minutes=int(rng.integers(55, 88 if rng.random() < 0.93 else 130)))
            read += timedelta(minutes=40)
        result = sent + timedelta(minutes=int(rng.exponential(1500)) + 120)
        answer = result + timedelta(seconds=int(rng.gamma(3, 260)) + 30)
        closed = answer + timedelta(hours=int(rng.integers(1, 40)))
        crew = on_duty[day, minute // 480]
        sent, *later = [
            moment if moment and moment.date() <= AS_OF else None
            for moment in (sent, read, reminded, result, answer, closed)
        ]
        operator, times = crew[number % len(crew)], 1 + int(rng.random() < 0.05) + int(rng.random() < 0.01)
        cases.append((f"AJ{number:06d}", operator, "CC01", received, fault, sent, _pick(rng, places), *later, times))
    inbox.csv("cases", _frame("cases", cases), Style())


# ---------------------------------------------------------------- sales

NEW_GUESTS = {11: 1.1, 12: 1.2, 1: 0.9, 2: 0.6, 3: 1.2, 4: 1.1, 5: 1.0, 6: 0.8, 7: 0.7, 8: 0.8, 9: 1.1, 10: 1.3}


def sales(inbox: Inbox, world: World) -> None:
    """Guests of the two stores: how they come, come back, are assessed, and buy or not."""
    rng = _rng("sales")
    promotions, visits, grades, orders, targets = [], [], [], [], []
    for month in MONTHS:
        for store in STORES:
            start = month + timedelta(days=21 + int(rng.integers(0, 3)))
            promotions.append((f"CX{len(promotions) + 1:03d}", store, start, start + timedelta(days=5),
                               f"{month.month}月{_pick(rng, ['感恩', '会员', '联谊', '健康'])}促销"))  # fmt: skip
            planned = round((9 if store == "ES01" else 7) * NEW_GUESTS[month.month])
            people = world.at(store, month, "staff")
            if store == "ES02" and month.month % 3 == 0:  # this store sometimes sets it person by person
                targets += [(store, who, month, 1, 398000) for who in people[:planned]]
            else:
                targets.append((store, None, month, planned, planned * 398000))

    def on_offer(store: str, day: date) -> bool:
        return any(unit == store and first <= day <= last for _, unit, first, last, _ in promotions)

    def order(customer: str, store: str, who: str, day: date, kind: str, gift: int = 0) -> None:
        at = _at(day, float(rng.integers(540, 1040)))
        if kind == "deposit":
            paid = int(rng.choice([100, 150, 200, 200, 300], p=[0.3, 0.2, 0.3, 0.17, 0.03])) * 100
            orders.append((customer, store, who, at, kind, "device", 1, paid, paid, gift))
            return
        price = 398000 if rng.random() < 0.96 else 368000
        many = 2 if kind == "purchase" and rng.random() < 0.06 else 1
        orders.append((customer, store, who, at, kind, "device", many, price, price * many, gift))

    known: dict[str, list[str]] = {store: [] for store in STORES}
    for store in STORES:
        for day in DAYS:
            staff = world.at(store, day, "staff")
            for _ in range(rng.poisson((1.1 if store == "ES01" else 0.85) * NEW_GUESTS[day.month])):
                friend = _pick(rng, known[store]) if known[store] and rng.random() < 0.22 else None
                customer, who = world.customer(store, day, rng, friend), _pick(rng, staff)
                known[store].append(customer)
                often = 1 + int(rng.geometric(0.22)) if rng.random() < 0.72 else 1
                came, gaps = [day], [int(g) for g in rng.geometric(0.45, often - 1)]
                for gap in gaps:
                    came.append(came[-1] + timedelta(days=gap))
                came = [when for when in came if when <= AS_OF]
                for when in came:
                    visits.append((customer, store, _at(when, float(rng.integers(515, 1050))),
                                   int(np.clip(rng.normal(40, 6), 10, 70)), who))  # fmt: skip
                if len(came) < 2:
                    continue
                grade = str(rng.choice(list("ABC"), p=[0.28, 0.44, 0.28]))
                graded = came[min(2, len(came) - 1)]
                feels = {"A": ["cured", "effective"], "B": ["effective", "felt"], "C": ["faint", "none"]}
                grades.append((customer, store, who, graded, grade, _pick(rng, feels[grade])))
                if grade == "B" and len(came) > 4 and rng.random() < 0.4:
                    grade, graded = "A", came[4]
                    grades.append((customer, store, who, graded, grade, "effective"))
                if rng.random() > {"A": 0.62, "B": 0.2, "C": 0.02}[grade]:
                    continue
                bought = graded + timedelta(days=int(rng.exponential(11)))
                if rng.random() < 0.5:  # many wait for the promotion of the month's last third, and pay a deposit
                    if bought <= AS_OF:
                        order(customer, store, who, bought, "deposit", 2000 if rng.random() < 0.03 else 0)
                    while not on_offer(store, bought) and bought < AS_OF:
                        bought += timedelta(days=1)
                if bought <= AS_OF:
                    gift = 12800 if on_offer(store, bought) or rng.random() < 0.04 else 0
                    order(customer, store, who, bought, "purchase", gift)
                    again, returned = bought + timedelta(days=70), bought + timedelta(days=int(rng.integers(4, 50)))
                    if rng.random() < 0.05 and returned <= AS_OF:
                        order(customer, store, who, returned, "refund")
                    elif rng.random() < 0.08 and again <= AS_OF:
                        order(customer, store, who, again, "purchase")
                    if rng.random() < 0.1:
                        orders.append((customer, store, who, _at(bought, 1045), "purchase", "远红外护膝", 1, 12800,
                                       12800, 0))  # fmt: skip
    for rows, prefix, when in ((visits, "TY", 2), (grades, "PG", 3), (orders, "DD", 3)):
        rows.sort(key=lambda row: (row[when], row[0]))  # noqa: B023
        rows[:] = [(f"{prefix}{number:05d}", *row) for number, row in enumerate(rows, start=1)]
    inbox.csv("experience_visits", _frame("experience_visits", visits), Style(moment="%Y-%m-%d %H:%M"))
    inbox.csv("class_assessments", _frame("class_assessments", grades), CHINESE)
    inbox.csv("sales_orders", _frame("sales_orders", orders), replace(SLASHED, thousands=True))
    inbox.csv("promotions", _frame("promotions", promotions), CHINESE)
    planners = world.at("WD01", FIRST_DAY, "staff")[:8]
    targets += [("WD01", who, month, None, 2600000) for who in planners for month in MONTHS]
    inbox.csv("sales_targets", _frame("sales_targets", targets))


# ---------------------------------------------------------------- events

TASKS = {  # task: the last minute before (-) or after (+) the ceremony that is still in time
    "deposit_2_collected": -7 * 1440, "host_meeting": -7 * 1440, "suppliers_confirmed": -7 * 1440,
    "pre_event_meeting": -2 * 1440, "petty_cash_requested": -2 * 1440, "venue_access_confirmed": -1440,
    "rehearsal_done": -1440, "team_briefing": -30, "final_payment_collected": 240, "receipt_marked_settled": 260,
    "callback_form_filed": 7 * 1440, "summary_filed": 7 * 1440, "contract_archived": 7 * 1440,
}  # fmt: skip


def events(inbox: Inbox, world: World) -> None:
    """Wedding contracts and what was done for each ceremony, mostly in time."""
    rng, contracts, tasks = _rng("events"), [], []
    lucky = [date(2025, 12, 1) + timedelta(days=n) for n in range(540)]
    lucky = [day for day in lucky if day.weekday() >= 5 or day.month in (5, 10) and day.day <= 6]
    for day in sorted(_pick(rng, lucky) for _ in range(240)):
        signed = day - timedelta(days=int(rng.integers(30, 150)))
        if not FIRST_DAY <= signed <= AS_OF or not works("WD01", signed):
            continue
        planner = _pick(rng, world.at("WD01", FIRST_DAY, "staff")[:8])
        if planner not in world.at("WD01", signed):
            planner = world.at("WD01", signed, "staff")[0]
        ceremony = _at(day, float(rng.choice([678, 708, 738, 1098])))
        number, dropped = f"HT{len(contracts) + 1:04d}", bool(rng.random() < 0.04)
        contracts.append((number, world.customer("WD01", signed, rng), "WD01", planner, signed, ceremony,
                          int(rng.integers(60, 360)) * 10000, "cancelled" if dropped else "active"))  # fmt: skip
        for code, limit in () if dropped else TASKS.items():
            spare = int(rng.integers(5, 25)) if abs(limit) < 300 else int(rng.integers(60, 4000))
            done = ceremony + timedelta(minutes=limit - spare if rng.random() < 0.95 else limit + 1500)
            if code in ("callback_form_filed", "summary_filed", "contract_archived"):
                done = max(done, ceremony + timedelta(hours=18))
            if done.date() <= AS_OF and rng.random() > 0.01:
                tasks.append((number, code, done))
    inbox.csv("event_contracts", _frame("event_contracts", contracts), replace(CHINESE, thousands=True))
    inbox.csv("event_tasks", _frame("event_tasks", tasks), SLASHED)


# ---------------------------------------------------------------- inspection


def inspection(inbox: Inbox, world: World) -> None:
    """Four rounds a day and twenty items a week for each lift, with some missed, some late and some faults."""
    rng, rows = _rng("inspection"), []
    inbox.csv("inspection_assets", _frame("inspection_assets", [
        (lift, "PR01", date(2019, 6, 1) if lift != LIFTS[-1] else date(2026, 3, 16),
         None if lift != LIFTS[1] else date(2026, 8, 20)) for lift in LIFTS]), CHINESE)  # fmt: skip
    for day in DAYS:
        crew = world.at("PR01", day, "staff")[4:10]
        for number, lift in enumerate(LIFTS):
            if (lift == LIFTS[-1] and day < date(2026, 3, 16)) or (lift == LIFTS[1] and day > date(2026, 8, 20)):
                continue
            inspector = crew[(day.toordinal() + number // 4) % len(crew)]
            draws, late = rng.random(4), rng.integers(-26, 27, 4)
            for slot, chance, minutes in zip((510, 630, 870, 990), draws, late, strict=True):
                if chance >= 0.012:  # some rounds are never made, some long after their time
                    at = _at(day, slot + (float(minutes) if chance > 0.03 else 45) + number / 4)
                    rows.append(_inspected(rng, lift, inspector, at, "daily", None))
            if day.weekday() == number % 6:
                at = _at(day, 540 + number * 7)
                for item in range(1, 21):
                    if rng.random() >= 0.004:
                        at += timedelta(seconds=int(rng.integers(60, 170)))
                        rows.append(_inspected(rng, lift, inspector, at, "weekly", str(item)))
    rows.sort(key=lambda row: (row[2], row[0]))
    table = _frame("inspections", [(f"XJ{number:06d}", *row) for number, row in enumerate(rows, start=1)])
    for (month,), some in table.group_by([pl.col("inspected_at").dt.truncate("1mo")], maintain_order=True):
        inbox.csv("inspections", some, SLASHED, f"inspections_{month:%Y-%m}")


def _inspected(rng: np.random.Generator, lift: str, who: str, at: datetime, kind: str, item: str | None) -> tuple:
    if rng.random() >= 0.006:
        return lift, who, at, kind, item, "ok", None, None
    handled = at + timedelta(minutes=int(rng.exponential(100)) + 10) if rng.random() < 0.8 else None
    told = at + timedelta(minutes=20) if handled is None and rng.random() < 0.8 else None
    return lift, who, at, kind, item, "fault", handled if handled and handled.date() <= AS_OF else None, told


# ---------------------------------------------------------------- all of it


def write_sample(folder: Path) -> None:
    """Write the sample organisation's logs into ``folder``, a folder a feed."""
    inbox, world = Inbox(Path(folder)), World()
    organisation(inbox, world)
    leave(inbox, world)
    attendance(inbox, world)
    on_duty = shifts(inbox, world)
    conduct(inbox, world)
    expense(inbox, world)
    trade(inbox, world)
    callbacks(inbox, world)
    hotline(inbox, world, on_duty)
    sales(inbox, world)
    events(inbox, world)
    inspection(inbox, world)
    inbox.csv("customers", _frame("customers", world.customers), CHINESE)


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]))

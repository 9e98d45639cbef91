"""Numbers, dates and months as each language writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from dashboards.i18n import Texts

Number = int | float | Decimal
BIG = 1_000_000  # from here on a headline shows ten thousands (zh) or millions (en)


def kind_of(column: str) -> str:
    """What a column holds, by its name: the warehouse names the same quantity the same way everywhere."""
    for kind, endings in {
        "money": ("_amount", "_wage", "amount", "revenue"),
        "rate": ("_rate", "_rate_change"),
        "month": ("month",),
        "quarter": ("quarter",),
        "date": ("_on", "work_date"),
        "timestamp": ("_at",),
        "days": ("_days",),
        "score": ("score", "_ratio", "_price", "score_change"),
        "flag": ("has_evidence", "is_open", "is_settled"),
    }.items():
        if column.endswith(endings):
            return kind
    return "flag" if column.startswith(("is_", "has_", "needed_")) else "count"


def money(amount: Number, text: Texts) -> str:
    """1,234.50 元 / ¥1,234.50; from a million on in 万元 / millions."""
    if abs(amount) >= BIG:
        big = float(amount) / (10_000 if text.language == "zh" else 1_000_000)
        return text("format.big_money", amount=f"{big:,.2f}")
    return text("format.money", amount=f"{amount:,.2f}")


def plain(number: Number) -> str:
    """A number without trailing zeros: 3, 0.5."""
    shown = f"{number:,.2f}"
    return shown.rstrip("0").rstrip(".")


def rate(value: Number) -> str:
    return f"{value * 100:.1f}%"


def show(value: Number | None, kind: str, text: Texts) -> str:
    """A figure as a headline; a figure that does not exist as a dash."""
    if value is None:
        return text("format.none")
    return {"money": lambda: money(value, text), "rate": lambda: rate(value)}.get(kind, lambda: plain(value))()


def change(value: Number | None, kind: str, text: Texts) -> str | None:
    """A difference with its sign; None where there is nothing to compare with."""
    if value is None:
        return None
    sign = "-" if value < 0 else "+" if value > 0 else ""
    size = abs(value)
    if kind == "rate":
        return text("format.points", points=f"{sign}{size * 100:.1f}")
    return sign + (f"{size:,.2f}" if kind == "money" else plain(size))


def month(day: date, text: Texts) -> str:
    return text("format.month", year=day.year, month=day.month, name=text(f"months.m{day.month}"))


def short_month(day: date, text: Texts) -> str:
    """For axes: 2026-03 / Mar 2026."""
    return text("format.short_month", year=day.year, month=f"{day.month:02}", name=text(f"months.m{day.month}"))


def day(value: date, text: Texts) -> str:
    return text("format.day", year=value.year, month=value.month, day=value.day, name=text(f"months.m{value.month}"))


def day_of_month(value: date, text: Texts) -> str:
    """Without the year: 3月8日 / 8 Mar."""
    return text("format.day_of_month", month=value.month, day=value.day, name=text(f"months.m{value.month}"))


def moment(value: datetime, text: Texts) -> str:
    """A day with its time, to the minute."""
    return f"{day(value, text)} {value:%H:%M}"


def first_figure(values: list[Number | None]) -> int:
    """The place of the first value that is neither missing nor 0: what comes before says nothing."""
    return next((place for place, value in enumerate(values) if value), 0)

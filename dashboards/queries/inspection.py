"""Elevator rounds, weekly care and faults."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import FIRST, IN_UNIT, NEAR_MONTH, SPINE, Question, kept, listed, with_changes
from warehouse.reader import Published

STATUSES = ("on_time", "off_time", "missed")
MOST_ASSETS = 12  # in the grid: those with most trouble


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_inspection_slots union select unit_id from marts.fct_inspection_faults"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: rounds due and how they were made, the weekly care done, faults open at the month's end.

    A week belongs to the month of its Sunday.
    """
    names = [
        "rounds_due",
        "on_time_rate",
        "off_time_count",
        "missed_round_count",
        "weekly_done_rate",
        "open_fault_count",
    ]
    measures = f"""
        with {SPINE},
        rounds as (
            select
                cast(date_trunc('month', slot_at) as date) as month,
                count(*) as rounds_due,
                avg(cast(status = 'on_time' as integer)) as on_time_rate,
                count(*) filter (status = 'off_time') as off_time_count,
                count(*) filter (status = 'missed') as missed_round_count
            from marts.fct_inspection_slots
            where {IN_UNIT}
            group by 1
        ),
        weeks as (
            select
                cast(date_trunc('month', week_start_on + interval 6 day) as date) as month,
                sum(items_done) / sum(items_due) as weekly_done_rate
            from marts.fct_inspection_weeks
            where is_wholly_in_service and {IN_UNIT}
            group by 1
        ),
        open_faults as (
            select m.month, count(f.inspection_id) as open_fault_count
            from months as m
            left join marts.fct_inspection_faults as f
                on f.found_at < m.month + interval 1 month
                and (f.handled_at is null or f.handled_at >= m.month + interval 1 month)
                and ($unit::varchar is null or f.unit_id = $unit)
            group by 1
        ),
        measures as (
            select month, coalesce(rounds_due, 0) as rounds_due, on_time_rate, coalesce(off_time_count, 0) as off_time_count,
                coalesce(missed_round_count, 0) as missed_round_count, weekly_done_rate, open_fault_count
            from months
            left join rounds using (month)
            left join weeks using (month)
            left join open_faults using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def grid(published: Published, month: date, unit: str | None) -> pa.Table:
    """The month's rounds as cells: lifts down (most trouble first), days across with their rounds side by side."""
    return published.table(
        f"""
        with rounds as (
            select *, day(slot_at) as day_no, dense_rank() over (order by cast(slot_at as time)) as slot_no
            from marts.fct_inspection_slots
            where slot_at >= $month and slot_at < $month + interval 1 month and {IN_UNIT}
        ),
        days as (select max(slot_no) as slots from rounds),
        lifts as (
            select asset_id,
                row_number() over (
                    order by count(*) filter (status = 'missed') desc, count(*) filter (status = 'off_time') desc, asset_id
                ) as lift_no
            from rounds
            group by asset_id
        )
        select r.asset_id as code, r.asset_id as label, (r.day_no - 1) * (d.slots + 1) + r.slot_no as place,
            cast(r.day_no as varchar) as column, (r.day_no - 1) * (d.slots + 1) + (d.slots + 1) / 2 as column_place,
            r.status, r.slot_at as due_at, r.inspected_at as done_at
        from rounds as r
        inner join lifts as l on l.asset_id = r.asset_id
        cross join days as d
        where l.lift_no <= {MOST_ASSETS}
        order by l.lift_no, r.slot_at
        """,
        {"month": month, "unit": unit},
    )


@kept
def assets(published: Published, month: date, unit: str | None) -> pa.Table:
    """The lifts with a round, a week or an open fault in the month."""
    return published.table(
        f"""
        select asset_id from marts.fct_inspection_slots
        where slot_at >= $month and slot_at < $month + interval 1 month and {IN_UNIT}
        union
        select asset_id from marts.fct_inspection_weeks
        where week_start_on > $month - interval 7 day and week_start_on < $month + interval 1 month and {IN_UNIT}
        union
        select asset_id from marts.fct_inspection_faults where is_open and {IN_UNIT}
        order by asset_id
        """,
        {"month": month, "unit": unit},
    )


OF_ASSET = "($asset::varchar is null or s.asset_id = $asset) and ($unit::varchar is null or s.unit_id = $unit)"


@listed
def rounds_out_of_time(month: date, unit: str | None, asset: str | None) -> Question:
    """Rounds off time or missed, each with its outcome."""
    return (
        f"""
        with rounds as (
            select *
            from marts.fct_inspection_slots as s
            where s.slot_at >= $month and s.slot_at < $month + interval 1 month and s.status <> 'on_time' and {OF_ASSET}
            order by s.slot_at desc, s.asset_id
            {FIRST}
        )
        select o.outcome_id, s.slot_at, s.asset_id, s.unit_id, s.status as inspection_status, s.inspected_at, s.inspection_id
        from rounds as s
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'fct_inspection_slots'
            and o.source_key = s.asset_id || '|' || strftime(s.slot_at, '%Y-%m-%d %H:%M:%S')
            and {NEAR_MONTH}
        order by s.slot_at desc, s.asset_id
        """,
        {"month": month, "unit": unit, "asset": asset},
    )


@listed
def weeks(month: date, unit: str | None, asset: str | None) -> Question:
    """The weekly care of the weeks that touch the month, those that lack most first."""
    return (
        f"""
        select o.outcome_id, s.week_start_on, s.asset_id, s.unit_id, s.items_done, s.items_due, s.done_rate,
            s.is_wholly_in_service
        from marts.fct_inspection_weeks as s
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'fct_inspection_weeks'
            and o.source_key = s.asset_id || '|' || strftime(s.week_start_on, '%Y-%m-%d')
            and {NEAR_MONTH}
        where s.week_start_on > $month - interval 7 day and s.week_start_on < $month + interval 1 month and {OF_ASSET}
        order by s.done_rate, s.week_start_on desc, s.asset_id
        """,
        {"month": month, "unit": unit, "asset": asset},
    )


def _faults(where: str, columns: str) -> str:
    return f"""
        select o.outcome_id, s.found_at, {columns} s.is_seen_to_same_day, s.unit_id
        from marts.fct_inspection_faults as s
        cross join reference.build as b
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'inspections' and o.source_key = s.inspection_id and o.clause_id = 'R8-2'
        where {where} and {OF_ASSET}
        order by s.found_at, s.inspection_id"""


@kept
def open_faults(published: Published, unit: str | None, asset: str | None) -> pa.Table:
    """Faults that are not handled by as_of, the oldest first."""
    days_open = (
        "date_diff('day', cast(s.found_at as date), b.as_of) as days_open, s.asset_id, s.inspector_id, s.escalated_at,"
    )
    return published.table(_faults("s.is_open", days_open), {"unit": unit, "asset": asset})


@listed
def faults(month: date, unit: str | None, asset: str | None) -> Question:
    """Faults found in the month, the oldest first."""
    return (
        _faults(
            "s.found_at >= $month and s.found_at < $month::date + interval 1 month",
            "s.asset_id, s.inspector_id, s.escalated_at, s.handled_at, s.handling_minutes, s.is_open,",
        ),
        {"month": month, "unit": unit, "asset": asset},
    )

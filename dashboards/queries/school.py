"""School: conduct of staff, points of classes."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import FIRST, IN_UNIT, SPINE, Question, kept, listed, with_changes
from warehouse.reader import Published

SECTIONS = ("conduct_points", "hygiene_points", "safety_points")


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_conduct_incidents union select unit_id from marts.fct_class_months"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: incidents of staff and what they led to (money from the ledger, after waivers), points of classes."""
    names = [
        "incident_count", "reminder_count", "warning_count", "fine_amount", "compensation_amount", "class_points",
    ]  # fmt: skip
    measures = f"""
        with {SPINE},
        ledger as (
            select
                month,
                count(*) as incident_count,
                count(*) filter (outcome_type = 'reminder') as reminder_count,
                count(*) filter (outcome_type = 'warning') as warning_count,
                sum(effective_amount) filter (outcome_type = 'fine') as fine_amount,
                sum(effective_amount) filter (outcome_type = 'compensation') as compensation_amount
            from marts.fct_rule_outcomes
            where source_feed = 'conduct_incidents' and {IN_UNIT}
            group by month
        ),
        classes as (
            select month, cast(sum(points_total) as bigint) as class_points
            from marts.fct_class_months
            where {IN_UNIT}
            group by month
        ),
        measures as (
            select month, coalesce(incident_count, 0) as incident_count, coalesce(reminder_count, 0) as reminder_count,
                coalesce(warning_count, 0) as warning_count, coalesce(fine_amount, 0) as fine_amount,
                coalesce(compensation_amount, 0) as compensation_amount, coalesce(class_points, 0) as class_points
            from months
            left join ledger using (month)
            left join classes using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


@kept
def ladder(published: Published, month: date, unit: str | None) -> pa.Table:
    """Where everybody stands on the ladder at the month's end, the highest first, and what the next incident brings
    under the rules of that day."""
    return published.table(
        """
        with rules as (
            select
                max(try_cast(value as integer)) filter (parameter = 'ladder_warning_from') as warning_from,
                max(try_cast(value as integer)) filter (parameter = 'ladder_fine_from') as fine_from,
                max(value) filter (parameter = 'ladder_reset') as ladder_reset
            from reference.parameters
            where rule_set = 'R1' and last_day($month::date) >= valid_from and last_day($month::date) < valid_to
                and parameter in ('ladder_warning_from', 'ladder_fine_from', 'ladder_reset')
        ),
        standing as (
            select
                employee_id,
                arg_max(unit_id, occurred_at) as unit_id,
                arg_max(ladder_place, (occurred_at, incident_id)) as ladder_place,
                max(occurred_at) as last_incident_at,
                count(*) filter (occurred_at >= $month) as month_incident_count
            from marts.fct_conduct_incidents
            where ladder_place is not null and occurred_at < $month::date + interval 1 month
                and ($unit::varchar is null or unit_id = $unit)
            group by employee_id
        ),
        next as (
            select s.*, r.*,
                case
                    when r.ladder_reset = 'calendar_year' and year(s.last_incident_at) < year($month::date) then 1
                    else s.ladder_place + 1
                end as next_place
            from standing as s
            cross join rules as r
        )
        select employee_id, ladder_place, month_incident_count, last_incident_at, next_place,
            case
                when next_place >= fine_from then 'fine'
                when next_place >= warning_from then 'warning'
                else 'reminder'
            end as next_outcome_type,
            coalesce(next_place >= fine_from, false) as is_fined_next,
            unit_id
        from next
        order by ladder_place desc, last_incident_at desc, employee_id
        """,
        {"month": month, "unit": unit},
    )


@listed
def incidents(month: date, unit: str | None, person: str | None) -> Question:
    """Incidents of the month, of one person all up to its end, with what they led to."""
    return (
        f"""
        with incidents as (
            select *
            from marts.fct_conduct_incidents
            where occurred_at < $month::date + interval 1 month and (occurred_at >= $month or $person::varchar is not null)
                and {IN_UNIT} and ($person::varchar is null or employee_id = $person)
            order by occurred_at desc, incident_id
            {FIRST}
        )
        select o.outcome_id, i.occurred_at, i.employee_id, i.rule_code, i.clause_id, i.ladder_place, i.outcome_type,
            o.amount, o.effective_amount, i.flag, i.enforced_by, i.is_repair_ordered, i.unit_id
        from incidents as i
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'conduct_incidents' and o.source_key = i.incident_id
        order by i.occurred_at desc, i.incident_id
        """,
        {"month": month, "unit": unit, "person": person},
    )


@kept
def classes(published: Published, month: date, unit: str | None) -> pa.Table:
    """The classes of the month by rank, with the places won (+) or lost (-) since the month before."""
    return published.table(
        """
        select m.rank_in_school, p.rank_in_school - m.rank_in_school as rank_change, m.class_id, m.points_total,
            m.conduct_points, m.hygiene_points, m.safety_points, m.unit_id
        from marts.fct_class_months as m
        left join marts.fct_class_months as p
            on p.unit_id = m.unit_id and p.class_id = m.class_id and p.month = m.month - interval 1 month
        where m.month = $month and ($unit::varchar is null or m.unit_id = $unit)
        order by m.unit_id, m.rank_in_school, m.class_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def ranks_of_year(published: Published, month: date, unit: str | None) -> pa.Table:
    """The ranks of the month's year, the fewest points of the year first."""
    return published.table(
        f"""
        select unit_id, class_id, month, rank_in_school,
            sum(points_total) over (partition by unit_id, class_id) as year_points
        from marts.fct_class_months
        where year(month) = year($month::date) and {IN_UNIT}
        order by year_points, unit_id, class_id, month
        """,
        {"month": month, "unit": unit},
    ).drop_columns(["year_points"])


@listed
def class_incidents(month: date, unit: str | None, school_class: str | None) -> Question:
    """What classes lost points for in the month."""
    return (
        """
        select o.outcome_id, i.occurred_on, i.class_id, i.rule_code, i.section, i.clause_id, i.people_count, i.points,
            i.flag, i.unit_id
        from marts.fct_class_incidents as i
        left join marts.fct_rule_outcomes as o
            on o.source_feed = 'class_incidents' and o.source_key = i.incident_id
        where i.month = $month and ($unit::varchar is null or i.unit_id = $unit)
            and ($school_class::varchar is null or i.class_id = $school_class)
        order by i.occurred_on desc, i.incident_id
        """,
        {"month": month, "unit": unit, "school_class": school_class},
    )

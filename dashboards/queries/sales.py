"""Conversion."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, kept, with_changes
from warehouse.reader import Published


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_conversion_months union select unit_id from marts.fct_funnel_months"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: new customers, buyers of all prospects, revenue."""
    names = ["new_customers", "buyers", "conversion_rate", "revenue"]
    measures = f"""
        with {SPINE},
        conversion as (
            select month, sum(prospects) as prospects, sum(buyers) as buyers, sum(revenue) as revenue
            from marts.fct_conversion_months
            where {IN_UNIT}
            group by month
        ),
        funnel as (
            select month, sum(new_customers) as new_customers
            from marts.fct_funnel_months
            where {IN_UNIT}
            group by month
        ),
        measures as (
            select
                month,
                cast(coalesce(new_customers, 0) as bigint) as new_customers,
                cast(coalesce(buyers, 0) as bigint) as buyers,
                cast(buyers as double) / nullif(prospects, 0) as conversion_rate,
                coalesce(revenue, 0) as revenue
            from months
            left join conversion using (month)
            left join funnel using (month)
        )"""
    return published.table(with_changes(measures, names), {"unit": unit})


CLASS_FIGURES = """
    cast(sum(prospects) as bigint) as prospects,
    cast(sum(buyers) as bigint) as buyers,
    cast(sum(buyers) as double) / nullif(sum(prospects), 0) as conversion_rate,
    cast(sum(units_sold) as bigint) as units_sold,
    sum(revenue) as revenue,
    cast(sum(repeat_units) as bigint) as repeat_units,
    sum(later_refund_amount) as later_refund_amount"""


@kept
def conversion_by_class(published: Published, unit: str | None) -> pa.Table:
    """By month and class, all months: for the lines."""
    return published.table(
        f"select month, customer_class, {CLASS_FIGURES} from marts.fct_conversion_months where {IN_UNIT} "
        "group by month, customer_class order by month, customer_class",
        {"unit": unit},
    )


@kept
def conversion_classes(published: Published, month: date, unit: str | None) -> pa.Table:
    """The classes of one month."""
    return published.table(
        f"select customer_class, {CLASS_FIGURES} from marts.fct_conversion_months where month = $month and {IN_UNIT} "
        "group by customer_class order by customer_class",
        {"month": month, "unit": unit},
    )


@kept
def cohorts(published: Published, unit: str | None) -> pa.Table:
    """By month of the first visit and class: how many bought within 30, 60, 90 days; null until those days are over."""
    counted = ", ".join(
        f"cast(case when count(*) = count(bought_{d}d) then sum(bought_{d}d) end as bigint) as bought_{d}d, "
        f"cast(case when count(*) = count(bought_{d}d) then sum(bought_{d}d) end as double) / nullif(sum(customers), 0) "
        f"as bought_{d}d_rate"
        for d in (30, 60, 90)
    )
    return published.table(
        f"select cohort_month, customer_class, cast(sum(customers) as bigint) as customers, {counted} "
        f"from marts.fct_conversion_cohorts where {IN_UNIT} "
        "group by cohort_month, customer_class order by cohort_month desc, customer_class",
        {"unit": unit},
    )


@kept
def funnel(published: Published, month: date, unit: str | None) -> pa.Table:
    """One row a step of the month's new customers: how many, and their share of the new ones."""
    return published.table(
        f"""
        with steps as (
            select
                sum(new_customers) as new_customers,
                sum(returned_next_day) as returned_next_day,
                sum(three_visits) as three_visits,
                sum(assessed) as assessed,
                sum(deposit_payers) as deposit_payers,
                sum(buyers) as buyers
            from marts.fct_funnel_months
            where month = $month and {IN_UNIT}
            having count(*) > 0
        )
        select u.step, cast(u.customers as bigint) as customers,
            cast(u.customers as double) / nullif(s.new_customers, 0) as share_rate
        from (unpivot steps on * into name step value customers) as u
        cross join steps as s
        """,
        {"month": month, "unit": unit},
    )


@kept
def funnel_months(published: Published, month: date, unit: str | None) -> pa.Table:
    """Referrals and targets beside the funnel, a row a unit."""
    return published.table(
        f"""
        select unit_id, new_customers, referred_new_customers, referred_buyers, target_units, new_to_target_ratio
        from marts.fct_funnel_months
        where month = $month and {IN_UNIT}
        order by unit_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def thirds(published: Published, month: date, unit: str | None) -> pa.Table:
    """The three parts of the month (to the 10th, to the 20th, the rest), each with a row."""
    return published.table(
        f"""
        with counted as (
            select month_third, sum(new_customers) as new_customers, sum(assessments) as assessments,
                sum(purchases) as purchases
            from marts.fct_funnel_thirds
            where month = $month and {IN_UNIT}
            group by month_third
        )
        select
            cast(t.month_third as bigint) as month_third,
            cast(coalesce(c.new_customers, 0) as bigint) as new_customers,
            cast(coalesce(c.assessments, 0) as bigint) as assessments,
            cast(coalesce(c.purchases, 0) as bigint) as purchases
        from (values (1), (2), (3)) as t(month_third)
        left join counted as c on c.month_third = t.month_third
        where exists (select 1 from counted)
        order by t.month_third
        """,
        {"month": month, "unit": unit},
    )

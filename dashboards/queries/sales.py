"""Conversion."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import IN_UNIT, SPINE, Question, kept, listed, with_changes
from warehouse.reader import Published


@kept
def units(published: Published) -> pa.Table:
    return published.table(
        "select unit_id from marts.fct_conversion_months union select unit_id from marts.fct_funnel_months"
    )


@kept
def totals(published: Published, unit: str | None) -> pa.Table:
    """By month: new customers and those referred, buyers of all prospects, revenue, orders out of line."""
    names = [
        "new_customers", "buyers", "conversion_rate", "revenue", "referred_new_customers", "outlier_count"
    ]  # fmt: skip
    measures = f"""
        with {SPINE},
        conversion as (
            select month, sum(prospects) as prospects, sum(buyers) as buyers, sum(revenue) as revenue
            from marts.fct_conversion_months
            where {IN_UNIT}
            group by month
        ),
        funnel as (
            select month, sum(new_customers) as new_customers, sum(referred_new_customers) as referred_new_customers,
                sum(referred_buyers) as referred_buyers
            from marts.fct_funnel_months
            where {IN_UNIT}
            group by month
        ),
        outliers as (
            select month, count(*) as outlier_count
            from marts.fct_rule_outcomes
            where source_feed = 'sales_orders' and {IN_UNIT}
            group by month
        ),
        measures as (
            select
                month,
                cast(coalesce(new_customers, 0) as bigint) as new_customers,
                cast(coalesce(buyers, 0) as bigint) as buyers,
                cast(buyers as double) / nullif(prospects, 0) as conversion_rate,
                coalesce(revenue, 0) as revenue,
                cast(coalesce(referred_new_customers, 0) as bigint) as referred_new_customers,
                cast(coalesce(referred_buyers, 0) as bigint) as referred_buyers,
                coalesce(outlier_count, 0) as outlier_count
            from months
            left join conversion using (month)
            left join funnel using (month)
            left join outliers using (month)
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


OF_CLASS = "($customer_class::varchar is null or customer_class = $customer_class)"
# how many bought within so many days; null until those days are over for everybody counted
BOUGHT = ", ".join(
    f"cast(case when count(*) = count(bought_{d}d) then sum(bought_{d}d) end as bigint) as bought_{d}d, "
    f"cast(case when count(*) = count(bought_{d}d) then sum(bought_{d}d) end as double) / nullif(sum(customers), 0) "
    f"as bought_{d}d_rate"
    for d in (30, 60, 90)
)


@kept
def classes(published: Published) -> pa.Table:
    """The classes that any customer was given."""
    return published.table(
        "select customer_class from marts.fct_conversion_months union "
        "select customer_class from marts.fct_conversion_cohorts order by customer_class"
    )


@kept
def cohorts(published: Published, unit: str | None, customer_class: str | None) -> pa.Table:
    """By month of the first visit and class: how many bought within 30, 60, 90 days of it; the latest first."""
    return published.table(
        f"select cohort_month, customer_class, cast(sum(customers) as bigint) as customers, {BOUGHT} "
        f"from marts.fct_conversion_cohorts where {IN_UNIT} and {OF_CLASS} "
        "group by cohort_month, customer_class order by cohort_month desc, customer_class",
        {"unit": unit, "customer_class": customer_class},
    )


@kept
def cohort_months(published: Published, unit: str | None, customer_class: str | None) -> pa.Table:
    """The same without classes, the last twelve months in their order: a triangle, since the latest are not over yet."""
    return published.table(
        f"""
        with cohorts as (
            select cohort_month, cast(sum(customers) as bigint) as customers, {BOUGHT}
            from marts.fct_conversion_cohorts
            where {IN_UNIT} and {OF_CLASS}
            group by cohort_month
            order by cohort_month desc
            limit 12
        )
        select * from cohorts order by cohort_month
        """,
        {"unit": unit, "customer_class": customer_class},
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
def targets(published: Published, month: date, unit: str | None) -> pa.Table:
    """New customers against target units, a row a store: how many for each unit, and how many the rules of then ask."""
    return published.table(
        f"""
        select f.unit_id, f.new_customers, f.target_units, f.new_to_target_ratio,
            cast(p.value as double) as asked_ratio, f.is_new_to_target_reached,
            coalesce(not f.is_new_to_target_reached, false) as is_short
        from marts.fct_funnel_months as f
        left join reference.parameters as p
            on p.rule_version = f.rule_version and p.parameter = 'new_to_target_multiple'
        where f.month = $month and {IN_UNIT}
        order by f.new_to_target_ratio nulls last, f.unit_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def referrals(published: Published, month: date, unit: str | None) -> pa.Table:
    """New customers whom another customer brought, a row a store, and how many of them and of the others bought."""
    return published.table(
        f"""
        select unit_id, new_customers, referred_new_customers,
            cast(referred_new_customers as double) / nullif(new_customers, 0) as referred_rate,
            referred_buyers,
            cast(referred_buyers as double) / nullif(referred_new_customers, 0) as referred_bought_rate,
            cast(buyers - referred_buyers as double) / nullif(new_customers - referred_new_customers, 0)
                as others_bought_rate
        from marts.fct_funnel_months
        where month = $month and {IN_UNIT}
        order by unit_id
        """,
        {"month": month, "unit": unit},
    )


@kept
def promotions(published: Published, month: date, unit: str | None) -> pa.Table:
    """The promotions that ran in the month, with what was sold in each and in as many days before it."""
    return published.table(
        f"""
        select unit_id, promotion_name, starts_on, ends_on, purchases, units_sold, units_sold_before,
            sold_amount, gift_amount, outliers, promotion_id
        from marts.fct_promotions
        where starts_on <= last_day($month::date) and ends_on >= $month and {IN_UNIT}
        order by starts_on, unit_id, promotion_id
        """,
        {"month": month, "unit": unit},
    )


@listed
def outliers(month: date, unit: str | None) -> Question:
    """Orders whose price, gift or deposit is not the one that the rules ask."""
    return (
        """
        select o.outcome_id, s.ordered_at, o.unit_id, s.employee_id, s.customer_id, s.order_id, s.order_type, o.flag,
            s.quantity, s.unit_price, s.asked_price, s.amount, s.gift_amount, s.promotion_id, o.clause_id
        from marts.fct_rule_outcomes as o
        inner join marts.fct_store_orders as s on s.order_id = o.source_key
        where o.source_feed = 'sales_orders' and o.month = $month and ($unit::varchar is null or o.unit_id = $unit)
        order by s.ordered_at, s.order_id
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

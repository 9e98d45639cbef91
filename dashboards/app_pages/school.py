"""School: where staff stand on the conduct ladder, what incidents led to, points and ranks of the classes."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, urlstate
from dashboards.layout import card, chart, choose, figures, open_page, outcomes, sections, table, with_words
from dashboards.queries import school

view = open_page("school", school.units)
source, month, unit, text = view.published, view.month, view.unit, view.text

totals = school.totals(source, unit)
counts = dict.fromkeys(("incident_count", "reminder_count", "warning_count"), "less")
figures(view, totals, **counts, fine_amount="less", compensation_amount="less", class_points="less")

ladder = with_words(view, school.ladder(source, month, unit), "employee_id")
highest = ladder.slice(0, 15)
chosen = urlstate.value("person") or None
left, right = st.columns([2, 3], gap="small")
with left:
    by_place = ("label", "ladder_place", text, "employee_id", chosen)
    chart(
        view,
        "highest",
        highest,
        lambda: charts.ranked(highest, *by_place, alarm="is_fined_next"),
        clicked="person",
        opens="incidents",
    )
with right:
    table(view, ladder, "ladder", hidden=("label", "is_fined_next"))

classes = school.classes(source, month, unit)
with sections(view, "incidents", "classes", "ranks", "class_incidents") as opened:
    if "incidents" in opened:
        with card(view, "incidents"):
            names = sorted(ladder.column("employee_id").to_pylist())
            person = choose(view, "person", names, view.words.person, "filters.everybody")
            outcomes(view, school.incidents(source, month, unit, person), "incidents")
    if "classes" in opened:
        by_section = ("class_id", school.SECTIONS, text, "class_id", urlstate.value("class") or None)
        left, right = st.columns([1, 1], gap="small")
        with left:
            clicks = {"clicked": "class", "opens": "class_incidents"}
            chart(view, "points", classes, lambda: charts.parts(classes, *by_section), **clicks)
        with right:
            table(view, classes, "classes")
    if "ranks" in opened:
        ranks = with_words(view, school.ranks_of_year(source, month, unit), "class_id")
        chart(view, "ranks", ranks, lambda: charts.heat(ranks, "label", "rank_in_school", text))
    if "class_incidents" in opened:
        with card(view, "class_incidents"):
            known = sorted(set(classes.column("class_id").to_pylist()))
            school_class = choose(view, "class", known, str, "filters.all_classes")
            outcomes(view, school.class_incidents(source, month, unit, school_class), "class_incidents")

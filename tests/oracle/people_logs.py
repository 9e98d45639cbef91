"""Random organisations for the people chapters: everything sits close to a limit, a month's end, a holiday, a transfer.

The same seed makes the same logs.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.oracle.common_people import DAY, FEEDS, Feeds, Row, Rules, add_months, month_of

UNIT_TYPES = [
    "company",
    "company",
    "branch_office",
    "sales_centre",
    "wedding",
    "wedding",
    "experience_store",
    "property",
    "property",
    "school",
    "school",
    "command_centre",
    "command_centre",
    "region",
]
POSITIONS = ["staff"] * 16 + ["operator", "group_leader", "office_supervisor", "business_manager"]
POSITIONS += ["department_manager", "office_manager", "centre_director", "general_manager"]
ROLES = ["department_manager"] * 4 + ["company_leader"] * 4 + ["general_manager"] * 4
ROLES += [
    "office_manager",
    "deputy_general_manager",
    "group_leader",
    "centre_director",
    "bureau_leader",
    "finance",
    None,
]
CONDUCT = ["phone_noise", "visitor_reception", "littering", "smoking_or_class_phone", "private_activity"]
CONDUCT += [
    "loss_to_school",
    "not_returned",
    "damaged_on_purpose",
    "lost_item",
    "equipment_misuse",
    "paper_waste",
    "other",
]
CLASS_CODES = [
    "rude_language",
    "fighting",
    "fighting_injury",
    "uncivil_behaviour",
    "cycling_on_campus",
    "dirty_classroom",
    "untidy_desks",
    "postings_damaged",
    "dirty_area",
    "traffic_accident",
    "dangerous_toy",
    "dangerous_toy_injury",
    "dangerous_game_injury",
    "doors_left_open",
    "broken_glass",
    "unheard_of",
]
TASKS = [
    "deposit_2_collected",
    "host_meeting",
    "suppliers_confirmed",
    "pre_event_meeting",
    "petty_cash_requested",
    "venue_access_confirmed",
    "rehearsal_done",
    "team_briefing",
    "final_payment_collected",
    "receipt_marked_settled",
    "callback_form_filed",
    "summary_filed",
    "contract_archived",
    "cake_tasted",
]


class Organisation:
    """One random organisation over the weeks around ``as_of``."""

    def __init__(self, seed: int, as_of: date, people: int = 60, weeks_before: int = 9, weeks_after: int = 1) -> None:
        self.rng = random.Random(seed)
        self.as_of = as_of
        self.first = as_of - 7 * weeks_before * DAY
        self.last = as_of + 7 * weeks_after * DAY
        self.days = [self.first + i * DAY for i in range((self.last - self.first).days + 1)]
        self.rows: dict[str, dict[tuple, Row]] = {feed: {} for feed in FEEDS}
        self.units = {f"U{i:02}": kind for i, kind in enumerate(UNIT_TYPES)}
        self.people = [f"P{i:03}" for i in range(people - 4)] + ["p001", "P 1", "王", "王|一"]
        for unit, kind in self.units.items():
            self.add("units", unit_id=unit, unit_name=unit, unit_type=kind)
        self.calendar()
        for person in self.people:
            self.employments(person)
        self.attendance()
        for number in range(people * 2):
            person, begins = self.rng.choice(self.people) if self.chance(0.98) else "STRANGER", self.day()
            for turn in range(self.one(1, 1, 2, 3)):
                self.leave_request(f"L{number:04}{turn}", person, begins + turn * self.one(-2, 0, 0, 1, 2) * DAY)
        for person in self.people[:: max(1, people // 15)]:
            for number, begins in enumerate(sorted(self.rng.sample(self.days, 8))):
                self.annual_leave(f"V{person}{number}", person, begins)
        for number in range(people * 3):
            self.exception(f"X{number:04}")
        self.shifts(people * 3)
        for number in range(people * 3):
            self.conduct(f"I{number:04}")
            self.class_incident(f"K{number:04}")
        for number in range(people * 4):
            self.call(f"H{number:04}")
            self.case(f"C{number:04}")
        for number in range(people // 2):
            self.wedding(f"Q{number:03}")
        self.targets()
        self.lifts(people // 6)

    def add(self, feed: str, **values: Any) -> None:
        """A row, unless its key is taken; columns not named are empty."""
        row = {column: values.pop(column, None) for column in FEEDS[feed]}
        assert not values, values
        keys = tuple(row[c] for c, kind in FEEDS[feed].items() if str(kind).endswith("key"))
        self.rows[feed].setdefault(keys, row)

    def feeds(self) -> Feeds:
        return {feed: list(rows.values()) for feed, rows in self.rows.items() if rows}

    # ------------------------------------------------------------- choosing

    def one(self, *choices: Any) -> Any:
        return self.rng.choice(choices)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def day(self) -> date:
        """Any day, the month's ends and the last days before ``as_of`` more often than others."""
        if self.chance(0.25):
            edges = [d for d in self.days if d.day == 1 or (d + DAY).day == 1 or abs((d - self.as_of).days) <= 1]
            return self.rng.choice(edges)
        return self.rng.choice(self.days)

    def edge(self, moment: datetime) -> datetime:
        """At a limit, a second before or after it, or somewhere near."""
        return moment + timedelta(seconds=self.one(-1, 0, 0, 1, -60, 60, self.rng.randint(-1800, 1800)))

    def some_time(self, day: date) -> datetime:
        clock = self.one("00:00:00", "08:30:00", "12:00:00", "14:00:00", "18:00:00", "23:59:59", "23:45:00", None)
        moment = datetime.combine(day, time.fromisoformat(clock or "09:00:00"))
        return moment if clock else moment + timedelta(seconds=self.rng.randint(0, 50000))

    def person(self, *kinds: str) -> str:
        """Somebody who was in such a unit at some time, or (seldom) nobody knows who."""
        if self.chance(0.02):
            return "STRANGER"
        there = sorted(
            {r["employee_id"] for r in self.rows["employees"].values() if self.units.get(r["unit_id"]) in kinds}
        )
        return self.rng.choice(there or self.people)

    def unit(self, kind: str) -> str:
        if self.chance(0.05):
            return self.rng.choice([*self.units, "NOWHERE"])
        return self.rng.choice([u for u, k in self.units.items() if k == kind])

    # ---------------------------------------------------------------- people

    def calendar(self) -> None:
        for _ in range(25):
            day = self.day()
            unit = self.one(None, *self.units)
            self.add("calendar_overrides", calendar_date=day, unit_id=unit, is_working_day=self.chance(0.5))

    def employments(self, person: str) -> None:
        """One to five rows: raises, transfers, a resignation told early or late, a second employment."""
        rng = self.rng
        start = self.first - rng.randint(-20, 40) * DAY
        years = self.one(0, 1, 3, 10, 20)
        hired = self.one(start, start, start - DAY, start + self.one(1, 5) * DAY)
        hired = add_months(hired, -12 * years) + self.one(-1, 0, 1, 20) * DAY
        unit = rng.choice([*self.units, *["U00", "U02", "U04"] * 4]) if self.chance(0.98) else "NOWHERE"
        row = {
            "employee_id": person,
            "employee_name": person,
            "unit_id": unit,
            "position": rng.choice(POSITIONS),
            "hired_on": hired,
            "left_on": None,
            "resignation_applied_on": None,
            "career_start_on": self.one(None, None, add_months(self.day(), -12 * self.one(3, 10, 20)), hired),
            "monthly_wage": self.money(),
            "full_attendance_bonus": self.one(None, Decimal("0.00"), Decimal("200.00"), Decimal("133.33")),
        }
        effective = start
        for _ in range(self.one(1, 1, 2, 3, 4, 5)):
            self.add("employees", effective_on=effective, **row)
            if effective > self.last:
                break
            effective += rng.randint(1, 30) * DAY
            what = rng.random()
            if row["left_on"] and what < 0.5:  # comes back
                row["hired_on"] = max(effective, row["left_on"]) + self.one(0, 1, 3) * DAY
                row["left_on"] = row["resignation_applied_on"] = None
            elif row["left_on"] and what < 0.7:  # stays after all, or leaves on another day
                row["left_on"] = self.one(None, row["left_on"] + self.one(-2, 1, 5) * DAY)
            elif what < 0.35:
                row["left_on"] = effective + self.one(-9, -3, -1, 0, 1, 6, 12) * DAY
                applied = add_months(row["left_on"], -1) + self.one(-1, 0, 1, 3) * DAY
                row["resignation_applied_on"] = self.one(None, applied, applied)
            elif what < 0.75:
                row["unit_id"] = rng.choice(list(self.units))
            if self.chance(0.5):
                row["monthly_wage"] = self.money()
                row["full_attendance_bonus"] = self.one(None, Decimal("200.00"), Decimal("250.05"))
            if self.chance(0.2):
                row["career_start_on"] = self.one(None, None, add_months(self.day(), -12 * self.one(3, 10, 20)))
            if self.chance(0.2):
                row["position"] = rng.choice(POSITIONS)

    def money(self) -> Decimal | None:
        return self.one(None, Decimal("0.00"), *[Decimal(self.rng.randint(200000, 999999)) / 100 for _ in range(9)])

    def attendance(self) -> None:
        """Punches by moods: good weeks, edges, holes, days on which a whole unit is silent."""
        silent = {(u, self.day()) for u in self.units for _ in range(5)}
        opens = {u: self.first + self.one(0, 0, 3, 10, 20) * DAY for u in self.units}
        for person in self.people:
            rows = [r for r in self.rows["employees"].values() if r["employee_id"] == person]
            mood = "good"
            for day in self.days:
                if self.chance(0.15):
                    mood = self.one("good", "good", "edges", "edges", "away", "mixed")
                unit = max((r for r in rows if r["effective_on"] <= day), key=lambda r: r["effective_on"], default=None)
                if unit is not None and ((unit["unit_id"], day) in silent or day < opens.get(unit["unit_id"], day)):
                    continue
                if day.isoweekday() == 7 and self.chance(0.7):
                    continue
                self.punches(person, day, self.one("good", "edges", "away", "odd") if mood == "mixed" else mood)

    def punches(self, person: str, day: date, mood: str) -> None:
        def at(clock: str) -> datetime:
            return datetime.combine(day, time.fromisoformat(clock))

        if mood == "away" or self.chance(0.03):
            if self.chance(0.1):
                self.punch(person, self.edge(at(self.one("08:30", "13:15", "18:00"))), self.rng.choice(self.people))
            return
        if mood == "good":
            times = [at("08:20"), at("18:00")]
        elif mood == "edges":
            times = [self.edge(at(self.one("08:35", "08:30", "14:05", "10:15", "13:15", "16:00")))]
            times += [self.edge(at(self.one("17:55", "18:00", "11:55", "10:15", "13:15", "16:00")))]
            times = self.one(times, times, times, times[:1], times[1:])
        else:
            lunch = self.one(0, 0, 1, -1, 600)
            times = [at("08:20"), at("12:00"), at("13:00") + timedelta(seconds=lunch), at("18:05")]
            times += [self.edge(self.rng.choice(times)) for _ in range(self.one(0, 0, 1, 2))]
            times = times[self.one(0, 0, 0, 1) :]
        for moment in times:
            by = self.one(
                *[None] * 30, person, person, self.rng.choice(self.people), "STRANGER" if self.chance(0.2) else None
            )
            self.punch(person, moment, by)
            if self.chance(0.03):
                self.punch(person, moment, self.one(person, self.rng.choice(self.people)))

    def punch(self, person: str, moment: datetime, by: str | None) -> None:
        self.add("punches", employee_id=person, punched_at=moment, method="card", punched_by=by)

    def leave_request(self, name: str, person: str, begins: date) -> None:
        kind = self.one("personal", "sick", "annual", "annual", "marriage", "bereavement", "maternity", "paternity")
        length = self.one(0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 12)
        starts = [
            "00:00:00",
            "08:30:00",
            "08:30:00",
            "10:15:00",
            "10:15:01",
            "12:00:00",
            "14:00:00",
            "16:00:00",
            "20:00:00",
        ]
        ends = [
            "00:00:00",
            "10:14:59",
            "10:15:00",
            "12:00:00",
            "15:59:59",
            "16:00:00",
            "18:00:00",
            "18:00:00",
            "23:59:59",
        ]
        start = datetime.combine(begins, time.fromisoformat(self.rng.choice(starts)))
        end = datetime.combine(begins + length * DAY, time.fromisoformat(self.rng.choice(ends)))
        if end <= start and self.chance(0.8):
            end = start + timedelta(hours=self.one(0, 2, 4, 10))
        month_before = datetime.combine(add_months(begins, -1) + self.one(-1, 0, 0, 1, 3) * DAY, time(9))
        midnight = datetime.combine(begins, time(0))
        soon = self.one(
            start - timedelta(seconds=1), start, start - timedelta(hours=1), midnight - timedelta(seconds=1)
        )
        soon = self.one(soon, soon, midnight, midnight + DAY - timedelta(seconds=1), midnight + DAY)
        asked = self.one(soon, month_before, start - 40 * DAY, start - 40 * DAY)
        is_plain = self.chance(0.6)
        approved = self.one(None, asked + timedelta(hours=2), asked, self.some_time(self.as_of + self.one(0, 1) * DAY))
        status = self.one(*["approved"] * 12, "rejected", "pending", "withdrawn")
        self.add(
            "leave_requests",
            request_id=name,
            employee_id=person,
            leave_type=kind,
            start_at=start,
            end_at=end,
            requested_at=asked,
            is_emergency=self.one(None, False, False, True),
            approver_role=self.one("general_manager", "bureau_leader") if is_plain else self.rng.choice(ROLES),
            approved_at=None if is_plain else approved,
            status="approved" if is_plain else status,
        )

    def annual_leave(self, name: str, person: str, begins: date) -> None:
        """Valid annual leave of a few days, so that a year's entitlement is used up bit by bit."""
        self.add(
            "leave_requests",
            request_id=name,
            employee_id=person,
            leave_type="annual",
            start_at=datetime.combine(begins, self.one(time(8, 30), time(14))),
            end_at=datetime.combine(begins + self.one(0, 1, 2) * DAY, self.one(time(12), time(18))),
            requested_at=datetime.combine(add_months(begins, -2), time(9)),
            approver_role="general_manager",
            status="approved",
        )

    def exception(self, name: str) -> None:
        self.add(
            "attendance_exceptions",
            exception_id=name,
            employee_id=self.rng.choice(self.people),
            work_date=self.day(),
            covers=self.one("in", "out", "day"),
            approved_by_role=self.one(None, "department_manager"),
            status=self.one("approved", "approved", "approved", "pending", "rejected"),
            reported_to_finance=self.one(True, True, True, False, None),
        )

    def shifts(self, number: int) -> None:
        for n in range(number):
            day = self.day()
            starts = datetime.combine(day, self.one(time(8), time(16), time(20), time(0)))
            ends = starts + timedelta(hours=self.one(8, 8, 8, 12, 4, -2)) - timedelta(seconds=self.one(0, 0, 0, 1))
            over = self.one(None, ends, self.edge(ends))
            self.add(
                "shifts",
                shift_id=f"Z{n:04}",
                employee_id=self.person(
                    "command_centre", *self.one([], [], ["experience_store", "company", "wedding"])
                ),
                starts_at=starts,
                ends_at=ends,
                arrived_at=self.one(None, *[self.edge(starts - timedelta(minutes=10)) for _ in range(5)]),
                handed_over_at=over,
                left_at=self.one(None, over and self.edge(over), over, self.edge(ends)),
            )

    # ---------------------------------------------------------------- conduct

    def conduct(self, name: str) -> None:
        prices = [None, Decimal("0.00"), Decimal("80.05"), Decimal("12.345").quantize(Decimal("0.01"))]
        self.add(
            "conduct_incidents",
            incident_id=name,
            employee_id=self.person("school"),
            occurred_at=self.some_time(self.day()),
            rule_code=self.rng.choice(CONDUCT),
            item_price=self.rng.choice(prices),
            loss_amount=self.rng.choice(prices),
            assessed_amount=self.one(
                None, *map(Decimal, ("49.99", "50.00", "50.01", "99.99", "100.00", "100.01", "0"))
            ),
        )

    def class_incident(self, name: str) -> None:
        self.add(
            "class_incidents",
            incident_id=name,
            unit_id=self.unit("school"),
            class_id=self.one("7A", "7A", "7B", "8C", "8D"),
            occurred_on=self.day(),
            rule_code=self.rng.choice(CLASS_CODES),
            people_count=self.one(None, 0, 1, 2, 3, 3, -1),
            assessed_points=self.one(None, 2, 3, 5, 6, 9, 10, 11, 15, 16),
        )

    # ---------------------------------------------------------------- service

    def call(self, name: str) -> None:
        rings = self.some_time(self.day())
        rings = self.one(rings, rings, rings, self.edge(datetime.combine(self.as_of, time(23, 59, 44))))
        answered = self.one(None, rings + timedelta(seconds=self.one(0, 14, 15, 15, 16, 90, -5)))
        ended = self.one(None, (answered or rings) + timedelta(seconds=self.one(1, 300)))
        self.add(
            "hotline_calls",
            call_id=name,
            operator_id=self.one(None, *[self.person("command_centre") for _ in range(6)]),
            unit_id=self.unit("command_centre"),
            ringing_at=rings,
            answered_at=answered,
            ended_at=ended,
            hung_up_by=self.one(None, "caller", "operator"),
        )

    def case(self, name: str) -> None:
        received = self.some_time(self.day())
        if self.chance(0.15):
            before_midnight = timedelta(minutes=self.one(20, 30, 60, 90, 120))
            received = self.edge(datetime.combine(self.as_of + DAY, time(0)) - before_midnight)
        fault = self.one(None, False, True)
        dispatched = self.one(None, *[self.edge(received + timedelta(minutes=30 + 30 * bool(fault))) for _ in range(4)])
        start = dispatched or received
        if self.chance(0.03):
            dispatched = received - timedelta(seconds=self.one(1, 59, 60, 61, 4000))
        read = self.one(None, None, self.edge(start + timedelta(minutes=60)), self.edge(start))
        reminded = self.one(None, self.edge(start + timedelta(minutes=90)), start + timedelta(minutes=20))
        result = self.one(
            None, start + timedelta(hours=3), start + DAY, self.edge(datetime.combine(self.as_of, time(23, 40)))
        )
        self.add(
            "cases",
            case_id=name,
            operator_id=self.person("command_centre"),
            unit_id=self.unit("command_centre"),
            received_at=received,
            system_fault=fault,
            dispatched_at=dispatched,
            read_at=read,
            reminded_at=reminded,
            result_received_at=result,
            feedback_sent_at=result
            and self.one(None, *[self.edge(result + timedelta(minutes=m)) for m in (20, 20, 20, 0)]),
            dispatch_count=self.one(None, 0, 1, 2, 3),
        )

    # ----------------------------------------------------------------- events

    def wedding(self, name: str) -> None:
        event = datetime.combine(self.day(), time(11, 18)) + timedelta(minutes=self.one(0, -678, 371, 700))
        signed = event.date() - self.one(0, 1, 2, 3, 7, 8, 9, 30, -3) * DAY
        self.add(
            "event_contracts",
            contract_id=name,
            customer_id="K1",
            unit_id=self.unit("wedding"),
            employee_id=self.person("wedding"),
            signed_on=signed,
            event_at=event,
            total_amount=Decimal(self.rng.randint(100000, 9999999)) / 100,
            status=self.one("active", "active", "active", "cancelled"),
        )
        for task in TASKS:
            if self.chance(0.8):
                after = self.one(-7, -2, -1, 0, 7, 8)
                due = datetime.combine(event.date() + after * DAY, time(23, 59, 59))
                late = self.one(
                    due, self.edge(due), event - timedelta(minutes=30), self.edge(event - timedelta(minutes=30))
                )
                signing = datetime.combine(signed + DAY, time(23, 59, 59))
                self.add(
                    "event_tasks", contract_id=name, task_code=task, done_at=self.one(late, late, self.edge(signing))
                )

    def targets(self) -> None:
        for _ in range(40):
            self.add(
                "sales_targets",
                unit_id=self.unit("wedding"),
                employee_id=self.one(None, *[self.person("wedding") for _ in range(5)]),
                month=month_of(self.day()),
                target_units=self.one(None, 3),
                target_amount=self.one(Decimal("0.00"), Decimal("30000.00"), Decimal("7777.77")),
            )

    # ------------------------------------------------------------- inspection

    def lifts(self, number: int) -> None:
        opens = {u: self.day() for u, kind in self.units.items()}
        count = 0
        for n in range(number):
            lift, unit = f"A{n:02}", self.unit("property")
            start = self.one(self.day(), self.first - 30 * DAY)
            stop = self.one(None, None, start + self.rng.randint(-2, 40) * DAY)
            self.add("inspection_assets", asset_id=lift, unit_id=unit, in_service_from=start, in_service_to=stop)
            for day in self.days:
                if day < opens.get(unit, self.first):
                    continue
                for slot in ("08:30", "10:30", "14:30", "16:30"):
                    for _ in range(self.one(0, 1, 1, 1, 2)):
                        middle = datetime.combine(day, time.fromisoformat(slot))
                        offset = self.one(-30, 30, 0, -5, 5, 60, 90, 210, 420)
                        count += 1
                        moment = self.edge(middle + timedelta(minutes=offset))
                        self.inspection(f"N{count:05}", lift, moment, "daily", None)
                for _ in range(self.one(0, 3, 6)):
                    count += 1
                    code = self.one(*[str(i) for i in range(1, 21)], "21", "0", None)
                    self.inspection(f"N{count:05}", lift, self.some_time(day), "weekly", code)
        for _ in range(5):
            count += 1
            self.inspection(f"N{count:05}", "UNKNOWN", self.some_time(self.day()), "daily", None)

    def inspection(self, name: str, lift: str, moment: datetime, kind: str, code: str | None) -> None:
        fault = self.chance(0.1)
        tonight = datetime.combine(moment.date(), time(23, 59, 59))
        self.add(
            "inspections",
            inspection_id=name,
            asset_id=lift,
            inspector_id=self.one(None, self.person("property")),
            inspected_at=moment,
            round_type=kind,
            item_code=code,
            result="fault" if fault else "ok",
            fault_handled_at=self.one(None, tonight, tonight + timedelta(seconds=1), moment, moment - DAY)
            if fault
            else None,
            escalated_at=self.one(None, None, tonight, tonight + timedelta(seconds=1)) if fault else None,
        )


def organisation(seed: int, as_of: date, people: int = 60, weeks_before: int = 9, weeks_after: int = 1) -> Feeds:
    """The logs of one random organisation."""
    return Organisation(seed, as_of, people, weeks_before, weeks_after).feeds()


def some_waivers(seed: int, ledger: list[Row], as_of: date) -> list[Row]:
    """Waivers of outcomes picked at random: approved, refused, undecided, or approved after ``as_of``."""
    rng = random.Random(seed)
    return [
        {
            "outcome_id": outcome["outcome_id"],
            "approved_by": "P000",
            "approved_on": rng.choice([as_of, as_of, as_of + DAY]),
            "status": rng.choice(["approved", "approved", "rejected", "pending"]),
            "reason": "appeal",
        }
        for outcome in rng.sample(ledger, min(80, len(ledger)))
    ]


def own_rules(seed: int, as_of: date, first: date) -> Rules:
    """Seasons and other figures that change in the middle of the logs, some of them twice."""
    rng = random.Random(seed)
    dates = [first + n * DAY for n in sorted(rng.sample(range((as_of - first).days), 6))]
    season = {"afternoon_start": "13:30", "afternoon_end": "17:30", "morning_start": "08:00"}
    stricter = {"late_grace_minutes": "0", "early_grace_minutes": "10", "late_fine": "15.50", "early_fine": "20"}
    heavier = {"absence_fine_multiple": "1.5", "absence_wage_multiple": "0.7", "proxy_fine": "33.33"}
    counts = {"bonus_forfeit_count": "3", "dismissal_consecutive_days": "2", "dismissal_month_days": "2.5"}
    other = {"evidence_min_staff": "3", "resignation_notice_months": "2", "annual_notice_months": "0"}
    answers = {"answer_limit_seconds": "14", "dispatch_limit_minutes": "31", "arrival_lead_minutes": "11"}
    reading = {"read_limit_minutes": "59", "reminder_limit_minutes": "31", "feedback_limit_minutes": "21"}
    return Rules(
        [
            ("R7", dates[0], season | heavier),
            ("R7", dates[2], stricter | counts | {"daily_wage_basis": "calendar_days", "punch_mode": "session"}),
            ("R7", dates[4], other | {"morning_start": "08:30", "punch_mode": "day"}),
            ("R0", dates[1], {"deduction_cap_rate": "0.15", "minimum_wage": "4000"}),
            ("R2", dates[3], answers),
            ("R2", dates[5], reading),
            ("R5", dates[1], {"lunch_limit_minutes": "59", "leave_notice_days": "2"}),
            ("R8", dates[3], {"round_tolerance_minutes": "29"}),
        ]
    )

"""The people chapters (R7 with leave, R2, R5, R8, R1, R6) a second time: feeds in, expected marts out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.common_people import (
    DAY,
    MANAGERS,
    Calendar,
    Feeds,
    Ledger,
    People,
    Row,
    Rules,
    add_months,
    cents,
    day_of,
    days,
    key,
    known_by,
    last_second,
    month_end,
    month_of,
)

HALF = Decimal("0.5")
SESSIONS = ("am", "pm")


class Oracle:
    """Every expected mart of one data set, as of one date."""

    def __init__(self, feeds: Feeds, as_of: date, rules: Rules) -> None:
        self.as_of = as_of
        self.rules = rules
        self.end = last_second(as_of)
        self.feeds = known_by(feeds, as_of)
        self.people = People(self.feeds)
        self.calendar = Calendar(self.feeds["calendar_overrides"])
        self.ledger = Ledger(self.feeds["waivers"], as_of)
        self.marts: dict[str, list[Row]] = {}
        self.punches: dict[tuple[str, date], list[Row]] = defaultdict(list)
        for punch in self.feeds["punches"]:
            self.punches[punch["employee_id"], day_of(punch["punched_at"])].append(punch)
        self.excused: dict[tuple[str, date], list[str]] = defaultdict(list)
        for row in self.feeds["attendance_exceptions"]:
            if row["status"] == "approved" and row["reported_to_finance"]:
                self.excused[row["employee_id"], row["work_date"]].append(row["covers"])
        self.on_shift = {(s["employee_id"], day_of(s["starts_at"])) for s in self.feeds["shifts"]}
        self.leave()
        self.attendance()
        self.resignations()
        self.lunch()
        self.conduct()
        self.classes()
        self.operators()
        self.events()
        self.inspections()
        self.deductions()
        self.marts["fct_rule_outcomes"] = self.ledger.rows

    # ---------------------------------------------------------------- leave

    def leave(self) -> None:
        """Validity, days, and who has which session: ``self.sessions[employee, day, session] = is_paid``."""
        self.sessions: dict[tuple[str, date, str], bool] = {}
        rows = []
        paid_in_year: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for request in sorted(self.feeds["leave_requests"], key=lambda r: (r["start_at"], r["request_id"])):
            person, first = request["employee_id"], day_of(request["start_at"])
            if not self.people.rows.get(person):
                continue
            row = self.people.in_force(person, first)
            is_listed = row is not None and any(self.people.applies(r, row["unit_id"]) for r in ("R2", "R7"))
            row = row or self.people.rows[person][0]  # begun before their first row: judged by it, listed nowhere
            parts = self.parts_of_leave(request)
            requested = sum((share for *_, share in parts), Decimal(0))
            role, reason = self.judge_leave(request, row, requested)
            entitled = self.entitlement(request, row)
            paid = unpaid = Decimal(0)
            if reason is None:
                for day, session, share in parts:
                    if (person, day, session) in self.sessions:
                        continue  # an earlier request has it
                    limit = Decimal(0)
                    if request["leave_type"] in ("maternity", "paternity"):
                        limit = share if day < first + entitled * DAY else limit
                    elif request["leave_type"] == "annual":
                        limit = entitled - paid_in_year[person, day.year]
                    elif request["leave_type"] in ("marriage", "bereavement"):
                        limit = entitled - paid
                    here = min(share, max(Decimal(0), limit))
                    paid, unpaid = paid + here, unpaid + share - here
                    if request["leave_type"] == "annual":
                        paid_in_year[person, day.year] += here
                    self.sessions[person, day, session] = here == share
            if not is_listed:
                continue
            rows.append(
                {
                    "request_id": request["request_id"],
                    "employee_id": person,
                    "leave_type": request["leave_type"],
                    "requested_days": requested,
                    "required_approver_role": role,
                    "is_valid": reason is None,
                    "invalid_reason": reason,
                    "entitled_days": Decimal(entitled),
                    "paid_days": paid,
                    "unpaid_days": unpaid,
                }
            )
        self.marts["fct_leave_requests"] = rows

    def parts_of_leave(self, request: Row) -> list[tuple[date, str, Decimal]]:
        """(day, session, days) that a request covers; at the centre a touched day counts whole, without sessions."""
        parts = []
        start, end = request["start_at"], request["end_at"]
        if end < start:
            return []
        for day in days(day_of(start), day_of(end)):
            row = self.people.employed(request["employee_id"], day)
            if row is None or row["unit_id"] not in self.people.types:
                continue
            if self.people.applies("R2", row["unit_id"]):
                if end > datetime.combine(day, time(0)):
                    parts.append((day, "", Decimal(1)))
            elif self.calendar.works(row["unit_id"], day):
                for session, (a, b) in self.rules.sessions(day).items():
                    if (min(b, end) - max(a, start)) * 2 >= b - a:
                        parts.append((day, session, HALF))
        return parts

    def judge_leave(self, request: Row, row: Row, requested: Decimal) -> tuple[str, str | None]:
        """The approver that it takes, and the first reason why it is not valid."""
        if self.people.applies("R2", row["unit_id"]):
            ranks = {"group_leader": 1, "centre_director": 2, "bureau_leader": 3}
            role = "group_leader" if requested <= 1 else "centre_director" if requested <= 2 else "bureau_leader"
        else:
            ranks = {
                "department_manager": 1,
                "office_manager": 1,
                "company_leader": 2,
                "deputy_general_manager": 2,
                "general_manager": 3,
            }
            role = "department_manager" if requested <= 3 else "company_leader"
            role = "general_manager" if row["position"] in MANAGERS else role
        asked, starts = request["requested_at"], request["start_at"]
        notice = int(self.rules.on("R7", day_of(starts))["annual_notice_months"])
        approved = request["status"] == "approved"
        if not approved or (request["approved_at"] and day_of(request["approved_at"]) > self.as_of):
            return role, "not_approved"
        if ranks.get(request["approver_role"], 0) < ranks[role]:
            return role, "approver_rank"
        if day_of(asked) > day_of(starts) if request["is_emergency"] else asked >= starts:
            return role, "asked_late"
        if request["leave_type"] == "annual" and add_months(day_of(asked), notice) > day_of(starts):
            return role, "annual_notice"
        late = day_of(asked) > day_of(starts) - int(self.rules.on("R5", day_of(starts))["leave_notice_days"]) * DAY
        if self.people.applies("R5", row["unit_id"]) and late and not request["is_emergency"]:
            return role, "wedding_notice"
        return role, None

    def entitlement(self, request: Row, row: Row) -> int:
        if request["leave_type"] == "annual":
            since = row["career_start_on"] or row["hired_on"]
            reached = [
                n for y, n in ((3, 5), (10, 10), (20, 15)) if add_months(since, 12 * y) <= day_of(request["start_at"])
            ]
            return max(reached, default=0)
        return {"marriage": 7, "bereavement": 5, "maternity": 90, "paternity": 7}.get(request["leave_type"], 0)

    # ------------------------------------------------------------ attendance

    def attendance(self) -> None:
        staff: dict[tuple[str, date], list[str]] = defaultdict(list)  # unit, day -> people employed there
        for person, rows in self.people.rows.items():
            for day in days(max(rows[0]["effective_on"], self.first_day()), self.as_of):
                if row := self.people.employed(person, day):
                    staff[row["unit_id"], day].append(person)
        punched = {unit_day for unit_day, who in staff.items() if any(self.punches.get((p, unit_day[1])) for p in who)}
        opened: dict[str, date] = {}
        for unit, day in punched:
            opened[unit] = min(day, opened.get(unit, day))
        judged: dict[str, list[Row]] = defaultdict(list)
        for (unit, day), who in staff.items():
            if not self.people.applies("R7", unit) or unit not in opened or day < opened[unit]:
                continue
            if not self.calendar.works(unit, day):
                continue
            expected = [
                p
                for p in who
                if (p, day) not in self.on_shift and not all((p, day, s) in self.sessions for s in SESSIONS)
            ]
            enough = int(self.rules.on("R7", day)["evidence_min_staff"])
            has_evidence = (unit, day) in punched or len(expected) < enough
            for person in who:
                if (person, day) not in self.on_shift:
                    judged[person].append(self.judge_day(person, day, unit, has_evidence))
        rows, months = [], []
        for person, found in judged.items():
            found.sort(key=lambda r: r["work_date"])
            rows += found
            self.runs_of_absence(person, found)
            for month in sorted({month_of(r["work_date"]) for r in found}):
                months.append(self.judge_month(person, month, [r for r in found if month_of(r["work_date"]) == month]))
        self.marts["fct_attendance_days"] = rows
        self.marts["fct_attendance_months"] = months
        for month_row in months:
            mine = [
                r
                for r in self.ledger.rows
                if r["clause_id"].startswith("R7-")
                and (r["subject_id"], r["month"]) == (month_row["employee_id"], month_row["month"])
            ]
            for column, kind in (
                ("fine", "fine"),
                ("wage_deduction", "wage_deduction"),
                ("bonus_forfeit", "bonus_forfeit"),
            ):
                amounts = [r["effective_amount"] or Decimal(0) for r in mine if r["outcome_type"] == kind]
                month_row[f"{column}_amount"] = sum(amounts, Decimal("0.00"))
            month_row["is_dismissal_flagged"] = any(r["outcome_type"] == "dismissal_flag" for r in mine)

    def first_day(self) -> date:
        return min((day for _, day in self.punches), default=self.as_of + DAY)

    def judge_day(self, person: str, day: date, unit: str, has_evidence: bool) -> Row:
        rule = self.rules.on("R7", day)
        wage = self.people.employed(person, day)["monthly_wage"]
        divisor = self.calendar.working_days_of_month(unit, day)
        if rule["daily_wage_basis"] == "calendar_days":
            divisor = month_end(day).day
        daily = None if wage is None else Fraction(wage) / divisor
        leave = {s: self.sessions[person, day, s] for s in SESSIONS if (person, day, s) in self.sessions}
        present = [s for s in SESSIONS if s not in leave]
        punches = self.punches.get((person, day), [])
        own = sorted(p["punched_at"] for p in punches if p["punched_by"] in (None, person))
        proxied = [p for p in punches if p["punched_by"] not in (None, person)]
        who, source = ("employee", person), ("fct_attendance_days", key(person, day))
        for punch in proxied:
            by, fine = punch["punched_by"], Decimal(rule["proxy_fine"])
            log_row = ("punches", key(person, punch["punched_at"], by))
            self.ledger.add("R7-1.1", "fine", ("employee", by), self.people.unit(by, day), day, log_row, 1, fine)
        apart = [[s] for s in present] if rule["punch_mode"] == "session" else [present] if present else []
        excused = self.excused[person, day]
        parts = [self.judge_part(day, p, own, excused, present, has_evidence, bool(proxied)) for p in apart]
        for part in parts:
            if part["is_late"]:
                clause, flag = ("R7-1.2", "missing_in") if part["missing_in"] else ("R7-1.4", None)
                self.ledger.add(clause, "fine", who, unit, day, source, 1, Decimal(rule["late_fine"]), flag)
            if part["is_early"]:
                clause, flag = ("R7-1.2", "missing_out") if part["missing_out"] else ("R7-1.4b", None)
                self.ledger.add(clause, "fine", who, unit, day, source, 1, Decimal(rule["early_fine"]), flag)
        absent = sum((p["absent"] for p in parts), Decimal(0))
        unpaid = HALF * sum(not is_paid for is_paid in leave.values())
        flag = "amount_missing" if daily is None else None
        if absent:
            amount = None if daily is None else Fraction(rule["absence_fine_multiple"]) * daily * Fraction(absent)
            self.ledger.add("R7-1.6", "fine", who, unit, day, source, absent, amount, flag)
        if lost := absent + unpaid:
            amount = None if daily is None else Fraction(rule["absence_wage_multiple"]) * daily * Fraction(lost)
            self.ledger.add("R7-2.4", "wage_deduction", who, unit, day, source, lost, amount, flag)
        return {
            "employee_id": person,
            "work_date": day,
            "unit_id": unit,
            "first_in_at": min((p["in"] for p in parts if p["in"]), default=None),
            "last_out_at": max((p["out"] for p in parts if p["out"]), default=None),
            "is_late": any(p["is_late"] for p in parts),
            "late_count": sum(p["is_late"] for p in parts),
            "late_minutes": total([p["late_minutes"] for p in parts]),
            "is_early": any(p["is_early"] for p in parts),
            "early_count": sum(p["is_early"] for p in parts),
            "early_minutes": total([p["early_minutes"] for p in parts]),
            "absent_days": absent,
            "leave_days": HALF * len(leave),
            "paid_leave_days": HALF * len(leave) - unpaid,
            "unpaid_leave_days": unpaid,
            "has_proxy_punch": bool(proxied),
            "has_evidence": has_evidence,
            "daily_wage": None if daily is None else cents(daily),
        }

    def judge_part(
        self,
        day: date,
        sessions: list[str],
        own: list[datetime],
        excused: list[str],
        present: list[str],
        has_evidence: bool,
        is_proxied: bool,
    ) -> Row:
        """The day as a whole, or each of its sessions where people punch for each."""
        hours = self.rules.sessions(day)
        late_grace = self.rules.minutes("R7", "late_grace_minutes", day)
        early_grace = self.rules.minutes("R7", "early_grace_minutes", day)
        opens, closes = hours[sessions[0]][0], hours[sessions[-1]][1]
        if self.rules.on("R7", day)["punch_mode"] == "session":
            split = hours["am"][1] + (hours["pm"][0] - hours["am"][1]) / 2
            own = [t for t in own if (t < split) == (sessions == ["am"])]
        middle = opens + (closes - opens) / 2
        first_in = min((t for t in own if t < middle), default=None)
        last_out = max((t for t in own if t >= middle), default=None)
        waived = set()
        if "day" in excused or ("in" in excused and sessions[0] == present[0]):
            waived.add("in")
        if "day" in excused or ("out" in excused and sessions[-1] == present[-1]):
            waived.add("out")
        is_absent = has_evidence and (is_proxied or not (first_in or last_out or waived))
        is_judged = has_evidence and not is_absent
        missing_in = is_judged and first_in is None and "in" not in waived
        missing_out = is_judged and last_out is None and "out" not in waived
        is_late = is_early = False
        if is_judged:
            is_late = missing_in or ("in" not in waived and first_in > opens + late_grace)
            is_early = missing_out or ("out" not in waived and last_out <= closes - early_grace)
        return {
            "in": first_in,
            "out": last_out,
            "missing_in": missing_in,
            "missing_out": missing_out,
            "is_late": is_late,
            "is_early": is_early,
            "late_minutes": None if first_in is None else minutes(opens, first_in) if is_late else 0,
            "early_minutes": None if last_out is None else minutes(last_out, closes) if is_early else 0,
            "absent": HALF * len(sessions) if is_absent else Decimal(0),
        }

    def runs_of_absence(self, person: str, judged: list[Row]) -> None:
        """Three working days wholly absent in a row; a working day that is not judged breaks the run."""
        by_day = {r["work_date"]: r for r in judged}
        run, is_flagged = 0, False
        for day in days(judged[0]["work_date"], judged[-1]["work_date"]):
            row = by_day.get(day)
            if row is not None:
                run = run + 1 if row["absent_days"] == 1 else 0
                is_flagged = is_flagged and run > 0
                if run >= int(self.rules.on("R7", day)["dismissal_consecutive_days"]) and not is_flagged:
                    is_flagged = True
                    source, who = ("fct_attendance_days", key(person, day)), ("employee", person)
                    self.ledger.add("R7-1.6b", "dismissal_flag", who, row["unit_id"], day, source, run)
            elif self.calendar.works(self.people.unit(person, day), day):
                run, is_flagged = 0, False

    def judge_month(self, person: str, month: date, judged: list[Row]) -> Row:
        counted, absent, is_flagged = 0, Decimal(0), False
        forfeited_on = None
        source = ("fct_attendance_months", key(person, month))
        for row in judged:
            day = row["work_date"]
            rule = self.rules.on("R7", day)
            counted += row["late_count"] + row["early_count"]
            absent += row["absent_days"]
            if absent >= Decimal(rule["dismissal_month_days"]) and not is_flagged:
                is_flagged = True
                self.ledger.add("R7-1.6b", "dismissal_flag", ("employee", person), row["unit_id"], day, source, absent)
            is_over = counted >= int(rule["bonus_forfeit_count"])
            if forfeited_on is None and (is_over or row["absent_days"] or row["unpaid_leave_days"]):
                forfeited_on = day
                last = self.people.last_employed(person, month, self.as_of)
                if last and last["full_attendance_bonus"]:
                    bonus = last["full_attendance_bonus"]
                    self.ledger.add(
                        "R7-1.5", "bonus_forfeit", ("employee", person), row["unit_id"], day, source, 1, bonus
                    )
        return {
            "employee_id": person,
            "month": month,
            "unit_id": judged[-1]["unit_id"],
            "scheduled_days": len(judged),
            "late_count": sum(r["late_count"] for r in judged),
            "early_count": sum(r["early_count"] for r in judged),
            "absent_days": absent,
            "paid_leave_days": sum((r["paid_leave_days"] for r in judged), Decimal(0)),
            "unpaid_leave_days": sum((r["unpaid_leave_days"] for r in judged), Decimal(0)),
            "is_bonus_forfeited": forfeited_on is not None,
        }

    def resignations(self) -> None:
        for person, rows in self.people.rows.items():
            for hired_on in {r["hired_on"] for r in rows}:
                employment = [r for r in rows if r["hired_on"] == hired_on]
                left, applied = employment[-1]["left_on"], employment[-1]["resignation_applied_on"]
                if left is None or left > self.as_of:
                    continue
                notice = int(self.rules.on("R7", left)["resignation_notice_months"])
                if applied and left >= add_months(applied, notice):
                    continue
                there = self.people.in_force(person, left)
                if there is None or not self.people.applies("R7", there["unit_id"]):
                    continue
                source = next(r for r in employment if r["left_on"] == left)
                source_key = key(person, source["effective_on"])
                who = ("employee", person)
                self.ledger.add("R7-1.7", "miss", who, there["unit_id"], left, ("employees", source_key))

    def deductions(self) -> None:
        taken: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        kinds = {"fine", "wage_deduction", "bonus_forfeit", "compensation", "liability", "advance_recovery"}
        for row in self.ledger.rows:
            if row["subject_type"] == "employee" and row["outcome_type"] in kinds:
                taken[row["subject_id"], row["month"]] += row["effective_amount"] or Decimal(0)
        rows = []
        for (person, month), amount in taken.items():
            last = self.people.last_employed(person, month, self.as_of)
            wage = last["monthly_wage"] if last else None
            law = self.rules.on("R0", month_end(month))
            cap = None if wage is None else cents(Fraction(wage) * Fraction(law["deduction_cap_rate"]))
            if cap is not None and law["minimum_wage"]:
                cap = min(cap, max(Decimal("0.00"), wage - Decimal(law["minimum_wage"])))
            fallback = self.people.unit(person, min(month_end(month), self.as_of))
            rows.append(
                {
                    "employee_id": person,
                    "month": month,
                    "unit_id": last["unit_id"] if last else fallback,
                    "deducted_amount": cents(amount),
                    "wage_amount": wage,
                    "cap_amount": cap,
                    "excess_amount": None if cap is None else max(Decimal("0.00"), cents(amount) - cap),
                }
            )
        self.marts["fct_deductions_months"] = rows

    # ------------------------------------------------------------- R5 lunch

    def lunch(self) -> None:
        for (person, day), punches in self.punches.items():
            row = self.people.employed(person, day)
            if row is None or not self.people.applies("R5", row["unit_id"]):
                continue
            times = sorted({p["punched_at"] for p in punches if p["punched_by"] in (None, person)})
            limit = self.rules.minutes("R5", "lunch_limit_minutes", day)
            if len(times) >= 4 and times[2] - times[1] > limit:
                source = ("fct_attendance_days", key(person, day))
                self.ledger.add("R5-2", "miss", ("employee", person), row["unit_id"], day, source)

    # ---------------------------------------------------------------- R1, R6

    def conduct(self) -> None:
        ladder = {
            "phone_noise": "R1-1.5",
            "visitor_reception": "R1-1.6",
            "littering": "R1-1.7",
            "smoking_or_class_phone": "R1-1.8",
            "private_activity": "R1-1.9",
        }
        other = {
            "loss_to_school": ("R1-1.14", "compensation", 1, "loss_amount"),
            "not_returned": ("R1-3.3", "compensation", 1, "item_price"),
            "damaged_on_purpose": ("R1-3.4a", "fine", 2, "item_price"),
            "lost_item": ("R1-3.4b", "compensation", 1, "item_price"),
            "equipment_misuse": ("R1-3.5", "fine", 1, None),
            "paper_waste": ("R1-3.6", "fine", 1, None),
        }
        steps: dict[str, int] = defaultdict(int)
        for incident in sorted(self.feeds["conduct_incidents"], key=lambda r: (r["occurred_at"], r["incident_id"])):
            person, day, code = incident["employee_id"], day_of(incident["occurred_at"]), incident["rule_code"]
            row = self.people.in_force(person, day)
            if row is None or not self.people.applies("R1", row["unit_id"]):
                continue
            amount = flag = None
            if code in ladder:
                steps[person] += 1
                clause, kind = ladder[code], ["reminder", "warning", "fine"][min(steps[person], 3) - 1]
            elif code in other:
                clause, kind, times, column = other[code]
                if column:
                    amount = None if incident[column] is None else times * incident[column]
                    flag = "amount_missing" if amount is None else None
            else:
                continue
            if code in ("equipment_misuse", "paper_waste") or (code in ladder and kind == "fine"):
                amount, flag = in_range(incident["assessed_amount"], 50, 100)
            source = ("conduct_incidents", incident["incident_id"])
            self.ledger.add(clause, kind, ("employee", person), row["unit_id"], day, source, 1, amount, flag)

    def classes(self) -> None:
        fixed = {  # code -> clause, section, points, per person
            "rude_language": ("R6-1.1", "conduct", 2, True),
            "fighting": ("R6-1.2", "conduct", 5, False),
            "uncivil_behaviour": ("R6-1.3", "conduct", 2, True),
            "cycling_on_campus": ("R6-1.4", "conduct", 2, True),
            "dangerous_toy": ("R6-3.2", "safety", 1, True),
            "doors_left_open": ("R6-3.4", "safety", 2, False),
            "broken_glass": ("R6-3.4b", "safety", 5, True),
        }
        ranges = {
            "fighting_injury": ("R6-1.2b", "conduct", 10, 15),
            "dirty_classroom": ("R6-2.1", "hygiene", 3, 10),
            "untidy_desks": ("R6-2.2", "hygiene", 3, 5),
            "postings_damaged": ("R6-2.3", "hygiene", 3, 5),
            "dirty_area": ("R6-2.4", "hygiene", 3, 10),
            "traffic_accident": ("R6-3.1", "safety", 3, 5),
            "dangerous_toy_injury": ("R6-3.2b", "safety", 5, 10),
            "dangerous_game_injury": ("R6-3.3", "safety", 5, 10),
        }
        points: dict[tuple[str, str, date, str], int] = defaultdict(int)
        first: dict[tuple[str, str], date] = {}
        for incident in self.feeds["class_incidents"]:
            unit, name, day, code = (incident[c] for c in ("unit_id", "class_id", "occurred_on", "rule_code"))
            if day < date(2007, 9, 1) or not self.people.applies("R6", unit):
                continue
            flag = None
            if code in fixed:
                clause, section, number, per_person = fixed[code]
                count = incident["people_count"]
                number *= count if per_person and count is not None else 1
            elif code in ranges:
                clause, section, low, high = ranges[code]
                number, flag = in_range(incident["assessed_points"], low, high)
            else:
                continue
            source = ("class_incidents", incident["incident_id"])
            self.ledger.add(clause, "points", ("class", name), unit, day, source, number, None, flag)
            points[unit, name, month_of(day), section] += number
            first[unit, name] = min(day, first.get((unit, name), day))
        rows = []
        for (unit, name), day in first.items():
            month = month_of(day)
            while month <= self.as_of:
                sums = {s: points[unit, name, month, s] for s in ("conduct", "hygiene", "safety")}
                row = {"unit_id": unit, "class_id": name, "month": month, "points_total": sum(sums.values())}
                rows.append(row | {f"{s}_points": n for s, n in sums.items()})
                month = add_months(month, 1)
        by_school: dict[tuple[str, date], list[int]] = defaultdict(list)
        for row in rows:
            by_school[row["unit_id"], row["month"]].append(row["points_total"])
        for row in rows:
            school = by_school[row["unit_id"], row["month"]]
            row["rank_in_school"] = 1 + sum(total < row["points_total"] for total in school)
        self.marts["fct_class_months"] = rows

    # -------------------------------------------------------------------- R2

    def operators(self) -> None:
        met: dict[tuple[str, date, str], list[bool]] = defaultdict(list)
        calls: dict[tuple[str, date], int] = defaultdict(int)
        hang_ups: dict[tuple[str, date], int] = defaultdict(int)
        cases: dict[tuple[str, date], int] = defaultdict(int)
        last: dict[tuple[str, date], date] = {}

        def record(person: str, day: date) -> tuple[str, date]:
            found = (person, month_of(day))
            last[found] = max(day, last.get(found, day))
            return found

        rows = []
        for call in self.feeds["hotline_calls"]:
            if not self.people.applies("R2", call["unit_id"]):
                continue
            day, person, unit = day_of(call["ringing_at"]), call["operator_id"], call["unit_id"]
            limit = timedelta(seconds=int(self.rules.on("R2", day)["answer_limit_seconds"]))
            in_time = self.in_time(call["ringing_at"], call["answered_at"], limit)
            hung_up = call["answered_at"] is not None and call["hung_up_by"] == "operator"
            seconds = call["answered_at"] and int((call["answered_at"] - call["ringing_at"]).total_seconds())
            rows.append(
                {
                    "call_id": call["call_id"],
                    "operator_id": person,
                    "unit_id": unit,
                    "ringing_at": call["ringing_at"],
                    "answer_seconds": seconds,
                    "is_answered_in_time": in_time,
                    "is_operator_hang_up": hung_up,
                }
            )
            subject = ("employee", person) if person else ("unit", unit)
            for clause, missed in (("R2-3.4.1", in_time is False), ("R2-2.1.6", hung_up)):
                if missed:
                    self.ledger.add(clause, "miss", subject, unit, day, ("hotline_calls", call["call_id"]))
            if person:
                operator_month = record(person, day)
                calls[operator_month] += 1
                hang_ups[operator_month] += hung_up
                if in_time is not None:
                    met[*operator_month, "answer"].append(in_time)
        self.marts["fct_hotline_calls"] = rows

        rows = []
        for case in self.feeds["cases"]:
            if not self.people.applies("R2", case["unit_id"]):
                continue
            day, person = day_of(case["received_at"]), case["operator_id"]
            fault = "_fault" if case["system_fault"] else ""
            limit = self.rules.minutes("R2", f"dispatch_limit_minutes{fault}", day)
            dispatched = self.in_time(case["received_at"], case["dispatched_at"], limit)
            needed, reminded = False, None
            if case["dispatched_at"]:
                reading = self.rules.minutes("R2", "read_limit_minutes", day)
                hour = case["dispatched_at"] + reading
                needed = hour <= self.end and (case["read_at"] is None or case["read_at"] > hour)
                if needed:
                    reminding = reading + self.rules.minutes("R2", "reminder_limit_minutes", day)
                    reminded = self.in_time(case["dispatched_at"], case["reminded_at"], reminding)
            fed_back = None
            if case["result_received_at"]:
                limit = self.rules.minutes("R2", "feedback_limit_minutes", day)
                fed_back = self.in_time(case["result_received_at"], case["feedback_sent_at"], limit)
            rows.append(
                {
                    "case_id": case["case_id"],
                    "operator_id": person,
                    "unit_id": case["unit_id"],
                    "received_at": case["received_at"],
                    "dispatch_minutes": minutes(case["received_at"], case["dispatched_at"]),
                    "is_dispatched_in_time": dispatched,
                    "needed_reminder": needed,
                    "is_reminded_in_time": reminded,
                    "feedback_minutes": minutes(case["result_received_at"], case["feedback_sent_at"]),
                    "is_fed_back_in_time": fed_back,
                    "is_repeat_dispatch": (case["dispatch_count"] or 0) >= 2,
                }
            )
            operator_month = record(person, day)
            cases[operator_month] += 1
            for measure, clause, value in (
                ("dispatch", "R2-2.1.4", dispatched),
                ("reminder", "R2-2.1.4b", reminded),
                ("feedback", "R2-2.1.5", fed_back),
            ):
                if value is not None:
                    met[*operator_month, measure].append(value)
                if value is False:
                    source = ("cases", case["case_id"])
                    self.ledger.add(clause, "miss", ("employee", person), case["unit_id"], day, source)
        self.marts["fct_cases"] = rows

        for shift in self.feeds["shifts"]:
            person, day = shift["employee_id"], day_of(shift["starts_at"])
            row = self.people.in_force(person, day)
            if row is None or not self.people.applies("R2", row["unit_id"]):
                continue
            operator_month = record(person, day)
            if shift["ends_at"] > self.end:
                continue
            arrived, over, left = shift["arrived_at"], shift["handed_over_at"], shift["left_at"]
            lead = self.rules.minutes("R2", "arrival_lead_minutes", day)
            in_time = arrived is not None and arrived <= shift["starts_at"] - lead
            handed_over = over is not None and left is not None and left >= over
            met[*operator_month, "handover"].append(in_time and handed_over)
            for clause, value in (("R2-2.2.1", in_time), ("R2-2.2.3", handed_over)):
                if not value:
                    source = ("shifts", shift["shift_id"])
                    self.ledger.add(clause, "miss", ("employee", person), row["unit_id"], day, source)

        weights = {"answer": 20, "dispatch": 30, "reminder": 10, "feedback": 20, "handover": 20}
        rows = []
        years: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
        for (person, month), day in last.items():
            rate = {m: rate_of(met[person, month, m]) for m in weights}
            weight = sum(w for m, w in weights.items() if rate[m] is not None)
            score = None
            if weight:
                score = cents(sum(w * rate[m] for m, w in weights.items() if rate[m] is not None) * 100 / weight)
                years[person, month.year].append(score)
            rows.append(
                {
                    "operator_id": person,
                    "month": month,
                    "unit_id": self.people.unit(person, day),
                    "calls": calls[person, month],
                    "answered_in_time_rate": rate["answer"],
                    "operator_hang_ups": hang_ups[person, month],
                    "cases": cases[person, month],
                    "dispatched_in_time_rate": rate["dispatch"],
                    "reminded_in_time_rate": rate["reminder"],
                    "fed_back_in_time_rate": rate["feedback"],
                    "handover_rate": rate["handover"],
                    "score": score,
                }
            )
        self.marts["fct_operator_months"] = rows
        rows = []
        for (person, year), scores in years.items():
            mean = cents(Fraction(sum(scores)) / len(scores))
            floors = ((90, "excellent"), (75, "competent"), (60, "basically_competent"), (-1, "not_competent"))
            grade = next(name for floor, name in floors if mean >= floor)
            rows.append({"operator_id": person, "year": year, "mean_score": mean, "grade": grade})
        self.marts["fct_operator_years"] = rows

    def in_time(self, start: datetime, done: datetime | None, limit: timedelta) -> bool | None:
        """None while the limit is still ahead at the end of ``as_of``."""
        if done is not None:
            return done <= start + limit
        return False if start + limit <= self.end else None

    # -------------------------------------------------------------------- R5

    def events(self) -> None:
        milestones = {  # task -> clause, days after the ceremony
            "deposit_2_collected": ("R5-19", -7),
            "host_meeting": ("R5-19", -7),
            "suppliers_confirmed": ("R5-20", -7),
            "pre_event_meeting": ("R5-19b", -2),
            "petty_cash_requested": ("R5-19b", -2),
            "venue_access_confirmed": ("R5-21", -1),
            "rehearsal_done": ("R5-21", -1),
            "team_briefing": ("R5-25", None),
            "final_payment_collected": ("R5-27", 0),
            "receipt_marked_settled": ("R5-27", 0),
            "callback_form_filed": ("R5-28", 7),
            "summary_filed": ("R5-29", 7),
            "contract_archived": ("R5-30", 7),
        }
        done = {(t["contract_id"], t["task_code"]): t["done_at"] for t in self.feeds["event_tasks"]}
        rows = []
        signed: dict[tuple[str, str, date], Decimal] = defaultdict(Decimal)
        for contract in self.feeds["event_contracts"]:
            unit, person, name = contract["unit_id"], contract["employee_id"], contract["contract_id"]
            if contract["status"] == "cancelled" or not self.people.applies("R5", unit):
                continue
            signed[unit, person, month_of(contract["signed_on"])] += contract["total_amount"]
            for task, (clause, after) in milestones.items():
                event = contract["event_at"]
                due = event - timedelta(minutes=30) if after is None else last_second(day_of(event) + after * DAY)
                due = max(due, last_second(contract["signed_on"] + DAY))
                at = done.get((name, task))
                status = "overdue" if due <= self.end else "pending"
                if at is not None:
                    status = "done_on_time" if at <= due else "done_late"
                rows.append(
                    {
                        "contract_id": name,
                        "task_code": task,
                        "unit_id": unit,
                        "employee_id": person,
                        "due_at": due,
                        "done_at": at,
                        "status": status,
                    }
                )
                if status in ("done_late", "overdue"):
                    source = ("fct_event_tasks", key(name, task))
                    who = ("employee", person)
                    self.ledger.add(clause, "miss", who, unit, day_of(due), source, flag=status)
        self.marts["fct_event_tasks"] = rows
        targets = {
            (t["unit_id"], t["employee_id"], t["month"]): t["target_amount"]
            for t in self.feeds["sales_targets"]
            if t["employee_id"] and self.people.applies("R5", t["unit_id"])
        }
        self.marts["fct_sales_target_months"] = [
            {
                "unit_id": unit,
                "employee_id": person,
                "month": month,
                "signed_amount": signed.get((unit, person, month), Decimal("0.00")),
                "target_amount": targets.get((unit, person, month)),
                "attainment_rate": Fraction(signed.get((unit, person, month), Decimal(0)))
                / Fraction(targets[unit, person, month])
                if targets.get((unit, person, month))
                else None,
            }
            for unit, person, month in sorted(signed.keys() | targets.keys())
        ]

    # -------------------------------------------------------------------- R8

    def inspections(self) -> None:
        lifts = {a["asset_id"]: a for a in self.feeds["inspection_assets"]}
        first: dict[str, date] = {}
        made: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.feeds["inspections"], key=lambda r: (r["inspected_at"], r["inspection_id"])):
            if row["asset_id"] in lifts:
                unit = lifts[row["asset_id"]]["unit_id"]
                first.setdefault(unit, day_of(row["inspected_at"]))
                made[row["asset_id"]].append(row)
        slots, weeks = [], []
        for name, lift in lifts.items():
            unit = lift["unit_id"]
            if not self.people.applies("R8", unit) or unit not in first:
                continue
            start = max(lift["in_service_from"], first[unit])
            stop = lift["in_service_to"] or date(9999, 12, 31)
            served = days(start, min(stop, self.as_of))
            for day in served:
                around = self.rules.minutes("R8", "round_tolerance_minutes", day)
                times = [datetime.combine(day, t) for t in (time(8, 30), time(10, 30), time(14, 30), time(16, 30))]
                rounds = [r for r in made[name] if r["round_type"] == "daily" and day_of(r["inspected_at"]) == day]
                for i, slot in enumerate(times):
                    opens, closes = slot - around, slot + around
                    before = times[i + 1] - around if i < 3 else datetime.combine(day + DAY, time(0))
                    inside = [r for r in rounds if opens <= r["inspected_at"] <= closes]
                    after = [r for r in rounds if closes < r["inspected_at"] < before]
                    served_by, status = None, "missed"
                    if inside:
                        served_by = min(inside, key=lambda r, s=slot: (abs(r["inspected_at"] - s), r["inspected_at"]))
                        status = "on_time"
                    elif after:
                        served_by, status = after[0], "off_time"
                    slots.append(
                        {
                            "asset_id": name,
                            "slot_at": slot,
                            "unit_id": unit,
                            "inspection_id": served_by and served_by["inspection_id"],
                            "status": status,
                        }
                    )
                    if status != "on_time":
                        source = ("fct_inspection_slots", key(name, slot))
                        self.ledger.add("R8-3", "miss", ("unit", unit), unit, day, source, flag=status)
            for monday in sorted({d - (d.isoweekday() - 1) * DAY for d in served}):
                sunday = monday + 6 * DAY
                items = {
                    r["item_code"]
                    for r in made[name]
                    if r["round_type"] == "weekly" and monday <= day_of(r["inspected_at"]) <= sunday
                }
                count = len(items & {str(n) for n in range(1, 21)})
                weeks.append({"asset_id": name, "week_start_on": monday, "items_done": count, "items_due": 20})
                if start <= monday and sunday <= min(stop, self.as_of) and count < 20:
                    source = ("fct_inspection_weeks", key(name, monday))
                    self.ledger.add("R8-w", "miss", ("unit", unit), unit, sunday, source, 20 - count)
        for name, rows in made.items():
            unit = lifts[name]["unit_id"]
            for row in rows:
                day = day_of(row["inspected_at"])
                if row["result"] != "fault" or not self.people.applies("R8", unit):
                    continue
                if not any(row[c] and day_of(row[c]) <= day for c in ("fault_handled_at", "escalated_at")):
                    subject = ("employee", row["inspector_id"]) if row["inspector_id"] else ("unit", unit)
                    self.ledger.add("R8-2", "miss", subject, unit, day, ("inspections", row["inspection_id"]))
        self.marts["fct_inspection_slots"] = slots
        self.marts["fct_inspection_weeks"] = weeks


def in_range(value: Decimal | int | None, low: int, high: int) -> tuple[Decimal | int, str | None]:
    if value is None:
        return low, "amount_defaulted"
    return min(max(value, low), high), None if low <= value <= high else "amount_out_of_range"


def minutes(start: datetime | None, end: datetime | None) -> int | None:
    """Whole minutes, seconds dropped."""
    if start is None or end is None:
        return None
    seconds = int((end - start).total_seconds())
    return seconds // 60 if seconds >= 0 else -(-seconds // 60)


def rate_of(met: list[bool]) -> Fraction | None:
    return Fraction(sum(met), len(met)) if met else None


def total(numbers: list[int | None]) -> int | None:
    known = [n for n in numbers if n is not None]
    return sum(known) if known else None


def expected(feeds: Feeds, as_of: date, rules: Rules | None = None) -> dict[str, list[Row]]:
    """Every mart of the people chapters; the ledger without the rule's version."""
    return Oracle(feeds, as_of, rules or Rules()).marts

"""Finds out whether anybody notices a planted change: unit tests, the hand-worked sets, the project's own data tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Timer

import duckdb

from ingest.loading import ingest_paths
from tests.boundaries import broken_as_of, wrong_as_of, wrong_days
from tests.compare import GOLDEN, MARTS, compared_columns, differences_in
from tests.compiled import Compiled, build, connect, create, failing_tests, renamed
from tests.mutants.plant import Mutant
from tests.oracle import test_money as money
from tests.oracle import test_people as people
from tests.oracle.common_money import Rules, read_feeds, write_feeds, write_marts
from tests.oracle.common_people import FEEDS, write_csv
from tests.oracle.common_people import Rules as PeopleRules
from tests.oracle.money import work_out
from tests.oracle.money_logs import RandomLogs
from tests.oracle.people import expected
from tests.oracle.people_logs import organisation, own_rules, some_waivers
from tests.restated import restate_daily, restate_people
from tests.rulebook import disagreements
from warehouse.home import Home
from warehouse.rules import read_rules

PARAMETERS = '"work"."rules"."parameters"'
LEDGER = "fct_rule_outcomes"
MODEL_BOUNDARIES = {"int_calendar_days": wrong_days, "int_as_of": wrong_as_of}
SECONDS = 60  # a set builds in two


@dataclass(frozen=True)
class Known:
    """Logs whose figures are known.

    Attributes:
        expected: the folder of expected marts.
        own_rules: a folder of rules that replace the seeded ones.
        chapters: of the ledger only these are known; empty = all.
    """

    name: str
    inputs: Path
    as_of: date
    expected: Path
    own_rules: Path | None = None
    chapters: frozenset[str] = frozenset()


GOLDEN_SETS = [
    Known("people", GOLDEN / "people" / "inputs", date(2026, 4, 8), GOLDEN / "people" / "expected"),
    Known("money", GOLDEN / "money" / "inputs", date(2026, 4, 30), GOLDEN / "money" / "expected"),
    Known(
        "money, earlier", GOLDEN / "money" / "inputs", date(2026, 4, 15), GOLDEN / "money" / "expected_at_2026-04-15"
    ),
]


def restated_sets(scratch: Path, known: list[Known]) -> list[Known]:
    """The same sets with rules and people stated again each day: every day is the first and the last of a version."""
    sets = []
    for one in known:
        folder = scratch / f"{one.name}, restated"
        first, last = (one.as_of + timedelta(days=n) for n in (-75, 35))
        own = restate_daily(folder / "rules", first, last, one.own_rules)
        inputs = restate_people(one.inputs, folder / "logs", first, one.as_of)
        sets.append(replace(one, name=folder.name, inputs=inputs, own_rules=own))
    return sets


def people_sets(scratch: Path) -> list[Known]:
    """The random organisations of the chapters about people, their figures worked out by plain loops."""
    sets = []
    for name, case in people.CASES.items():
        first = case.as_of - timedelta(weeks=people.WEEKS)
        rules = own_rules(case.seed, case.as_of, first) if case.do_rules_change else PeopleRules()
        feeds = organisation(case.seed, case.as_of, people=40, weeks_before=people.WEEKS)
        feeds["waivers"] = some_waivers(case.seed, expected(feeds, case.as_of, rules)[LEDGER], case.as_of)
        folder = scratch / f"people, {name}"
        for part in ("logs", "expected"):
            (folder / part).mkdir(parents=True)
        for feed, rows in feeds.items():
            write_csv(folder / "logs" / f"{feed}.csv", rows, list(FEEDS[feed]))
        for mart, rows in expected(feeds, case.as_of, rules).items():
            write_csv(folder / "expected" / f"{mart}.csv", rows, MARTS[mart]["columns"])
        own = folder / "rules" if case.do_rules_change else None
        if own:
            rules.write(own)
        chapters = frozenset(people.CHAPTERS)
        sets.append(Known(folder.name, folder / "logs", case.as_of, folder / "expected", own, chapters))
    return sets


def money_sets(scratch: Path) -> list[Known]:
    """The random organisations of ``tests/oracle``, their figures worked out by plain loops."""
    sets = []
    for name, case in money.CASES.items():
        logs = RandomLogs(case.seed, case.first, case.months)
        rules = Rules(logs.rule_changes() if case.do_rules_change else ())
        folder = scratch / name
        write_feeds(folder / "logs", logs.make())
        logs.waive([row["outcome_id"] for row in work_out(read_feeds(folder / "logs"), logs.as_of, rules)[LEDGER]])
        write_feeds(folder / "logs", logs.feeds)
        write_marts(folder / "expected", work_out(read_feeds(folder / "logs"), logs.as_of, rules))
        own = folder / "rules" if case.do_rules_change else None
        if own:
            rules.write(own)
        sets.append(Known(name, folder / "logs", logs.as_of, folder / "expected", own, frozenset(money.CHAPTERS)))
    return sets


@dataclass
class Built:
    """A known set, built by the unchanged project in memory; changed models go beside it into database ``mutant``."""

    known: Known
    project: Compiled
    connection: duckdb.DuckDBPyConnection
    marts: set[str] = field(default_factory=set)

    @classmethod
    def make(cls, known: Known, project: Compiled, home: Home) -> Built:
        """Load and build. Raises AssertionError when the unchanged project does not agree with what is known."""
        if not home.store.exists():
            home.create()
            report = ingest_paths(home, [known.inputs])
            assert not report.has_unreadable
        connection = connect(home.store, read_rules(known.own_rules), known.as_of, settings={"threads": "1"})
        build(connection, project)
        connection.execute("attach ':memory:' as mutant")
        assert failing_tests(connection, project.tests) == []
        files = sorted(known.expected.glob("*.csv"))
        connection.execute("use pub")
        chapters = set(known.chapters) or None
        assert [d for f in files for d in differences_in(f, connection, chapters if f.stem == LEDGER else None)] == []
        connection.execute("use work")
        return cls(known, project, connection, {f.stem for f in files})

    def is_valid(self, sql: str) -> bool:
        """The engine understands it."""
        try:
            self.connection.execute(f"explain {sql}")
        except duckdb.Error:
            return False
        return True

    def notices(self, mutant: Mutant) -> str | None:
        """Who sees the change in this set: a mart, a data test, or the engine; None when nobody does."""
        self.connection.execute("create schema mutant.m")
        limit = Timer(SECONDS, self.connection.interrupt)
        limit.start()
        try:
            return self._rebuilt(mutant)
        except duckdb.InterruptException:
            return f"the build takes more than {SECONDS} seconds"
        except duckdb.Error as error:
            return f"the build fails: {str(error).splitlines()[0]}"
        finally:
            limit.cancel()
            self.connection.execute("drop schema mutant.m cascade")

    def _rebuilt(self, mutant: Mutant) -> str | None:
        names: dict[str, str] = {}
        if mutant.place == "rules.parameters":
            names[PARAMETERS] = '"mutant"."m"."parameters"'
            self.connection.execute(f"create table {names[PARAMETERS]} as {mutant.sql}")
        changed: set[str] = set()
        for model in self.project.models.values():
            is_place = model.name == mutant.place
            reads = [self.project.models[p].relation for p in model.parents] + list(model.sources)
            if not is_place and names.keys().isdisjoint(reads):
                continue
            relation = f'"mutant"."m"."{model.name}"'
            create(self.connection, model, renamed(mutant.sql if is_place else model.sql, names), relation)
            if not self.differ(model.relation, relation):
                continue
            names[model.relation] = relation
            changed.add(model.name)
            if model.name in self.marts and self.differ(model.relation, relation, model.name):
                return f"{self.known.name}: {model.name}"
        tests = [t for t in self.project.tests if not changed.isdisjoint(t.parents)]
        failing = failing_tests(self.connection, tests, names)
        return f"{self.known.name}: data test {failing[0]}" if failing else None

    def differ(self, a: str, b: str, mart: str | None = None) -> bool:
        """Two relations hold other rows; of a mart only what is compared of it."""
        columns, condition = self._compared(mart) if mart else ("*", "")
        one, two = (f"select {columns} from {relation} {condition}" for relation in (a, b))
        both = f"({one} except all {two}) union all ({two} except all {one})"
        return self.connection.execute(f"select 1 from ({both}) limit 1").fetchone() is not None

    def _compared(self, mart: str) -> tuple[str, str]:
        """The columns, rates to six places as the comparison by hand has them; the rows of known chapters."""
        types = dict(
            self.connection.execute(
                "select column_name, data_type from duckdb_columns() where database_name = 'pub' and table_name = ?",
                [mart],
            ).fetchall()
        )
        columns = [f"round({c}, 6)" if types[c] == "DOUBLE" else c for c in compared_columns(mart)]
        chapters = ", ".join(f"'{c}'" for c in sorted(self.known.chapters)) if mart == LEDGER else ""
        return ", ".join(columns), f"where split_part(clause_id, '-', 1) in ({chapters})" if chapters else ""


class UnitTests:
    """dbt's unit tests, their fixtures made once as tables: a model's SQL is then run on them in milliseconds."""

    def __init__(self, project: Compiled, built: Built) -> None:
        self.project = project
        self.connection = built.connection
        self.tests: dict[str, list[tuple[str, dict[str, str], str]]] = {}
        self.connection.execute("attach ':memory:' as unit")
        for number, test in enumerate(project.unit_tests):
            schema = f'"unit"."t{number}"'
            self.connection.execute(f"create schema {schema}")
            names = {}
            for given in test["given"]:
                relation = project.inputs[given["input"]]
                names[relation] = f'{schema}."{given["input"].split(chr(39))[-2]}"'
                self._fixture(names[relation], relation, given)
            model = project.models[test["model"]]
            expected = f'{schema}."expected rows"'
            columns = list(test["expect"]["rows"][0]) if test["expect"]["rows"] else ["*"]
            self.connection.execute(
                f"create table {expected} as select {', '.join(columns)} from {model.relation} limit 0"
            )
            self._insert(expected, test["expect"]["rows"])
            self.tests.setdefault(model.name, []).append((test["name"], names, expected))

    def _fixture(self, name: str, relation: str, given: dict) -> None:
        if given["format"] == "sql":
            self.connection.execute(f"create table {name} as {given['rows']}")
            return
        self.connection.execute(f"create table {name} as from {relation} limit 0")
        self._insert(name, given["rows"])

    def _insert(self, name: str, rows: list[dict]) -> None:
        for row in rows:
            values = ["null" if v is None else "'" + str(v).replace("'", "''") + "'" for v in row.values()]
            self.connection.execute(f"insert into {name} ({', '.join(row)}) values ({', '.join(values)})")

    def failing(self, model: str, sql: str) -> list[str]:
        """The unit tests of a model that do not hold for this SQL."""
        return [name for name, names, expected in self.tests.get(model, []) if not self._holds(sql, names, expected)]

    def _holds(self, sql: str, names: dict[str, str], expected: str) -> bool:
        columns = [d[0] for d in self.connection.execute(f"from {expected} limit 0").description]
        actual = f"select {', '.join(columns)} from ({renamed(sql, names)})"
        try:
            return (
                self.connection.execute(
                    f"select 1 from (({actual} except all from {expected}) union all (from {expected} except all {actual})) limit 1"
                ).fetchone()
                is None
            )
        except duckdb.Error:
            return False


@dataclass
class Check:
    """Everybody who could notice a change, the cheapest first."""

    project: Compiled
    sets: list[Built]
    unit_tests: UnitTests

    @classmethod
    def make(cls, project: Compiled, scratch: Path, known: list[Known]) -> Check:
        homes = {k.inputs: Home(scratch / f"home {k.name}") for k in reversed(known)}
        sets = [Built.make(k, project, homes[k.inputs]) for k in known]
        return cls(project, sets, UnitTests(project, sets[0]))

    def notices(self, mutant: Mutant) -> str | None:
        """Who notices the change first; None = it survives."""
        if mutant.place == "rules.parameters":
            columns = "rule_version, parameter, item, value"
            rows = self.sets[0].connection.execute(f"select {columns} from ({mutant.sql})").fetchall()
            if disagreements(rows):
                return "rulebook: the figures that it states"
        failing = self.unit_tests.failing(mutant.place, mutant.sql)
        if failing:
            return f"unit test {failing[0]}"
        broken = self._broken_boundaries(mutant)
        if broken:
            return f"boundary test {broken[0]}"
        return next((seen for s in self.sets if (seen := s.notices(mutant))), None)

    def _broken_boundaries(self, mutant: Mutant) -> list[str]:
        connection = self.sets[0].connection
        try:
            if mutant.place.startswith("stg_"):
                return broken_as_of(connection, self.project, mutant.place.removeprefix("stg_"), mutant.sql)
            if mutant.place in MODEL_BOUNDARIES:
                return MODEL_BOUNDARIES[mutant.place](connection, self.project, mutant.sql)
            return []
        except duckdb.Error as error:
            return [f"ends with an error: {str(error).splitlines()[0]}"]

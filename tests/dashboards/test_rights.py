"""Rights are files: what a scope does not see is not in its extract, whoever asks and however."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from ingest.problems import Problem
from tests.compare import MARTS
from warehouse.access import SignIn, extract_for_people, people, scope_for, sign_in
from warehouse.extract import WAYS, extract
from warehouse.home import Home
from warehouse.publish import current, publish
from warehouse.rights import EVERYTHING, NOTHING, Scope, rights_of, scope_of
from warehouse.saved_queries import names, read, save

CO1 = Scope(("manager",), ("CO1",))
SETTINGS = SignIn(
    client_id="zhidu",
    client_secret="x",
    server_metadata_url="https://id.example.test/.well-known/openid-configuration",
    redirect_uri="https://zhidu.example.test/oauth2callback",
    cookie_secret="x" * 32,
)


@pytest.fixture(scope="module")
def home(golden: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Both golden sets, published; a test may write here."""
    home = Home(tmp_path_factory.mktemp("access") / "home").create()
    shutil.copytree(golden.published, home.published, dirs_exist_ok=True)
    home.access.mkdir()
    return home


def _opened(home: Home, scope: Scope) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(home.published / extract(home, current(home), scope).file), read_only=True)


def _tables(db: duckdb.DuckDBPyConnection) -> list[str]:
    return [r[0] for r in db.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()]


# ---------------------------------------------------------------- the rights themselves


def test_every_published_table_has_an_entry_and_every_entry_is_meant(home: Home) -> None:
    rights = rights_of(home)
    published = {*_tables(_opened(home, EVERYTHING))}
    assert {*rights.tables} == published
    assert {f"marts.{mart}" for mart in MARTS} <= {*rights.tables}
    subjects = {s for role in rights.roles.values() for s in role.subjects}
    named = {s for t in rights.tables.values() for s in t.subject} | {*rights.rule_sets.values()}
    assert named - subjects == {"everyone", "admin"}
    assert {s for needed in rights.pages.values() for s in needed} - subjects == {"admin"}
    sets = _opened(home, EVERYTHING).execute("select distinct rule_set from reference.clauses").fetchall()
    assert {r[0] for r in sets} == {*rights.rule_sets}


def test_a_way_to_own_rows_is_written_for_every_table_with_a_unit(home: Home) -> None:
    columns = _opened(home, EVERYTHING).execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() where not internal group by 1"
    )
    for table, found in columns.fetchall():
        right = rights_of(home).tables[table]
        if "unit_id" in found and right.rows == "all":
            pytest.fail(f"{table} has a unit and is not scoped by it")
        assert {*right.blank, *right.blank_strangers} <= {*found}
        assert right.rows in WAYS or right.rows in ("outcome", "source", "load")


def test_a_table_without_an_entry_is_in_no_extract(tmp_path: Path, golden: Home) -> None:
    home = Home(tmp_path / "home").create()
    built = home.work / "pub.duckdb"
    shutil.copyfile(golden.published / current(golden).file, built)
    built.chmod(0o644)
    with duckdb.connect(str(built)) as db:
        db.execute("create table marts.fct_new as select 'CO1' as unit_id, 'CANARY' as secret")
    publish(home, built, keep=3)
    assert "marts.fct_new" in _tables(_opened(home, EVERYTHING))
    for scope in (CO1, Scope(("finance", "hr", "manager"), ("*",))):
        assert "marts.fct_new" not in _tables(_opened(home, scope))


# ---------------------------------------------------------------- what an extract holds


def test_a_manager_has_the_rows_of_their_units_and_no_other_whole_as_they_were(home: Home) -> None:
    mine, whole = _opened(home, CO1), _opened(home, EVERYTHING)
    for table, right in rights_of(home).tables.items():
        if right.rows == "unit" and "admin" not in right.subject and not right.blank_strangers:
            query = f"from {table} where unit_id = 'CO1' order by all"
            assert mine.execute(f"from {table} order by all").fetchall() == whole.execute(query).fetchall(), table
    assert mine.execute("select list(unit_id), list(parent_unit_id) from reference.units").fetchone() == (
        ["CO1"],
        [None],
    )
    assert mine.execute("select count(*) from marts.fct_attendance_days").fetchone()[0] > 0


def test_the_ledger_and_its_log_rows_follow_the_unit(home: Home) -> None:
    mine, whole = _opened(home, CO1), _opened(home, EVERYTHING)
    theirs = whole.execute("select outcome_id from marts.fct_rule_outcomes where unit_id = 'CO1' order by 1").fetchall()
    assert mine.execute("select outcome_id from marts.fct_rule_outcomes order by 1").fetchall() == theirs != []
    strangers = "select count(*) from marts.fct_outcome_sources where outcome_id not in (select outcome_id from marts.fct_rule_outcomes)"
    assert mine.execute(strangers).fetchone()[0] == 0
    assert mine.execute("select count(*) from marts.fct_outcome_sources").fetchone()[0] > 0


def test_finance_has_all_money_and_no_attendance_hr_all_people_and_no_expense(home: Home) -> None:
    finance, hr, whole = (_opened(home, s) for s in (Scope(("finance",)), Scope(("hr",)), EVERYTHING))

    def count(db: duckdb.DuckDBPyConnection, table: str) -> int:
        return db.execute(f"select count(*) from {table}").fetchone()[0]

    for table in ("marts.fct_expense_lines", "marts.fct_budget_months", "marts.fct_deductions_months"):
        assert count(finance, table) == count(whole, table) > 0
    for table in ("marts.fct_attendance_days", "marts.fct_hotline_calls", "marts.fct_inspection_slots"):
        assert count(finance, table) == 0 < count(whole, table)
    for table in ("marts.fct_attendance_days", "marts.fct_operator_months", "reference.employees"):
        assert count(hr, table) == count(whole, table) > 0
    for table in ("marts.fct_expense_lines", "marts.fct_conversion_months", "marts.fct_callback_months"):
        assert count(hr, table) == 0 < count(whole, table)
    # a fine is taken from pay: finance has its amount, not the punch behind it
    fines = "select count(*) from marts.fct_rule_outcomes where clause_id like 'R7-%' and outcome_type = 'fine'"
    assert finance.execute(fines).fetchone() == whole.execute(fines).fetchone() != (0,)
    assert (
        count(finance, "marts.fct_outcome_sources")
        == whole.execute(
            "select count(*) from marts.fct_outcome_sources join marts.fct_rule_outcomes using (outcome_id) "
            "where split_part(clause_id, '-', 1) in ('R4', 'R9', 'R10')"
        ).fetchone()[0]
    )
    assert finance.execute("select count(*) from marts.fct_outcome_sources where log_feed = 'punches'").fetchone() == (
        0,
    )


def test_roles_add_up_table_by_table(home: Home) -> None:
    both, whole = _opened(home, Scope(("finance", "manager"), ("CO1",))), _opened(home, EVERYTHING)
    days = "select count(*) from marts.fct_attendance_days where unit_id = 'CO1'"
    assert both.execute("select count(*) from marts.fct_attendance_days").fetchone() == whole.execute(days).fetchone()
    lines = "select count(*) from marts.fct_expense_lines"
    assert both.execute(lines).fetchone() == whole.execute(lines).fetchone()


def test_of_a_refused_row_only_that_it_was_refused(hostile: Home) -> None:
    db = _opened(hostile, Scope(("hr",)))
    assert db.execute(
        "select count(*), count(row_text), count(value), count(file_name), count(is_open) from quality.quarantine"
    ).fetchone()[1:4] == (0, 0, 0)
    assert db.execute("select count(*) from quality.quarantine where is_open").fetchone()[0] > 0
    assert db.execute("select count(*) from quality.unknown_ids").fetchone()[0] == 0


def test_the_bytes_of_an_extract_hold_no_value_of_another_scope(home: Home) -> None:
    units = ("BO1", "SA1")
    version = extract(home, current(home), Scope(("manager",), units))
    data = (home.published / version.file).read_bytes()
    whole, mine = _opened(home, EVERYTHING), _opened(home, Scope(("manager",), units))
    searched = 0
    for table, column in whole.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal and data_type = 'VARCHAR'"
    ).fetchall():
        if table.startswith("marts.") or table in (
            "reference.employees",
            "reference.units",
            "reference.customers",
            "quality.quarantine",
        ):
            values = {r[0] for r in whole.execute(f"select distinct {column} from {table}").fetchall() if r[0]}
            own = {r[0] for r in mine.execute(f"select distinct {column} from {table}").fetchall()}
            strangers = [v for v in values - own if len(v) >= 12]  # short ids stand in many a longer text
            searched += len(strangers)
            assert not [v for v in strangers if v.encode() in data and not _is_elsewhere(mine, v)], (table, column)
    assert searched > 500
    names_of_others = {r[0] for r in whole.execute("select employee_name from reference.employees").fetchall()} - {
        r[0] for r in mine.execute("select employee_name from reference.employees").fetchall()
    }
    found = [name for name in names_of_others if len(name) > 1 and name.encode() in data]
    assert names_of_others and not [name for name in found if not _is_elsewhere(mine, name)]
    assert [p.name for p in (home.published / "scopes").iterdir() if p.suffix not in (".duckdb", "")] == []


def _is_elsewhere(db: duckdb.DuckDBPyConnection, value: str) -> bool:
    """Whether the extract holds the value in another column, rightly: a clause's words, a parameter."""
    for table in _tables(db):
        row = db.execute(f"select 1 from {table} as t where contains(t::varchar, ?) limit 1", [value]).fetchone()
        if row:
            return True
    return False


def test_an_extract_is_made_once_named_by_what_it_holds_and_goes_with_its_version(home: Home, tmp_path: Path) -> None:
    first = extract(home, current(home), CO1)
    path = home.published / first.file
    made = path.stat().st_mtime_ns
    assert extract(home, current(home), Scope(("analyst", "manager"), ("CO1",))).file == first.file
    assert (
        extract(home, current(home), Scope(("hr",), ("CO1",))).file == extract(home, current(home), Scope(("hr",))).file
    )
    assert path.stat().st_mtime_ns == made and oct(path.stat().st_mode & 0o777) == "0o444"
    assert (first.version, first.as_of) == (current(home).version, current(home).as_of)
    assert first.rows["reference.units"] == 1


def test_publishing_makes_everybodys_extract_before_the_version_is_in_force(golden: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.access.mkdir()
    (home.access / "people.csv").write_text(
        "subject,email,role,units\nu1,,manager,CO1\nu1,,analyst,\nu2,,hr,\nu3,,admin,\n"
    )

    def built() -> Path:
        shutil.copyfile(golden.published / current(golden).file, home.work / "pub.duckdb")
        (home.work / "pub.duckdb").chmod(0o644)
        return home.work / "pub.duckdb"

    first = publish(home, built(), 1, lambda version: extract_for_people(home, version))
    scopes = home.published / "scopes"
    assert sorted(p.name.split(".")[1].rsplit("-", 1)[0] for p in scopes.glob("*.duckdb")) == ["hr", "manager"]
    (home.access / "people.csv").write_text("subject,email,role,units\nu1,,chief,\n")
    with pytest.raises(Problem, match=r"row 2.*chief"):
        publish(home, built(), 1, lambda version: extract_for_people(home, version))
    assert current(home) == first
    assert [p.name for p in home.published.glob("wh_*.duckdb")] == [first.file]
    (home.access / "people.csv").unlink()
    publish(home, built(), 1, lambda version: extract_for_people(home, version))
    assert list(scopes.glob("*.duckdb")) == []


# ---------------------------------------------------------------- who has which scope


def test_a_person_has_the_roles_of_their_subject_and_of_their_verified_address(home: Home) -> None:
    (home.access / "people.csv").write_text(
        "subject,email,role,units\nu1,,manager,CO1|BO1\n,A@example.test,hr,\n,b@example.test,admin,\n", encoding="utf-8"
    )
    verified = {"sub": "u1", "email": "a@EXAMPLE.test", "email_verified": True}
    assert scope_for(home, SETTINGS, verified) == Scope(("hr", "manager"), ("BO1", "CO1"))
    assert scope_for(home, SETTINGS, verified | {"email_verified": False}) == Scope(("manager",), ("BO1", "CO1"))
    assert scope_for(home, SETTINGS, {"sub": "u1", "email": "b@example.test"}) == Scope(("manager",), ("BO1", "CO1"))
    assert scope_for(home, SETTINGS, {"sub": "x", "email": "b@example.test", "email_verified": True}) == EVERYTHING
    for nobody in ({}, {"sub": ""}, {"sub": "u9"}, {"email": "", "email_verified": True}):
        assert scope_for(home, SETTINGS, nobody) == NOTHING


def test_roles_come_from_a_claim_where_one_is_configured_and_from_nowhere_else(home: Home) -> None:
    settings = SETTINGS.model_copy(update={"roles_claim": "groups", "role_names": {"g-17": "manager"}})
    (home.access / "people.csv").write_text("subject,email,role,units\nu1,,admin,\n")
    assert scope_for(home, settings, {"sub": "u1"}) == NOTHING
    assert scope_for(home, settings, {"groups": ["g-17", "other"], "units": ["CO1", "BO1"]}) == Scope(
        ("manager",), ("BO1", "CO1")
    )
    assert scope_for(home, settings, {"groups": "hr"}) == Scope(("hr",))
    assert scope_for(home, settings, {"groups": {"hr": True}}) == NOTHING
    assert scope_of({"manager"}, {"*", "CO1"}) == Scope(("manager",), ("*",))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("u1,a@b.c,hr,", "row 2"),
        (",,hr,", "subject or email"),
        ("u1,,boss,", "admin | manager"),
        ("u1,,manager,", "unit_id"),
    ],
)
def test_a_row_of_people_that_is_wrong_is_named(home: Home, row: str, said: str) -> None:
    (home.access / "people.csv").write_text(f"subject,email,role,units\n{row}\n")
    with pytest.raises(Problem) as found:
        people(home)
    assert said in str(found.value) and "people.csv" in str(found.value) and found.value.exit_code == 2
    (home.access / "people.csv").unlink()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cookie_secret": "short"}, "cookie_secret"),
        ({"redirect_uri": "http://zhidu.example.test/oauth2callback"}, "https"),
        ({"redirect_uri": "https://zhidu.example.test/"}, "/oauth2callback"),
        ({"client_secret": ""}, "client_secret"),
        ({"surprise": "x"}, "surprise"),
    ],
)
def test_settings_of_a_sign_in_that_are_wrong_are_refused_without_showing_secrets(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    home = Home(tmp_path).create()
    home.access.mkdir()
    values = (
        {k: v for k, v in SETTINGS.model_dump().items() if isinstance(v, str)} | {"client_secret": "HIDDEN"} | changed
    )
    (home.access / "sign_in.toml").write_text("".join(f'{k} = "{v}"\n' for k, v in values.items()))
    with pytest.raises(Problem) as found:
        sign_in(home)
    assert said in str(found.value) and "HIDDEN" not in str(found.value)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path).create()
    assert sign_in(home) is None
    for name, value in SETTINGS.model_dump().items():
        if isinstance(value, str) and value:
            monkeypatch.setenv(f"ZHIDU_SIGN_IN_{name.upper()}", value)
    assert sign_in(home) == SETTINGS


# ---------------------------------------------------------------- saved queries


@pytest.mark.parametrize("name", ["", ".", "../x", "a/b", "a\\b", ".hidden", "~x", "a" * 61, "x.sql", "a\nb", " a\x00"])
def test_a_name_that_could_be_a_path_is_refused(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / "home").create()
    with pytest.raises(Problem) as found:
        save(home, name, "select 1")
    assert found.value.exit_code == 2
    assert read(home, name) is None and names(home) == []


def test_a_saved_query_is_everybodys_and_not_overwritten_unseen(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    assert save(home, " 各条款罚款 (2026) ", "select 1") == "各条款罚款 (2026)"
    assert (names(home), read(home, "各条款罚款 (2026)")) == (["各条款罚款 (2026)"], "select 1")
    with pytest.raises(Problem, match="already"):
        save(home, "各条款罚款 (2026)", "select 2")
    save(home, "各条款罚款 (2026)", "select 2", opened="各条款罚款 (2026)")
    assert read(home, "各条款罚款 (2026)") == "select 2"
    (home.queries / "secret.sql").symlink_to("/etc/hostname")
    assert read(home, "secret") is None

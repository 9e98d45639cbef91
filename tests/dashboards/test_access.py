"""Who comes how far: every page for every role, by a direct address and by a link of somebody else's; nothing of another
scope anywhere in what a role can reach.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import access, analyst
from dashboards.i18n import Texts
from dashboards.layout import SECTION, WHOLE
from dashboards.server import serve
from ingest.problems import Problem
from tests.dashboards.conftest import APP, PAGES, texts_on
from warehouse.extract import extract
from warehouse.home import Home
from warehouse.publish import current, publish
from warehouse.reader import published
from warehouse.rights import Scope, rights_of
from warehouse.sandbox import query

# page -> the roles that open it, beside admin
OPENS = {
    "glance": {"manager"},
    "attendance": {"manager", "hr"},
    "person": {"manager", "hr"},
    "budget": {"manager", "finance"},
    "conversion": {"manager", "finance"},
    "operators": {"manager", "hr"},
    "school": {"manager", "hr"},
    "callbacks": {"manager"},
    "events": {"manager"},
    "inspections": {"manager"},
    "rulebook": {"manager", "finance", "hr", "analyst"},
    "why": {"manager", "finance", "hr", "analyst"},
    "sql": {"analyst"},
    "quality": set(),
}
CANARY = "CANARY"
SECRET = "98765.43"  # an amount that only BO2 has
VISITORS = {
    "admin": {"sub": "u-admin"},
    "manager": {"sub": "u-manager"},
    "finance": {"sub": "u-finance"},
    "hr": {"sub": "u-hr"},
    "analyst": {"sub": "u-analyst"},
}
NOBODIES: dict[str, dict[str, Any]] = {
    "signed_out": {},
    "without_role": {"sub": "u-unknown", "is_logged_in": True, "exp": time.time() + 3600},
    "expired": {"sub": "u-admin", "is_logged_in": True, "exp": time.time() - 1},
    "signed_out by a forged claim": {"sub": "u-admin", "exp": time.time() + 3600},
    "expired without an end": {"sub": "u-admin", "is_logged_in": True},
}
Visit = Callable[..., AppTest]


@pytest.fixture(scope="module")
def home(golden: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A sign-in, five people, and canaries in everything that is not of CO1."""
    home = Home(tmp_path_factory.mktemp("roles") / "home").create()
    built = home.work / "pub.duckdb"
    shutil.copyfile(golden.published / current(golden).file, built)
    built.chmod(0o644)
    with duckdb.connect(str(built)) as db:
        of_others = "where employee_id not in (select employee_id from reference.employees where unit_id = 'CO1')"
        db.execute(f"update reference.employees set employee_name = 'CANARY-E-' || employee_id {of_others}")
        db.execute("update reference.units set unit_name = 'CANARY-U-' || unit_id where unit_id <> 'CO1'")
        db.execute(
            f"update marts.fct_rule_outcomes set effective_amount = {SECRET}, amount = {SECRET} "
            "where unit_id = 'BO2' and amount is not null"
        )
        db.execute("update quality.loads set note = 'CANARY', file_path = 'CANARY'")
        db.execute("update quality.quarantine set row_text = 'CANARY', value = 'CANARY', reason_zh = 'CANARY'")
        assert db.execute("select count(*) from marts.fct_rule_outcomes where effective_amount > 90000").fetchone()[0]
    publish(home, built, keep=3)
    home.access.mkdir()
    rows = [f"u-{role},,{role},{'CO1' if role == 'manager' else ''}" for role in VISITORS]
    (home.access / "people.csv").write_text(
        "\n".join(["subject,email,role,units", *rows, "u-both,,manager,CO1", "u-both,,analyst,"]) + "\n"
    )
    (home.access / "sign_in.toml").write_text(
        'client_id = "zhidu"\nclient_secret = "x"\nredirect_uri = "https://zhidu.example.test/oauth2callback"\n'
        f'server_metadata_url = "https://id.example.test/"\ncookie_secret = "{"x" * 32}"\n'
    )
    return home


@pytest.fixture
def visit(home: Home, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """``visit("hr", "attendance", unit="BO2")``: the page as somebody has it who comes by this address."""

    def come(who: str | dict[str, Any], page: str, **address: str) -> AppTest:
        monkeypatch.setenv("ZHIDU_HOME", str(home.root))
        monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")
        test = AppTest.from_file(str(APP), default_timeout=60)
        test.context["locale"] = "en-GB"
        claims = {"is_logged_in": True, "exp": time.time() + 3600}
        test.user = VISITORS[who] | claims if isinstance(who, str) else who
        test.switch_page(f"app_pages/{page}.py")
        for name, value in ({"lang": "en", SECTION: WHOLE} | address).items():
            test.query_params[name] = value
        return test.run()

    return come


def everything_on(test: AppTest) -> str:
    """All that a page says, whichever way."""
    said = texts_on(test) + [text.value for text in test.text] + [str(code.value) for code in test.code]
    said += [frame.value.to_csv() for frame in test.dataframe]
    said += [json.dumps(json.loads(chart.proto.spec), ensure_ascii=False) for chart in test.get("plotly_chart")]
    said += [option for box in test.selectbox for option in box.options]
    return "\n".join(said)


def _is_data(test: AppTest) -> bool:
    return bool(len(test.dataframe) or len(test.metric) or test.get("plotly_chart"))


def test_every_page_is_in_the_rights_and_in_this_matrix(home: Home) -> None:
    assert {*OPENS} == {*PAGES} == {*rights_of(home).pages}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", VISITORS)
def test_a_direct_address_opens_a_page_for_its_roles_alone(home: Home, visit: Visit, role: str, page: str) -> None:
    # a link that was passed on: another unit, another's person, an outcome of BO2, an answer of the admin's
    foreign = published(home).rows("select outcome_id from marts.fct_rule_outcomes where unit_id = 'BO2' limit 1")
    address = {"month": "2026-03", "unit": "BO2", "person": "M01"}
    address |= {"outcome": foreign[0]["outcome_id"]} if page == "why" else {}
    address |= {"q": analyst.link("select unit_name from units")} if page == "sql" else {}
    test, text = visit(role, page, **address), Texts("en")
    assert not test.exception
    if role == "admin" or role in OPENS[page]:
        assert test.title[0].value == text(f"{page}.title")
    else:
        assert text("access.denied_title") in [s.value for s in test.subheader]
        assert not test.title and not _is_data(test)
    said = everything_on(test)
    sees_every_unit = role == "admin" or (role in ("finance", "hr") and role in OPENS[page])
    if not sees_every_unit:
        assert CANARY not in said and "98765" not in said.replace(",", "")
    elif page in ("attendance", "budget", "sql"):
        assert CANARY in said  # it is there to be found


@pytest.mark.parametrize("page", ["attendance", "sql", "quality"])
@pytest.mark.parametrize("nobody", NOBODIES)
def test_who_is_not_let_in_sees_no_page(visit: Visit, page: str, nobody: str) -> None:
    test = visit(NOBODIES[nobody], page, q=analyst.link("select 1"))
    assert not test.exception
    assert [s.value for s in test.subheader] == [Texts("en")(f"access.{nobody.split()[0]}_title")]
    assert not test.title and not _is_data(test)
    assert not test.sidebar.get("page_link")


def test_what_was_kept_for_an_admin_is_not_shown_to_a_manager(visit: Visit) -> None:
    for page in ("attendance", "budget"):
        assert CANARY in everything_on(visit("admin", page, month="2026-03"))
        said = everything_on(visit("manager", page, month="2026-03"))
        assert CANARY not in said and "98765" not in said.replace(",", "")


def test_an_open_page_ends_with_the_token(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    test = visit("manager", "attendance")
    assert _is_data(test)
    later = time.time() + 3601
    monkeypatch.setattr(access.time, "time", lambda: later)
    test.run()
    assert not _is_data(test)
    assert [s.value for s in test.subheader] == [Texts("en")("access.expired_title")]


def test_a_role_that_is_taken_away_is_gone_with_the_next_click(home: Home, visit: Visit) -> None:
    path = home.access / "people.csv"
    before = path.read_text()
    test = visit("finance", "budget")
    assert _is_data(test)
    try:
        path.write_text(before.replace("u-finance,,finance", "u-finance,,analyst"))
        test.run()
        assert not _is_data(test)
        path.write_text("nonsense")
        test.run()
        assert not _is_data(test) and [s.value for s in test.subheader] == [Texts("en")("access.broken_title")]
    finally:
        path.write_text(before)


ATTEMPTS = [
    "select * from employees",
    "select * from units where unit_name like 'CANARY%'",
    "select * from quality.quarantine",
    "select * from quality.loads",
    "select * from fct_rule_outcomes where effective_amount > 90000",
    "select max(effective_amount), histogram(effective_amount) from fct_rule_outcomes",
    "select stats(employee_name) from employees limit 1",
    "select cast(employee_name as int) from employees",
    "select * from information_schema.columns",
    "select * from pragma_storage_info('reference.employees')",
    "summarize reference.employees",
    "explain select * from employees where employee_name > 'A'",
    "select * from read_duckdb('{whole}', table_name = 'employees')",
    "select * from '{whole}'",
    "select * from read_blob('{whole}')",
    "attach '{whole}' as x",
    "select * from employeez",
]


@pytest.mark.parametrize("sql", ATTEMPTS)
def test_no_query_and_no_error_text_tells_of_another_unit(home: Home, sql: str) -> None:
    whole = home.published / current(home).file
    mine = home.published / extract(home, current(home), Scope(("analyst", "manager"), ("CO1",))).file
    try:
        answer = str(query(mine, sql.format(whole=whole)).table.to_pylist())
    except Problem as problem:
        answer = str(problem).replace(str(whole), "")
    # the words of the query itself may come back
    answer = answer.replace("CANARY%", "")
    assert CANARY not in answer and "98765" not in answer


def test_the_sql_page_asks_the_visitors_own_file(visit: Visit) -> None:
    link = analyst.link("select count(*) as n, min(unit_name) as name from units")
    both = {"sub": "u-both", "is_logged_in": True, "exp": time.time() + 3600}
    shown = next(f.value for f in visit(both, "sql", q=link).dataframe if "n" in f.value.columns)
    assert shown["n"][0] == 1 and CANARY not in shown["name"][0]
    shown = next(f.value for f in visit("admin", "sql", q=link).dataframe if "n" in f.value.columns)
    assert shown["n"][0] > 5


def test_bytes_of_a_scope_s_file_hold_no_canary(home: Home) -> None:
    files = {
        role: (home.published / extract(home, current(home), Scope((role,), ("CO1",))).file).read_bytes()
        for role in ("manager", "analyst")
    }
    assert CANARY.encode() in (home.published / current(home).file).read_bytes()
    assert not [role for role, data in files.items() if CANARY.encode() in data]


# ---------------------------------------------------------------- without a sign-in, and the server


@pytest.mark.parametrize(("address", "headers"), [("192.168.1.9", {}), (None, {"X-Forwarded-For": "10.0.0.1"})])
def test_without_a_sign_in_another_machine_is_not_let_in(
    golden: Home, monkeypatch: pytest.MonkeyPatch, address: str | None, headers: dict[str, str]
) -> None:
    class Context:
        ip_address = address

    Context.headers = headers  # type: ignore[attr-defined]
    monkeypatch.setattr(access.st, "context", Context)
    assert access.visitor(golden).state is access.State.STRANGER


def test_with_a_sign_in_the_server_may_listen_elsewhere(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Opened(Exception):
        pass

    def opened(*_: object) -> None:
        raise Opened

    monkeypatch.setattr("dashboards.server._refuse_taken", opened)
    with pytest.raises(Opened):
        serve(home, "0.0.0.0")


# ---------------------------------------------------------------- a query in the address


@pytest.fixture
def on_sql(golden: Home, run_page: Callable[..., AppTest]) -> Iterator[Callable[..., AppTest]]:
    yield lambda **address: run_page(golden, "sql", "en", **address)
    shutil.rmtree(golden.queries, ignore_errors=True)


def test_a_link_reopens_a_query_and_its_chart(on_sql: Callable[..., AppTest]) -> None:
    sql = (
        "select unit_id, count(*) as n, 1.50 as amount, [1, 2] as list from fct_attendance_days group by all order by n"
    )
    test = on_sql(q=analyst.link(sql), y="n", kind="line")
    assert test.text_area(key=analyst.TEXT).value == sql
    shown = next(f.value for f in test.dataframe if "n" in f.value.columns)
    assert list(shown.columns) == ["unit_id", "n", "amount", "list"] and shown["list"][0] == "[1, 2]"
    spec = json.loads(test.get("plotly_chart")[0].proto.spec)
    assert spec["data"][0]["type"] == "scatter" and len(spec["data"][0]["x"]) == len(shown)


def test_what_is_typed_runs_and_goes_into_the_address(on_sql: Callable[..., AppTest]) -> None:
    test = on_sql()
    test.text_area(key=analyst.TEXT).input("select 40 + 2 as answer")
    next(b for b in test.button if b.label == Texts("en")("sql.run")).click()
    test.run()
    assert analyst.linked(test.query_params["q"]) == "select 40 + 2 as answer"
    assert [f.value["answer"][0] for f in test.dataframe if "answer" in f.value.columns] == [42]
    test.text_input(key=analyst.NAME).input("The answer")
    next(b for b in test.button if b.label == Texts("en")("sql.save")).click()
    test.run()
    assert test.query_params["q"] == "The answer"
    reopened = on_sql(q="The answer")
    assert reopened.text_area(key=analyst.TEXT).value == "select 40 + 2 as answer"
    assert "The answer" in reopened.selectbox(key="filter.q").options


@pytest.mark.parametrize("q", ["~", "~%%%", "~AAAA", "nothing of that name", "../../etc/passwd"])
def test_a_link_that_cannot_be_read_says_so(on_sql: Callable[..., AppTest], q: str) -> None:
    test = on_sql(q=q)
    assert not test.exception
    assert {Texts("en")("sql.bad_link"), Texts("en")("sql.no_query")} & {*texts_on(test)}


def test_a_link_is_never_unpacked_beyond_what_a_query_may_hold() -> None:
    assert analyst.linked(analyst.link("select '" + "x" * 15_000 + "'"))
    assert analyst.linked(analyst.link("x" * 10_000_000)) == ""


def test_a_result_that_was_cut_says_so_and_a_wrong_query_why(on_sql: Callable[..., AppTest]) -> None:
    test = on_sql(q=analyst.link("select * from range(10001)"))
    assert any(line.startswith("The result was cut: these are the first 10,000 rows") for line in texts_on(test))
    test = on_sql(q=analyst.link("select * from no_such_table"))
    assert Texts("en")("sql.failed") in texts_on(test) and "no_such_table" in " ".join(t.value for t in test.text)
    test = on_sql(q=analyst.link("drop table units"))
    assert "only SELECT is allowed" in " ".join(t.value for t in test.text)


def test_a_third_query_at_a_time_waits_and_is_told(
    on_sql: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert analyst._turns.acquire(timeout=1) and analyst._turns.acquire(timeout=1)
    try:
        with monkeypatch.context() as impatient:
            impatient.setattr(analyst, "SECONDS", 0.1)
            test = on_sql(q=analyst.link("select 'busy' as word"))
        assert Texts("en")("sql.busy", queries=2) in [t.value for t in test.text]
    finally:
        analyst._turns.release()
        analyst._turns.release()
    test = on_sql(q=analyst.link("select 'busy' as word"))
    assert any("word" in f.value.columns for f in test.dataframe)

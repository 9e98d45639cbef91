"""What docs/operations.md tells an operator to type: back up, lose everything, restore elsewhere; the night's work; the link."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingest.problems import Problem
from tests.compare import GOLDEN, ROOT, every_mart
from warehouse.explain import explain
from warehouse.home import Home
from warehouse.publish import current
from warehouse.reader import published

SCRIPTS = ROOT / "docs" / "operations"
HOLDER = """
import sys
from pathlib import Path
from warehouse.home import Home
with Home(Path(sys.argv[1])).lock("ingest"):
    print("held", flush=True)
    sys.stdin.readline()
    (Path(sys.argv[1]) / "files" / "written-last").write_text("whole")
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A PATH on which ``zhidu`` is this checkout, which builds as of the day of the golden set."""
    folder = tmp_path_factory.mktemp("bin")
    as_of = '[ "$1" != run ] || set -- "$@" --as-of 2026-04-08'
    (folder / "zhidu").write_text(f'#!/bin/sh\n{as_of}\nexec "{sys.executable}" -m warehouse.cli "$@"\n')
    (folder / "zhidu").chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def restored(people: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The golden set `people` with rules of its own, archived, lost, and restored at another place."""
    root = tmp_path_factory.mktemp("restored")
    home = Home(root / "home")
    shutil.copytree(people.root, home.root)
    home.rules.mkdir()
    shutil.copy(ROOT / "seeds" / "rules" / "rule_versions.csv", home.rules)
    home.work.mkdir(exist_ok=True)
    (home.work / "scratch").write_text("of no use to anybody")
    archive = _run("zhidu-backup", home.root, root).strip()
    shutil.rmtree(home.root)
    elsewhere = Home(root / "elsewhere")
    elsewhere.root.mkdir()
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", elsewhere.root], check=True)
    return elsewhere


def _start(script: str, *arguments: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [SCRIPTS / script, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(script: str, *arguments: Path, code: int = 0, **environment: str) -> str:
    process = _start(script, *arguments, **environment)
    said, noise = process.communicate(timeout=120)
    assert process.returncode == code, said + noise
    return said + noise


def test_a_home_restored_at_another_place_has_the_same_figures_and_explains_them(people: Home, restored: Home) -> None:
    assert not restored.work.exists() and (restored.rules / "rule_versions.csv").exists()
    assert every_mart(restored) == every_mart(people)
    (fine,) = published(people).rows(
        "select min(outcome_id) as id from marts.fct_rule_outcomes where clause_id = 'R7-1.4'"
    )
    reason = explain(published(people), fine["id"], "en")
    assert reason.sources and reason.sources[0].line
    assert explain(published(restored), fine["id"], "en") == reason


def test_a_backup_waits_for_whoever_writes_and_whoever_would_write_is_told_of_the_backup(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    (tmp_path / "backup").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, home.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        told = _run("zhidu-backup", home.root, tmp_path / "backup", code=75, ZHIDU_BACKUP_WAIT_SECONDS="0")
        assert f'"pid": {holder.pid}' in told and not list((tmp_path / "backup").iterdir())
        waiting = _start("zhidu-backup", home.root, tmp_path / "backup")
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)
        holder.communicate("enough\n")
    archive = waiting.communicate(timeout=30)[0].strip()
    assert waiting.returncode == 0
    listed = subprocess.run(["tar", "--list", "--file", archive], check=True, capture_output=True, text=True).stdout
    assert "./files/written-last" in listed.splitlines() and "./lock" not in listed.splitlines()

    with subprocess.Popen(["flock", home.root / "lock", "sh", "-c", "echo held; read enough"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as backup:  # fmt: skip  # noqa: E501
        assert backup.stdout is not None and backup.stdout.readline() == "held\n"
        with pytest.raises(Problem, match="a backup or another program") as problem, home.lock("ingest"):
            pass
        assert str(holder.pid) not in problem.value.en  # whose name still stands in the lock
        backup.communicate("\n")


def test_the_night_builds_the_restored_home_again_clears_what_is_kept_and_turns_the_link(
    people: Home, restored: Home, tmp_path: Path, environment: dict[str, str]
) -> None:
    environment |= {"ZHIDU_HOME": str(restored.root)}
    inbox, link = tmp_path / "inbox", tmp_path / "zhidu.duckdb"
    shutil.copytree(GOLDEN / "people" / "inputs", inbox)
    (inbox / "leave_requests_2.csv").write_bytes(b"%PDF-1.7")
    before = current(restored)
    _run("zhidu-link", link, **environment)
    assert link.resolve() == restored.published / before.file
    held = duckdb.connect(str(link), read_only=True)

    said = _run("zhidu-nightly", inbox, link, code=2, **environment)
    assert "leave_requests_2.csv" in said
    assert [p.name for p in inbox.rglob("*") if p.is_file()] == ["leave_requests_2.csv"]
    after = current(restored)
    assert after.version > before.version and link.resolve() == restored.published / after.file
    assert every_mart(restored) == every_mart(people)

    with duckdb.connect(str(link), read_only=True) as new:  # in one process with a reader of the version before
        (opened,), (still_open,) = (
            c.execute("select path from duckdb_databases() where not internal").fetchone() for c in (new, held)
        )
    held.close()
    assert (Path(still_open).name, Path(opened).name) == (before.file, after.file)
    assert not list(tmp_path.glob("zhidu.duckdb?*"))


def test_drivers_that_are_behind_can_open_a_published_file(people: Home) -> None:
    header = (people.published / current(people).file).read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 65  # the format of DuckDB 1.2

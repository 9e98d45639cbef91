"""Without a network: everything works, and nothing even tries to reach another machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compare import GOLDEN
from tests.torture import is_full
from tests.torture.tally import Tally
from warehouse.home import CHECKOUT, Home

SECONDS = 3000


def _cut_off(*command: str, folder: Path = CHECKOUT) -> tuple[int, int, str]:
    """A command that has no network: exit code, packets that it would have sent, and what it said."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("namespaces.py")), *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    said = done.stdout + done.stderr
    packets = re.search(r"packets refused: (\d+)", done.stdout)
    return done.returncode, int(packets[1]) if packets else -1, said


def test_nothing_leaves_the_machine(tally: Callable[[str], Tally], people: Home, tmp_path: Path) -> None:
    row = tally("no network")
    if _cut_off("true")[:2] != (0, 0):
        pytest.skip("the network cannot be cut here")
    call_out = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    assert _cut_off(sys.executable, "-c", call_out)[1] > 0, "a packet that wants to leave is not noticed"
    zhidu = ["-m", "warehouse.cli", "--home", str(tmp_path / "home")]
    if not is_full():
        shutil.copytree(people.root, tmp_path / "home")
        with row.case("a log loaded, everything built, published, asked"):
            log = str(GOLDEN / "people" / "inputs" / "waivers.csv")
            _holds(_cut_off(sys.executable, *zhidu, "run", log, "--as-of", "2026-04-08"))
            _holds(_cut_off(sys.executable, *zhidu, "sql", "select count(*) from fct_rule_outcomes"))
        return
    wheels, checkout = tmp_path / "wheels", tmp_path / "checkout"
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-r", "requirements.lock", "-w", str(wheels)],
        cwd=CHECKOUT,
        check=True,
    )
    names = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / name, checkout / name)
    python = str(checkout / ".venv" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check"]
    with row.case("installed from a folder of wheels"):
        started = time.monotonic()
        _holds(_cut_off(sys.executable, "-m", "venv", str(checkout / ".venv"), folder=checkout))
        _holds(_cut_off(*pip, "--find-links", str(wheels), "-r", "requirements.lock", folder=checkout))
        _holds(_cut_off(*pip, "--no-deps", "--no-build-isolation", "-e", ".", folder=checkout))
        row.note("install seconds", time.monotonic() - started)
    with row.case("the sample through everything"):
        started = time.monotonic()
        _holds(_cut_off(python, *zhidu, "demo", "--no-serve", folder=checkout))
        row.note("demo seconds", time.monotonic() - started)
    with row.case("tests"):
        parts = ["tests/ingest", "tests/dashboards", "tests/warehouse/test_publish.py", "tests/test_golden.py"]
        _holds(_cut_off(python, "-m", "pytest", "-x", "-p", "no:cacheprovider", *parts, folder=checkout))


def _holds(ended: tuple[int, int, str]) -> None:
    code, packets, said = ended
    assert code == 0, said[-1500:]
    assert packets == 0, f"{packets} packets would have left:\n{said[-1500:]}"

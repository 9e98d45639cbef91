"""What is installed is what was tested: pinned, with the hashes of its files, and no address of an index."""

from __future__ import annotations

import re

import pytest

from tests.audit import report
from warehouse.home import CHECKOUT

# with the least that each must hold
LOCKS = {"requirements.lock": 20, "requirements-check.lock": 20, "requirements-spark.lock": 2}


@pytest.mark.parametrize(("name", "least"), LOCKS.items(), ids=list(LOCKS))
def test_every_package_is_pinned_with_hashes_and_without_an_address(name: str, least: int) -> None:
    lock = CHECKOUT / name
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", lock.read_text(encoding="utf-8").strip())
    assert len(blocks) >= least
    assert not [b for b in blocks if not re.match(r"[A-Za-z0-9_.\-\[\]]+==\S+ ", b) or "--hash=sha256:" not in b]
    assert "://" not in lock.read_text(encoding="utf-8")


def test_what_could_not_be_audited_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    fine = {"name": "a", "version": "1", "vulns": []}
    unknown = {"name": "b", "skip_reason": "not found"}
    weak = {"name": "c", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["3"]}]}
    assert [report([fine]), report([fine, unknown]), report([fine, unknown, weak])] == [0, 2, 1]
    said = capsys.readouterr().out
    assert "NOT AUDITED, 1: b" in said and "WEAK c 2: X-1, mended in 3" in said

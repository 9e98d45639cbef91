"""The pages' fixtures, for those who attack them, and a home in which every text of a log would like to be more."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from tests.attacks.corpora import families, with_unseen
from tests.dashboards.conftest import golden, run_page
from warehouse.home import Home
from warehouse.publish import current, publish

__all__ = ["golden", "run_page"]

PAYLOADS = [with_unseen(case) for family in families("payloads") for case in family.cases]
# tables with many rows get a payload each, the few units several each
TEXTS = {
    "reference.employees": ("employee_name",),
    "reference.clauses": ("label_zh", "label_en", "text_zh", "text_en", "note_zh", "note_en"),
    "reference.parameters": ("label_zh", "label_en"),
    "reference.rule_versions": ("source_document",),
    "reference.labels": ("label_zh", "label_en"),
    "marts.fct_promotions": ("promotion_name",),
    "quality.loads": ("file_name", "file_path", "sheet", "note"),
}
REFUSED = ("file_name", "value", "reason_zh", "reason_en", "row_text")


@pytest.fixture(scope="session")
def poisoned(tmp_path_factory: pytest.TempPathFactory, golden: Home) -> Home:
    """All payloads wherever text of logs and of an organisation's own rules can stand."""
    home = Home(tmp_path_factory.mktemp("attacks") / "poisoned").create()
    built = home.work / "pub.duckdb"
    shutil.copyfile(golden.published / current(golden).file, built)
    built.chmod(0o644)
    with duckdb.connect(str(built)) as db:
        for table, columns in TEXTS.items():
            for offset, column in enumerate(columns):
                only = "where kind <> 'column'" if table.endswith("labels") else ""
                text = f"($texts)[1 + (rowid + {offset}) % len($texts)]"
                db.execute(f"update {table} set {column} = {text} {only}", {"texts": PAYLOADS})
        units = db.execute("select unit_id from reference.units order by unit_id").fetchall()
        for place, (unit,) in enumerate(units):
            db.execute("update reference.units set unit_name = ? where unit_id = ?", [_share(place, len(units)), unit])
        for number, text in enumerate(PAYLOADS, 1):
            refused = ", ".join(f"$text as {column}" for column in REFUSED)
            db.execute(
                f"insert into quality.quarantine by name select $number as quarantine_id, 1 as load_id, {refused}, "
                "'punches' as feed, $number as source_row, 'employee_id' as column_name, 'known' as rule, true as is_open",
                {"number": number, "text": text},
            )
            db.execute(
                "insert into quality.unknown_ids by name select 'punches' as feed, 'employee_id' as column_name, "
                "'employees' as expected_in, ? as value, 4 as row_count",
                [text],
            )
    publish(home, built, keep=3)
    return home


def _share(place: int, of: int) -> str:
    """Every ``of``-th payload: the unit's name holds several."""
    return " ".join(PAYLOADS[place::of])

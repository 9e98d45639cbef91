"""The sample organisation: the same every time, complete, and wrong only where it means to be."""

from __future__ import annotations

import csv
from datetime import datetime, time
from pathlib import Path

import duckdb
import fastexcel
import polars as pl
import pytest
import yaml

from ingest.headers import normal as normalise
from ingest.loading import ingest_paths
from warehouse import sample
from warehouse.home import Home

ROOT = Path(__file__).resolve().parents[2]
FEEDS = yaml.safe_load((ROOT / "docs/contract/feeds.yml").read_text(encoding="utf-8"))
PLANNED = {"ends_at", "event_at", "key_date", "end_at"}  # may lie after the last day


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of the word tables beside ingest."""
    with (ROOT / "ingest" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """One written sample."""
    folder = tmp_path_factory.mktemp("sample")
    sample.write_sample(folder)
    return folder


@pytest.fixture(scope="module")
def frames(tmp_path_factory) -> dict[str, pl.DataFrame]:
    """What the sample says before offices put it in their own words: the good rows of each feed, corrected."""
    kept: dict[str, list[pl.DataFrame]] = {}

    class Kept(sample.Inbox):
        def csv(self, feed, frame, style=None, stem=None):
            kept.setdefault(feed, []).append(frame)

        def xlsx(self, feed, frame, titles=(), stem=None):
            kept.setdefault(feed, []).append(frame)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "Inbox", Kept)
        sample.write_sample(tmp_path_factory.mktemp("unwritten"))
    keys = {feed: [c for c, kind in columns.items() if " key" in kind] for feed, columns in FEEDS.items()}
    return {feed: pl.concat(some).unique(keys[feed], keep="last", maintain_order=True) for feed, some in kept.items()}


def first_row(path: Path) -> list[str]:
    """The header row of a file."""
    if path.suffix == ".xlsx":
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
        return [cell for row in sheet.head(4).rows() if all(row) for cell in row][: sheet.width]
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    line = text.split("\n", 1)[0]
    return line.split(";" if ";" in line else ",")


def test_two_runs_write_the_same_bytes(written, tmp_path):
    sample.write_sample(tmp_path)
    files = sorted(path.relative_to(written) for path in written.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert [name for name in files if (written / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_every_feed_has_a_folder_with_content_and_nothing_else_is_there(written, frames):
    assert {path.name for path in written.iterdir()} == set(FEEDS)
    assert [feed for feed in FEEDS if frames[feed].is_empty()] == []
    assert {path.suffix for path in written.rglob("*") if path.is_file()} == {".csv", ".xlsx"}


def test_the_sample_stays_small(written, frames):
    assert sum(path.stat().st_size for path in written.rglob("*") if path.is_file()) < 20_000_000
    assert 130_000 < frames["punches"].height < 150_000
    assert 15_000 < frames["hotline_calls"].height < 20_000
    assert 17_000 < frames["inspections"].height < 23_000


def test_every_header_is_known(written):
    known = {feed: {normalise(name) for name in columns} for feed, columns in FEEDS.items()}
    for row in table("headers.csv"):
        known[row["feed"]].add(normalise(row["header"]))
    for path in written.rglob("*.*"):
        found = [normalise(cell) for cell in first_row(path)]
        assert len(found) == len(FEEDS[path.parent.name]), path.name
        assert [cell for cell in found if cell not in known[path.parent.name]] == [], path.name


def test_nothing_happened_after_the_last_day(frames):
    end = {pl.Date: sample.AS_OF, pl.Datetime: datetime.combine(sample.AS_OF, time.max)}
    late = [
        (feed, column)
        for feed, frame in frames.items()
        for column, kind in frame.schema.items()
        if kind.base_type() in end and column not in PLANNED
        if (latest := frame[column].max()) is not None and latest > end[kind.base_type()]
    ]
    assert late == []


def test_required_cells_are_filled_and_enums_are_the_contracts(frames):
    for feed, columns in FEEDS.items():
        for column, kind in columns.items():
            values = frames[feed][column]
            if not kind.split()[0].endswith("?"):
                assert values.null_count() == 0, (feed, column)
            if kind.startswith("enum("):
                allowed = set(kind[kind.index("(") + 1 : kind.index(")")].split("|"))
                assert set(values.drop_nulls()) <= allowed, (feed, column)


def test_every_id_is_somebodys(frames):
    people, guests = set(frames["employees"]["employee_id"]), set(frames["customers"]["customer_id"])
    units = set(frames["units"]["unit_id"])
    for feed, frame in frames.items():
        for column in frame.columns:
            pool = guests if column.endswith("customer_id") else units if column.endswith("unit_id") else None
            if column in ("employee_id", "operator_id", "inspector_id", "punched_by", "business_manager_id"):
                pool = people
            if pool is not None:
                assert set(frame[column].drop_nulls()) <= pool, (feed, column)


def test_some_thirty_rows_are_wrong_and_each_belongs_to_a_file(written):
    stems = {path.stem for path in written.rglob("*.*")}
    assert set(sample.BAD_ROWS) | set(sample.DUPLICATES) <= stems
    assert 25 <= sum(len(rows) for rows in sample.BAD_ROWS.values()) <= 35


def test_the_stories_are_told(frames):
    punches = frames["punches"]
    centre = set(frames["employees"].filter(pl.col("unit_id") == sample.LOST_DAY[0])["employee_id"])
    lost = punches.filter(pl.col("punched_at").dt.date() == sample.LOST_DAY[1])
    moved = set(frames["employees"].filter(pl.col("unit_id") != sample.LOST_DAY[0])["employee_id"])
    assert lost.filter(pl.col("employee_id").is_in(list(centre - moved))).is_empty() and not lost.is_empty()
    assert punches["punched_by"].drop_nulls().len() == len(sample.PROXY_DAYS)
    assert {"rejected", "pending", "withdrawn"} < set(frames["leave_requests"]["status"])
    assert set(frames["leave_requests"]["leave_type"]) == set(sample.LEAVE)
    assert set(frames["units"]["unit_type"]) == {row[2] for row in sample.UNITS}


def test_a_header_names_one_column_and_no_other_columns_own_name():
    rows = table("headers.csv")
    assert {(row["feed"], row["column"]) for row in rows if row["source"] == "zh"} == {
        (feed, column) for feed, columns in FEEDS.items() for column in columns
    }
    named = [(row["feed"], normalise(row["header"])) for row in rows]
    assert len(named) == len(set(named))
    own = {feed: {normalise(column) for column in columns} for feed, columns in FEEDS.items()}
    assert [(feed, header) for feed, header in named if header in own[feed]] == []


def test_every_enum_value_has_a_word_and_a_word_one_value():
    rows = table("words.csv")
    words: dict[tuple[str, str], dict[str, set[str]]] = {}
    for feed, columns in FEEDS.items():
        for column in columns:
            for row in rows:
                if row["column"] == column and row["feed"] in (feed, "*"):
                    words.setdefault((feed, column), {}).setdefault(normalise(row["word"]), set()).add(row["value"])
    assert [(place, word) for place, found in words.items() for word, values in found.items() if len(values) > 1] == []
    for feed, columns in FEEDS.items():
        for column, kind in columns.items():
            if kind.startswith("enum("):
                allowed = set(kind[kind.index("(") + 1 : kind.index(")")].split("|"))
                assert set().union(*words[feed, column].values()) == allowed, (feed, column)
                assert not {w for w, v in words[feed, column].items() if w in allowed and v != {w}}, (feed, column)


@pytest.fixture(scope="module")
def loaded(written, tmp_path_factory):
    """The sample in a home of its own: the report of the load, and the store."""
    home = Home(tmp_path_factory.mktemp("home")).create()
    with home.lock("ingest"):
        report = ingest_paths(home, [written])
    with duckdb.connect(str(home.store), read_only=True) as store:
        yield report, store


def test_exactly_the_intended_rows_are_refused_and_everything_adds_up(loaded):
    report, _ = loaded
    assert not report.has_unreadable
    refused = {Path(f.file).stem: f.quarantined for f in report.files if f.quarantined}
    assert refused == {stem: len(rows) for stem, rows in sample.BAD_ROWS.items()}
    assert {Path(f.file).stem: f.duplicate for f in report.files if f.duplicate} == sample.DUPLICATES
    assert [Path(f.file).stem for f in report.files if f.corrected] == ["receipts_2_correction"]
    assert [f.file for f in report.files
            if f.rows_read != f.loaded + f.corrected + f.duplicate + f.quarantined] == []  # fmt: skip


@pytest.mark.parametrize("feed", FEEDS)
def test_what_was_meant_is_what_was_read(loaded, frames, feed):
    _, store = loaded
    columns, meant = FEEDS[feed], frames[feed]
    keys = [column for column, kind in columns.items() if " key" in kind]
    money = [column for column, kind in columns.items() if kind.startswith("decimal")]
    exact = '"' + '", "'.join(columns) + '"'
    read = store.sql(f"select {exact} from raw.{feed}").pl()
    meant = meant.with_columns((pl.col(money) / 100).cast(pl.Decimal(18, 2)))
    meant = meant.select(pl.col(column).cast(read[column].dtype) for column in columns)
    if feed in ("experience_visits", "customer_contacts", "shifts"):  # written to the minute
        meant = meant.with_columns(pl.col(pl.Datetime).dt.truncate("1m"))
    assert read.sort(keys).equals(meant.sort(keys)), feed

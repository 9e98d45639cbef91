"""Every row is accounted for: loaded, a correction, a duplicate or refused; what a correction replaced is kept."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import loading
from ingest.loading import ingest_paths
from ingest.problems import Problem

from .conftest import House, counts

HEAD = "employee_id,punched_at,method,punched_by,device_id\n"


def test_a_row_that_comes_again_is_a_duplicate_and_one_that_comes_changed_a_correction(house: House) -> None:
    first = "E1,2026-03-02 08:00,card,,D1\nE2,2026-03-02 08:00,card,,D1\n"
    assert counts(house.give("punches.csv", HEAD + first)) == (2, 2, 0, 0, 0)
    second = "E1,2026/3/2 8:00:00,CARD, ,D1\nE2,2026-03-02 08:00,app,,D1\nE3,2026-03-02 08:00,,,\n"
    assert counts(house.give("punches_2.csv", HEAD + second)) == (3, 1, 1, 1, 0)
    assert house.ask("select employee_id, method, load_id, source_row from raw.punches order by 1") == [
        ("E1", "card", 1, 2),
        ("E2", "app", 2, 3),
        ("E3", None, 2, 4),
    ]
    assert house.ask("select employee_id, method, load_id, source_row, superseded_by_load_id from history.punches") == [
        ("E2", "card", 1, 3, 2)
    ]


def test_within_a_file_the_last_of_a_key_wins_and_going_back_is_a_correction_too(house: House) -> None:
    rows = ["card", "app", "app", "card", "card"]
    done = house.give("punches.csv", HEAD + "".join(f"E1,2026-03-02 08:00,{m},,\n" for m in rows))
    assert counts(done) == (5, 1, 2, 2, 0)
    assert house.ask("select method, source_row from raw.punches") == [("card", 5)]
    assert house.ask("select method, source_row from history.punches order by 2") == [("card", 2), ("app", 3)]


def test_an_empty_key_cell_equals_an_empty_key_cell_and_nothing_else(house: House) -> None:
    text = HEAD + "E1,2026-03-02 08:00,card,,\nE1,2026-03-02 08:00,card,E9,\n"
    assert counts(house.give("punches.csv", text)) == (2, 2, 0, 0, 0)
    assert counts(house.give("punches_2.csv", HEAD + "E1,2026-03-02 08:00,app,,\n")) == (1, 0, 1, 0, 0)
    assert house.ask("select punched_by, method from raw.punches order by 1") == [("E9", "card"), (None, "app")]


def test_the_very_same_file_is_all_duplicates_under_any_name_its_refused_rows_included(house: House) -> None:
    text = HEAD + "E1,2026-03-02 08:00,card,,\nE2,never,card,,\n"
    house.give("punches.csv", text)
    done = house.give("punches_copy.csv", text)
    assert (counts(done), done.status) == ((2, 0, 0, 2, 0), "duplicate")
    assert "punches.csv" in done.messages[0].en
    assert house.ask("select duplicate_of_load_id, rows_duplicate from ingest.loads where load_id = 2") == [(1, 2)]
    assert house.ask("select count(*) from ingest.quarantine") == [(1,)]


def test_another_file_with_the_same_rows_is_named_as_repeating_the_earlier_one(house: House) -> None:
    house.give("punches_may.csv", HEAD + "E1,2026-03-02 08:00,card,,\n")
    done = house.give("punches_june.csv", HEAD + "\nE1,2026-03-02 08:00,card,,\n")
    assert counts(done) == (1, 0, 0, 1, 0)
    assert any("punches_may.csv" in m.en and "punches_may.csv" in m.zh for m in done.messages)


def test_files_of_a_folder_are_loaded_by_name_so_that_the_later_one_corrects(house: House) -> None:
    house.put("punches_2.csv", HEAD + "E1,2026-03-02 08:00,app,,\n")
    house.put("punches_1.csv", HEAD + "E1,2026-03-02 08:00,card,,\n")
    house.load(house.inbox)
    assert house.ask("select method from raw.punches") == [("app",)]


CELLS = st.tuples(
    st.sampled_from(["E1", "E2", " E2", "", "E3"]),
    st.sampled_from(["2026-03-02 08:00", "2026/3/2 8:00", "2026-03-03 08:00", "soon", ""]),
    st.sampled_from(["card", "app", "刷卡", "smoke", ""]),
    st.sampled_from(["", "E9"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=9), min_size=1, max_size=3))
def test_the_store_ends_as_if_rows_had_been_taken_one_by_one(new_house, files: list[list[tuple[str, ...]]]) -> None:
    house = new_house()
    times = {"2026-03-02 08:00": 2, "2026/3/2 8:00": 2, "2026-03-03 08:00": 3}
    methods = {"card": "card", "app": "app", "刷卡": "card", "": None}
    in_force: dict[tuple, str | None] = {}
    replaced = 0
    for number, rows in enumerate(files):
        expected = {"loaded": 0, "corrected": 0, "duplicate": 0, "quarantined": 0}
        for who, when, method, by in rows:
            if (who, when, method, by) == ("", "", "", ""):
                continue
            if not who.strip() or when not in times or method not in methods:
                expected["quarantined"] += 1
                continue
            key = (who.strip(), times[when], by)
            if key not in in_force:
                expected["loaded"] += 1
            elif in_force[key] == methods[method]:
                expected["duplicate"] += 1
            else:
                expected["corrected"] += 1
                replaced += 1
            in_force[key] = methods[method]
        text = f"employee_id,punched_at,method,punched_by,file {number}\n"
        done = house.give(f"punches_{number}.csv", text + "".join(",".join(r) + ",\n" for r in rows))
        assert {k: getattr(done, k) for k in expected} == expected
    found = house.ask("select employee_id, day(punched_at), coalesce(punched_by, ''), method from raw.punches")
    assert {row[:3]: row[3] for row in found} == in_force
    assert len(found) == len(in_force)
    assert house.ask("select count(*) from history.punches") == [(replaced,)]
    assert house.ask(
        "select count(*) from ingest.loads where rows_read <> rows_loaded + rows_corrected + rows_duplicate + rows_quarantined"
    ) == [(0,)]


def test_rows_whose_keys_share_a_hash_are_still_told_apart(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    import polars as pl

    monkeypatch.setattr(pl.DataFrame, "hash_rows", lambda self, **_: pl.Series([7] * len(self), dtype=pl.UInt64))
    text = HEAD + "E1,2026-03-02 08:00,card,,\nE2,2026-03-02 08:00,card,,\nE1,2026-03-02 08:00,card,,\n"
    assert counts(house.give("punches.csv", text)) == (3, 2, 0, 1, 0)


def test_repeated_hashes_are_found_in_parts_as_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = np.random.default_rng(1).integers(0, 4000, 5000).astype(np.uint64) * np.uint64(2**51 + 9)
    values, times = np.unique(hashes, return_counts=True)
    awaited = np.array([hashes[17]], np.uint64)
    stored = loading._Hashes(tmp_path / "hashes")
    stored.add(hashes[:3000])
    stored.add(hashes[3000:])
    stored.close()
    for size in (1 << 25, 700):
        monkeypatch.setattr(loading, "HASHES_AT_ONCE", size)
        found, has_awaited = loading._repeated(stored, awaited)
        assert np.array_equal(found, values[times > 1])
        assert has_awaited
        assert not loading._repeated(stored, np.array([1], np.uint64))[1]


def test_a_file_longer_than_a_batch_is_accounted_for_over_all_batches(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.reading.BATCH_ROWS", 100)
    rows = [f"E{i},2026-03-02 08:00,card,,\n" for i in range(1000)]
    rows[500] = "E1,2026-03-02 08:00,app,,\n"
    rows[700] = 'E700,2026-03-02 08:00,card,,"D\n1"\n'
    rows[900] = "E900,never,card,,\n"
    rows[950] = rows[3]
    assert counts(house.give("punches.csv", HEAD + "".join(rows))) == (1000, 997, 1, 1, 1)
    assert house.ask("select source_row from raw.punches where employee_id in ('E700', 'E999') order by 1") == [
        (702,),
        (1002,),
    ]


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), duckdb.IOException("No space left on device")]
)
def test_a_full_disk_loads_nothing_of_the_file_and_keeps_what_was_loaded_before(
    house: House, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    good = house.put("punches_1.csv", HEAD + "E1,2026-03-02 08:00,card,,\n")
    bad = house.put("punches_2.csv", HEAD + "E2,2026-03-02 08:00,card,,\n")
    house.load(good)

    def full(*_: object) -> None:
        raise failure

    monkeypatch.setattr(loading._Load, "_account", full)
    with pytest.raises(Problem) as caught:
        ingest_paths(house.home, [bad])
    monkeypatch.undo()
    assert caught.value.exit_code == 1
    assert "磁盘已满" in caught.value.zh
    assert "disk is full" in caught.value.en
    assert house.ask("select employee_id from raw.punches") == [("E1",)]
    assert len(list(house.home.files.iterdir())) == 1
    assert counts(house.load(bad)[0]) == (1, 1, 0, 0, 0)


def test_a_path_that_is_not_there_or_an_empty_folder_is_named_and_the_rest_is_loaded(house: House) -> None:
    good = house.put("punches.csv", HEAD + "E1,2026-03-02 08:00,card,,\n")
    nowhere, empty = Path("/no/such/file.csv"), house.inbox / "nothing"
    empty.mkdir()
    report = ingest_paths(house.home, [nowhere, good, empty])
    assert report.has_unreadable
    assert {(f.file, f.status) for f in report.files} == {
        (str(nowhere), "unreadable"),
        (str(empty), "unreadable"),
        (str(good), "loaded"),
    }
    assert all(f.messages[0].zh and f.messages[0].en for f in report.files if f.status == "unreadable")


def test_progress_is_told_file_and_rows(house: House) -> None:
    told = []
    path = house.put("punches.csv", HEAD + "E1,2026-03-02 08:00,card,,\n")
    ingest_paths(house.home, [path], on_progress=lambda file, rows: told.append((file, rows)))
    assert told == [(str(path), 1)]

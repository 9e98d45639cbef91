"""The schemas are the contract, word for word."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml

from ingest.columns import POLARS_TYPE, SQL_TYPE
from ingest.feeds import FEEDS
from ingest.headers import headers_of, match_header, words_of

from .conftest import House

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = yaml.safe_load((ROOT / "docs/contract/feeds.yml").read_text(encoding="utf-8"))


def test_every_feed_of_the_contract_is_there_and_no_other() -> None:
    assert list(CONTRACT) == sorted(FEEDS, key=list(CONTRACT).index)
    assert set(CONTRACT) == set(FEEDS)


@pytest.mark.parametrize("feed", CONTRACT)
def test_columns_types_nullability_keys_and_words_are_those_of_the_contract(feed: str) -> None:
    stated = []
    for name, said in CONTRACT[feed].items():
        kind, words, optional, key = re.fullmatch(r"(\w+)(?:\((.*)\))?(\?)?( key)?", said).groups()
        stated.append((name, kind, optional is None, key is not None, tuple(words.split("|")) if words else ()))
    assert [(c.name, c.kind, c.required, c.key, c.words) for c in FEEDS[feed].columns] == stated


@pytest.mark.parametrize("feed", CONTRACT)
def test_a_schema_accepts_what_its_contract_allows_and_names_what_it_refuses(feed: str) -> None:
    sample = {"text": "x", "int": 1, "decimal": Decimal("1.00"), "bool": True, "date": date(2026, 3, 2)}
    columns = FEEDS[feed].columns
    row = {c.name: c.words[0] if c.kind == "enum" else sample.get(c.kind, date(2026, 3, 1)) for c in columns}
    frame = pl.DataFrame({c.name: pl.Series([row[c.name]]).cast(POLARS_TYPE[c.kind]) for c in columns})
    schema = FEEDS[feed].schema
    assert schema.is_valid(frame)
    for column in columns:
        emptied = frame.with_columns(pl.lit(None, dtype=POLARS_TYPE[column.kind]).alias(column.name))
        assert schema.is_valid(emptied) != column.required, column.name
        if column.kind == "enum":
            _, failure = schema.filter(frame.with_columns(pl.lit("nonsense").alias(column.name)))
            assert any("is one of" in rule for rule in failure.counts()), column.name


def test_the_store_has_a_table_and_a_history_for_each_feed_from_the_first_load_on(house: House) -> None:
    house.give("units.csv", "unit_id,unit_name,unit_type\nU1,一部,company\n")
    found = house.ask(
        "select table_schema, table_name, list((column_name, data_type) order by ordinal_position) "
        "from information_schema.columns where table_schema in ('raw', 'history') group by all"
    )
    tables = {(schema, name): columns for schema, name, columns in found}
    for feed in FEEDS.values():
        stated = [(c.name, SQL_TYPE[c.kind]) for c in feed.columns] + [("load_id", "BIGINT"), ("source_row", "BIGINT")]
        assert tables["raw", feed.name] == stated
        assert tables["history", feed.name] == [*stated, ("superseded_by_load_id", "BIGINT")]


@pytest.mark.parametrize("feed", CONTRACT)
def test_the_contracts_own_headers_fit_and_every_known_header_means_one_column(feed: str) -> None:
    assert match_header(FEEDS[feed], list(FEEDS[feed].names)).fits
    assert set(headers_of(feed).values()) == set(FEEDS[feed].names)


def test_words_for_enums_lead_to_words_of_the_contract() -> None:
    for feed in FEEDS.values():
        for column in feed.columns:
            if column.words:
                assert set(words_of(feed.name, column.name).values()) <= set(column.words)

"""Data quality."""

from __future__ import annotations

import pyarrow as pa

from dashboards.queries.base import kept
from warehouse.reader import Published


@kept
def totals(published: Published) -> pa.Table:
    """One row: files, rows, rows refused and still open, unknown ids, tests."""
    return published.table(
        """
        select
            (select count(*) from quality.loads) as files_count,
            (select cast(coalesce(sum(rows_read), 0) as bigint) from quality.loads) as rows_read,
            (select count(distinct (load_id, source_row)) from quality.quarantine where is_open) as open_rows,
            (select count(*) from quality.unknown_ids) as unknown_count,
            (select count(*) from quality.tests) as tests_count,
            (select count(*) from quality.tests where status not in ('pass', 'success')) as failed_tests_count
        """
    )


@kept
def loads(published: Published, language: str) -> pa.Table:
    """The files, latest first: every row read is loaded, a correction, a duplicate or refused."""
    return published.table(
        """
        select file_name, feed, loaded_at, rows_read, rows_loaded, rows_corrected, rows_duplicate, rows_quarantined,
            rows_read = rows_loaded + rows_corrected + rows_duplicate + rows_quarantined as is_complete,
            sheet, encoding, status,
            case
                when not json_valid(note) then note
                when $language = 'zh' then array_to_string(json_extract_string(note, '$[*].zh'), ' ')
                else array_to_string(json_extract_string(note, '$[*].en'), ' ')
            end as note
        from quality.loads
        order by load_id desc
        """,
        {"language": language},
    )


@kept
def quarantine_feeds(published: Published) -> pa.Table:
    return published.table("select distinct feed from quality.quarantine where is_open order by feed")


@kept
def quarantine(published: Published, feed: str | None, language: str) -> pa.Table:
    """Refused rows that no mended row has replaced yet, with the reason and the row as it was."""
    return published.table(
        """
        select file_name, source_row, feed, column_name,
            case when $language = 'zh' then reason_zh else reason_en end as reason, row_text
        from quality.quarantine
        where is_open and ($feed::varchar is null or feed = $feed)
        order by load_id desc, source_row, column_name
        limit 5000
        """,
        {"feed": feed, "language": language},
    )


@kept
def unknown_ids(published: Published) -> pa.Table:
    return published.table(
        "select feed, column_name, value, expected_in, row_count from quality.unknown_ids "
        "order by row_count desc, feed, column_name, value limit 5000"
    )


@kept
def tests(published: Published) -> pa.Table:
    """The tests of this version, failed ones first."""
    return published.table(
        "select status, failures, test_name from quality.tests order by status in ('pass', 'success'), test_name"
    )


@kept
def rule_versions(published: Published) -> pa.Table:
    return published.table(
        "select rule_set, rule_version, valid_from, nullif(valid_to, date '9999-12-31') as valid_to, origin, source_document "
        "from reference.rule_versions order by length(rule_set), rule_set, valid_from"
    )

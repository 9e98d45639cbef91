"""Data quality."""

from __future__ import annotations

import pyarrow as pa

from dashboards.queries.base import kept
from warehouse.reader import Published


@kept
def totals(published: Published) -> pa.Table:
    """One row: files, rows, rows refused and still open, unknown ids, days without punches, failed tests."""
    return published.table(
        """
        select
            (select count(*) from quality.loads) as files_count,
            (select cast(coalesce(sum(rows_read), 0) as bigint) from quality.loads) as rows_read,
            (select count(distinct (load_id, source_row)) from quality.quarantine where is_open) as open_rows,
            (select count(*) from quality.unknown_ids) as unknown_count,
            (select count(distinct (unit_id, work_date)) from marts.fct_attendance_days where not has_evidence)
                as silent_days_count,
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
def freshness(published: Published) -> pa.Table:
    """Each log's first and latest day, how long it may go without a new row by the rules, and whether it does; late ones
    first, those never loaded last."""
    return published.table(
        """
        with seen as (
            select feed, cast(sum(row_count) as bigint) as row_count, min(first_on) as first_on, max(last_on) as last_on
            from quality.feed_months
            group by feed
        ),
        expected as (
            select p.item as feed, cast(p.value as integer) as expected_days
            from reference.parameters as p
            cross join reference.build as b
            where p.parameter = 'expected_feed_days' and b.as_of >= p.valid_from and b.as_of < p.valid_to
        ),
        both_known as (
            select feed, s.row_count, s.first_on, s.last_on, date_diff('day', s.last_on, b.as_of) as days_since,
                e.expected_days
            from seen as s
            full join expected as e using (feed)
            cross join reference.build as b
        )
        select feed,
            case
                when last_on is null then 'never_loaded'
                when days_since > expected_days then 'late_data'
                else 'up_to_date'
            end as freshness,
            last_on, days_since, expected_days, first_on, row_count
        from both_known
        order by last_on is null, coalesce(days_since > expected_days, false) desc, feed
        """
    )


@kept
def feed_months(published: Published) -> pa.Table:
    """Rows of each log in the twelve months up to as_of, and the share of its fullest month: a gap is missing data."""
    return published.table(
        """
        select feed, month, row_count, row_count / max(row_count) over (partition by feed) as shade
        from quality.feed_months
        cross join reference.build as b
        where month > b.as_of - interval 1 year
        order by feed, month
        """
    )


@kept
def days_without_evidence(published: Published) -> pa.Table:
    """Working days on which no punch of a unit was read, so that nobody was judged; the latest first."""
    return published.table(
        """
        select work_date, unit_id, count(*) as people_count
        from marts.fct_attendance_days
        where not has_evidence
        group by all
        order by work_date desc, unit_id
        limit 5000
        """
    )


@kept
def calendar_years(published: Published) -> pa.Table:
    """The years that the logs ask for, and every later one that has a table: whether public holidays are known for them.

    A year without a table has no working-day figures. Leave that is asked for into a year asks for it too.
    """
    return published.table(
        """
        with tables as (
            select
                year(holiday_date) as year,
                count(*) filter (not is_working_day) as days_off_count,
                count(*) filter (is_working_day) as make_up_count
            from reference.public_holidays
            group by 1
        ),
        asked as (
            select year, cast(sum(row_count) as bigint) as row_count
            from (
                select year(month) as year, row_count from quality.feed_months
                union all
                select year(end_at), 1 from marts.fct_leave_requests where year(end_at) > year(start_at)
            )
            group by year
        )
        select year,
            case
                when t.year is null then 'table_missing' when a.year is null then 'not_asked' else 'table_there'
            end as calendar_state,
            a.row_count, t.days_off_count, t.make_up_count
        from tables as t
        full join asked as a using (year)
        where year >= (select min(year) from asked) or (select count(*) from asked) = 0
        order by t.year is null desc, year desc
        """
    )


@kept
def quarantine_reasons(published: Published, language: str) -> pa.Table:
    """Why rows are refused: by log, column and rule broken, the most frequent first, with the latest row as example."""
    return published.table(
        """
        select feed, column_name, count(distinct (load_id, source_row)) as open_rows,
            count(distinct load_id) as files_count,
            arg_max(case when $language = 'zh' then reason_zh else reason_en end, quarantine_id) as reason
        from quality.quarantine
        where is_open
        group by feed, column_name, rule
        order by open_rows desc, feed, column_name, rule
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

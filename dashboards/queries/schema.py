"""What tables there are, with the warehouse's own descriptions."""

from __future__ import annotations

import pyarrow as pa

from dashboards.queries.base import kept
from warehouse.reader import Published


@kept
def tables(published: Published) -> pa.Table:
    """The tables, marts first: name with schema, rows, description."""
    return published.table(
        """
        select schema_name || '.' || table_name as table_name, estimated_size as row_count, comment as description
        from duckdb_tables()
        where not internal
        order by list_position(['marts', 'reference', 'quality'], schema_name), table_name
        """
    )


@kept
def columns(published: Published, table: str) -> pa.Table:
    """The columns of a table, in order: name, type, description."""
    return published.table(
        """
        select column_name, lower(data_type) as data_type, comment as description
        from duckdb_columns()
        where not internal and schema_name || '.' || table_name = $table
        order by column_index
        """,
        {"table": table},
    )

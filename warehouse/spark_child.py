"""dbt on Spark in a process of its own: ``warehouse.dbt_child`` with a session in which nothing is lost silently."""

from __future__ import annotations

import sys

from warehouse import dbt_child


def keep_ansi() -> None:
    """A cast or sum that fails is an error, as on DuckDB. The adapter turns that off, so that it would give null."""
    from dbt.adapters.spark.connections import SparkCredentials

    complete = SparkCredentials.__post_init__

    def complete_with_ansi(credentials: SparkCredentials) -> None:
        complete(credentials)
        credentials.server_side_parameters["spark.sql.ansi.enabled"] = "true"

    SparkCredentials.__post_init__ = complete_with_ansi


if __name__ == "__main__":
    dbt_child.die_with_parent()
    keep_ansi()
    sys.exit(dbt_child.main(sys.argv[1:]))

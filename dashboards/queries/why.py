"""Why an outcome is as it is."""

from __future__ import annotations

import pyarrow as pa

from dashboards.queries.base import kept
from warehouse.reader import Published


@kept
def outcome(published: Published, outcome_id: str, language: str) -> pa.Table:
    """One outcome with its clause's words; no row for an unknown id."""
    return published.table(
        """
        select o.*, case when $language = 'zh' then c.text_zh else c.text_en end as clause_text
        from marts.fct_rule_outcomes as o
        left join reference.clauses as c on c.clause_id = o.clause_id
        where o.outcome_id = $outcome_id
        """,
        {"outcome_id": outcome_id, "language": language},
    )

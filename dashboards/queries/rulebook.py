"""Clauses, their parameters, and what changed from one version of the rules to the next."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboards.queries.base import Question, kept, listed
from warehouse.reader import Published

# every word that is looked for stands in one of the texts, whatever the case and the language
FOUND = """
    len(list_filter(
        string_split(lower(trim($search)), ' '),
        lambda word: word <> '' and not contains(haystack, word)
    )) = 0"""
IN_RULE_SET = "($rule_set::varchar is null or rule_set = $rule_set)"
WITH_ITEM = """
    case when p.parameter = 'weekly_item' then concat_ws(' ', p.item, case when $language = 'zh' then l.label_zh
        else l.label_en end) else p.item end"""


@kept
def rule_sets(published: Published) -> pa.Table:
    return published.table("select distinct rule_set from reference.rule_versions order by length(rule_set), rule_set")


@kept
def clauses(published: Published, month: date | None, rule_set: str | None, search: str, language: str) -> pa.Table:
    """The clauses found, with what they led to in the month; also by words of their parameters and of the other
    language."""
    return published.table(
        f"""
        with words as (
            select unnest(string_split(clause_ids, '|')) as clause_id,
                string_agg(distinct concat_ws(' ', parameter, label_zh, label_en), ' ') as parameter_words
            from reference.parameters
            where clause_ids is not null
            group by 1
        ),
        texts as (
            select c.*, lower(concat_ws(' ', c.clause_id, c.label_zh, c.label_en, c.text_zh, c.text_en, c.note_zh,
                c.note_en, w.parameter_words)) as haystack
            from reference.clauses as c
            left join words as w on w.clause_id = c.clause_id
        ),
        ledger as (
            select clause_id, count(*) as outcome_count, sum(effective_amount) as effective_amount
            from marts.fct_rule_outcomes
            where month = $month
            group by clause_id
        )
        select c.clause_id, coalesce(l.outcome_count, 0) as outcome_count, l.effective_amount, c.rule_set,
            case when $language = 'zh' then c.text_zh else c.text_en end as clause_text, c.origin
        from texts as c
        left join ledger as l on l.clause_id = c.clause_id
        where {IN_RULE_SET} and {FOUND}
        order by length(c.rule_set), c.rule_set, regexp_extract(c.clause_id, '-([a-z]*)', 1),
            list_transform(regexp_extract_all(c.clause_id, '[0-9]+'), lambda n: cast(n as integer)), c.clause_id
        """,
        {"month": month, "rule_set": rule_set, "search": search, "language": language},
    )


@kept
def clause(published: Published, clause_id: str | None, language: str) -> pa.Table:
    """One clause: its words and notes; no row for one that does not exist."""
    return published.table(
        """
        select clause_id, rule_set, origin,
            case when $language = 'zh' then text_zh else text_en end as clause_text,
            case when $language = 'zh' then note_zh else note_en end as note
        from reference.clauses
        where clause_id = $clause
        """,
        {"clause": clause_id, "language": language},
    )


@kept
def parameters(
    published: Published, rule_set: str | None, clause_id: str | None, search: str, language: str
) -> pa.Table:
    """Every version of the parameters: of one clause, else those found by the words of the parameter or its value."""
    return published.table(
        f"""
        with texts as (
            select *, lower(concat_ws(' ', parameter, label_zh, label_en, item, value, clause_ids)) as haystack
            from reference.parameters
        )
        select case when $language = 'zh' then p.label_zh else p.label_en end as parameter_name, {WITH_ITEM} as item,
            p.value as parameter_value, p.unit as parameter_unit, p.origin, p.rule_version,
            nullif(p.valid_from, date '1900-01-01') as valid_from, nullif(p.valid_to, date '9999-12-31') as valid_to
        from texts as p
        left join reference.labels as l on l.kind = 'inspection_item' and l.code = p.item
        where {IN_RULE_SET}
            and ($clause::varchar is null and {FOUND} or list_contains(string_split(p.clause_ids, '|'), $clause))
        order by length(p.rule_set), p.rule_set, p.parameter, try_cast(p.item as integer), p.item, p.valid_from desc
        limit 5000
        """,
        {"rule_set": rule_set, "clause": clause_id, "search": search, "language": language},
    )


@kept
def scope(published: Published, clause_id: str) -> pa.Table:
    """Where a clause applies: what is said of its rule set and of its own part."""
    return published.table(
        """
        select unit_type, unit_id, is_applied, nullif(effective_from, date '1900-01-01') as valid_from,
            effective_to as valid_to
        from reference.scope
        where rule_set = split_part($clause, '-', 1) and (clause_id is null or starts_with($clause, clause_id))
        order by unit_id nulls first, unit_type, effective_from
        """,
        {"clause": clause_id},
    )


@listed
def outcomes(month: date | None, clause_id: str) -> Question:
    """What a clause led to in a month."""
    return (
        """
        select outcome_id, occurred_on, case when subject_type = 'employee' then subject_id end as employee_id, unit_id,
            outcome_type, flag, quantity, amount, effective_amount, rule_version
        from marts.fct_rule_outcomes
        where clause_id = $clause and month = $month
        order by occurred_on desc, subject_id, outcome_id
        """,
        {"month": month, "clause": clause_id},
    )


CHANGES = """
    versions as (
        select *, lag(rule_version) over (partition by rule_set order by valid_from) as old_version
        from reference.rule_versions
    ),
    names as (
        select distinct rule_set, parameter, item, unit, clause_ids, label_zh, label_en from reference.parameters
    ),
    compared as (
        select v.rule_set, v.valid_from, v.old_version, v.rule_version, n.parameter, n.item, n.unit, n.clause_ids,
            n.label_zh, n.label_en, o.value as old_value, p.value as new_value, p.origin,
            case when o.rule_version is null then 'added' when p.rule_version is null then 'removed' else 'changed' end
                as change_kind
        from versions as v
        inner join names as n on n.rule_set = v.rule_set
        left join reference.parameters as o
            on o.rule_version = v.old_version and o.parameter = n.parameter and o.item is not distinct from n.item
        left join reference.parameters as p
            on p.rule_version = v.rule_version and p.parameter = n.parameter and p.item is not distinct from n.item
        where v.old_version is not null and (o.rule_version is not null or p.rule_version is not null)
    ),
    changes as (
        select * from compared where change_kind <> 'changed' or old_value is distinct from new_value
    )"""


@kept
def changes(published: Published, rule_set: str | None, clause_id: str | None, language: str) -> pa.Table:
    """What each version changed against the one before it, parameter by parameter, the latest first."""
    return published.table(
        f"""
        with {CHANGES}
        select p.valid_from, p.rule_set, p.old_version, p.rule_version,
            case when $language = 'zh' then p.label_zh else p.label_en end as parameter_name, {WITH_ITEM} as item,
            p.old_value, p.new_value, p.unit as parameter_unit, p.change_kind, p.origin
        from changes as p
        left join reference.labels as l on l.kind = 'inspection_item' and l.code = p.item
        where {IN_RULE_SET}
            and ($clause::varchar is null or list_contains(string_split(p.clause_ids, '|'), $clause))
        order by p.valid_from desc, length(p.rule_set), p.rule_set, p.parameter, p.item
        """,
        {"rule_set": rule_set, "clause": clause_id, "language": language},
    )


@kept
def versions(published: Published, rule_set: str | None) -> pa.Table:
    """The versions, the latest first, and how many parameters each changed; a null date is from or without end."""
    return published.table(
        f"""
        with {CHANGES},
        counted as (select rule_version, count(*) as change_count from changes group by 1)
        select v.rule_set, v.rule_version, nullif(v.valid_from, date '1900-01-01') as valid_from,
            nullif(v.valid_to, date '9999-12-31') as valid_to, v.origin, v.source_document, c.change_count
        from versions as v
        left join counted as c on c.rule_version = v.rule_version
        where {IN_RULE_SET.replace("rule_set =", "v.rule_set =")}
        order by length(v.rule_set), v.rule_set, v.valid_from desc
        """,
        {"rule_set": rule_set},
    )

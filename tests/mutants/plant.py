"""Planted changes: each a small mistake that a person could make in a rule, written into the compiled SQL of one model."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

import polars as pl
import sqlglot
from sqlglot import exp

from tests.compiled import Compiled
from warehouse.rules import Rules

TURNED = {
    exp.LTE: exp.LT,
    exp.LT: exp.LTE,
    exp.GTE: exp.GT,
    exp.GT: exp.GTE,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
}
ORDERED = (exp.LTE, exp.LT, exp.GTE, exp.GT)
EXTREMES = {exp.Min: exp.Max, exp.Max: exp.Min, exp.Greatest: exp.Least, exp.Least: exp.Greatest}
LOOPS = {"int_as_of", "int_log_outcome_sources"}
DAYS = re.compile(r"(_on|_date|^date|month|as_of|valid_(from|to)|(employed|effective|service)_(from|to))$")
CHAPTERS = {
    "attendance": "R7",
    "callback": "R3",
    "conduct": "R1",
    "events": "R5",
    "expense": "R4 R9",
    "inspection": "R8",
    "sales": "R10",
    "service": "R2",
    "organisation": "shared",
    "rules": "shared",
    "decisions": "shared",
}


@dataclass(frozen=True)
class Mutant:
    """One planted change.

    Attributes:
        place: the model, or ``rules.parameters``.
        change: what stood there and what stands there now; with the place, its identity.
        sql: the model's changed SQL; of a parameter the SQL of the changed table.
    """

    chapter: str
    place: str
    kind: str
    change: str
    sql: str


def parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, dialect="duckdb")


def written(tree: exp.Expr) -> str:
    return tree.sql(dialect="duckdb", comments=False)


def chapter_of(subject: str, model: str) -> str:
    """The chapter that a model computes; a subject of two chapters names both."""
    return "R6" if "_class_" in model and subject == "conduct" else CHAPTERS[subject]


@dataclass(frozen=True)
class Offer:
    """A change that could be made: the how-manieth of one node of a model's tree.

    Attributes:
        node: the node's place in a walk through the tree.
        fragment: the node's SQL, by which copies of a macro are known.
    """

    place: str
    kind: str
    node: int
    number: int
    fragment: str


def offers(project: Compiled, name: str) -> list[Offer]:
    """Every change that the operators know for a model, in the order of its SQL."""
    return [
        Offer(name, kind, place, number, node.sql())
        for place, node in enumerate(parsed(project.models[name].sql).walk())
        if not _is_pivot_of_parameters(node)
        for number, (kind, _) in enumerate(_changes(node))
    ]


def without_copies(project: Compiled, offered: list[Offer]) -> list[Offer]:
    """What a macro writes into three or more models is changed in one of them for each chapter; in a model that is a loop
    over the feeds, one feed's lines stand for all."""
    models: dict[tuple, set[str]] = {}
    for offer in offered:
        models.setdefault((offer.kind, offer.number, offer.fragment), set()).add(offer.place)
    kept, seen = [], set()
    for offer in offered:
        key: tuple = (offer.kind, offer.number, offer.fragment)
        if offer.place in LOOPS:
            shape = re.sub(
                r"'[^']*'|\b\w+_(?:on|at|id|code|no|date|month|key|by|feed)\b|\bstg_\w+", "x", offer.fragment
            )
            key = (offer.kind, offer.number, shape[:60], offer.place)
            if key in seen:
                continue
            seen.add(key)
        elif len(models[key]) >= 3:
            key = (*key, chapter_of(project.models[offer.place].subject, offer.place))
            if key in seen:
                continue
            seen.add(key)
        kept.append(offer)
    return kept


def plant(project: Compiled, offer: Offer) -> Mutant:
    """Make the change."""
    model = project.models[offer.place]
    tree = parsed(model.sql)
    target = next(n for i, n in enumerate(tree.walk()) if i == offer.node)
    context, before = _context(target), _plain(target)
    after = _plain(list(_changes(target))[offer.number][1](target))
    return Mutant(
        chapter_of(model.subject, offer.place),
        offer.place,
        offer.kind,
        context + _difference(before, after),
        written(tree),
    )


def _is_pivot_of_parameters(node: exp.Expr) -> bool:
    """Inside the macro that turns parameter rows into columns: no rule stands there."""
    while node is not None and not isinstance(node, exp.Select):
        if isinstance(node, exp.Max) and "p.parameter" in node.sql():
            return True
        node = node.parent
    return node is not None and any(t.name == "parameters" for t in _tables(node))


def _tables(select: exp.Select) -> list[exp.Table]:
    sources = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return [s.this for s in sources if s is not None and isinstance(s.this, exp.Table)]


def _changes(node: exp.Expr) -> Iterator[tuple]:
    if type(node) in TURNED and not (
        isinstance(node, exp.EQ) and node.find_ancestor(exp.Join, exp.Select, exp.Case).__class__ is exp.Join
    ):
        yield "comparison turned", lambda n: _swap_class(n, TURNED[type(n)])
    if isinstance(node, ORDERED):
        yield "boundary moved", _later
    if isinstance(node, exp.Between):
        yield "boundary moved", lambda n: _set(n, "high", _added(n.args["high"], _step(n)))
    if isinstance(node, exp.Interval) and isinstance(node.this, exp.Literal):
        yield "boundary moved", lambda n: _set(n, "this", exp.Literal.string(str(int(n.name) + 1)))
    if isinstance(node, exp.Join) and node.args.get("on"):
        yield "join loosened", _other_side
        for i in range(len(_conjuncts(node.args["on"]))):
            if len(_conjuncts(node.args["on"])) > 1:
                yield "join loosened", lambda n, i=i: _without_condition(n, i)
    if isinstance(node, exp.Order) and not isinstance(node.parent, exp.Select):
        for i in range(len(node.expressions)):
            yield "order turned", lambda n, i=i: _reversed_order(n, i)
            if not node.expressions[i].this.name.startswith("is_"):  # of two values any order is right or turned
                yield "order dropped", lambda n, i=i: _dropped_order(n, i)
    if isinstance(node, exp.Case):
        texts = _results(node)
        for i, (a, b) in enumerate(pairwise(texts)):
            if a.name != b.name:
                yield "status swapped", lambda n, i=i: _swap_texts(n, i)
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        for i in range(len(node.expressions)):
            yield "status swapped", lambda n, i=i: _set(n, "expressions", _without(n.expressions, i))
    if isinstance(node, exp.Coalesce) and node.expressions:
        yield "default changed", _other_default
    if isinstance(node, exp.And) and node.find_ancestor(exp.Join, exp.Select, exp.Case).__class__ is not exp.Join:
        yield (
            "and/or",
            lambda n: _replace(n, exp.Paren(this=exp.Or(this=n.this.copy(), expression=n.expression.copy()))),
        )
    if isinstance(node, exp.Or):
        yield (
            "and/or",
            lambda n: _replace(n, exp.Paren(this=exp.And(this=_wrapped(n.this), expression=_wrapped(n.expression)))),
        )
    if type(node) in EXTREMES and not isinstance(node.this, exp.Case):
        yield "extreme swapped", lambda n: _swap_class(n, EXTREMES[type(n)])


def _swap_class(node: exp.Expr, other: type[exp.Expr]) -> exp.Expr:
    return _replace(node, other(**{k: v.copy() if isinstance(v, exp.Expr) else v for k, v in node.args.items()}))


def _replace(node: exp.Expr, other: exp.Expr) -> exp.Expr:
    node.replace(other)
    return other


def _set(node: exp.Expr, key: str, value: object) -> exp.Expr:
    node.set(key, value)
    return node


def _without(items: list, i: int) -> list:
    return [item for j, item in enumerate(items) if j != i]


def _wrapped(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node.copy()) if isinstance(node, exp.Or) else node.copy()


def _step(node: exp.Expr) -> str:
    """What one step is: a second between times, a day between dates, else 1."""
    names = [c.name for c in node.find_all(exp.Column)]
    if any(c.to.this == exp.DataType.Type.DATE for c in node.find_all(exp.Cast)):
        return "interval '1' day"
    if any(n.endswith("_at") for n in names) or "TIMESTAMP" in node.sql().upper():
        return "interval '1' second"
    return "interval '1' day" if any(DAYS.search(n) for n in names) else "1"


def _added(side: exp.Expr, step: str) -> exp.Expr:
    return exp.Paren(
        this=exp.Add(this=exp.Paren(this=side.copy()), expression=sqlglot.parse_one(step, dialect="duckdb"))
    )


def _later(node: exp.Expr) -> exp.Expr:
    return _set(node, "expression", _added(node.expression, _step(node)))


def _other_side(join: exp.Join) -> exp.Expr:
    if join.side == "LEFT":
        join.set("side", None)
        join.set("kind", "INNER")
    else:
        join.set("kind", None)
        join.set("side", "LEFT")
    return join


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def _without_condition(join: exp.Join, i: int) -> exp.Expr:
    rest = [c.copy() for j, c in enumerate(_conjuncts(join.args["on"])) if j != i]
    join.set("on", exp.and_(*rest, dialect="duckdb"))
    return join


def _reversed_order(order: exp.Order, i: int) -> exp.Expr:
    term = order.expressions[i]
    term.set("desc", not term.args.get("desc"))
    return order


def _dropped_order(order: exp.Order, i: int) -> exp.Expr:
    """An engine may then give the rows in any order, by luck in the right one: an arbitrary one stands for it."""
    term = order.expressions[i]
    term.set("this", exp.func("hash", term.this.copy(), dialect="duckdb"))
    return order


def _results(case: exp.Case) -> list[exp.Literal]:
    ends = [*(branch.args.get("true") for branch in case.args["ifs"]), case.args.get("default")]
    return [e for e in ends if isinstance(e, exp.Literal) and e.is_string]


def _swap_texts(case: exp.Case, i: int) -> exp.Expr:
    a, b = _results(case)[i : i + 2]
    first, second = a.name, b.name
    a.set("this", second)
    b.set("this", first)
    return case


def _other_default(coalesce: exp.Coalesce) -> exp.Expr:
    last = coalesce.expressions[-1]
    literal = last.this if isinstance(last, exp.Cast) else last
    if isinstance(literal, exp.Boolean):
        literal.set("this", not literal.this)
    elif isinstance(literal, exp.Literal) and not literal.is_string:
        literal.replace(
            exp.Literal.number(str(float(literal.name) + 1 if "." in literal.name else int(literal.name) + 1))
        )
    elif isinstance(literal, exp.Literal) and not isinstance(last, exp.Cast):
        literal.set("this", literal.name + "?")
    else:
        last.replace(exp.Null())
    return coalesce


def _plain(node: exp.Expr) -> str:
    return re.sub(r'"(work|pub|store)"\."\w+"\.|"', "", node.sql(dialect="duckdb", comments=False))


def _difference(before: str, after: str, around: int = 40) -> str:
    """Both texts, cut to what differs and a little around it."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    start, end = max(0, start - around), max(0, end - around)
    parts = [t[start : len(t) - end] for t in (before, after)]
    return " → ".join(f"{'…' if start else ''}{p}{'…' if end else ''}" for p in parts)


def _context(node: exp.Expr) -> str:
    cte = node.find_ancestor(exp.CTE)
    name = node.find_ancestor(exp.Alias)
    if isinstance(name, exp.Alias) and cte is not None and name.find_ancestor(exp.CTE) is not cte:
        name = None
    return "".join(f"{part}: " for part in (cte.alias if cte else "", name.alias if name else "") if part)


def planted_parameters(rules: Rules, sql: str) -> list[Mutant]:
    """Every numeric value one unit up and one down, every time of day a minute later and earlier.

    Args:
        sql: of the models that are looked at; a parameter that none of them names moves no figure of a rule.
    """
    types = rules["definitions"].select("rule_set", "parameter", pl.col("value_type").cast(pl.String))
    kinds = {(rule_set, parameter): kind for rule_set, parameter, kind in types.iter_rows()}
    sets = dict(rules["rule_versions"].select("rule_version", "rule_set").iter_rows())
    found = []
    for version, parameter, item, value in (
        rules["parameters"].select("rule_version", "parameter", "item", "value").iter_rows()
    ):
        for step in (1, -1) if f"'{parameter}'" in sql else ():
            other = _stepped(kinds[sets[version], parameter], value, step)
            if other is None:
                continue
            where = f"rule_version = '{version}' and parameter = '{parameter}' and item is not distinct from " + (
                f"'{item}'" if item else "null"
            )
            found.append(
                Mutant(
                    sets[version].split("-")[0],
                    "rules.parameters",
                    "parameter off by one",
                    f"{version} {parameter}{' of ' + item if item else ''}: {value} → {other}",
                    f"select * replace (case when {where} then '{other}' else value end as value) from work.rules.parameters",
                )
            )
    return found


def _stepped(kind: str, value: str | None, step: int) -> str | None:
    if value is None:
        return None
    if kind == "int":
        return str(int(value) + step)
    if kind == "decimal":
        places = len(value.partition(".")[2])
        return f"{float(value) + step * 10**-places:.{places}f}"
    if kind == "time":
        hours, minutes, *seconds = value.split(":")
        total = (int(hours) * 60 + int(minutes) + step) % 1440
        return ":".join([f"{total // 60:02d}", f"{total % 60:02d}", *seconds])
    return None


def chosen(offered: list[Offer], wanted: int, seed: int) -> list[tuple[int, list[Offer]]]:
    """A fixed choice: for each model its share by how many changes it offers, kinds in turn, with spare ones behind.

    Returns:
        For each model how many are wanted, and its changes in the order of choice: later ones stand in for those that
        make no valid SQL.
    """
    places: dict[str, list[Offer]] = {}
    for offer in offered:
        places.setdefault(offer.place, []).append(offer)
    choice = []
    for place, found in places.items():
        dice = random.Random(f"{seed} {place}")
        kinds: dict[str, list[Offer]] = {}
        for offer in dice.sample(found, len(found)):
            kinds.setdefault(offer.kind, []).append(offer)
        turns = [o for row in zip_longest(*kinds.values()) for o in row if o]
        choice.append((max(1, round(wanted * len(found) / len(offered))), turns))
    return choice

"""FILTER NOT EXISTS written as MINUS: only where it is the same, and then with the same answers."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress

import pyoxigraph as ox
import pytest

from suantu.stores.minus import rewritten

TWO = "{ ?a <x:p> ?c . ?c <x:q> ?d }"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (
            f"SELECT * {{ ?a <x:p> ?b FILTER NOT EXISTS {TWO} }}",
            f"SELECT * {{ ?a <x:p> ?b FILTER(true)  MINUS {TWO} }}",
        ),
        (
            f"SELECT * {{ ?a <x:p> ?b FILTER NOT EXISTS {TWO} ?b <x:q> ?e . }} LIMIT 3",
            f"SELECT * {{ ?a <x:p> ?b FILTER(true) ?b <x:q> ?e .  MINUS {TWO} }} LIMIT 3",
        ),
        (
            f"SELECT (COUNT(*) AS ?n) WHERE {{ ?a a <x:C> FILTER(NOT EXISTS {TWO}) }}",
            f"SELECT (COUNT(*) AS ?n) WHERE {{ ?a a <x:C> FILTER(true)  MINUS {TWO} }}",
        ),
        (f"ASK {{ ?a a <x:C> FILTER(!EXISTS {TWO}) }}", f"ASK {{ ?a a <x:C> FILTER(true)  MINUS {TWO} }}"),
        (
            f"CONSTRUCT {{ ?a a <x:D> }} WHERE {{ ?a a <x:C> FILTER NOT EXISTS {TWO} }}",
            f"CONSTRUCT {{ ?a a <x:D> }} WHERE {{ ?a a <x:C> FILTER(true)  MINUS {TWO} }}",
        ),
        (
            f"SELECT ?a {{ {{ SELECT ?a {{ ?a a <x:C> FILTER NOT EXISTS {TWO} }} GROUP BY ?a }} ?a ?b ?c }}",
            f"SELECT ?a {{ {{ SELECT ?a {{ ?a a <x:C> FILTER(true)  MINUS {TWO} }} GROUP BY ?a }} ?a ?b ?c }}",
        ),
        (
            "SELECT * { ?a a <x:C> FILTER NOT EXISTS { ?a <x:p>/<x:q> 3 } }",
            "SELECT * { ?a a <x:C> FILTER(true)  MINUS { ?a <x:p>/<x:q> 3 } }",
        ),
    ],
)
def test_what_is_rewritten(query: str, wanted: str) -> None:
    assert rewritten(query).query == wanted
    assert rewritten(query).slow == []
    ox.Store().query(wanted)


@pytest.mark.parametrize(
    "inner",
    [
        "{ ?x <x:p> ?c . ?c <x:q> ?d }",  # no variable of the rows
        "{ ?a <x:p> ?c . ?c <x:q> ?d FILTER(?d > ?b) }",  # a value of the rows in a filter
        "{ ?a <x:p> ?c . ?c <x:q> ?d FILTER(RAND() > 0.5) }",
        "{ ?a <x:p> ?c . ?d <x:q> ?c OPTIONAL { ?c <x:p> ?b } }",
        "{ ?a <x:p> ?c . ?c <x:q> ?d BIND(?d AS ?b) }",
        "{ ?a <x:p> ?c . ?c <x:q> ?d VALUES ?b { 1 } }",
        "{ ?a <x:p> ?c . ?c <x:q> ?d MINUS { ?c <x:p> ?b } }",
        "{ ?a <x:p> ?c . ?c <x:q> ?d FILTER EXISTS { ?c <x:p> ?b } }",
        "{ ?a <x:p> ?c . ?c <x:q> ?d FILTER NOT EXISTS { ?c <x:p> ?b . ?c <x:p> ?a } }",
        "{ ?a <x:p>* ?c . ?c <x:q> ?d }",
        "{ ?a <x:p>? ?c . ?c <x:q> ?d }",
        "{ { ?a <x:p> ?c . ?c <x:q> ?d } UNION { ?c <x:p> ?d } }",
        "{ SELECT ?a { ?a <x:p> ?c . ?c <x:q> ?d } LIMIT 1 }",
        "{ { ?a <x:p> ?c } { ?c <x:q> ?d FILTER(?a = ?d) } }",
    ],
)
def test_what_is_left_and_may_take_long(inner: str) -> None:
    query = f"SELECT * {{ ?a <x:p> ?b FILTER NOT EXISTS {inner} }}"
    found = rewritten(query)
    assert found.query == query
    assert found.slow[:1] in ([query.index("FILTER")], [])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a <x:p> ?b FILTER NOT EXISTS { ?a <x:q> ?c } }",  # one pattern: looked up fast
        "SELECT * { ?a <x:p> ?b FILTER EXISTS { ?a <x:q> ?c . ?c <x:q> ?d } }",
        "SELECT * { ?a <x:p> 'FILTER NOT EXISTS { ?a <x:q> ?c . ?c <x:q> ?d }' }",
        "SELECT * { ?a <x:p> ?b # FILTER NOT EXISTS { ?a <x:q> ?c . ?c <x:q> ?d }\n}",
        "SELECT * { ?a <x:p> ?b FILTER NOT EXISTS { ?a <x:q> ?c . ",
        "SELECT * } FILTER NOT EXISTS { ?a <x:q> ?c . ?c <x:q> ?d }",
        "NOT EXISTS",
    ],
)
def test_what_is_left_alone(query: str) -> None:
    assert rewritten(query) == (query, [])


@pytest.mark.parametrize(
    "outer",
    ["?a <x:p> ?b OPTIONAL { ?a <x:p> ?e %s }", "GRAPH ?g { ?a <x:p> ?b %s }", "FILTER EXISTS { ?a <x:p> ?b %s }"],
)
def test_where_a_filter_sees_more_than_its_group(outer: str) -> None:
    query = f"SELECT * {{ {outer % f'FILTER NOT EXISTS {TWO}'} }}"
    assert rewritten(query).query == query


# ---- generated graphs and queries ------------------------------------------------------------------------------------


class _Generator:
    """Random graphs, and queries over them that try every way in which the two could differ."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.one = self._random.choice

    def maybe(self, chance: float) -> bool:
        return self._random.random() < chance

    def graph(self) -> str:
        return " ".join(
            f"{self.one(NODES)} {self.one(PROPERTIES)} {self.one((*NODES, '7', '9', _ZH))} ." for _ in range(12)
        )

    def end(self) -> str:
        return self.one(VARIABLES) if self.maybe(0.85) else self.one(NODES)

    def path(self) -> str:
        p, q = self.one(PROPERTIES), self.one(PROPERTIES)
        ways = [p] * 8 + [f"{p}/{q}", f"^{p}", f"({p}|{q})", f"!{p}", f"{p}+", f"{p}*", f"{p}?", self.one(VARIABLES)]
        return self.one(ways)

    def triple(self) -> str:
        o = self.end() if self.maybe(0.8) else self.one(("7", _ZH, f"[ {self.one(PROPERTIES)} {self.end()} ]"))
        more = f" ; {self.path()} {self.end()}" if self.maybe(0.2) else ""
        return f"{self.end()} {self.path()} {o}{more} ."

    def filter(self) -> str:
        v, w = self.one(VARIABLES), self.one((*VARIABLES, "<x:1>", "7"))
        tests = f"({v} != {w})", f"(BOUND({v}))", f" ISIRI({v})", f"(COALESCE({v} > 8, true))", f"({v} = {w} || true)"
        return f"FILTER{self.one(tests)}"

    def part(self, depth: int, inner: bool) -> str:
        """An element of a group; in the pattern of a NOT EXISTS mostly such as may be rewritten."""
        if depth == 0 or self.maybe(0.6 if inner else 0.4):
            return self.triple() if self.maybe(0.75) else self.filter()
        kind = self.one(_JOINS if self.maybe(0.6 if inner else 0.2) else _OTHERS if inner else (*_OTHERS, *_SITES))
        if "SITE" in kind:
            return self.site()
        while "GROUP" in kind:
            kind = kind.replace("GROUP", self.group(depth - 1, inner), 1)
        return kind.replace("END", self.end()).replace("VARIABLE", self.one(VARIABLES))

    def group(self, depth: int, inner: bool, least: int = 1) -> str:
        return f"{{ {' '.join(self.part(depth, inner) for _ in range(self._random.randint(least, 3)))} }}"

    def site(self) -> str:
        inner = self.group(2, True, 2)
        return self.one((f"FILTER NOT EXISTS {inner}", f"filter(not exists {inner})", f"FILTER(!EXISTS {inner})"))

    def query(self) -> str:
        parts = [self.triple(), self.site(), *(self.part(2, False) for _ in range(self._random.randint(0, 2)))]
        self._random.shuffle(parts)
        return f"SELECT * {{ {' '.join(parts)} }}"


_JOINS = ("GROUP", "GROUP UNION GROUP")
_OTHERS = (
    "OPTIONAL GROUP",
    "MINUS GROUP",
    "BIND(END AS ?y)",
    "VALUES VARIABLE { <x:2> 7 UNDEF }",
    "{ SELECT VARIABLE GROUP }",
)
_SITES = ("SITE", "SITE", "SITE")
NODES, PROPERTIES, VARIABLES = ("<x:1>", "<x:2>", "<x:3>"), ("<x:p>", "<x:q>"), ("?a", "?b", "?c", "?d")
_ZH = '"w"@zh'


def _rows(store: ox.Store, query: str) -> Counter[str]:
    results = store.query(query)
    assert isinstance(results, ox.QuerySolutions)
    names = sorted(v.value for v in results.variables)
    return Counter(str([str(row[name]) for name in names]) for row in results)


def test_the_answers_are_the_same() -> None:
    number: Counter[str] = Counter()
    for seed in range(1500):
        made = _Generator(seed)
        graph, query = made.graph(), made.query()
        changed = rewritten(query).query
        if changed == query:
            continue
        store = ox.Store()
        store.update(f"INSERT DATA {{ {graph} }}")
        try:
            before = _rows(store, query)
        except SyntaxError:  # BIND may not bind a variable again
            continue
        assert _rows(store, changed) == before, (seed, query, changed)
        number["changed"] += 1
        number["with rows"] += bool(before)
        with suppress(SyntaxError):
            number["that matter"] += len(_rows(store, changed.replace("MINUS", "OPTIONAL", 1))) != len(before)
    assert number["changed"] > 150, number
    assert number["with rows"] > 75, number
    assert number["that matter"] > 20, number

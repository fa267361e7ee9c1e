"""Rows read from TSV are the rows that JSON gives."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suantu.border.vocab import XSD
from suantu.stores import local, tsv

EX = "https://example.org/"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
TYPES = st.sampled_from([XSD + n for n in ("integer", "decimal", "double", "boolean", "gYear", "string", "date")])
WRITTEN = st.sampled_from(
    ["1", "-2", "+3", "1.5", "1.", ".5", "1e3", "-1.5E-2", "true", "false", "INF", "2024", "", "01"]
)
LITERALS = (
    st.builds(ox.Literal, TEXTS)
    | st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["zh", "en", "zh-hant"]))
    | st.builds(lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(kind)), WRITTEN | TEXTS, TYPES)
)
TERMS = LITERALS | st.sampled_from([ox.NamedNode(EX + "算?a=1&b"), ox.BlankNode("b1")])


@given(st.lists(st.tuples(TERMS, st.none() | TERMS), max_size=5))
def test_rows_are_those_of_json(rows) -> None:
    store = ox.Store()
    for number, (first, second) in enumerate(rows):
        subject = ox.NamedNode(f"{EX}{number}")
        store.add(ox.Quad(subject, ox.NamedNode(EX + "p"), first))
        if second is not None:
            store.add(ox.Quad(subject, ox.NamedNode(EX + "q"), second))
    query = f"SELECT ?s ?a ?b {{ ?s <{EX}p> ?a OPTIONAL {{ ?s <{EX}q> ?b }} }} ORDER BY ?s"
    assert tsv.table(local.evaluate(store, query, "tsv")) == local.table(local.evaluate(store, query, "json"))


@pytest.mark.parametrize(
    "query", ["SELECT * {}", "SELECT ?x {}", "SELECT ?x { FILTER(false) }", "SELECT * { FILTER(false) }"]
)
def test_rows_without_values(query: str) -> None:
    store = ox.Store()
    assert tsv.table(local.evaluate(store, query, "tsv")) == local.table(local.evaluate(store, query, "json"))


def test_a_triple_is_left_to_json() -> None:
    store = ox.Store()
    data = local.evaluate(store, f"SELECT (TRIPLE(<{EX}s>, <{EX}p>, 1) AS ?t) {{}}", "tsv")
    with pytest.raises(tsv.TripleTermError):
        tsv.table(data)

"""The facts that a subgraph is chosen from, fetched over an endpoint: relations, figures and ranks, as IRIs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from suantu.border.vocab import GRAPH_INFERRED
from suantu.query import one_of
from suantu.stores.base import Endpoint, Term, iri

_MANY = 1000
_INFERRED = f"FILTER NOT EXISTS {{ GRAPH {iri(GRAPH_INFERRED).sparql()} {{ ?s ?p ?o }} }}"
_FIGURE = ("about", "metric", "within", "comparedWith", "place", "year", "status")


class Triple(NamedTuple):
    """A relation between two things, by IRI."""

    subject: str
    predicate: str
    object: str


class Figure(NamedTuple):
    """An observation: its IRI, and the IRIs of what it is about; ``year`` is four digits or empty."""

    fact: str
    about: str
    metric: str
    within: str
    compared: str
    place: str
    year: str
    status: str

    @property
    def other(self) -> str:
        """The thing that the figure ties its subject to: the whole of a share, what it is compared with, or the place."""
        return next((x for x in (self.within, self.compared, self.place) if x and x != self.about), "")


class Entry(NamedTuple):
    """A place in a ranking: its IRI, the item, the ranking, the ranking's year and place."""

    fact: str
    item: str
    ranking: str
    year: str
    place: str


def blocks(name: str, iris: Collection[str] | None, size: int = _MANY) -> Iterator[str]:
    """``VALUES`` lines over the IRIs, ``size`` at a time; one empty line where nothing is bound (None)."""
    if iris is None:
        yield ""
        return
    ordered = sorted(iris)
    for start in range(0, len(ordered), size):
        yield one_of(name, ordered[start : start + size])


def value(row: dict[str, Term], name: str) -> str:
    """The text of a variable, empty where it is unbound."""
    return row[name].value if name in row else ""


def relations(endpoint: Endpoint, ends: Collection[str] | None = None, *, lexicon: bool = False) -> set[Triple]:
    """The relations that have one of ``ends`` as subject or object (all relations where it is None): those that
    documents state, and those of the ontology between things that documents name (between any if ``lexicon``)."""
    found = claimed(endpoint, ends)
    named = "" if lexicon else "FILTER EXISTS { ?s st:mentionedIn ?m } FILTER EXISTS { ?o st:mentionedIn ?n }"
    for side in "so" if ends is not None else "s":
        for block in blocks(side, ends):
            query = f"SELECT DISTINCT ?s ?p ?o WHERE {{ {block} ?s a st:Entity . ?s ?p ?o . ?o a st:Entity . {named} {_INFERRED} }}"
            found |= {Triple(r["s"].value, r["p"].value, r["o"].value) for r in endpoint.select(query)}
    return found


def claimed(endpoint: Endpoint, ends: Collection[str] | None = None) -> set[Triple]:
    """The relations that documents state and that have one of ``ends`` as subject or object."""
    found: set[Triple] = set()
    for side in "so" if ends is not None else "s":
        for block in blocks(side, ends):
            pattern = "?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; a st:Claim"
            rows = endpoint.select(f"SELECT DISTINCT ?s ?p ?o WHERE {{ {block} {pattern} }}")
            found |= {Triple(r["s"].value, r["p"].value, r["o"].value) for r in rows}
    return found


def figures(endpoint: Endpoint, things: Collection[str] | None = None, role: str = "about") -> list[Figure]:
    """The observations that have one of ``things`` in ``role`` (``about``, ``place``, ``within``); all where it is None."""
    found: dict[str, Figure] = {}
    more = " ".join(f"OPTIONAL {{ ?f st:{name} ?{name} }}" for name in _FIGURE if name not in {"about", "metric", role})
    need = f"?f st:{role} ?{role} ." if role not in {"about", "metric"} else ""
    for block in blocks(role, things):
        query = (
            f"SELECT * WHERE {{ {block} {need} ?f st:about ?about ; st:metric ?metric ; a st:Observation . {more} }}"
        )
        for row in endpoint.select(query):
            found[row["f"].value] = Figure(row["f"].value, *(value(row, name) for name in _FIGURE))
    return sorted(found.values())


def entries(endpoint: Endpoint, things: Collection[str] | None = None, role: str = "item") -> list[Entry]:
    """The ranking entries that have one of ``things`` as ``item`` or as ``ranking``; all where it is None."""
    found: dict[str, Entry] = {}
    for block in blocks(role, things):
        query = (
            f"SELECT * WHERE {{ {block} ?f st:item ?item ; st:inRanking ?ranking ; a st:RankingEntry ."
            " OPTIONAL { ?ranking st:year ?year } OPTIONAL { ?ranking st:place ?place } }"
        )
        for row in endpoint.select(query):
            rest = (value(row, name) for name in ("item", "ranking", "year", "place"))
            found[row["f"].value] = Entry(row["f"].value, *rest)
    return sorted(found.values())


def inverses(endpoint: Endpoint) -> dict[str, str]:
    """The property that says the same the other way round (a symmetric one is its own), by property."""
    query = (
        "SELECT DISTINCT ?p ?q WHERE { { ?p owl:inverseOf ?q } UNION { ?q owl:inverseOf ?p }"
        " UNION { ?p a owl:SymmetricProperty BIND(?p AS ?q) } FILTER(isIRI(?p) && isIRI(?q)) }"
    )
    return {row["p"].value: row["q"].value for row in endpoint.select(query)}


def of_classes(endpoint: Endpoint, things: Collection[str], classes: Iterable[str]) -> set[str]:
    """Those of ``things`` that belong to one of ``classes`` (IRIs)."""
    found: set[str] = set()
    for block in blocks("x", things):
        for cls in classes:
            rows = endpoint.select(f"SELECT DISTINCT ?x WHERE {{ {block} ?x a {iri(cls).sparql()} }}")
            found |= {row["x"].value for row in rows}
    return found


def located_in(endpoint: Endpoint, place: str) -> set[str]:
    """The place itself and everything that is said to lie in it, at any depth."""
    rows = endpoint.select(f"SELECT DISTINCT ?x WHERE {{ ?x st:locatedIn+ {iri(place).sparql()} }}")
    return {place} | {row["x"].value for row in rows}

"""The subgraph that a query of the user's own gives: a CONSTRUCT's triples, or the rows of a SELECT."""

from __future__ import annotations

from suantu.border.vocab import RDF
from suantu.errors import QueryError
from suantu.export.fetch import Triple
from suantu.stores.base import Endpoint
from suantu.stores.sparql import form

_SPO = [("s", "p", "o"), ("subject", "predicate", "object")]


def answered(endpoint: Endpoint, query: str) -> tuple[set[Triple], set[str]]:
    """The relations between IRIs that the query gives, and all IRIs that it names as things. Rows with ?s ?p ?o are
    relations; rows of any other kind give their things alone. QueryError for an ASK."""
    kind = form(query)
    if kind == "ASK":
        raise QueryError("an ASK query gives no graph to export: use CONSTRUCT, or SELECT ?s ?p ?o")
    return _constructed(endpoint, query) if kind in {"CONSTRUCT", "DESCRIBE"} else _selected(endpoint, query)


def _selected(endpoint: Endpoint, query: str) -> tuple[set[Triple], set[str]]:
    table = endpoint.select(query)
    for columns in _SPO:
        if set(columns) <= set(table.columns):
            rows = [[row.get(c) for c in columns] for row in table]
            whole = [[t.value for t in terms if t and t.kind == "iri"] for terms in rows]
            return {Triple(*three) for three in whole if len(three) == 3}, {three[0] for three in whole if three}
    return set(), {term.value for row in table for term in row.values() if term.kind == "iri"}


def _constructed(endpoint: Endpoint, query: str) -> tuple[set[Triple], set[str]]:
    import pyoxigraph as ox

    triples: set[Triple] = set()
    things: set[str] = set()
    for quad in ox.parse(endpoint.construct(query, "nt"), ox.RdfFormat.N_TRIPLES):
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        things.add(quad.subject.value)
        if isinstance(quad.object, ox.NamedNode) and quad.predicate.value != RDF + "type":
            triples.add(Triple(quad.subject.value, quad.predicate.value, quad.object.value))
    return triples, things

"""The selection as RDF: Turtle, TriG, N-Quads.

Things come with types, names and the relations chosen; figures and ranks with what they say. A full export adds the
claims, the passages that facts rest on, and the documents. Turtle has no graphs; TriG and N-Quads keep them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

from suantu.border.vocab import DCTERMS, GRAPH_INFERRED, OWL, PREFIXES, PROV, RDF, SKOS, ST
from suantu.export.details import claims
from suantu.export.fetch import Triple, blocks, inverses
from suantu.export.select import Selection
from suantu.stores.base import Endpoint, Term, iri

if TYPE_CHECKING:
    import pyoxigraph as ox

_TYPE, _SOURCE, _MENTION = RDF + "type", PROV + "wasDerivedFrom", ST + "mentionedIn"
_SAME = {SKOS + "exactMatch", OWL + "sameAs"}


class Quad(NamedTuple):
    """A triple and the graph it stands in (empty: the default graph)."""

    graph: str
    subject: Term
    predicate: str
    object: Term


def quads(endpoint: Endpoint, chosen: Selection) -> list[Quad]:
    """The quads of a selection, sorted; inferred triples only where they were chosen."""
    facts = {f.fact for f in chosen.figures} | {e.fact for e in chosen.entries}
    if chosen.full:
        facts |= {c for rows in claims(endpoint, chosen.triples).values() for c, _ in rows}
    about = _described(endpoint, chosen.things, "" if chosen.full else f"FILTER(?p != {iri(_MENTION).sparql()})")
    found = set(_chosen(about, chosen, inverses(endpoint)))
    rest = _described(endpoint, facts, "" if chosen.full else f"FILTER(?p != {iri(_SOURCE).sparql()})")
    if chosen.full:
        rest += _sources(endpoint, [q for q in rest if q.predicate == _SOURCE] + list(found))
    found.update(rest)
    known = {*chosen.things, *facts}
    found.update(_named(endpoint, {q.object.value for q in found if q.object.kind == "iri"} - known))
    found.update(_named(endpoint, {t.predicate for t in chosen.triples}))
    return sorted(found)


def turtle(found: Iterable[Quad]) -> bytes:
    """The triples as Turtle, whatever graph they stand in."""
    return _serialized({q._replace(graph="") for q in found}, "ttl")


def trig(found: Iterable[Quad]) -> bytes:
    """The quads as TriG."""
    return _serialized(found, "trig")


def nquads(found: Iterable[Quad]) -> bytes:
    """The quads as N-Quads."""
    return _serialized(found, "nq")


def _described(endpoint: Endpoint, subjects: Collection[str], condition: str) -> list[Quad]:
    """All triples about the subjects, by graph; where the service has no named graphs, from its default graph."""
    left_out = iri(GRAPH_INFERRED).sparql()
    for pattern in ("GRAPH ?g { ?s ?p ?o } FILTER(?g != " + left_out + ")", "?s ?p ?o"):
        found = [
            Quad(row["g"].value if "g" in row else "", row["s"], row["p"].value, row["o"])
            for block in blocks("s", subjects)
            for row in endpoint.select(f"SELECT * WHERE {{ {block} {pattern} {condition} }}")
        ]
        if found or not subjects:
            return found
    return []


def _chosen(about: Iterable[Quad], chosen: Selection, inverse: dict[str, str]) -> Iterable[Quad]:
    """What is said of the things themselves: literals, types, the same thing elsewhere, and the relations chosen."""
    wanted = set(chosen.triples)
    back = {Triple(t.object, inverse[t.predicate], t.subject) for t in wanted if t.predicate in inverse}
    for quad in about:
        triple = Triple(quad.subject.value, quad.predicate, quad.object.value)
        said = quad.object.kind == "literal" or quad.predicate in {_TYPE, *_SAME}
        if said or triple in wanted or triple in back or (chosen.full and quad.predicate == _MENTION):
            yield quad
        wanted.discard(triple)
        if triple in back:
            wanted.discard(Triple(triple.object, inverse.get(triple.predicate, ""), triple.subject))
    for s, p, o in wanted:
        yield Quad("", iri(s), p, iri(o))


def _sources(endpoint: Endpoint, found: Iterable[Quad]) -> list[Quad]:
    """The passages and their documents."""
    passages = _described(endpoint, {q.object.value for q in found if q.predicate in {_SOURCE, _MENTION}}, "")
    documents = {q.object.value for q in passages if q.predicate == DCTERMS + "isPartOf"}
    loose = f"FILTER(?p != {iri(ST + 'looseFigure').sparql()})"
    return passages + _described(endpoint, documents, loose)


def _named(endpoint: Endpoint, terms: Collection[str]) -> list[Quad]:
    """The names of metrics, units, classes and places that facts point to."""
    naming = "VALUES ?p { skos:prefLabel rdfs:label skos:notation }"
    return [q for q in _described(endpoint, terms, naming) if q.object.kind == "literal"]


def _serialized(found: Iterable[Quad], name: str) -> bytes:
    import pyoxigraph as ox

    formats = {"ttl": ox.RdfFormat.TURTLE, "trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS}
    ordered = [_quad(q) for q in sorted(found)]
    if name == "ttl":
        return _sorted_header(ox.serialize([q.triple for q in ordered], format=formats[name], prefixes=PREFIXES))
    if name == "nq":
        return bytes(ox.serialize(ordered, format=formats[name]) or b"")
    return _sorted_header(ox.serialize(ordered, format=formats[name], prefixes=PREFIXES))


def _sorted_header(data: bytes | None) -> bytes:
    """The prefixes in order, only those that are used: the library writes them in any order."""
    lines = (data or b"").decode().splitlines(keepends=True)
    body = [line for line in lines if not line.startswith("@prefix ")]
    text = "".join(body)
    header = sorted(line for line in lines if line.startswith("@prefix ") and f"{line.split()[1]}" in text)
    return ("".join(header) + text).encode()


def _quad(quad: Quad) -> ox.Quad:
    import pyoxigraph as ox

    subject = ox.BlankNode(quad.subject.value) if quad.subject.kind == "blank" else ox.NamedNode(quad.subject.value)
    graph = ox.NamedNode(quad.graph) if quad.graph else ox.DefaultGraph()
    return ox.Quad(subject, ox.NamedNode(quad.predicate), _term(quad.object), graph)


def _term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    import pyoxigraph as ox

    if term.kind == "iri":
        return ox.NamedNode(term.value)
    if term.kind == "blank":
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype)) if term.datatype else ox.Literal(term.value)

"""The ontology folder as the ontology graph, and what assembling documents needs to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

from suantu import kept
from suantu.border import vocab as v
from suantu.errors import OntologyError
from suantu.ontology import Ontology, superclasses

_GRAPH = NamedNode(v.GRAPH_ONTOLOGY)
_TYPE = NamedNode(v.RDF + "type")
_SUBCLASS = v.RDFS + "subClassOf"
_NOTATION = v.SKOS + "notation"


@dataclass(frozen=True, slots=True)
class OntologyGraph:
    """The ontology graph as N-Quads (``data``); ``parents``: all superclasses of a class, both by local name where they are
    ours and by IRI where not; ``units``: IRI by notation; ``known``: the classes (with superclasses) of each thing."""

    data: bytes
    parents: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]
    known: Mapping[str, frozenset[str]]


def ontology_graph(ontology: Ontology) -> OntologyGraph:
    """The vocabulary and the lexicon as a graph. Superclasses of types are materialised; inverse and other inferred
    triples are not. OntologyError names a file that is not Turtle."""
    key = (ontology.digest,)
    if (plain := kept.load("graph", key)) is not None:
        return OntologyGraph(*plain)
    graph = _completed(_settled(_quads(ontology.turtle)))
    kept.save("graph", key, astuple(graph))
    return graph


def _quads(files: Iterable[Path]) -> list[Quad]:
    quads: list[Quad] = []
    for path in files:
        try:
            quads.extend(
                Quad(q.subject, q.predicate, q.object, _GRAPH) for q in parse(path=str(path), format=RdfFormat.TURTLE)
            )
        except (SyntaxError, OSError) as error:
            raise OntologyError(f"{path}: cannot be read as Turtle: {error}") from error
    return quads


def _settled(quads: list[Quad]) -> list[Quad]:
    """The quads with blank nodes named by their place in the graph, so that every process names them alike."""
    blank = [q for q in quads if isinstance(q.subject, BlankNode) or isinstance(q.object, BlankNode)]
    if not blank:
        return quads
    named = Dataset(blank)
    named.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [q for q in quads if not (isinstance(q.subject, BlankNode) or isinstance(q.object, BlankNode))] + sorted(
        named, key=str
    )


def _local(iri: str) -> str:
    return iri.removeprefix(v.ST)


def _completed(quads: list[Quad]) -> OntologyGraph:
    direct: dict[str, list[str]] = {}
    notations: dict[str, list[str]] = {}
    types: dict[str, list[str]] = {}
    for quad in quads:
        subject, predicate, term = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, NamedNode):
            continue
        if predicate == _TYPE.value and isinstance(term, NamedNode):
            types.setdefault(subject.value, []).append(_local(term.value))
        elif predicate == _SUBCLASS and isinstance(term, NamedNode):
            direct.setdefault(_local(subject.value), []).append(_local(term.value))
        elif predicate == _NOTATION and isinstance(term, Literal):
            notations.setdefault(term.value, []).append(subject.value)
    parents = superclasses(direct)
    units = {n: iri for n, iris in notations.items() for iri in iris if "Unit" in types.get(iri, ())}
    more: list[Quad] = []
    known: dict[str, frozenset[str]] = {}
    for iri, classes in types.items():
        stated = set(classes)
        implied = dict.fromkeys(p for c in classes for p in parents.get(c, ()) if p not in stated)
        known[iri] = frozenset(stated.union(implied))
        more.extend(Quad(NamedNode(iri), _TYPE, NamedNode(p if ":" in p else v.ST + p), _GRAPH) for p in implied)
    data = serialize((*dict.fromkeys(quads), *more), format=RdfFormat.N_QUADS) or b""
    return OntologyGraph(data, parents, units, known)

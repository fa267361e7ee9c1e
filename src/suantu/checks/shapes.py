"""SHACL: the whole graph against the shapes of the ontology folder, by pySHACL.

What pySHACL spends its time on is the focus nodes of one shape after the other, and shapes do not depend on each other:
they are validated in as many processes as there are processors, each shape over the whole graph, and the results put
together. Nothing is left out or approximated.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suantu.checks.finding import ERROR, WARNING, Finding, Part, quoted
from suantu.errors import OntologyError
from suantu.stores.base import Endpoint

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

NAME = "shapes"
_SH = "http://www.w3.org/ns/shacl#"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_CALLS = (f"{_SH}targetClass", f"{_SH}targetSubjectsOf", f"{_SH}targetObjectsOf", f"{_SH}targetNode")
_IRI = re.compile("<([^<> ]+)>")
_Found = tuple[str, str, str]
_graphs: list[Any] = []  # the data and the shapes, for processes that come by forking


def check_shapes(endpoint: Endpoint, ontology: Path, language: str = "en", jobs: int = 0) -> Part:
    """Validate the union of all graphs against ``shapes.ttl`` of the ontology folder, in ``jobs`` processes (0: the
    processors). Violations are errors, the rest warnings. Skipped where pySHACL is not installed."""
    try:
        import pyshacl  # noqa: F401
        import rdflib
    except ImportError:
        return Part(NAME, skipped="pySHACL is not installed: pip install 'suantu[shacl]'")
    shapes = rdflib.Graph()
    try:
        shapes.parse(str(ontology / "shapes.ttl"), format="turtle")
    except Exception as error:  # rdflib's parsers raise many kinds
        raise OntologyError(f"{ontology / 'shapes.ttl'}: cannot be read as Turtle: {error}") from error
    data = load(endpoint.construct("CONSTRUCT WHERE { ?s ?p ?o }", "nt"))
    found = validate(data, shapes, language, jobs)
    levels = {"Violation": ERROR}
    findings = [Finding(NAME, levels.get(severity, WARNING), node, text) for severity, node, text in sorted(found)]
    return Part(NAME, "triples", len(data), quoted(endpoint, findings))


def load(triples: bytes) -> rdflib.Graph:
    """N-Triples as an rdflib graph; Oxigraph parses twice as fast."""
    import pyoxigraph as ox
    import rdflib

    graph, terms = rdflib.Graph(), dict[Any, Any]()

    def term(x: Any) -> Any:  # noqa: ANN401 - terms of one library become terms of the other
        if x not in terms:
            terms[x] = _term(x)
        return terms[x]

    for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return graph


def _term(x: ox.NamedNode | ox.BlankNode | ox.Literal) -> Any:  # noqa: ANN401
    import pyoxigraph as ox
    import rdflib

    if isinstance(x, ox.NamedNode):
        return rdflib.URIRef(x.value)
    if isinstance(x, ox.BlankNode):
        return rdflib.BNode(x.value)
    if x.language or x.datatype.value == _STRING:  # rdflib tells "a" from "a"^^xsd:string, RDF 1.1 does not
        return rdflib.Literal(x.value, lang=x.language)
    return rdflib.Literal(x.value, datatype=rdflib.URIRef(x.datatype.value))


def validate(data: rdflib.Graph, shapes: rdflib.Graph, language: str = "en", jobs: int = 0) -> set[_Found]:
    """Severity, focus node and message of every result; the messages in ``language`` where the shapes have them."""
    import rdflib

    targeted = {s for call in _CALLS for s in shapes.subjects(rdflib.URIRef(call))}
    weights = {s: _weight(data, shapes, s) for s in targeted}
    processes = min(jobs or os.cpu_count() or 1, len(weights))
    groups = _groups(weights, 1 if processes <= 1 else 3 * processes)
    _graphs[:] = [data, shapes, language]
    try:
        if processes <= 1 or not hasattr(os, "fork"):
            return set().union(*map(_results, groups))
        with get_context("fork").Pool(processes) as pool:
            return set().union(*pool.imap_unordered(_results, groups))
    finally:
        _graphs.clear()


def _groups(weights: dict[Any, int], number: int) -> list[frozenset[Any]]:
    """The shapes in at most ``number`` groups of about the same weight, the heaviest group first."""
    groups: list[tuple[int, list[Any]]] = [(0, []) for _ in range(number)]
    for shape in sorted(weights, key=lambda s: (-weights[s], s)):
        lightest = min(range(number), key=lambda i: groups[i][0])
        weight, members = groups[lightest]
        groups[lightest] = (weight + weights[shape], [*members, shape])
    return [frozenset(members) for _, members in sorted(groups, key=lambda g: -g[0]) if members]


def _weight(data: rdflib.Graph, shapes: rdflib.Graph, shape: rdflib.term.Node) -> int:
    """How much work a shape is, roughly: the longest go first."""
    import rdflib

    sh = rdflib.Namespace(_SH)
    own = sum(1 for _ in shapes.predicate_objects(shape)) + 10 * sum(1 for _ in shapes.objects(shape, sh.sparql))
    nodes = 0
    for cls in shapes.objects(shape, sh.targetClass):
        nodes += sum(1 for _ in data.subjects(rdflib.RDF.type, cls))
    for prop in (*shapes.objects(shape, sh.targetSubjectsOf), *shapes.objects(shape, sh.targetObjectsOf)):
        nodes += sum(1 for _ in data.triples((None, prop, None)))
    return own * nodes


def _results(group: frozenset[Any]) -> set[_Found]:
    """The results of some shapes. The others keep their definitions, which these may use, and lose their targets;
    pySHACL's own choice of shapes would leave out every shape that the chosen ones refer to."""
    import pyshacl
    import rdflib

    data, shapes, language = _graphs
    calls = {rdflib.URIRef(call) for call in _CALLS}
    chosen = rdflib.Graph()
    for triple in shapes:
        if triple[1] not in calls or triple[0] in group:
            chosen.add(triple)
    _, report, _ = pyshacl.validate(data, shacl_graph=chosen, inference="none", inplace=True)
    sh, found = rdflib.Namespace(_SH), set()
    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        severity = str(report.value(result, sh.resultSeverity)).removeprefix(_SH)
        found.add((severity, str(report.value(result, sh.focusNode)), _message(report, result, language)))
    return found


def _message(report: rdflib.Graph, result: Any, language: str) -> str:  # noqa: ANN401
    """What a result says, where in the node, and of which value."""
    import rdflib

    from suantu.query import readable

    sh = rdflib.Namespace(_SH)
    texts = sorted(_texts(report.objects(result, sh.resultMessage), language))
    path, value = report.value(result, sh.resultPath), report.value(result, sh.value)
    focus = report.value(result, sh.focusNode)
    about = f"{readable(str(path))}: " if isinstance(path, rdflib.URIRef) else ""
    given = f" ({readable(str(value))[:120]})" if value is not None and value != focus else ""
    said = _IRI.sub(lambda match: readable(match[1]), "; ".join(texts))
    return f"{about}{said}{given}"


def _texts(messages: Iterable[Any], language: str) -> set[str]:
    all_of_them = list(messages)
    preferred = {str(m) for m in all_of_them if m.language == language}
    return preferred or {str(m) for m in all_of_them}

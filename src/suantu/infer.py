"""What follows across documents: inverses, symmetric relations and transitive chains, as the vocabulary declares them.

No class is inferred from a domain or range: those are documentation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from suantu.border.vocab import GRAPH_INFERRED, OWL, RDF, ST

_TYPE = ox.NamedNode(RDF + "type")
_INVERSE = ox.NamedNode(OWL + "inverseOf")
_INFERRED = ox.NamedNode(GRAPH_INFERRED)
Edges = dict[str, set[tuple[str, str]]]


def inferred_quads(store: ox.Store) -> list[ox.Quad]:
    """The quads of the inferred graph, sorted, from the store's default graph, which must hold no inferred triples
    yet. Only relations between named things are looked at, and only what nobody asserted is given."""
    default = ox.DefaultGraph()
    symmetric = _declared(store, "SymmetricProperty")
    transitive = _declared(store, "TransitiveProperty")
    inverse: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, _INVERSE, None, default):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            inverse[quad.subject.value] = quad.object.value
            inverse[quad.object.value] = quad.subject.value
    edges: Edges = {}
    for name in symmetric | transitive | inverse.keys():
        if name.startswith(ST):
            found = store.quads_for_pattern(None, ox.NamedNode(name), None, default)
            edges[name] = {
                (q.subject.value, q.object.value)
                for q in found
                if isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.NamedNode)
            }
    return [
        ox.Quad(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o), _INFERRED)
        for p, s, o in sorted(new_edges(edges, inverse, symmetric, transitive))
    ]


def new_edges(
    edges: Edges, inverse: Mapping[str, str], symmetric: set[str], transitive: set[str]
) -> Iterator[tuple[str, str, str]]:
    """(property, subject, object) of all that follows and is not among ``edges``. Nothing is related to itself."""
    whole: Edges = {name: set(pairs) for name, pairs in edges.items()}
    size = -1
    while size != (size := sum(map(len, whole.values()))):
        for name, other in inverse.items():
            whole.setdefault(other, set()).update((o, s) for s, o in whole.get(name, ()))
        for name in symmetric & whole.keys():
            whole[name].update([(o, s) for s, o in whole[name]])
        for name in transitive & whole.keys():
            whole[name].update(_chains(whole[name]))
    for name, pairs in whole.items():
        for s, o in pairs - edges.get(name, set()):
            if s != o:
                yield name, s, o


def _chains(pairs: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    onward: dict[str, list[str]] = defaultdict(list)
    for s, o in pairs:
        onward[s].append(o)
    for start in list(onward):
        seen: set[str] = set()
        todo = list(onward[start])
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo.extend(onward.get(node, ()))
        for node in seen:
            yield start, node


def _declared(store: ox.Store, kind: str) -> set[str]:
    found = store.quads_for_pattern(None, _TYPE, ox.NamedNode(OWL + kind), ox.DefaultGraph())
    return {q.subject.value for q in found if isinstance(q.subject, ox.NamedNode)}

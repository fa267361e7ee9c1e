"""Neighbourhoods and connections, through networkx over what SPARQL returns step by step.

Only claims and the ontology count: what was inferred follows from them, and would make everything near to everything.
A step asks for the relations of the things reached so far; where there are too many (a hub), for some of them only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

from suantu.border.vocab import GRAPH_ONTOLOGY
from suantu.lookup import Relation, claims, triples
from suantu.query import one_of
from suantu.stores.base import Endpoint

if TYPE_CHECKING:
    import networkx as nx

EDGES = 20_000  # relations that one step looks at, at most
HOPS = 6  # relations of a connection, at most
_MANY = 400  # things asked about at once


def step(endpoint: Endpoint, things: Iterable[str], limit: int = EDGES) -> list[Relation]:
    """The relations of any of ``things`` (IRIs), claims first, at most about ``limit`` of each kind."""
    wanted, found = sorted(set(things)), dict[Relation, None]()
    for start in range(0, len(wanted), _MANY):
        for side in "so":
            bound = one_of(side, wanted[start : start + _MANY])
            found |= dict.fromkeys(claims(endpoint, bound, limit))
            known = triples(endpoint, bound, GRAPH_ONTOLOGY, limit)
            found |= dict.fromkeys(Relation("", *triple, "ontology") for triple in known)
        if len(found) > limit:
            break
    return sorted(found, key=lambda relation: relation.fact == "")


def neighbourhood(endpoint: Endpoint, thing: str, hops: int = 1, limit: int = EDGES) -> list[Relation]:
    """The relations within ``hops`` steps of a thing (IRI), the nearest first, at most ``limit`` of them."""
    found: dict[Relation, None] = {}
    reached, edge = {thing}, {thing}
    for _ in range(hops):
        found |= dict.fromkeys(step(endpoint, edge, limit))
        edge = {end for relation in found for end in (relation.subject, relation.object)} - reached
        reached |= edge
        if not edge or len(found) >= limit:
            break
    return list(islice(found, limit))


def paths(endpoint: Endpoint, a: str, b: str, *, limit: int = 3, hops: int = HOPS) -> list[list[Relation]]:
    """The shortest ways from one thing to another (IRIs) over relations in either direction, of at most ``hops``
    relations; none where there is no such way.

    Both ends grow towards each other, the one with fewer relations first, so that a hub between them, or at one end,
    need not be looked through."""
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from((a, b))
    sides = [{a}, {b}]
    edges = [{a}, {b}]
    for _ in range(hops):
        if a == b or nx.has_path(graph, a, b):
            break
        if not all(edges):
            return []
        near = 0 if _degree(endpoint, edges[0]) <= _degree(endpoint, edges[1]) else 1
        _grow(graph, step(endpoint, edges[near]))
        edges[near] = set(chain.from_iterable(graph[node] for node in edges[near])) - sides[near]
        sides[near] |= edges[near]
    return list(_shortest(graph, a, b, limit))


def _grow(graph: nx.Graph[str], relations: Iterable[Relation]) -> None:
    for relation in relations:
        if relation.subject != relation.object and not graph.has_edge(relation.subject, relation.object):
            graph.add_edge(relation.subject, relation.object, relation=relation)


def _shortest(graph: nx.Graph[str], a: str, b: str, limit: int) -> Iterator[list[Relation]]:
    import networkx as nx

    if a == b or not nx.has_path(graph, a, b):
        return
    for nodes in islice(nx.all_shortest_paths(graph, a, b), limit):
        yield [graph.edges[ends]["relation"] for ends in pairwise(nodes)]


def _degree(endpoint: Endpoint, things: Iterable[str]) -> int:
    wanted, total = sorted(things), 0
    for start in range(0, len(wanted), _MANY):
        block = one_of("x", wanted[start : start + _MANY])
        query = f"SELECT (COUNT(?c) AS ?n) WHERE {{ {block} {{ ?c rdf:subject ?x }} UNION {{ ?c rdf:object ?x }} }}"
        total += int(next(iter(endpoint.select(query)))["n"].value)
        if total > EDGES:
            break
    return total

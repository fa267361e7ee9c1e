"""A full export: claims, observations, ranking entries, passages and documents as nodes of their own."""

from __future__ import annotations

from dataclasses import replace

from suantu.border.vocab import DCTERMS, PROV, RDF, ST
from suantu.export.details import claims, labels
from suantu.export.fetch import blocks, value
from suantu.export.model import Edge, Fact, Graph, Names, Node, Quote
from suantu.export.select import Selection
from suantu.stores.base import Endpoint

_SOURCE, _PART = PROV + "wasDerivedFrom", DCTERMS + "isPartOf"
_SHOWN = 40  # characters of a passage in its label
Link = tuple[str, str, str]


def unfolded(endpoint: Endpoint, chosen: Selection, graph: Graph) -> Graph:
    """``graph`` with its facts as nodes: relations stay as edges too, figures and ranks become nodes alone."""
    facts = {e.fact.id: e.fact for e in graph.edges if e.fact.kind in {"rank", "figure"}}
    facts |= {f.id: f for n in graph.nodes for f in n.figures}
    relations = tuple(e for e in graph.edges if e.fact.kind not in {"rank", "figure"})
    links = _links(endpoint, chosen)
    stated = claims(endpoint, chosen.triples)
    by_triple = {(e.source, e.fact.predicate, e.target): e.fact for e in relations}
    for triple, rows in stated.items():
        for claim, confidence in rows:
            facts[claim] = replace(by_triple[triple], id=claim, confidence=confidence)
            links += [(claim, RDF + "subject", triple.subject), (claim, RDF + "object", triple.object)]
    passages, documents, more = _sources(endpoint, list(facts))
    extra = [_fact_node(fact) for _, fact in sorted(facts.items())] + passages + documents
    known = {n.id for n in (*graph.nodes, *extra)}
    extra += _others(endpoint, {o for _, _, o in links} - known)
    return _joined(endpoint, graph, relations, extra, links + more)


def _joined(
    endpoint: Endpoint, graph: Graph, relations: tuple[Edge, ...], extra: list[Node], links: list[Link]
) -> Graph:
    names = labels(endpoint, {p for _, p, _ in links})
    edges = tuple(Edge(s, o, Fact("", "link", p, names[p])) for s, p, o in sorted(links))
    classes = {c for n in extra for c in n.classes} - graph.class_names.keys()
    found = labels(endpoint, {ST + c for c in classes})
    class_names = {**graph.class_names, **{c: found[ST + c] for c in classes}}
    nodes = (*(replace(n, figures=()) for n in graph.nodes), *extra)
    return replace(graph, nodes=nodes, edges=relations + edges, class_names=class_names)


def _links(endpoint: Endpoint, chosen: Selection) -> list[Link]:
    """What figures and ranks point to."""
    links: list[Link] = []
    for f in chosen.figures:
        ends = {"about": f.about, "within": f.within, "comparedWith": f.compared, "place": f.place, "metric": f.metric}
        links += [(f.fact, ST + name, x) for name, x in ends.items() if x]
    for e in chosen.entries:
        links += [(e.fact, ST + "item", e.item), (e.fact, ST + "inRanking", e.ranking)]
    for block in blocks("f", [f.fact for f in chosen.figures]):
        rows = endpoint.select(f"SELECT DISTINCT ?f ?who WHERE {{ {block} ?f st:saidBy ?who }}")
        links += [(row["f"].value, ST + "saidBy", row["who"].value) for row in rows]
    return links


def _sources(endpoint: Endpoint, facts: list[str]) -> tuple[list[Node], list[Node], list[Link]]:
    passages: dict[str, Node] = {}
    documents: dict[str, Node] = {}
    links: set[Link] = set()
    for block in blocks("f", facts):
        query = (
            f"SELECT DISTINCT * WHERE {{ {block} ?f prov:wasDerivedFrom ?p . ?p oa:exact ?words ; dcterms:isPartOf ?d ."
            " OPTIONAL { ?d dcterms:title ?title } OPTIONAL { ?p st:page ?page } OPTIONAL { ?p st:section ?section } }"
        )
        for row in endpoint.select(query):
            f, p, d, words = (row[name].value for name in ("f", "p", "d", "words"))
            links |= {(f, _SOURCE, p), (p, _PART, d)}
            quote = Quote("", words, "", value(row, "title"), value(row, "page"), value(row, "section"))
            fact = Fact("", "passage", _SOURCE, {}, quotes=(quote,))
            short = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
            passages[p] = Node(p, {"zh": short}, ("Passage",), fact=fact)
            documents[d] = Node(d, {"zh": value(row, "title") or d}, ("Document",))
    return [passages[p] for p in sorted(passages)], [documents[d] for d in sorted(documents)], sorted(links)


def _fact_node(fact: Fact) -> Node:
    cls = {"figure": "Observation", "rank": "RankingEntry"}.get(fact.kind, "Claim")
    names: Names = {language: fact.text(language) for language in fact.names}
    return Node(fact.id, names, (cls,), fact=fact)


def _others(endpoint: Endpoint, iris: set[str]) -> list[Node]:
    """Metrics, places and sayers that the facts point to and that were not chosen themselves."""
    from suantu.names import classes_of

    found, classes = labels(endpoint, iris), classes_of(endpoint, iris)
    return [Node(x, found[x], tuple(c.removeprefix(ST) for c in classes[x])) for x in sorted(iris)]

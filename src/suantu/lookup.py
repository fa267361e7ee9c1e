"""Lookups over an endpoint: everything about a thing, figures, rankings, members of a class, passages, connections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from suantu.border.vocab import GRAPH_INFERRED, GRAPH_ONTOLOGY, ST, XSD
from suantu.names import classes_of
from suantu.query import one_of
from suantu.stores.base import Endpoint, Term, iri

_RANKED = "?e a st:RankingEntry ; st:item ?item ; st:rank ?rank ; st:inRanking ?r ."
_MANY = 400


class Figure(NamedTuple):
    """One observation. IRIs in ``fact``, ``metric``, ``about``, ``place``, ``within``, ``said_by``; ``value`` is a
    decimal number as text, in ``unit``; ``words`` are those of the text. What is not known is empty."""

    fact: str
    metric: str
    about: str
    place: str
    within: str
    period: str
    value: str
    unit: str
    bound: str
    status: str
    said_by: str
    words: str


class Relation(NamedTuple):
    """One triple between things; ``fact`` is the claim that states it, empty for a fact of the ontology."""

    fact: str
    subject: str
    predicate: str
    object: str
    origin: str


class Rank(NamedTuple):
    """One place in a ranking."""

    fact: str
    ranking: str
    period: str
    place: str
    rank: str
    item: str
    tier: str


class Source(NamedTuple):
    """Where a fact stands: the document, its title, the page (empty where there are none), the section, the words."""

    document: str
    title: str
    page: str
    section: str
    words: str


class Card(NamedTuple):
    """Everything about one thing. ``mentions`` is the number of passages that name it; ``same_as`` IRIs elsewhere."""

    iri: str
    names: list[Term]
    classes: list[str]
    same_as: list[str]
    relations: list[Relation]
    figures: list[Figure]
    ranks: list[Rank]
    mentions: int


# ---- figures ---------------------------------------------------------------------------------------------------------


def figures(
    endpoint: Endpoint,
    *,
    about: Sequence[str] = (),
    metric: str = "",
    place: str = "",
    year: str = "",
    status: Sequence[str] = (),
    said_by: str = "",
    limit: int = 0,
    first: bool = True,
) -> list[Figure]:
    """The observations that meet every condition given (IRIs; ``year`` of four digits; ``status`` local names), by
    metric, thing and period; at most ``limit`` of them unless it is 0: the first of all, or (``first`` False, which is
    faster) those that the store comes upon first."""
    conditions = [("about", list(about)), ("metric", [metric] if metric else []), ("place", [place] if place else [])]
    conditions += [("status", [ST + s for s in status]), ("saidBy", [said_by] if said_by else [])]
    patterns = [f"{one_of(name, iris)} ?fact st:{name} ?{name} ." for name, iris in conditions if iris]
    if year:
        patterns.append(f"?fact st:year {Term('literal', year, datatype=XSD + 'gYear').sparql()} .")
    patterns.append("?fact a st:Observation ; st:value ?value .")
    given = {name for name, iris in conditions if iris}
    if not limit or not first:
        return sorted(_figures(endpoint, " ".join(patterns), given, limit), key=_figure_order)
    # What decides the order is asked first, and the rest only of those that are wanted.
    order = ("metric", "about", "period", "place")
    more = " ".join(f"OPTIONAL {{ ?fact st:{name} ?{name} }}" for name in order if name not in given)
    rows = endpoint.select(f"SELECT ?fact ?{' ?'.join(order)} WHERE {{ {' '.join(patterns)} {more} }}")
    keys = sorted({tuple(_text(row, name) for name in (*order, "fact")) for row in rows})
    wanted = list(dict.fromkeys(key[-1] for key in keys))[:limit]
    found: list[Figure] = []
    for start in range(0, len(wanted), _MANY):
        chosen = one_of("fact", wanted[start : start + _MANY])
        found += _figures(endpoint, f"{chosen} ?fact st:value ?value .", frozenset())
    return sorted(found, key=_figure_order)


def _figures(endpoint: Endpoint, pattern: str, given: Set[str], limit: int = 0) -> Iterable[Figure]:
    """The figures of ``pattern``, which binds ?fact, ?value and what is ``given``. They come as the store has them:
    sorting there takes longer than finding them."""
    properties = {name: f"st:{name}" for name in ("place", "within", "period", "bound", "status", "saidBy", "about")}
    properties |= {"metric": "st:metric", "words": "st:valueText", "unit": "st:unit/skos:notation"}
    more = " ".join(f"OPTIONAL {{ ?fact {path} ?{name} }}" for name, path in properties.items() if name not in given)
    columns = [*(f if f != "said_by" else "saidBy" for f in Figure._fields)]
    rows = endpoint.select(f"SELECT DISTINCT ?{' ?'.join(columns)} WHERE {{ {pattern} {more} }}" + _at_most(limit))
    found: dict[str, Figure] = {}
    for row in rows:
        one = Figure(*(_text(row, c) for c in columns))
        found[one.fact] = min(found.get(one.fact, one), one)
    return found.values()


def _figure_order(figure: Figure) -> tuple[str, ...]:
    return figure.metric, figure.about, figure.period, figure.place, figure.fact


def _at_most(limit: int) -> str:
    return f" LIMIT {limit}" if limit else ""


def _text(row: dict[str, Term], name: str) -> str:
    return row[name].value if name in row else ""


# ---- relations -------------------------------------------------------------------------------------------------------


def relations(endpoint: Endpoint, thing: str = "", *, other: str = "", limit: int = 0) -> list[Relation]:
    """What is asserted of a thing (of all things where it is empty), as subject and as object; with ``other`` only
    what is between the two. Claims first; then what only the ontology or the inference says and is not merely a claim
    the other way round. ``limit`` bounds each of the kinds, as subject and as object, unless it is 0."""
    sides = _sides(thing, other)
    found = list(dict.fromkeys(claim for side in sides for claim in claims(endpoint, side, limit)))
    inverse = _inverses(endpoint)
    stated = {relation[1:4] for relation in found}
    stated |= {(o, back, s) for s, p, o in stated for back in inverse.get(p, ())}
    for graph, origin in ((GRAPH_ONTOLOGY, "ontology"), (GRAPH_INFERRED, "inferred")):
        for triple in (t for side in sides for t in triples(endpoint, side, graph, limit)):
            if triple not in stated:
                stated |= {triple, *((triple[2], back, triple[0]) for back in inverse.get(triple[1], ()))}
                found.append(Relation("", *triple, origin))
    return found


def _sides(thing: str, other: str) -> list[str]:
    """What binds the subject and the object: the thing as subject, and the thing as object."""
    if not thing:
        return [""]
    ends = [(thing, other), (other, thing)]
    return [" ".join(one_of(name, [x]) for name, x in zip("so", pair, strict=True) if x) for pair in ends]


def claims(endpoint: Endpoint, bound: str, limit: int = 0) -> list[Relation]:
    """The claims with the subjects ``?s`` or objects ``?o`` that ``bound`` (a VALUES block) names, in order; at most
    ``limit`` of them unless it is 0."""
    pattern = "?c a st:Claim ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o"
    query = f"SELECT DISTINCT ?c ?s ?p ?o WHERE {{ {bound} {pattern} }}"
    # Sorted here: the store looks every term up at every comparison, which for a hub takes minutes.
    rows = endpoint.select(query + _at_most(limit))
    found = (Relation(_text(row, "c"), _text(row, "s"), _text(row, "p"), _text(row, "o"), "document") for row in rows)
    return sorted(found, key=lambda r: (r.predicate, r.object, r.subject, r.fact))


def triples(endpoint: Endpoint, bound: str, graph: str, limit: int = 0) -> list[tuple[str, str, str]]:
    """The triples between things in a named graph, bound and bounded likewise."""
    pattern = f"GRAPH {iri(graph).sparql()} {{ ?s ?p ?o }} ?s a st:Entity . ?o a st:Entity"
    rows = endpoint.select(f"SELECT DISTINCT ?s ?p ?o WHERE {{ {bound} {pattern} }}" + _at_most(limit))
    found = ((row["s"].value, row["p"].value, row["o"].value) for row in rows)
    return sorted(found, key=lambda triple: (triple[1], triple[2], triple[0]))


def _inverses(endpoint: Endpoint) -> dict[str, set[str]]:
    """The properties that say the same the other way round (a symmetric one is its own), by property."""
    query = (
        "SELECT DISTINCT ?p ?q WHERE { { ?p owl:inverseOf ?q } UNION { ?q owl:inverseOf ?p }"
        " UNION { ?p a owl:SymmetricProperty BIND(?p AS ?q) } }"
    )
    found: dict[str, set[str]] = {}
    for row in endpoint.select(query):
        found.setdefault(row["p"].value, set()).add(row["q"].value)
    return found


# ---- rankings --------------------------------------------------------------------------------------------------------


def ranks(endpoint: Endpoint, *, item: str = "", ranking: str = "", year: str = "", limit: int = 0) -> list[Rank]:
    """Ranking entries of an item (IRI), of rankings whose name holds ``ranking``, of a year; in order."""
    patterns = [one_of("item", [item])] if item else []
    if year:
        patterns.append(f"?r st:year {Term('literal', year, datatype=XSD + 'gYear').sparql()} .")
    if ranking:
        patterns.append(f"FILTER(CONTAINS(LCASE(STR(?label)), LCASE({Term('literal', ranking).sparql()})))")
    query = (
        f"SELECT DISTINCT ?e ?r ?label ?period ?place ?rank ?item ?tier WHERE {{ {_RANKED} ?r rdfs:label ?label ."
        f" {' '.join(patterns)} OPTIONAL {{ ?r st:period ?period }} OPTIONAL {{ ?r st:place ?place }}"
        " OPTIONAL { ?e st:tier ?tier } } ORDER BY ?label ?period ?place ?rank ?item ?e"
    )
    rows = endpoint.select(query + _at_most(limit))
    columns = ("e", "label", "period", "place", "rank", "item", "tier")
    return list({row["e"].value: Rank(*(_text(row, c) for c in columns)) for row in rows}.values())


# ---- one thing -------------------------------------------------------------------------------------------------------


def show(endpoint: Endpoint, thing: str, *, limit: int = 0) -> Card:
    """Everything that the graph says about one thing (IRI); of each kind of fact at most ``limit`` unless it is 0."""
    block = one_of("x", [thing])
    naming = "VALUES ?p { skos:prefLabel rdfs:label dcterms:title skos:altLabel skos:notation }"
    named = list(endpoint.select(f"SELECT DISTINCT ?p ?l WHERE {{ {block} {naming} ?x ?p ?l }} ORDER BY ?l"))
    named.sort(key=lambda row: row["p"].value.endswith("altLabel"))
    same = endpoint.select(f"SELECT DISTINCT ?s WHERE {{ {block} ?x skos:exactMatch|owl:sameAs ?s }} ORDER BY ?s")
    count = endpoint.select(f"SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE {{ {block} ?x st:mentionedIn ?p }}")
    return Card(
        thing,
        [row["l"] for row in named],
        classes_of(endpoint, [thing])[thing],
        [row["s"].value for row in same],
        relations(endpoint, thing, limit=limit),
        figures(endpoint, about=[thing], limit=limit, first=False),
        ranks(endpoint, item=thing, limit=limit),
        int(next(iter(count))["n"].value),
    )


def sources(endpoint: Endpoint, facts: Iterable[str]) -> dict[str, Source]:
    """The first passage that each fact rests on, by the fact's IRI."""
    wanted = sorted(set(facts) - {""})
    found: dict[str, tuple[str, int, Source]] = {}
    for start in range(0, len(wanted), _MANY):
        query = (
            "SELECT DISTINCT ?f ?document ?start ?page ?section ?words WHERE {"
            f" {one_of('f', wanted[start : start + _MANY])} ?f prov:wasDerivedFrom ?p . ?p dcterms:isPartOf ?document"
            " OPTIONAL { ?p oa:start ?start } OPTIONAL { ?p st:page ?page }"
            " OPTIONAL { ?p st:section ?section } OPTIONAL { ?p oa:exact ?words } }"
        )
        for row in endpoint.select(query):
            document, *rest = (_text(row, name) for name in ("document", "page", "section", "words"))
            one = (document, int(_text(row, "start") or 0), Source(document, "", *rest))
            found[row["f"].value] = min(found.get(row["f"].value, one), one)
    titles = _titles(endpoint, sorted({document for document, _, _ in found.values()}))
    return {
        fact: source._replace(title=titles.get(document, "")) for fact, (document, _, source) in sorted(found.items())
    }


def _titles(endpoint: Endpoint, documents: Sequence[str]) -> dict[str, str]:
    """The titles of documents, by IRI."""
    titles: dict[str, str] = {}
    for start in range(0, len(documents), _MANY):
        block = one_of("d", documents[start : start + _MANY])
        for row in endpoint.select(f"SELECT DISTINCT ?d ?title WHERE {{ {block} ?d dcterms:title ?title }}"):
            titles[row["d"].value] = min(titles.get(row["d"].value, row["title"].value), row["title"].value)
    return titles


# ---- many things -----------------------------------------------------------------------------------------------------


def members(endpoint: Endpoint, cls: str, *, everything: bool = False, limit: int = 0) -> list[tuple[str, int]]:
    """The things of a class (IRI) with the number of passages that name them, the most named first. Things that only
    the lexicon knows are left out unless ``everything``."""
    mentioned = "?x st:mentionedIn ?p ."
    query = (
        f"SELECT ?x (COUNT(DISTINCT ?p) AS ?n) WHERE {{ ?x a {iri(cls).sparql()} ."
        f" {f'OPTIONAL {{ {mentioned} }}' if everything else mentioned} }} GROUP BY ?x ORDER BY DESC(?n) ?x"
    )
    rows = endpoint.select(query + _at_most(limit))
    return [(row["x"].value, int(row["n"].value)) for row in rows if "x" in row]


class Listed(NamedTuple):
    """A document of the knowledge base and how much was read from it."""

    iri: str
    title: str
    issued: str
    publisher: str
    facts: int


def documents(endpoint: Endpoint) -> list[Listed]:
    """The documents, by date and title, with the number of claims, figures and ranks read from each."""
    query = (
        "SELECT ?d (SAMPLE(?t) AS ?title) (SAMPLE(?i) AS ?issued) (SAMPLE(?b) AS ?by) (COUNT(DISTINCT ?f) AS ?facts)"
        " WHERE { ?d a st:Document . OPTIONAL { ?d dcterms:title ?t } OPTIONAL { ?d dcterms:issued ?i }"
        " OPTIONAL { ?d dcterms:publisher ?b } OPTIONAL { VALUES ?k { st:Claim st:Observation st:RankingEntry }"
        " ?f a ?k ; prov:wasDerivedFrom/dcterms:isPartOf ?d } } GROUP BY ?d ORDER BY ?issued ?title ?d"
    )
    return [
        Listed(r["d"].value, _text(r, "title"), _text(r, "issued"), _text(r, "by"), int(r["facts"].value))
        for r in endpoint.select(query)
        if "d" in r
    ]

"""Labels, values and quotes of what was chosen, and the graph put together from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache

from suantu.border.vocab import ST
from suantu.export import sentence
from suantu.export.fetch import Entry, Figure, Triple, blocks, value
from suantu.export.model import LANGUAGES, Edge, Fact, Graph, Names, Node, Quote
from suantu.export.select import Selection
from suantu.export.words import terms
from suantu.names import classes_of
from suantu.query import readable
from suantu.stores.base import Endpoint

_QUOTES = 3  # quotes kept of one fact
Row = dict[str, str]
Source = Callable[[str], str]  # from a document's IRI to its text


def graph(endpoint: Endpoint, chosen: Selection, language: str, source: Source | None = None) -> Graph:
    """The graph of a selection, its labels in ``language`` where they exist, its quotes in their whole sentences where
    ``source`` gives the documents' texts."""
    made = _Maker(endpoint, chosen, language, source)
    if chosen.full:
        from suantu.export.unfold import unfolded

        return unfolded(endpoint, chosen, made.graph())
    return made.graph()


# ---- queries ---------------------------------------------------------------------------------------------------------


def labels(endpoint: Endpoint, iris: Collection[str]) -> dict[str, dict[str, str]]:
    """The labels of each IRI by language; one without any gets its readable form."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    found |= {x: dict(names) for x, names in terms().items() if x in iris}
    left = set(iris) - found.keys()
    for name in ("skos:prefLabel", "rdfs:label", "dcterms:title", "skos:notation"):
        for x, language, text in _texts(endpoint, left, name):
            found[x].setdefault(language if language in LANGUAGES else "zh", text)
        left -= found.keys()
    return {x: found.get(x) or {LANGUAGES[0]: readable(x)} for x in iris}


def aliases(endpoint: Endpoint, iris: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The other names of each IRI, sorted."""
    found: dict[str, set[str]] = defaultdict(set)
    for x, _, text in _texts(endpoint, iris, "skos:altLabel"):
        found[x].add(text)
    return {x: tuple(sorted(names)) for x, names in found.items()}


def _texts(endpoint: Endpoint, iris: Collection[str], name: str) -> list[tuple[str, str, str]]:
    rows = [
        (row["x"].value, row["l"].language, row["l"].value)
        for block in blocks("x", iris)
        for row in endpoint.select(f"SELECT DISTINCT ?x ?l WHERE {{ {block} ?x {name} ?l }}")
    ]
    return sorted(rows)


def claims(endpoint: Endpoint, triples: Collection[Triple]) -> dict[Triple, list[tuple[str, str]]]:
    """The claims (IRI, confidence) that state each triple."""
    found: dict[Triple, list[tuple[str, str]]] = defaultdict(list)
    for block in blocks("s", {t.subject for t in triples}):
        pattern = "?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; a st:Claim OPTIONAL { ?c st:confidence ?k }"
        for row in endpoint.select(f"SELECT DISTINCT * WHERE {{ {block} {pattern} }}"):
            triple = Triple(row["s"].value, row["p"].value, row["o"].value)
            if triple in triples:
                found[triple].append((row["c"].value, value(row, "k")))
    return {triple: sorted(rows) for triple, rows in found.items()}


def _attributes(endpoint: Endpoint, facts: Collection[str], need: str, optional: dict[str, str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    more = " ".join(f"OPTIONAL {{ ?f {path} ?{name} }}" for name, path in optional.items())
    for block in blocks("f", facts):
        for row in endpoint.select(f"SELECT * WHERE {{ {block} {need} {more} }}"):
            found.setdefault(row["f"].value, {name: term.value for name, term in row.items()})
    return found


def quotes(endpoint: Endpoint, facts: Collection[str], source: Source | None = None) -> dict[str, tuple[Quote, ...]]:
    """The first passages of each fact, in the order of documents and text, each in its sentence: from the source text
    where ``source`` gives it, else as far as the passage keeps the words around it."""
    optional = {
        "before": "oa:prefix",
        "after": "oa:suffix",
        "end": "oa:end",
        "page": "st:page",
        "section": "st:section",
    }
    more = " ".join(f"OPTIONAL {{ ?p {path} ?{name} }}" for name, path in optional.items())
    found: dict[str, dict[tuple[str, int], Row]] = defaultdict(dict)
    for block in blocks("f", facts):
        query = (
            f"SELECT * WHERE {{ {block} ?f prov:wasDerivedFrom ?p . ?p oa:exact ?words ; oa:start ?start ;"
            f" dcterms:isPartOf ?d . OPTIONAL {{ ?d dcterms:title ?title }} {more} }}"
        )
        for row in endpoint.select(query):
            record = {name: term.value for name, term in row.items()}
            found[record["f"]].setdefault((record["d"], int(record["start"])), record)
    text = cache(source) if source else None
    return {f: tuple(_quote(rows[key], text) for key in sorted(rows)[:_QUOTES]) for f, rows in found.items()}


def _quote(row: Row, source: Source | None) -> Quote:
    before, after, start = row.get("before", ""), row.get("after", ""), int(row["start"])
    at_end = False
    if source and "end" in row:
        text, end = source(row["d"]), int(row["end"])
        before, after = text[max(0, start - sentence.REACH) : start], text[end : end + sentence.REACH]
        at_end = end + len(after) == len(text)
    shown = sentence.before(before, whole=len(before) == start), row["words"], sentence.after(after, whole=at_end)
    return Quote(*shown, *(row.get(name, "") for name in ("title", "page", "section")))


# ---- putting together ------------------------------------------------------------------------------------------------


class _Maker:
    """Asks once for everything of a selection, then makes records."""

    def __init__(self, endpoint: Endpoint, chosen: Selection, language: str, source: Source | None) -> None:
        self.endpoint, self.chosen, self.language = endpoint, chosen, language
        self.claims = claims(endpoint, chosen.triples)
        numbers = {"period": "st:period", "unit": "st:unit/skos:notation", "bound": "st:bound", "words": "st:valueText"}
        numbers |= {"said_by": "st:saidBy", "confidence": "st:confidence"}
        self.rows = _attributes(endpoint, [f.fact for f in chosen.figures], "?f st:value ?value .", numbers)
        places = {"confidence": "st:confidence", "period": "st:inRanking/st:period"}
        self.rows |= _attributes(endpoint, [e.fact for e in chosen.entries], "?f st:rank ?rank .", places)
        stated = {c for rows in self.claims.values() for c, _ in rows}
        self.quotes = quotes(endpoint, stated | self.rows.keys(), source)
        self.labels = labels(endpoint, self._labelled())
        for ranking, year in {(e.ranking, e.year) for e in chosen.entries if e.year}:
            names = self.labels[ranking]
            self.labels[ranking] = {x: text if year in text else f"{text} {year}" for x, text in names.items()}
        self.aliases = aliases(endpoint, chosen.things)
        self.classes = classes_of(endpoint, chosen.things)

    def _labelled(self) -> set[str]:
        chosen = self.chosen
        iris = {*chosen.things, *(t.predicate for t in chosen.triples), ST + "rank"}
        iris |= {x for f in chosen.figures for x in (f.metric, f.place, f.status)}
        return (iris | {row.get("said_by", "") for row in self.rows.values()}) - {""}

    def graph(self) -> Graph:
        """Nodes in order of importance, edges in order of their ends."""
        chosen, there = self.chosen, set(self.chosen.things)
        figures = {f.fact: self._figure(f) for f in chosen.figures}
        own: dict[str, list[Fact]] = defaultdict(list)
        edges = [Edge(t.subject, t.object, self._relation(t)) for t in sorted(chosen.triples)]
        for f in chosen.figures:
            own[f.about].append(figures[f.fact])
            if f.other in there:
                edges.append(Edge(f.about, f.other, figures[f.fact]))
        edges += [Edge(e.item, e.ranking, self._rank(e)) for e in chosen.entries]
        nodes = tuple(self._node(x, own.get(x, [])) for x in chosen.things)
        used = {c for node in nodes for c in node.classes}
        names = labels(self.endpoint, {ST + c for c in used})
        class_names = {c: names[ST + c] for c in sorted(used)}
        return Graph(nodes, tuple(edges), self.language, class_names, chosen.left_out, chosen.facts_left_out)

    def _node(self, x: str, figures: list[Fact]) -> Node:
        classes = tuple(c.removeprefix(ST) for c in self.classes.get(x, ()))
        figures.sort(key=lambda f: (f.predicate, f.period, f.id))
        return Node(x, self.labels[x], classes, self.aliases.get(x, ()), tuple(figures), seed=x in self.chosen.seeds)

    def _relation(self, triple: Triple) -> Fact:
        rows = self.claims.get(triple, [])
        found = [q for c, _ in rows for q in self.quotes.get(c, ())]
        fact, confidence = rows[0] if rows else ("", "")
        kind = "relation" if rows else "lexicon"
        names = self.labels[triple.predicate]
        return Fact(fact, kind, triple.predicate, names, confidence=confidence, quotes=tuple(found[:_QUOTES]))

    def _figure(self, f: Figure) -> Fact:
        row = self.rows.get(f.fact, {})
        made = Fact(f.fact, "figure", f.metric, self.labels[f.metric], f.year, row.get("period", ""))
        return replace(
            made,
            value=row.get("value", ""),
            unit=row.get("unit", ""),
            bound=row.get("bound", ""),
            words=row.get("words", ""),
            confidence=row.get("confidence", ""),
            status=f.status.removeprefix(ST),
            status_names=self._names(f.status),
            place=self._names(f.place),
            said_by=self._names(row.get("said_by", "")),
            quotes=self.quotes.get(f.fact, ()),
        )

    def _rank(self, e: Entry) -> Fact:
        row = self.rows.get(e.fact, {})
        rank, period, confidence = (row.get(k, "") for k in ("rank", "period", "confidence"))
        made = Fact(e.fact, "rank", ST + "rank", self.labels[ST + "rank"], e.year, period, rank=rank)
        return replace(made, confidence=confidence, quotes=self.quotes.get(e.fact, ()))

    def _names(self, x: str) -> Names | None:
        return self.labels.get(x)

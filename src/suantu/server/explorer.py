"""What the explorer page asks: things by name, everything about one, why a fact is there, the named questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suantu import lookup, names
from suantu.query import bind, get, load, readable
from suantu.search import index, index_of, search
from suantu.stores.base import Endpoint, Table, Term
from suantu.why import find_fact, why

if TYPE_CHECKING:
    from suantu.stores.kb import KnowledgeBase

_MOST = 300  # facts of one kind that a card shows
_CLASSES = (
    "SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?thing st:mentionedIn ?p ; a ?class ."
    " FILTER(STRSTARTS(STR(?class), STR(st:)) && ?class != st:Entity) } GROUP BY ?class ORDER BY DESC(?n) ?class"
)


class Explorer:
    """The answers for the page, as plain data, in one language."""

    def __init__(self, endpoint: Endpoint, kb: KnowledgeBase | None, ontology: Path, language: str) -> None:
        self.endpoint, self.kb, self.ontology, self.language = endpoint, kb, ontology, language

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Labels in the page's language."""
        return names.labels(self.endpoint, [i for i in iris if i], self.language)

    def _resolve(self, name: str) -> str:
        kb = self.kb
        known = (lambda: index_of(kb, self.endpoint, pinyin=False)) if kb else None
        return names.resolve(self.endpoint, name, self.language, known)

    def overview(self) -> dict[str, Any]:
        """The documents, and how many things of each class they name."""
        rows = [(row["class"].value, row["n"].value) for row in self.endpoint.select(_CLASSES) if "class" in row]
        labels = self.labels(cls for cls, _ in rows)
        classes = [{"iri": cls, "label": labels[cls], "n": int(n)} for cls, n in rows]
        return {"classes": classes, "documents": [d._asdict() for d in lookup.documents(self.endpoint)]}

    def find(self, text: str) -> list[dict[str, Any]]:
        """Things whose names are like ``text``."""
        pinyin = text.isascii()
        known = index_of(self.kb, self.endpoint, pinyin=pinyin) if self.kb else index(self.endpoint, pinyin=pinyin)
        hits = search(known, text, 20)
        labels = self.labels(hit.iri for hit in hits)
        return [{"iri": h.iri, "label": labels[h.iri], "class": h.cls, "name": h.name, "how": h.how} for h in hits]

    def members(self, cls: str) -> list[dict[str, Any]]:
        """The things of a class, those named most often first."""
        found = lookup.members(self.endpoint, names.resolve_class(self.endpoint, cls), limit=_MOST)
        labels = self.labels(iri for iri, _ in found)
        return [{"iri": iri, "label": labels[iri], "n": count} for iri, count in found]

    def thing(self, name: str) -> dict[str, Any]:
        """Everything about a thing, each fact with its source."""
        card = lookup.show(self.endpoint, self._resolve(name), limit=_MOST)
        facts = [r.fact for r in card.relations] + [f.fact for f in card.figures] + [r.fact for r in card.ranks]
        sources = lookup.sources(self.endpoint, facts)
        iris = {card.iri, *card.classes, *(i for r in card.relations for i in r[1:4])}
        iris |= {i for f in card.figures for i in (f.metric, f.place, f.within, f.status, f.said_by)}
        labels = self.labels(iris | {r.place for r in card.ranks})

        def told(one: lookup.Relation | lookup.Figure | lookup.Rank) -> dict[str, Any]:
            record = one._asdict()
            source = sources.get(one.fact)
            labelled = {f"{k}Label": labels[v] for k, v in record.items() if v in labels}
            return {**record, **labelled, "source": source._asdict() if source else None}

        return {
            "iri": card.iri,
            "id": readable(card.iri),
            "label": labels[card.iri],
            "names": [t.value for t in card.names],
            "classes": [labels[c] for c in card.classes],
            "sameAs": card.same_as,
            "mentions": card.mentions,
            "relations": [told(r) for r in card.relations],
            "figures": [told(f) for f in card.figures],
            "ranks": [told(r) for r in card.ranks],
        }

    def why(self, fact: str) -> dict[str, Any]:
        """Why a fact is in the graph: the rule, and the words in their paragraph."""
        reason = why(self.endpoint, find_fact(self.endpoint, fact, self.kb), self.kb)
        record = {**reason._asdict(), "quotes": [quote._asdict() for quote in reason.quotes]}
        del record["says"]
        return record

    def questions(self) -> list[dict[str, Any]]:
        """The named questions with their parameters."""
        found = load(self.ontology)
        return [
            {
                "name": q.name,
                "title": q.titles[self.language],
                "description": q.description,
                "parameters": [p._asdict() for p in q.parameters],
            }
            for q in found
        ]

    def question(self, name: str, given: Mapping[str, str]) -> str:
        """The SPARQL text of a named question."""
        return bind(
            get(self.ontology, name),
            given,
            self._resolve,
            lambda cls: names.resolve_class(self.endpoint, cls),
        )

    def rows(self, table: Table) -> dict[str, Any]:
        """The rows of an answer with the labels of their IRIs."""
        labels = self.labels({t.value for row in table.rows for t in row if t and t.kind == "iri"})

        def cell(term: Term | None) -> dict[str, str] | None:
            if term is None or term.kind != "iri":
                return term and {"value": term.value}
            return {"value": term.value, "iri": term.value, "label": labels[term.value]}

        return {"columns": table.columns, "rows": [[cell(t) for t in row] for row in table.rows]}

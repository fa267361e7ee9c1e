"""Records → quads: the shapes of the graph, in one place.

``quads`` is a pure function of its arguments: IRIs of facts are digests of what they say, so equal facts of one document
meet in one node that names all its passages.

What the lexicon knows about a thing (labels, classes, relations) stands in the ontology graph alone. A document's graph
holds of a known thing where it is mentioned, and a class only where the document shows one that the lexicon lacks.

A lone surrogate, which no RDF literal can hold, becomes U+FFFD; the passage then says so in ``rdfs:comment``, and its
offsets still lead to the untouched characters of the source text.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import TypeVar
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from suantu.border import vocab as v
from suantu.records import Claim, Document, Evidence, Extraction, Loose, Observation, RankingEntry, Span, Thing

_Record = TypeVar("_Record")
CONTEXT = 32  # characters of oa:prefix and oa:suffix
_DIGITS = 12  # of a value behind the point: Oxigraph computes with 18, and words never give more than a few
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_STATUS_CODE = {"Actual": "A", "Estimate": "E", "Forecast": "F"}
_DATE_TYPES = (
    (re.compile(r"\d{4}"), "gYear"),
    (re.compile(r"\d{4}-\d{2}"), "gYearMonth"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "date"),
)


def quads(
    extraction: Extraction,
    version: str,
    parents: Mapping[str, tuple[str, ...]],
    *,
    units: Mapping[str, str] | None = None,
    known: Mapping[str, frozenset[str]] | None = None,
) -> Iterator[Quad]:
    """The quads of the document's graph, each once, in an order that depends on the records alone.

    ``parents`` gives all superclasses of a class (local names, or IRIs for those of other vocabularies); ``units`` the
    IRI of a unit by its notation; ``known`` the classes (local names, superclasses too) that the ontology graph states of
    a thing, by IRI. ``version`` is the program's.
    """
    graph = DocumentGraph(extraction.document, version, parents, units=units, known=known)
    return chain.from_iterable(graph.of(extraction))


def decimal_text(value: Decimal) -> str:
    """The canonical lexical form of an xsd:decimal: no exponent, no trailing zeros, at most twelve decimals."""
    if not value.is_finite():
        raise ValueError(f"not a decimal number: {value}")
    exponent = value.as_tuple().exponent
    shown = f"{value:.{_DIGITS}f}" if isinstance(exponent, int) and exponent < -_DIGITS else f"{value:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown in {"-0", ""} else shown


def language_of(name: str) -> str:
    """``zh`` for a name with Han characters, else ``en``."""
    return "zh" if _HAN.search(name) else "en"


def last_year(period: str) -> str:
    """The last year of a period, empty where it names none."""
    years = re.findall(r"(?:^|/)(\d{4})", period)
    return years[-1] if years else ""


def digest(*parts: str) -> str:
    """A key of 20 hexadecimal digits from some texts, the same in every process."""
    joined = "\x1f".join(parts).encode("utf8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=10).hexdigest()


@cache
def _st(name: str) -> NamedNode:
    return NamedNode(v.ST + name)


@cache
def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError:
        return NamedNode(quote(iri, safe=":/#?&=%@!$'()*+,;~-._"))


_TYPE = NamedNode(v.RDF + "type")
_LABEL = NamedNode(v.RDFS + "label")
_FROM = NamedNode(v.PROV + "wasDerivedFrom")
_LABELS = {"pref": NamedNode(v.SKOS + "prefLabel"), "alt": NamedNode(v.SKOS + "altLabel")}
_DECIMAL, _INTEGER, _YEAR = (NamedNode(v.XSD + n) for n in ("decimal", "integer", "gYear"))
_PASSAGE_TYPES = (_st("Passage"), *(NamedNode(v.OA + n) for n in ("TextQuoteSelector", "TextPositionSelector")))


def _text(value: str, language: str = "") -> Literal:
    clean = _SURROGATE.sub("\ufffd", value)
    return Literal(clean, language=language) if language else Literal(clean)


def _decimal(value: Decimal) -> Literal:
    return Literal(decimal_text(value), datatype=_DECIMAL)


class DocumentGraph:
    """The graph of one document, a portion after the other: of what one before has said, only the new passages and names
    are added. ``out`` keeps the order of first adding."""

    def __init__(
        self,
        document: Document,
        version: str,
        parents: Mapping[str, tuple[str, ...]],
        *,
        units: Mapping[str, str] | None = None,
        known: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.source, self.parents, self.units, self.known = document, parents, units or {}, known or {}
        self.iri = NamedNode(v.document_iri(document.sha256))
        self.key = document.sha256[:16]
        self.out: dict[Quad, None] = {}
        self.passages: dict[Span, NamedNode] = {}
        self.things: set[tuple[str, tuple[str, ...]]] = set()
        self.said: set[str] = set()  # keys of facts
        self.named: frozenset[str] = frozenset()  # the discovered things of the portions before
        self.document(version)

    def of(self, extraction: Extraction, many: int = 0) -> Iterator[list[Quad]]:
        """The quads that a portion adds, each once; where they are more than ``many``, in lists of which one may repeat
        what another holds."""
        for _ in self._steps(extraction):
            if 0 < many < len(self.out):
                yield list(self.out)
                self.out = {}
        yield list(self.out)
        self.out, self.passages = {}, {}
        self.named = frozenset(iri for iri, _ in self.things)

    def _steps(self, extraction: Extraction) -> Iterator[None]:
        """One step for each record."""
        for thing, evidence in extraction.mentions:
            self.mention(thing, evidence)
            yield
        yield from self.claims(extraction.claims)
        yield from self.observations(extraction.observations)
        yield from self.rankings(extraction.rankings)
        for loose in extraction.loose:
            self.loose(loose)
            yield

    def add(self, subject: NamedNode, predicate: NamedNode, *objects: NamedNode | Literal) -> None:
        for term in objects:
            self.out[Quad(subject, predicate, term, self.iri)] = None

    # ---- the document ----

    def document(self, version: str) -> None:
        doc, source = self.iri, self.source
        self.add(doc, _TYPE, _st("Document"), NamedNode(v.PROV + "Entity"))
        self.add(doc, _st("sha256"), _text(source.sha256))
        title = source.title or source.name
        if title:
            self.add(doc, _node(v.DCTERMS + "title"), _text(title, language_of(title)))
        if source.issued:
            kind = next((t for shape, t in _DATE_TYPES if shape.fullmatch(source.issued)), "string")
            self.add(doc, _node(v.DCTERMS + "issued"), Literal(source.issued, datatype=_node(v.XSD + kind)))
        if source.publisher:
            self.add(doc, _node(v.DCTERMS + "publisher"), _text(source.publisher))
        if source.language:
            self.add(doc, _node(v.DCTERMS + "language"), _text(source.language))
        self._reading(version)

    def _reading(self, version: str) -> None:
        """Which program, of which version, read the document."""
        reading, agent = _node(f"{v.STI}reading/{self.key}"), _node(f"{v.STI}software/suantu-{quote(version, safe='')}")
        self.add(reading, _TYPE, _node(v.PROV + "Activity"))
        self.add(reading, _node(v.PROV + "used"), self.iri)
        self.add(reading, _node(v.PROV + "wasAssociatedWith"), agent)
        self.add(agent, _TYPE, _node(v.PROV + "SoftwareAgent"))
        self.add(agent, _LABEL, _text(f"Suantu {version}", "en"))

    # ---- passages ----

    def passage(self, span: Span, section: str = "") -> NamedNode:
        found = self.passages.get(span)
        if found is not None:
            return found
        text, start, end = self.source.text, span.start, span.end
        node = self.passages[span] = NamedNode(f"{v.STI}passage/{self.key}/{start}-{end}")
        self.add(node, _TYPE, *_PASSAGE_TYPES)
        self.add(node, _node(v.OA + "exact"), _text(text[start:end]))
        self.add(node, _node(v.OA + "start"), Literal(str(start), datatype=_INTEGER))
        self.add(node, _node(v.OA + "end"), Literal(str(end), datatype=_INTEGER))
        self.add(node, _node(v.OA + "prefix"), _text(text[max(0, start - CONTEXT) : start]))
        self.add(node, _node(v.OA + "suffix"), _text(text[end : end + CONTEXT]))
        self.add(node, _node(v.DCTERMS + "isPartOf"), self.iri)
        if section:
            self.add(node, _st("section"), _text(section))
        if self.source.pages:
            page = max(1, bisect_right(self.source.pages, start))
            self.add(node, _st("page"), Literal(str(page), datatype=_INTEGER))
        if _SURROGATE.search(text, start, end):
            self.add(node, _node(v.RDFS + "comment"), _text("U+FFFD stands for a lone surrogate of the source.", "en"))
        return node

    def derive(self, node: NamedNode, evidence: Iterable[Evidence]) -> None:
        self.add(node, _FROM, *(self.passage(span, one.section) for one in evidence for span in one.spans))

    # ---- things ----

    def thing(self, thing: Thing) -> NamedNode:
        node = _node(thing.iri)
        if (thing.iri, thing.classes) in self.things:
            return node
        self.things.add((thing.iri, thing.classes))
        stated = self.known.get(thing.iri, frozenset())
        for cls in self.closure(thing.classes):
            if cls not in stated:
                self.add(node, _TYPE, _node(cls) if ":" in cls else _st(cls))
        if thing.found_by != "lexicon":
            self._discovered(node, thing)
        return node

    def closure(self, classes: Iterable[str]) -> dict[str, None]:
        out: dict[str, None] = {}
        for cls in classes or ("Entity",):
            out.update(dict.fromkeys((cls, *self.parents.get(cls, ()))))
        return out

    def _discovered(self, node: NamedNode, thing: Thing) -> None:
        labels = dict(thing.labels)
        if thing.iri in self.named:
            labels = {key: names for key, names in labels.items() if key.startswith("alt")}
        elif not any(key.startswith("pref@") for key in labels):
            labels[f"pref@{language_of(thing.label)}"] = (thing.label,)
        for key in sorted(labels):
            kind, _, language = key.partition("@")
            self.add(node, _LABELS[kind], *(_text(label, language) for label in labels[key]))
        if thing.iri not in self.named:
            self.add(node, _st("foundBy"), _text(thing.found_by))
            self.add(node, _st("confidence"), _decimal(thing.confidence))

    def mention(self, thing: Thing, evidence: Evidence) -> None:
        node = self.thing(thing)
        self.add(node, _st("mentionedIn"), *(self.passage(span, evidence.section) for span in evidence.spans))

    # ---- facts ----

    def fact(
        self,
        kind: str,
        key: str,
        kinds: Iterable[NamedNode],
        records: Sequence[Claim | Observation | RankingEntry],
    ) -> tuple[NamedNode, bool]:
        """What all facts have: types, the rules that found them (all), how sure (the surest), the passages (all). The
        fact's node, and whether no portion before has said it."""
        node, new = NamedNode(f"{v.STI}{kind}/{key}"), key not in self.said
        self.said.add(key)
        if new:
            self.add(node, _TYPE, *kinds)
            self.add(node, _st("foundBy"), *(_text(rule) for rule in sorted({r.found_by for r in records})))
            self.add(node, _st("confidence"), _decimal(max(r.confidence for r in records)))
        self.derive(node, (r.evidence for r in records))
        return node, new

    def claims(self, claims: Iterable[Claim]) -> Iterator[None]:
        for (subject, predicate, object_), same in _grouped(claims, _claim_key).items():
            key = digest(subject, predicate, object_, self.source.sha256)
            s, p, o = self.thing(same[0].subject), _st(predicate), self.thing(same[0].object)
            self.add(s, p, o)
            node, _ = self.fact("claim", key, (_st("Claim"), _node(v.RDF + "Statement")), same)
            self.add(node, _node(v.RDF + "subject"), s)
            self.add(node, _node(v.RDF + "predicate"), p)
            self.add(node, _node(v.RDF + "object"), o)
            yield

    def observations(self, observations: Iterable[Observation]) -> Iterator[None]:
        for key, same in _grouped(observations, _observation_key).items():
            name = digest(self.source.sha256, *key)
            node, new = self.fact("observation", name, (_st("Observation"), _node(v.QB + "Observation")), same)
            if new:
                self.add(node, _node(v.QB + "dataSet"), _node(v.DATA_SET))
                self.add(node, _st("fact"), _text(name))
                self._observation(node, same[0])
            yield

    def _observation(self, node: NamedNode, one: Observation) -> None:
        self.add(node, _st("metric"), _node(v.metric_iri(one.metric)))
        self.add(node, _st("about"), self.thing(one.about))
        self.add(node, _st("value"), _decimal(one.value))
        self.add(node, _st("valueText"), _text(one.value_text))
        self.add(node, _st("unit"), self.unit(one.unit))
        self.add(node, _st("status"), _st(one.status))
        code = _STATUS_CODE[one.status]
        self.add(node, _node(v.SDMX_ATTRIBUTE + "obsStatus"), _node(f"{v.SDMX_CODE}obsStatus-{code}"))
        self.add(node, _st("bound"), _text(one.bound))
        self.when_and_where(node, one.period, one.place, one.said_by)
        for name, thing in (("within", one.within), ("comparedWith", one.compared_with)):
            if thing is not None:
                self.add(node, _st(name), self.thing(thing))
        if one.compared_period:
            self.add(node, _st("comparedPeriod"), _text(one.compared_period))
        for name, value in (("lowerValue", one.lower), ("upperValue", one.upper)):
            if value is not None:
                self.add(node, _st(name), _decimal(value))

    def unit(self, notation: str) -> NamedNode:
        if notation in self.units:
            return _node(self.units[notation])
        node = _node(v.unit_iri(notation))
        self.add(node, _TYPE, _st("Unit"))
        self.add(node, _node(v.SKOS + "notation"), _text(notation))
        return node

    def when_and_where(self, node: NamedNode, period: str, place: Thing | None, said_by: Thing | None) -> None:
        if period:
            self.add(node, _st("period"), _text(period))
        if year := last_year(period):
            self.add(node, _st("year"), Literal(year, datatype=_YEAR))
        if place is not None:
            self.add(node, _st("place"), self.thing(place))
        if said_by is not None:
            self.add(node, _st("saidBy"), self.thing(said_by))

    def rankings(self, entries: Iterable[RankingEntry]) -> Iterator[None]:
        for key, members in _grouped(entries, _ranking_key).items():
            ranking = NamedNode(f"{v.STI}ranking/{digest(self.source.sha256, *key)}")
            self.add(ranking, _TYPE, _st("Ranking"))
            self.add(ranking, _LABEL, _text(key[0], language_of(key[0])))
            for one in members:
                self.when_and_where(ranking, one.period, one.place, one.said_by)
            for entry, same in _grouped(members, _entry_key).items():
                name = digest(self.source.sha256, *key, *entry)
                node, _ = self.fact("ranking-entry", name, (_st("RankingEntry"),), same)
                self.add(node, _st("inRanking"), ranking)
                self.add(node, _st("rank"), Literal(str(same[0].rank), datatype=_INTEGER))
                self.add(node, _st("item"), self.thing(same[0].item))
                if same[0].tier is not None:
                    self.add(node, _st("tier"), Literal(str(same[0].tier), datatype=_INTEGER))
            yield

    def loose(self, loose: Loose) -> None:
        """A figure that no fact captured: its words, why, and the sentence it stands in."""
        node = NamedNode(f"{v.STI}loose/{self.key}/{loose.span.start}-{loose.span.end}")
        self.add(node, _TYPE, _st("LooseFigure"))
        self.add(node, _st("valueText"), _text(loose.quantity))
        self.add(node, _st("reason"), _text(loose.reason))
        self.add(node, _FROM, self.passage(loose.sentence))
        self.add(self.iri, _st("looseFigure"), node)


def _grouped(
    records: Iterable[_Record], key: Callable[[_Record], tuple[str, ...]]
) -> dict[tuple[str, ...], list[_Record]]:
    """The records that say the same, in the order of first saying."""
    out: dict[tuple[str, ...], list[_Record]] = {}
    for record in records:
        out.setdefault(key(record), []).append(record)
    return out


def _iri(thing: Thing | None) -> str:
    return thing.iri if thing is not None else ""


def _number(value: Decimal | None) -> str:
    return decimal_text(value) if value is not None else ""


def _claim_key(one: Claim) -> tuple[str, ...]:
    return one.subject.iri, one.predicate, one.object.iri


def _observation_key(one: Observation) -> tuple[str, ...]:
    things = (one.about, one.place, one.within, one.compared_with, one.said_by)
    numbers = (one.value, one.lower, one.upper)
    words = (one.metric, one.period, one.compared_period, one.unit, one.status, one.bound)
    return *words, *map(_iri, things), *map(_number, numbers)


def _ranking_key(one: RankingEntry) -> tuple[str, ...]:
    return one.ranking, one.period, _iri(one.place)


def _entry_key(one: RankingEntry) -> tuple[str, ...]:
    return str(one.rank), one.item.iri, "" if one.tier is None else str(one.tier)

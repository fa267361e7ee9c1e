"""Records → quads: the shapes of the graph, in one place.

``quads`` is a pure function of its arguments: IRIs of facts are digests of what they say, so equal facts of one document
meet in one node that names all its passages. Quads are made as lines of N-Quads, which is what a store loads.

What the lexicon knows about a thing (labels, classes, relations) stands in the ontology graph alone. A document's graph
holds of a known thing where it is mentioned, and a class only where the document shows one that the lexicon lacks.

A lone surrogate, which no RDF literal can hold, becomes U+FFFD; the passage then says so in ``rdfs:comment``, and its
offsets still lead to the untouched characters of the source text.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote

from pyoxigraph import Quad, RdfFormat, parse

from suantu.border import vocab as v
from suantu.border.lines import SURROGATE, decimal, decimal_text, iri, st, text, typed
from suantu.records import Claim, Document, Evidence, Extraction, Loose, Observation, RankingEntry, Span, Thing

_Record = TypeVar("_Record")
CONTEXT = 32  # characters of oa:prefix and oa:suffix
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_COUNTED = {"claim": "claims", "observation": "observations", "ranking-entry": "rankings"}
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
    return parse(b"".join(graph.of(extraction)), format=RdfFormat.N_QUADS)


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


_TYPE, _LABEL, _FROM = iri(v.RDF + "type"), iri(v.RDFS + "label"), iri(v.PROV + "wasDerivedFrom")
_LABELS = {"pref": iri(v.SKOS + "prefLabel"), "alt": iri(v.SKOS + "altLabel")}
_EXACT, _START, _END, _PREFIX, _SUFFIX = (iri(v.OA + n) for n in ("exact", "start", "end", "prefix", "suffix"))
_PART, _COMMENT = iri(v.DCTERMS + "isPartOf"), iri(v.RDFS + "comment")
_SECTION, _PAGE = st("section"), st("page")
_PASSAGE_TYPES = (st("Passage"), *(iri(v.OA + n) for n in ("TextQuoteSelector", "TextPositionSelector")))


class DocumentGraph:
    """The graph of one document as N-Quads, a portion after the other: of what one before has said, only the new passages
    and names are added. ``counts`` holds the nodes by kind that have come so far, and the mentioned things."""

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
        self.iri = iri(v.document_iri(document.sha256))
        self.key = document.sha256[:16]
        self.end = f" {self.iri} .\n"
        self.counts = Counter(dict.fromkeys(("claims", "loose", "observations", "passages", "rankings", "things"), 0))
        self.out: dict[str, None] = {}  # lines, in the order of first adding
        self.passages: dict[Span, str] = {}
        self.things: set[tuple[str, tuple[str, ...]]] = set()
        self.mentioned: set[str] = set()
        self.said: set[str] = set()  # keys of facts
        self.sayers: dict[tuple[str, ...], str] = {}  # who first told each ranking
        self.named: frozenset[str] = frozenset()  # the discovered things of the portions before
        self.document(version)

    def of(self, extraction: Extraction, many: int = 0) -> Iterator[bytes]:
        """What a portion adds, each quad once; where it is more than ``many`` lines and passages, in pieces of which one
        may repeat what another holds."""
        for _ in self._steps(extraction):
            if 0 < many < len(self.out):
                yield self._taken()
        yield self._taken()
        self.passages = {}
        self.named = frozenset(iri for iri, _ in self.things)

    def _taken(self) -> bytes:
        data, self.out = "".join(self.out).encode(), {}
        self.counts["things"] = len(self.mentioned)
        return data

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

    def add(self, subject: str, predicate: str, *objects: str) -> None:
        for term in objects:
            self.out[f"{subject} {predicate} {term}{self.end}"] = None

    # ---- the document ----

    def document(self, version: str) -> None:
        doc, source = self.iri, self.source
        self.add(doc, _TYPE, st("Document"), iri(v.PROV + "Entity"))
        self.add(doc, st("sha256"), text(source.sha256))
        title = source.title or source.name
        if title:
            self.add(doc, iri(v.DCTERMS + "title"), text(title, language_of(title)))
        if source.issued:
            kind = next((t for shape, t in _DATE_TYPES if shape.fullmatch(source.issued)), "")
            self.add(doc, iri(v.DCTERMS + "issued"), typed(source.issued, kind) if kind else text(source.issued))
        if source.publisher:
            self.add(doc, iri(v.DCTERMS + "publisher"), text(source.publisher))
        if source.language:
            self.add(doc, iri(v.DCTERMS + "language"), text(source.language))
        self._reading(version)

    def _reading(self, version: str) -> None:
        """Which program, of which version, read the document."""
        reading, agent = iri(f"{v.STI}reading/{self.key}"), iri(f"{v.STI}software/suantu-{quote(version, safe='')}")
        self.add(reading, _TYPE, iri(v.PROV + "Activity"))
        self.add(reading, iri(v.PROV + "used"), self.iri)
        self.add(reading, iri(v.PROV + "wasAssociatedWith"), agent)
        self.add(agent, _TYPE, iri(v.PROV + "SoftwareAgent"))
        self.add(agent, _LABEL, text(f"Suantu {version}", "en"))

    # ---- passages ----

    def passage(self, span: Span, section: str = "") -> str:
        found = self.passages.get(span)
        if found is not None:
            return found
        self.counts["passages"] += 1
        whole, start, end = self.source.text, span.start, span.end
        node = self.passages[span] = f"<{v.STI}passage/{self.key}/{start}-{end}>"
        said = [
            *((_TYPE, kind) for kind in _PASSAGE_TYPES),
            (_EXACT, text(whole[start:end])),
            (_START, typed(start, "integer")),
            (_END, typed(end, "integer")),
            (_PREFIX, text(whole[max(0, start - CONTEXT) : start])),
            (_SUFFIX, text(whole[end : end + CONTEXT])),
            (_PART, self.iri),
        ]
        if section:
            said.append((_SECTION, text(section)))
        if self.source.pages:
            said.append((_PAGE, typed(max(1, bisect_right(self.source.pages, start)), "integer")))
        if SURROGATE.search(whole, start, end):
            said.append((_COMMENT, text("U+FFFD stands for a lone surrogate of the source.", "en")))
        # nothing else says anything of a passage: its lines need not be looked up one by one
        self.out["".join([f"{node} {predicate} {term}{self.end}" for predicate, term in said])] = None
        return node

    def derive(self, node: str, evidence: Iterable[Evidence]) -> None:
        self.add(node, _FROM, *(self.passage(span, one.section) for one in evidence for span in one.spans))

    # ---- things ----

    def thing(self, thing: Thing) -> str:
        node = iri(thing.iri)
        if (thing.iri, thing.classes) in self.things:
            return node
        self.things.add((thing.iri, thing.classes))
        stated = self.known.get(thing.iri, frozenset())
        for cls in self.closure(thing.classes):
            if cls not in stated:
                self.add(node, _TYPE, iri(cls) if ":" in cls else st(cls))
        if thing.found_by != "lexicon":
            self._discovered(node, thing)
        return node

    def closure(self, classes: Iterable[str]) -> dict[str, None]:
        out: dict[str, None] = {}
        for cls in classes or ("Entity",):
            out.update(dict.fromkeys((cls, *self.parents.get(cls, ()))))
        return out

    def _discovered(self, node: str, thing: Thing) -> None:
        labels = dict(thing.labels)
        if thing.iri in self.named:
            labels = {key: names for key, names in labels.items() if key.startswith("alt")}
        elif not any(key.startswith("pref@") for key in labels):
            labels[f"pref@{language_of(thing.label)}"] = (thing.label,)
        for key in sorted(labels):
            kind, _, language = key.partition("@")
            self.add(node, _LABELS[kind], *(text(label, language) for label in labels[key]))
        if thing.iri not in self.named:
            self.add(node, st("foundBy"), text(thing.found_by))
            self.add(node, st("confidence"), decimal(thing.confidence))

    def mention(self, thing: Thing, evidence: Evidence) -> None:
        node = self.thing(thing)
        self.mentioned.add(node)
        self.add(node, st("mentionedIn"), *(self.passage(span, evidence.section) for span in evidence.spans))

    # ---- facts ----

    def fact(
        self,
        kind: str,
        key: str,
        kinds: Iterable[str],
        records: Sequence[Claim | Observation | RankingEntry],
    ) -> tuple[str, bool]:
        """What all facts have: types, the rules that found them (all), how sure (the surest), the passages (all). The
        fact's node, and whether no portion before has said it."""
        node, new = f"<{v.STI}{kind}/{key}>", key not in self.said
        self.said.add(key)
        if new:
            self.counts[_COUNTED[kind]] += 1
            self.add(node, _TYPE, *kinds)
            self.add(node, st("foundBy"), *(text(rule) for rule in sorted({r.found_by for r in records})))
            self.add(node, st("confidence"), decimal(max(r.confidence for r in records)))
        self.derive(node, (r.evidence for r in records))
        return node, new

    def claims(self, claims: Iterable[Claim]) -> Iterator[None]:
        for (subject, predicate, object_), same in _grouped(claims, _claim_key).items():
            key = digest(subject, predicate, object_, self.source.sha256)
            s, p, o = self.thing(same[0].subject), st(predicate), self.thing(same[0].object)
            self.add(s, p, o)
            node, _ = self.fact("claim", key, (st("Claim"), iri(v.RDF + "Statement")), same)
            self.add(node, iri(v.RDF + "subject"), s)
            self.add(node, iri(v.RDF + "predicate"), p)
            self.add(node, iri(v.RDF + "object"), o)
            yield

    def observations(self, observations: Iterable[Observation]) -> Iterator[None]:
        for key, same in _grouped(observations, _observation_key).items():
            name = digest(self.source.sha256, *key)
            node, new = self.fact("observation", name, (st("Observation"), iri(v.QB + "Observation")), same)
            if new:
                self.add(node, iri(v.QB + "dataSet"), iri(v.DATA_SET))
                self.add(node, st("fact"), text(name))
                self._observation(node, same[0])
            yield

    def _observation(self, node: str, one: Observation) -> None:
        self.add(node, st("metric"), iri(v.metric_iri(one.metric)))
        self.add(node, st("about"), self.thing(one.about))
        self.add(node, st("value"), decimal(one.value))
        self.add(node, st("valueText"), text(one.value_text))
        self.add(node, st("unit"), self.unit(one.unit))
        self.add(node, st("status"), st(one.status))
        code = _STATUS_CODE[one.status]
        self.add(node, iri(v.SDMX_ATTRIBUTE + "obsStatus"), iri(f"{v.SDMX_CODE}obsStatus-{code}"))
        self.add(node, st("bound"), text(one.bound))
        self.when_and_where(node, one.period, one.place, one.said_by)
        for name, thing in (("within", one.within), ("comparedWith", one.compared_with)):
            if thing is not None:
                self.add(node, st(name), self.thing(thing))
        if one.compared_period:
            self.add(node, st("comparedPeriod"), text(one.compared_period))
        for name, value in (("lowerValue", one.lower), ("upperValue", one.upper)):
            if value is not None:
                self.add(node, st(name), decimal(value))

    def unit(self, notation: str) -> str:
        if notation in self.units:
            return iri(self.units[notation])
        node = iri(v.unit_iri(notation))
        self.add(node, _TYPE, st("Unit"))
        self.add(node, iri(v.SKOS + "notation"), text(notation))
        return node

    def when_and_where(self, node: str, period: str, place: Thing | None, said_by: Thing | None) -> None:
        if period:
            self.add(node, st("period"), text(period))
        if year := last_year(period):
            self.add(node, st("year"), typed(year, "gYear"))
        if place is not None:
            self.add(node, st("place"), self.thing(place))
        if said_by is not None:
            self.add(node, st("saidBy"), self.thing(said_by))

    def rankings(self, entries: Iterable[RankingEntry]) -> Iterator[None]:
        for key, told in _grouped(entries, _ranking_key).items():
            for sayer, members in self._by_sayer(key, told).items():
                self._ranking((*key, sayer) if sayer else key, members)
            yield

    def _by_sayer(self, key: tuple[str, ...], told: Iterable[RankingEntry]) -> dict[str, list[RankingEntry]]:
        """The entries of one name, time and place as each source has them: the first one's (under the empty key) with
        those that nobody is named for, and those of every other."""
        out: dict[str, list[RankingEntry]] = {}
        for one in told:
            said = _iri(one.said_by)
            first = said and self.sayers.setdefault(key, said)
            out.setdefault("" if said == first else said, []).append(one)
        return out

    def _ranking(self, key: tuple[str, ...], members: Sequence[RankingEntry]) -> None:
        ranking = f"<{v.STI}ranking/{digest(self.source.sha256, *key)}>"
        self.add(ranking, _TYPE, st("Ranking"))
        self.add(ranking, _LABEL, text(key[0], language_of(key[0])))
        for one in members:
            self.when_and_where(ranking, one.period, one.place, one.said_by)
        for entry, same in _grouped(members, _entry_key).items():
            name = digest(self.source.sha256, *key, *entry)
            node, _ = self.fact("ranking-entry", name, (st("RankingEntry"),), same)
            self.add(node, st("inRanking"), ranking)
            self.add(node, st("rank"), typed(same[0].rank, "integer"))
            self.add(node, st("item"), self.thing(same[0].item))
            if same[0].tier is not None:
                self.add(node, st("tier"), typed(same[0].tier, "integer"))

    def loose(self, loose: Loose) -> None:
        """A figure that no fact captured: its words, why, and the sentence it stands in."""
        node = f"<{v.STI}loose/{self.key}/{loose.span.start}-{loose.span.end}>"
        self.counts["loose"] += f"{node} {_TYPE} {st('LooseFigure')}{self.end}" not in self.out
        self.add(node, _TYPE, st("LooseFigure"))
        self.add(node, st("valueText"), text(loose.quantity))
        self.add(node, st("reason"), text(loose.reason))
        self.add(node, _FROM, self.passage(loose.sentence))
        self.add(self.iri, st("looseFigure"), node)


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

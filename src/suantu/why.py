"""Back to the words: why a fact is in the graph, and where the documents say something."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from suantu.border.vocab import RDF, ST, STI
from suantu.errors import UsageError
from suantu.query import full, one_of
from suantu.stores.base import Endpoint, Term, iri

if TYPE_CHECKING:
    from suantu.stores.kb import KnowledgeBase

_KINDS = ("claim", "observation", "ranking-entry")
_CLASSES = ("Claim", "Observation", "RankingEntry")
_PARAGRAPH = re.compile(r"\n[ \t\u3000]*\n")
_REACH = 300  # characters of a paragraph shown on either side at most
_OVERLAPS = 8  # passages that may hold the same words
_AROUND = 24  # characters shown around a place found
_NEVER = frozenset({"wasDerivedFrom", "type", "foundBy", "confidence", "dataSet", "fact", "obsStatus", "year"})


class Quote(NamedTuple):
    """Words of a document, in their paragraph: ``before + words + after``, and where that stands."""

    document: str
    title: str
    section: str
    page: str
    start: int
    before: str
    words: str
    after: str

    def where(self, say: Callable[..., str]) -> str:
        """The page, the section or the offset, in short."""
        if self.page:
            return say("page_short", page=self.page)
        return self.section or str(self.start)


class Reason(NamedTuple):
    """Why a fact is in the graph: its kind, what it says (property and value IRIs or texts), the rules that read it,
    how sure they are, and the quotes."""

    fact: str
    kind: str
    says: list[tuple[str, Term]]
    rules: list[str]
    confidence: str
    quotes: list[Quote]


# ---- facts -----------------------------------------------------------------------------------------------------------


def find_fact(endpoint: Endpoint, fact: str, kb: KnowledgeBase | None = None) -> str:
    """The IRI of a fact from its IRI, CURIE, key, or the first digits of its key, which are found sooner where the
    knowledge base is at hand. UsageError where none or several fit."""
    fact = fact.strip()
    key = re.fullmatch(r"[0-9a-f]{4,}", fact)
    wanted = [f"{STI}{kind}/{fact}" for kind in _KINDS] if key else [full(fact)]
    kinds = one_of("k", [ST + c for c in _CLASSES])
    if wanted := [w for w in wanted if w]:
        rows = endpoint.select(f"SELECT DISTINCT ?f WHERE {{ {one_of('f', wanted)} {kinds} ?f a ?k }}")
        if len(rows):
            return next(iter(rows))["f"].value
    found: list[str] = []
    if key and kb is not None:
        from suantu.search import facts_beginning

        found = facts_beginning(kb, endpoint, fact)
    elif key:
        beginning = Term("literal", f"/{fact}").sparql()
        shape = f"CONTAINS(STR(?f), {beginning})"
        rows = endpoint.select(f"SELECT DISTINCT ?f WHERE {{ {kinds} ?f a ?k FILTER({shape}) }} ORDER BY ?f LIMIT 5")
        found = [r["f"].value for r in rows if r["f"].value.rpartition("/")[2].startswith(fact)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} facts begin with {fact!r}: give more digits")
    raise UsageError(f"unknown fact {fact!r}: take its number from 'suantu show' or 'suantu facts'")


def why(endpoint: Endpoint, fact: str, kb: KnowledgeBase | None = None) -> Reason:
    """Why a fact (IRI) is in the graph. With the knowledge base the quotes come with their whole paragraph, without
    it with the words that the passage keeps around them."""
    rows = list(endpoint.select(f"SELECT DISTINCT ?p ?o WHERE {{ {iri(fact).sparql()} ?p ?o }} ORDER BY ?p ?o"))
    if not rows:
        raise UsageError(f"unknown fact {fact!r}")
    classes = {r["o"].value.removeprefix(ST) for r in rows if r["p"].value == RDF + "type"}
    kind = next((c for c in _CLASSES if c in classes), "")
    says = [(r["p"].value, r["o"]) for r in rows if _local(r["p"].value) not in _NEVER]
    rules = [r["o"].value for r in rows if r["p"].value == ST + "foundBy"]
    sure = next((r["o"].value for r in rows if r["p"].value == ST + "confidence"), "")
    if kind == "RankingEntry":
        says += _ranking(endpoint, fact)
    return Reason(fact, kind, says, rules, sure, _quotes(endpoint, fact, kb))


def _local(value: str) -> str:
    return re.split(r"[/#]", value)[-1]


def _ranking(endpoint: Endpoint, fact: str) -> list[tuple[str, Term]]:
    query = (
        f"SELECT DISTINCT ?p ?o WHERE {{ {iri(fact).sparql()} st:inRanking ?r . ?r ?p ?o"
        " VALUES ?p { st:period st:place st:saidBy } } ORDER BY ?p ?o"
    )
    return [(r["p"].value, r["o"]) for r in endpoint.select(query)]


def _quotes(endpoint: Endpoint, fact: str, kb: KnowledgeBase | None) -> list[Quote]:
    query = (
        f"SELECT DISTINCT * WHERE {{ {iri(fact).sparql()} prov:wasDerivedFrom ?p . ?p oa:exact ?words ;"
        " dcterms:isPartOf ?document OPTIONAL { ?p oa:start ?start } OPTIONAL { ?p oa:end ?end }"
        " OPTIONAL { ?p oa:prefix ?before } OPTIONAL { ?p oa:suffix ?after } OPTIONAL { ?p st:section ?section }"
        " OPTIONAL { ?p st:page ?page } OPTIONAL { ?document dcterms:title ?title } } ORDER BY ?document ?start"
    )
    texts: dict[str, str] = {}
    return [_quote(row, kb, texts) for row in endpoint.select(query)]


def _quote(row: dict[str, Term], kb: KnowledgeBase | None, texts: dict[str, str]) -> Quote:
    def get(name: str) -> str:
        return row[name].value if name in row else ""

    document, before, after = get("document"), get("before"), get("after")
    start = int(get("start") or 0)
    if kb is not None and "start" in row and "end" in row:
        if document not in texts:
            texts[document] = kb.source_text(document)
        before, after = around(texts[document], start, int(get("end")))
    else:
        before, after = around(before + after, len(before), len(before))
    return Quote(document, get("title"), get("section"), get("page"), start, before, get("words"), after)


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after ``text[start:end]`` in its paragraph, at most some hundred characters each."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    for border in _PARAGRAPH.finditer(before):
        before_from = border.end()
        return _last_paragraph(before, before_from), _PARAGRAPH.split(after, maxsplit=1)[0].rstrip()
    return before.lstrip(), _PARAGRAPH.split(after, maxsplit=1)[0].rstrip()


def _last_paragraph(text: str, start: int) -> str:
    for border in _PARAGRAPH.finditer(text, start):
        start = border.end()
    return text[start:].lstrip()


# ---- places in the texts ---------------------------------------------------------------------------------------------


def in_texts(kb: KnowledgeBase, text: str, limit: int) -> list[Quote]:
    """Where the source texts say ``text``: in any case, any run of blanks (also a line end) for a blank."""
    from suantu.stores.kb import source_text

    between = r"\s+" if text.isascii() else r"\s*"
    pattern = re.compile(between.join(map(re.escape, text.split())), re.IGNORECASE)
    found: list[Quote] = []
    for entry in sorted(kb.documents, key=lambda d: (d.issued, d.title, d.sha256)):
        source = source_text(kb.directory, entry)
        for match in pattern.finditer(source):
            start, end = match.span()
            before, after = around(source, start, end)
            place = (entry.iri, entry.title or entry.name, "", "", start, before[-_AROUND:], match[0], after[:_AROUND])
            found.append(Quote(*place))
            if len(found) == limit:
                return found
    return found


def in_passages(endpoint: Endpoint, text: str, limit: int) -> list[Quote]:
    """Where the passages of the graph say ``text``, for an endpoint without the source texts."""
    low = text.casefold()
    query = (
        "SELECT DISTINCT * WHERE { ?p a st:Passage ; oa:exact ?words ; dcterms:isPartOf ?document ."
        f" FILTER(CONTAINS(LCASE(?words), {Term('literal', low).sparql()}))"
        " OPTIONAL { ?p oa:start ?start } OPTIONAL { ?p oa:prefix ?before } OPTIONAL { ?p oa:suffix ?after }"
        " OPTIONAL { ?p st:section ?section } OPTIONAL { ?p st:page ?page }"
        f" OPTIONAL {{ ?document dcterms:title ?title }} }} ORDER BY ?document ?start ?p LIMIT {limit * _OVERLAPS}"
    )
    found: dict[tuple[str, int], Quote] = {}
    for row in endpoint.select(query):
        place = _said(row, low)
        found.setdefault((place.document, place.start), place)
    return list(found.values())[:limit]


def _said(row: dict[str, Term], low: str) -> Quote:
    """The place in a passage's words; passages overlap, so several may hold the same one."""

    def get(name: str) -> str:
        return row[name].value if name in row else ""

    words = get("words")
    at = max(0, words.casefold().find(low)) if len(words.casefold()) == len(words) else 0
    end = at + len(low)
    before, after = (get("before") + words[:at])[-_AROUND:], (words[end:] + get("after"))[:_AROUND]
    start = int(get("start") or 0) + at
    return Quote(get("document"), get("title"), get("section"), get("page"), start, before, words[at:end], after)


def marked(quote: Quote, marks: tuple[str, str]) -> Iterable[str]:
    """The lines of a quote with its words between ``marks``."""
    return f"{quote.before}{marks[0]}{quote.words}{marks[1]}{quote.after}".splitlines()

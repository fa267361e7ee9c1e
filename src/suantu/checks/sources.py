"""Passages against the stored texts: every quote stands where it says, in a text that nobody has changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

import pyoxigraph as ox

from suantu.border.vocab import DCTERMS, OA, RDF, ST
from suantu.checks.finding import ERROR, Finding, Part
from suantu.stores.base import Endpoint
from suantu.stores.kb import DocumentEntry, KnowledgeBase, text_path
from suantu.stores.local import LocalEndpoint

NAME = "sources"
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TYPE, _PASSAGE = ox.NamedNode(RDF + "type"), ox.NamedNode(ST + "Passage")
_SAID = {DCTERMS + "isPartOf": "d"} | {OA + name: name for name in ("exact", "start", "end", "prefix", "suffix")}

_ASKED = (  # of an endpoint that is not here
    "SELECT DISTINCT ?p ?d ?exact ?start ?end ?prefix ?suffix WHERE { ?p a st:Passage"
    " OPTIONAL { ?p dcterms:isPartOf ?d } OPTIONAL { ?p oa:exact ?exact } OPTIONAL { ?p oa:start ?start }"
    " OPTIONAL { ?p oa:end ?end } OPTIONAL { ?p oa:prefix ?prefix } OPTIONAL { ?p oa:suffix ?suffix } }"
)


def check_sources(endpoint: Endpoint, kb: KnowledgeBase) -> Part:
    """Each stored text has its hash, the graph and the manifest name the same documents, and every passage is
    ``text[start:end]`` with the words around it."""
    texts: dict[str, str] = {}
    found = list(_documents(endpoint, kb))
    for entry in kb.documents:
        problem, text = _text(kb, entry)
        if problem:
            found.append(_finding(entry.iri, problem, entry.iri))
        if text is not None:
            texts[entry.iri] = text
    known = {entry.iri for entry in kb.documents}
    number = 0
    for row in _passages(endpoint):
        number += 1
        found.extend(_passage(row, texts, known))
    return Part(NAME, "passages", number, tuple(found))


def _passages(endpoint: Endpoint) -> Iterator[dict[str, str]]:
    """What is said of each passage, one after the other: there may be millions. Where something is said twice, there is a
    row for every way to read it."""
    if not isinstance(endpoint, LocalEndpoint):
        yield from ({name: term.value for name, term in row.items()} for row in endpoint.select(_ASKED))
        return
    store, default = endpoint.store, ox.DefaultGraph()
    for passage in store.quads_for_pattern(None, _TYPE, _PASSAGE, default):
        node = passage.subject
        said: dict[str, list[str]] = {}
        for quad in store.quads_for_pattern(node, None, None, default):
            if (name := _SAID.get(quad.predicate.value)) and not isinstance(quad.object, ox.Triple):
                said.setdefault(name, []).append(quad.object.value)
        for values in product(*said.values()):
            yield {"p": getattr(node, "value", str(node)), **dict(zip(said, values, strict=True))}


def _finding(node: str, message: str, document: str = "", quote: str = "") -> Finding:
    return Finding(NAME, ERROR, node, message, document, quote)


def _documents(endpoint: Endpoint, kb: KnowledgeBase) -> Iterator[Finding]:
    query = "SELECT DISTINCT ?d ?sha WHERE { ?d a st:Document OPTIONAL { ?d st:sha256 ?sha } }"
    graph = {row["d"].value: row["sha"].value if "sha" in row else "" for row in endpoint.select(query)}
    manifest = {entry.iri: entry.sha256 for entry in kb.documents}
    for iri in sorted(graph.keys() | manifest.keys()):
        if iri not in graph:
            yield _finding(iri, "the manifest lists this document, the graph does not hold it", iri)
        elif iri not in manifest:
            yield _finding(iri, "the graph holds this document, the manifest does not list it", iri)
        elif graph[iri] != manifest[iri]:
            yield _finding(iri, "the graph and the manifest give this document different hashes", iri)


def _text(kb: KnowledgeBase, entry: DocumentEntry) -> tuple[str, str | None]:
    """What is wrong with a stored text (empty where nothing is), and the text where it can be read at all."""
    try:
        data = text_path(kb.directory, entry.sha256).read_bytes()
    except OSError as error:
        return f"the source text cannot be read: {error.strerror or error}", None
    problem = "" if hashlib.sha256(data).hexdigest() == entry.sha256 else "the source text was changed: another hash"
    with suppress(UnicodeDecodeError):
        return problem, data.decode("utf8", "surrogatepass")
    return problem or "the source text is not UTF-8", None


def _passage(row: dict[str, str], texts: dict[str, str], known: set[str]) -> Iterator[Finding]:
    node, document, exact = row["p"], row.get("d", ""), row.get("exact", "")
    if document not in known:
        yield _finding(node, "the passage belongs to no document of the knowledge base", document, exact)
        return
    if document not in texts:
        return  # the lost text is an error of its own, which need not be repeated for every passage
    text = texts[document]
    try:
        start, end = int(row["start"]), int(row["end"])
    except (KeyError, ValueError):
        yield _finding(node, "the passage has no whole numbers for its start and end", document, exact)
        return
    if not 0 <= start < end <= len(text):
        yield _finding(node, f"{start}–{end} is not within the text of {len(text)} characters", document, exact)
    elif _plain(text[start:end]) != exact:
        yield _finding(node, f"the text says {text[start:end][:80]!r} at {start}–{end}", document, exact)
    elif not _around(text, start, end, row.get("prefix", ""), row.get("suffix", "")):
        yield _finding(node, "the text around the passage differs from its prefix or suffix", document, exact)


def _around(text: str, start: int, end: int, prefix: str, suffix: str) -> bool:
    before = _plain(text[max(0, start - len(prefix)) : start])
    return before == prefix and _plain(text[end : end + len(suffix)]) == suffix


def _plain(text: str) -> str:
    """The text as RDF can hold it: a lone surrogate is U+FFFD there."""
    return _SURROGATE.sub("\ufffd", text)

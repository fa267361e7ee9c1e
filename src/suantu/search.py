"""The search over all names: exact, by beginning or part, by pinyin and its initials, and with slips of the pen.

The names of a local knowledge base are kept in it (``documents/names.tsv``): a line that says of which state they are,
then one line a name: folded name, name, IRI, class, pinyin, initials. A direct hit is found in that text as it stands;
only a search that finds none takes the lines apart. The pinyin comes in with the first search that wants it, so that
neither building nor an ordinary search pays for its dictionary.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from suantu.border.vocab import ST, STI
from suantu.names import fold, parents, short, specific
from suantu.query import one_of
from suantu.stores.base import Endpoint

if TYPE_CHECKING:
    from suantu.ontology import Ontology
    from suantu.stores.kb import KnowledgeBase

NAMES_FILE, FACTS_FILE = "names.tsv", "facts.tsv"
FACTS = ("Claim", "Observation", "RankingEntry")  # the classes of facts
_GOOD = 80.0
_TYPES = "SELECT DISTINCT ?x ?c WHERE { ?x a st:Entity , ?c }"
_LABELS = "SELECT DISTINCT ?x ?l WHERE { { ?x skos:prefLabel ?l } UNION { ?x skos:altLabel ?l } ?x a st:Entity }"
_DOCUMENTS = "{ SELECT DISTINCT ?g WHERE { GRAPH ?g { ?d a st:Document } } }"
_DOCUMENT_LABELS = (
    f"SELECT DISTINCT ?x ?l WHERE {{ {_DOCUMENTS} GRAPH ?g {{ ?x skos:prefLabel|skos:altLabel ?l }} ?x a st:Entity }}"
)


class Name(NamedTuple):
    """One name of one thing; ``folded`` is the form that is compared."""

    folded: str
    name: str
    iri: str
    cls: str
    pinyin: str
    initials: str


class Hit(NamedTuple):
    """A thing that a search found: by which of its names, how (exact, prefix …), and how well (0–100)."""

    iri: str
    cls: str
    name: str
    how: str
    score: float


class Index:
    """The names of all things, as lines of UTF-8: one a name, its fields between tabs. A file of them need not be read
    as a whole (``start`` is where its names begin): most searches look at a few of its lines."""

    def __init__(self, lines: bytes | mmap.mmap, start: int = 0) -> None:
        self._lines, self._start = lines, start

    @classmethod
    def of(cls, names: Iterable[Name]) -> Index:
        """An index of these names, in which no space but the single one stands."""
        return cls("".join("\t".join(name) + "\n" for name in names).encode())

    @property
    def data(self) -> bytes:
        """All lines."""
        return self._lines[self._start :]

    def __iter__(self) -> Iterator[Name]:
        for line in self.data.decode().splitlines():
            yield Name(*line.split("\t"))

    def holding(self, part: str) -> Iterator[Name]:
        """The names in whose line ``part`` stands somewhere."""
        lines, wanted = self._lines, part.encode("utf-8", "replace")
        at = lines.find(wanted, self._start)
        while at >= 0:
            end = lines.find(b"\n", at)
            yield Name(*lines[lines.rfind(b"\n", 0, at) + 1 : end].decode().split("\t"))
            at = lines.find(wanted, end)


# ---- making and keeping the index ------------------------------------------------------------------------------------


def index(endpoint: Endpoint, *, pinyin: bool = True, known: Ontology | None = None) -> Index:
    """Every name of every thing, sorted; ``pinyin`` adds how Chinese names are read.

    ``known`` is the ontology of the knowledge base where it is at hand: its names need no asking then, which is most
    of them.
    """
    above = parents(endpoint)
    shown, rows = _said_by(known, above) if known else ({}, set())
    classes: dict[str, set[str]] = {}
    for row in endpoint.select(_document_types(above) if known else _TYPES):
        classes.setdefault(row["x"].value, set()).add(row["c"].value)
    for x, own in classes.items():
        shown[x] = short(specific(own | {ST + c for c in shown[x].split("/")} if x in shown else own, above))
    rows.update((r["l"].value, r["x"].value) for r in endpoint.select(_DOCUMENT_LABELS if known else _LABELS))
    read = _reader() if pinyin else None
    return Index.of(
        Name(fold(label), " ".join(label.split()), x, shown.get(x, ""), *(read(label) if read else ("", "")))
        for label, x in sorted(rows)
    )


def _said_by(ontology: Ontology, above: Mapping[str, set[str]]) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The most specific classes of the things of an ontology, and their names."""
    specific_of = cache(lambda classes: short(specific((ST + c for c in classes), above)))
    things = {x: specific_of(thing.classes) for x, thing in ontology.things.items()}
    return things, {(name.text, name.thing.iri) for name in ontology.names}


def _document_types(above: Mapping[str, set[str]]) -> str:
    things = one_of("c", sorted({ST + "Entity"} | {c for c, over in above.items() if ST + "Entity" in over}))
    return f"SELECT DISTINCT ?x ?c WHERE {{ {_DOCUMENTS} {things} GRAPH ?g {{ ?x a ?c }} }}"


def _reader() -> Callable[[str], tuple[str, str]]:
    from pypinyin import lazy_pinyin

    def read(label: str) -> tuple[str, str]:
        if label.isascii():
            return "", ""
        syllables = [fold(s).replace(" ", "") for s in lazy_pinyin(label)]  # a run that is not Chinese stays whole
        return "".join(syllables), "".join(s[:1] if s.isalpha() else s for s in syllables)

    return read


def index_of(kb: KnowledgeBase, endpoint: Endpoint, *, pinyin: bool, known: Ontology | None = None) -> Index:
    """The names of a local knowledge base: those kept in it where they are of this state of it (and have the pinyin,
    if wanted); else those that the graph gives (and the ontology ``known`` that it was built with), which are then kept
    for the next time."""
    path, heads = kept_at(kb), [f"{_state(kb)}\t{read}\n".encode() for read in ("pinyin", "plain")]
    if kept := _kept(path, heads[:1] if pinyin else heads):
        return Index(*kept)
    names = index(endpoint, pinyin=pinyin, known=known)
    _keep_for_later(path, heads[0 if pinyin else 1] + names.data)
    return names


def facts_beginning(kb: KnowledgeBase, endpoint: Endpoint, digits: str) -> list[str]:
    """The facts (IRIs) of a local knowledge base whose keys begin with ``digits``. Their keys are kept in it like its
    names: the store would have to look at every fact."""
    path, head = kept_at(kb).with_name(FACTS_FILE), f"{_state(kb)}\n".encode()
    kept: tuple[bytes | mmap.mmap, int] | None = _kept(path, [head])
    if kept is None:
        rows = endpoint.select(f"SELECT DISTINCT ?f WHERE {{ {one_of('k', map(ST.__add__, FACTS))} ?f a ?k }}")
        keys = sorted((key, start) for start, _, key in (r["f"].value.rpartition("/") for r in rows))
        kept = head + "".join(f"{key}\t{start.removeprefix(STI)}\n" for key, start in keys).encode(), len(head)
        _keep_for_later(path, bytes(kept[0]))
    lines, start = kept
    found, at = list[str](), lines.find(f"\n{digits}".encode(), start - 1)
    while at >= 0:
        key, _, where = lines[at + 1 : lines.find(b"\n", at + 1)].decode().partition("\t")
        found.append(f"{where if ':' in where else STI + where}/{key}")
        at = lines.find(f"\n{digits}".encode(), at + 1)
    return found


def _kept(path: Path, heads: Iterable[bytes]) -> tuple[mmap.mmap, int] | None:
    """What a file holds that begins with one of these lines, and where it goes on; None where there is none."""
    with suppress(OSError, ValueError), path.open("rb") as file:
        if (head := file.readline()) in heads:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), len(head)
    return None


def _keep_for_later(path: Path, data: bytes) -> None:
    with suppress(OSError):  # a knowledge base that may only be read
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(data)
        draft.replace(path)


def kept_at(kb: KnowledgeBase) -> Path:
    """Where the names of a knowledge base are kept."""
    from suantu.stores.place import DOCUMENTS

    return kb.directory / DOCUMENTS / NAMES_FILE


def _state(kb: KnowledgeBase) -> str:
    """Changes whenever the knowledge base is written."""
    found = (kb.directory / "manifest.json").stat()
    return f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}"


# ---- searching -------------------------------------------------------------------------------------------------------


def search(names: Index, text: str, limit: int = 20) -> list[Hit]:
    """Things by name, best first: the same, beginning with it, holding it, by pinyin, by initials, then alike."""
    wanted = fold(text)
    if not wanted:
        return []
    hits: dict[str, Hit] = {}
    letters = wanted.replace(" ", "").replace("'", "")
    for part in dict.fromkeys((wanted, letters)):
        for name in names.holding(part):
            _keep(hits, name, *_how(name, wanted, letters))
    if not any(hit.score >= _GOOD for hit in hits.values()):
        _alike(hits, list(names), wanted)
    return sorted(hits.values(), key=lambda hit: (-hit.score, len(hit.name), hit.name, hit.iri))[:limit]


def _how(name: Name, wanted: str, letters: str) -> tuple[str, float]:
    if name.folded == wanted:
        return "exact", 100.0
    if name.folded.startswith(wanted):
        return "prefix", 90.0
    if wanted in name.folded:
        return "inside", _GOOD
    if name.pinyin and letters.isascii():
        return _how_read(name, letters)
    return "", 0.0


def _how_read(name: Name, letters: str) -> tuple[str, float]:
    if name.pinyin == letters:
        return "pinyin", 95.0
    if len(letters) > 1 and name.initials == letters:
        return "initials", 85.0
    if len(letters) > 2 and name.pinyin.startswith(letters):
        return "pinyin", 82.0
    return "", 0.0


def _keep(hits: dict[str, Hit], name: Name, how: str, score: float) -> None:
    if how and score > (hits[name.iri].score if name.iri in hits else 0):
        hits[name.iri] = Hit(name.iri, name.cls, name.name, how, score)


def _alike(hits: dict[str, Hit], names: list[Name], wanted: str) -> None:
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import Levenshtein

    written = [n.folded for n in names]
    # of a name of two characters, one wrong leaves half
    enough = 60 if len(wanted) > 3 else 50
    for _, score, at in process.extract(wanted, written, scorer=fuzz.ratio, score_cutoff=enough, limit=300):
        # Of those that share as much, the one with it in its place: one wrong letter, not two
        in_place = Levenshtein.normalized_similarity(written[at], wanted)
        _keep(hits, names[at], "alike", score * (0.74 + 0.01 * in_place))
    if wanted.isascii():
        read = [n.pinyin for n in names]
        for _, score, at in process.extract(wanted, read, scorer=fuzz.ratio, score_cutoff=80, limit=30):
            _keep(hits, names[at], "alike", score * 0.7)

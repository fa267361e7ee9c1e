"""Building, adding to and taking from a knowledge base; the canonical export."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from suantu import __version__
from suantu.border.assemble import quads
from suantu.border.ontograph import OntologyGraph, ontology_graph
from suantu.border.vocab import GRAPH_INFERRED, GRAPH_ONTOLOGY, PREFIXES, ST
from suantu.errors import InputError, StoreError
from suantu.infer import inferred_quads
from suantu.ontology import Ontology
from suantu.records import Document, Extraction
from suantu.stores import kb
from suantu.stores.draft import Draft, fresh, revised

Extract = Callable[[Document], Extraction]
Read = Callable[[Path], Document]
Progress = Callable[[int, int, str], None]
_NQ = ox.RdfFormat.N_QUADS
_COUNTED = {
    ST + "Claim": "claims",
    ST + "Observation": "observations",
    ST + "RankingEntry": "rankings",
    ST + "LooseFigure": "loose",
    ST + "Passage": "passages",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did. ``failed`` holds (file, reason); ``unchanged`` counts documents that were there already;
    ``things`` counts the mentioned things by class (local name). ``rankings`` counts entries."""

    documents: int
    failed: tuple[tuple[str, str], ...] = ()
    unchanged: int = 0
    things: dict[str, int] = field(default_factory=dict)
    claims: int = 0
    observations: int = 0
    rankings: int = 0
    loose: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Done:
    """One document, read: its entry, text, and the N-Quads of its graph; or why it could not be read."""

    name: str
    problem: str = ""
    entry: kb.DocumentEntry | None = None
    text: str = ""
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class _Worker:
    """From a path to a document's quads; goes into worker processes by forking."""

    read: Read
    extract: Extract
    graph: OntologyGraph
    present: frozenset[str] = frozenset()

    def __call__(self, path: Path) -> _Done:
        try:
            document = self.read(path)
            if document.sha256 in self.present:
                return _Done(path.name, entry=_entry(document, Counter()))
            extraction = self.extract(document)
        except InputError as error:
            return _Done(path.name, problem=str(error))
        made = quads(extraction, __version__, self.graph.parents, units=self.graph.units, known=self.graph.known)
        counts: Counter[str] = Counter()
        data = ox.serialize(_counting(made, counts), format=_NQ) or b""
        return _Done(path.name, "", _entry(document, counts), document.text, data)


def _entry(document: Document, counts: Counter[str]) -> kb.DocumentEntry:
    d = document
    return kb.DocumentEntry(
        d.sha256, d.name, d.title, d.issued, d.publisher, d.language, len(d.text), dict(sorted(counts.items()))
    )


def _counting(made: Iterable[ox.Quad], counts: Counter[str]) -> Iterator[ox.Quad]:
    """The quads unchanged, counting nodes by kind and mentioned things on the way."""
    counts.update(dict.fromkeys((*_COUNTED.values(), "things"), 0))
    things: set[str] = set()
    mentioned = ST + "mentionedIn"
    for quad in made:
        term = quad.object
        if isinstance(term, ox.NamedNode) and term.value in _COUNTED:
            counts[_COUNTED[term.value]] += 1
        elif quad.predicate.value == mentioned:
            things.add(str(quad.subject))
        yield quad
    counts["things"] = len(things)


# ---- building ----


def build(
    sources: Sequence[Path],
    kb_dir: Path,
    ontology: Ontology,
    extract: Extract,
    read: Read,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Summary:
    """Read ``sources`` into a new knowledge base in the place of ``kb_dir``.

    A source that cannot be read is named in the summary and the others are built; where none can be read, InputError
    is raised and what was there stays. StoreError where ``kb_dir`` is something else, or is being written.
    """
    began = time.monotonic()
    with fresh(kb_dir) as draft:
        graph = ontology_graph(ontology.turtle)
        draft.put(ox.serialize(graph.quads, format=_NQ) or b"", GRAPH_ONTOLOGY)
        if jobs == 1:
            draft.load_beside()
        done = _work(_Worker(read, extract, graph), sources, jobs)
        entries, failed = _take(done, len(sources), draft, progress)
        if not entries:
            raise _nothing(failed)
        manifest = _finish(draft, ontology.digest, entries)
    return _summary(manifest, failed, 0, began)


def add(
    sources: Sequence[Path],
    kb_dir: Path,
    ontology: Ontology,
    extract: Extract,
    read: Read,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    force: bool = False,
) -> Summary:
    """Read ``sources`` into the knowledge base ``kb_dir``: only their graphs and the inferred one change.

    A document that is there already is left as it is unless ``force``. StoreError where the knowledge base was built
    with another ontology or version: its other documents would then differ from these.
    """
    began = time.monotonic()
    before = kb.read_manifest(kb_dir)
    if (before.version, before.ontology) != (__version__, ontology.digest):
        raise StoreError(f"{kb_dir}: built with another ontology or version; build it anew with: suantu build PATH…")
    present = frozenset() if force else frozenset(d.sha256 for d in before.documents)
    worker = _Worker(read, extract, ontology_graph(ontology.turtle), present)
    done = list(_work(worker, sources, jobs))
    failed = tuple((d.name, d.problem) for d in done if d.problem)
    news = [d for d in done if d.entry and d.data]
    if len(failed) == len(done):
        raise _nothing(failed)
    if not news:
        return _summary(before, failed, len(done) - len(failed), began)
    with revised(kb_dir) as (draft, before):
        entries = {d.sha256: d for d in before.documents}
        for graph in (GRAPH_INFERRED, *(d.entry.iri for d in news if d.entry)):
            draft.drop(graph)
        added, _ = _take(iter(news), len(news), draft, progress)
        entries.update((d.sha256, d) for d in added)
        manifest = _finish(draft, before.ontology, list(entries.values()))
    return _summary(manifest, failed, len(done) - len(failed) - len(news), began)


def remove(document: str, kb_dir: Path) -> Summary:
    """Take a document (IRI, hash, file name or title) out of the knowledge base: its graph, its text, and what was
    inferred from it. UsageError where there is no such document."""
    began = time.monotonic()
    with revised(kb_dir) as (draft, before):
        entry = kb.KnowledgeBase(kb_dir, before).find(document)
        draft.drop(GRAPH_INFERRED)
        draft.drop(entry.iri)
        manifest = _finish(draft, before.ontology, [d for d in before.documents if d != entry])
    return _summary(manifest, (), 0, began)


def _nothing(failed: Sequence[tuple[str, str]]) -> InputError:
    if not failed:
        return InputError("nothing to read: name a document, or a directory that holds some")
    more = f" (and {len(failed) - 1} more that cannot be read)" if len(failed) > 1 else ""
    return InputError(failed[0][1] + more)


def _work(worker: _Worker, sources: Sequence[Path], jobs: int) -> Iterator[_Done]:
    """Each source read, in the order of name and path whatever the number of processes."""
    ordered = sorted(dict.fromkeys(sources), key=lambda p: (p.name, str(p)))
    if min(jobs, len(ordered)) <= 1 or not hasattr(os, "fork"):
        yield from map(worker, ordered)
        return
    with ProcessPoolExecutor(
        min(jobs, len(ordered)), mp_context=get_context("fork"), initializer=_adopt, initargs=(worker,)
    ) as pool:
        try:
            yield from pool.map(_adopted, ordered)
        except BrokenProcessPool as error:
            raise StoreError(
                "a process that read documents died (too little memory?); try again with --jobs 1"
            ) from error


_worker: list[_Worker] = []


def _adopt(worker: _Worker) -> None:
    """In a new process: the worker came by forking and was never pickled (an extractor need not be picklable)."""
    _worker[:] = [worker]


def _adopted(path: Path) -> _Done:
    return _worker[0](path)


def _take(
    done: Iterator[_Done], total: int, draft: Draft, progress: Progress | None
) -> tuple[list[kb.DocumentEntry], tuple[tuple[str, str], ...]]:
    """Puts what was read into the draft. The same text under two names is one document, of the first name."""
    entries: dict[str, kb.DocumentEntry] = {}
    failed: list[tuple[str, str]] = []
    for number, item in enumerate(done, 1):
        if item.entry is None:
            failed.append((item.name, item.problem))
        elif item.entry.sha256 not in entries:
            entries[item.entry.sha256] = item.entry
            draft.put(item.data, item.entry.iri)
            draft.write_text(item.entry.sha256, item.text)
        if progress:
            progress(number, total, item.name)
    return list(entries.values()), tuple(failed)


def _finish(draft: Draft, ontology: str, entries: list[kb.DocumentEntry]) -> kb.Manifest:
    """Infers, counts, and writes the manifest."""
    draft.put(ox.serialize(inferred_quads(draft.store), format=_NQ) or b"", GRAPH_INFERRED)
    totals: Counter[str] = Counter()
    for entry in entries:
        totals.update(entry.counts)
    del totals["things"]  # one thing may stand in many documents
    things = _things(draft.store)
    totals["things"] = things.get("Entity", 0)
    manifest = kb.Manifest(__version__, ontology, tuple(sorted(entries, key=lambda d: d.sha256)), dict(totals), things)
    draft.finish(manifest)
    return manifest


def _things(store: ox.Store) -> dict[str, int]:
    """How many mentioned things there are of each class."""
    query = "SELECT ?c (COUNT(?e) AS ?n) { { SELECT DISTINCT ?e { ?e st:mentionedIn ?p } } ?e a ?c } GROUP BY ?c"
    rows = cast(ox.QuerySolutions, store.query(query, prefixes=PREFIXES))
    found = {row["c"].value: int(row["n"].value) for row in rows}
    return {cls.removeprefix(ST): n for cls, n in sorted(found.items()) if cls.startswith(ST)}


def _summary(manifest: kb.Manifest, failed: tuple[tuple[str, str], ...], unchanged: int, began: float) -> Summary:
    counts = {name: manifest.totals.get(name, 0) for name in ("claims", "observations", "rankings", "loose")}
    seconds = time.monotonic() - began
    return Summary(len(manifest.documents), failed, unchanged, dict(manifest.things), **counts, seconds=seconds)


# ---- export ----


def export_trig(base: kb.KnowledgeBase) -> bytes:
    """The named graphs as TriG in canonical order: the same content gives the same bytes, whatever the order of the
    documents and the number of processes that built it."""
    named = [q for q in base.store.quads_for_pattern(None, None, None, None) if q.graph_name != ox.DefaultGraph()]
    blank = [q for q in named if isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode)]
    canonical = ox.Dataset(blank)
    canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    fixed = [q for q in named if not (isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode))]
    ordered = sorted((*fixed, *canonical), key=lambda q: (str(q.graph_name), str(q)))
    return ox.serialize(ordered, format=ox.RdfFormat.TRIG, prefixes=PREFIXES) or b""

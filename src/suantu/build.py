"""Building, adding to and taking from a knowledge base; the canonical export."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from suantu import __version__
from suantu.border.ontograph import ontology_graph
from suantu.border.vocab import GRAPH_INFERRED, GRAPH_ONTOLOGY, PREFIXES, ST
from suantu.errors import InputError, StoreError
from suantu.infer import inferred_quads
from suantu.ontology import Ontology
from suantu.stores import kb
from suantu.stores.draft import Draft, fresh, revised
from suantu.workers import Done, Extract, Read, Restore, Worker, ordered, work

Progress = Callable[[int, int, str], None]
_NQ = ox.RdfFormat.N_QUADS


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did. ``failed`` holds (file, reason); ``unchanged`` counts documents that were there already,
    ``replaced`` those whose file has another text now, ``again`` those that were read again for a new ontology;
    ``things`` counts the mentioned things by class (local name). ``rankings`` counts entries. ``unread`` holds
    (document, what of its file could not be read) of all documents."""

    documents: int
    failed: tuple[tuple[str, str], ...] = ()
    unchanged: int = 0
    replaced: int = 0
    again: int = 0
    things: dict[str, int] = field(default_factory=dict)
    claims: int = 0
    observations: int = 0
    rankings: int = 0
    loose: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


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
        graph = ontology_graph(ontology)
        draft.begin(graph.data, GRAPH_ONTOLOGY, ontology.digest)
        if jobs == 1:
            draft.load_beside()
        done = work(Worker(read, extract, graph, kb_dir), ordered(sources), jobs)
        entries, failed = _take(done, len(sources), draft, progress)
        if not entries:
            raise _nothing(failed)
        manifest = _finish(draft, ontology.digest, entries)
    return _summary(manifest, failed, began)


def add(
    sources: Sequence[Path],
    kb_dir: Path,
    ontology: Ontology,
    extract: Extract,
    read: Read,
    *,
    restore: Restore | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    force: bool = False,
) -> Summary:
    """Read ``sources`` into the knowledge base ``kb_dir``: only their graphs and the inferred one change.

    A document that is there already is left as it is unless ``force``. A file whose text has changed since it was read
    takes the place of what it said before. Where the knowledge base was built with another ontology or version, its
    other documents are read again, from the texts that it keeps, by ``restore``; without that, StoreError.
    """
    began = time.monotonic()
    before = kb.read_manifest(kb_dir)
    graph = ontology_graph(ontology)
    if not _is_current(before, ontology):
        if restore is None:
            raise StoreError(f"{kb_dir}: built with another ontology or version; build it anew: suantu build PATH…")
        return _again(sources, Worker(read, extract, graph, kb_dir, restore), ontology, jobs, progress)
    present = frozenset() if force else frozenset(d.sha256 for d in before.documents)
    done = list(work(Worker(read, extract, graph, kb_dir, present=present), ordered(sources), jobs))
    failed = tuple((d.name, d.problem) for d in done if d.problem)
    if len(failed) == len(done):
        raise _nothing(failed)
    found = _merged(d.entry for d in done if d.entry)
    if not any(d.data or d.stream for d in done) and _kept(before.documents, found) == {
        d.sha256: d for d in before.documents
    }:
        return _summary(before, failed, began, unchanged=len(done) - len(failed))
    with revised(kb_dir) as (draft, before):
        if not _is_current(before, ontology):
            raise StoreError(f"{kb_dir}: another process has rebuilt it meanwhile; try again")
        entries = _kept(before.documents, found)
        gone = [d for d in before.documents if d.sha256 not in entries]
        news = [d for d in done if d.entry and (d.data or d.stream)]
        for iri in (GRAPH_INFERRED, *(d.iri for d in gone), *(d.entry.iri for d in news if d.entry)):
            draft.drop(iri)
        added, lost = _take(iter(news), len(news), draft, progress)
        if lost:
            raise StoreError(lost[0][1])
        entries.update((d.sha256, replace(d, paths=found[d.sha256].paths)) for d in added)
        manifest = _finish(draft, before.ontology, list(entries.values()))
    unchanged = len(done) - len(failed) - len(news)
    return _summary(manifest, failed, began, unchanged=unchanged, replaced=len(gone))


def _is_current(manifest: kb.Manifest, ontology: Ontology) -> bool:
    return (manifest.version, manifest.ontology) == (__version__, ontology.digest)


def _merged(entries: Iterable[kb.DocumentEntry]) -> dict[str, kb.DocumentEntry]:
    """One entry for each text, with all places that it was found in."""
    found: dict[str, kb.DocumentEntry] = {}
    for entry in entries:
        first = found.setdefault(entry.sha256, entry)
        found[entry.sha256] = replace(first, paths=tuple(sorted({*first.paths, *entry.paths})))
    return found


def _kept(before: Iterable[kb.DocumentEntry], found: Mapping[str, kb.DocumentEntry]) -> dict[str, kb.DocumentEntry]:
    """The documents that stay when ``found`` were read: a text stays while some file, so far as we know, still holds
    it."""
    taken = {path: sha for sha, entry in found.items() for path in entry.paths}
    kept: dict[str, kb.DocumentEntry] = {}
    for entry in before:
        paths = {path for path in entry.paths if taken.get(path, entry.sha256) == entry.sha256}
        if entry.sha256 in found:
            paths.update(found[entry.sha256].paths)
        if paths or not entry.paths:
            kept[entry.sha256] = replace(entry, paths=tuple(sorted(paths)))
    return kept


def _again(
    sources: Sequence[Path], worker: Worker, ontology: Ontology, jobs: int, progress: Progress | None
) -> Summary:
    """Read ``sources``, and all that the knowledge base keeps, with an ontology or version that it does not know."""
    began = time.monotonic()
    with fresh(worker.directory) as draft:
        before = kb.read_manifest(worker.directory).documents
        draft.begin(worker.graph.data, GRAPH_ONTOLOGY, ontology.digest)
        entries, failed = _take(work(worker, ordered(sources), jobs), len(sources), draft, progress)
        if not entries:
            raise _nothing(failed)
        found = _merged(entries)
        kept = _kept(before, found)
        rest = [d for sha, d in sorted(kept.items()) if sha not in found]
        draft.settle()  # they may be read by other processes
        again, lost = _take(work(worker, rest, jobs), len(rest), draft, progress)
        if lost:
            raise StoreError(f"{worker.directory}: a document that it keeps cannot be read again: {lost[0][1]}")
        whole = [replace(d, paths=kept[d.sha256].paths) if d.sha256 in kept else d for d in (*found.values(), *again)]
        manifest = _finish(draft, ontology.digest, whole)
    return _summary(manifest, failed, began, replaced=len(before) - len(kept), again=len(again))


def remove(document: str, kb_dir: Path) -> Summary:
    """Take a document (IRI, hash, file name or title) out of the knowledge base: its graph, its text, and what was
    inferred from it. UsageError where there is no such document."""
    began = time.monotonic()
    with revised(kb_dir) as (draft, before):
        entry = before.find(document)
        draft.drop(GRAPH_INFERRED)
        draft.drop(entry.iri)
        manifest = _finish(draft, before.ontology, [d for d in before.documents if d != entry])
    return _summary(manifest, (), began)


def _nothing(failed: Sequence[tuple[str, str]]) -> InputError:
    if not failed:
        return InputError("nothing to read: name a document, or a directory that holds some")
    more = f" (and {len(failed) - 1} more that cannot be read)" if len(failed) > 1 else ""
    return InputError(failed[0][1] + more)


def _take(
    done: Iterator[Done], total: int, draft: Draft, progress: Progress | None
) -> tuple[list[kb.DocumentEntry], tuple[tuple[str, str], ...]]:
    """Puts what was read into the draft. The same text under two names is one document, of the first name."""
    entries: dict[str, kb.DocumentEntry] = {}
    twice: list[kb.DocumentEntry] = []
    failed: list[tuple[str, str]] = []
    for number, item in enumerate(done, 1):
        if item.entry is None:
            failed.append((item.name, item.problem))
        elif item.entry.sha256 not in entries:
            entry, problem = _put(item, item.entry, draft)
            if problem:
                failed.append((item.name, problem))
            else:
                entries[entry.sha256] = entry
        else:
            twice.append(item.entry)
        if progress:
            progress(number, total, item.name)
    return list(_merged([*entries.values(), *twice]).values()), tuple(failed)


def _put(item: Done, entry: kb.DocumentEntry, draft: Draft) -> tuple[kb.DocumentEntry, str]:
    """The entry of a document that was put into the draft, or what kept a large one from being read to its end."""
    if item.stream is not None:
        draft.settle()  # its portions may be read by processes of their own
    for data in item.stream or (item.data,):
        draft.put(data, entry.iri)
    if item.stream is not None:
        if item.stream.problem:
            draft.drop(entry.iri)
            return entry, item.stream.problem
        entry = replace(entry, counts=item.stream.counts)
    draft.write_text(entry.sha256, item.text)
    return entry, ""


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


def _summary(manifest: kb.Manifest, failed: tuple[tuple[str, str], ...], began: float, **more: int) -> Summary:
    counts = {name: manifest.totals.get(name, 0) for name in ("claims", "observations", "rankings", "loose")}
    unread = tuple((d.name, what) for d in sorted(manifest.documents, key=lambda d: d.name) for what in d.unread)
    return Summary(
        len(manifest.documents),
        failed,
        things=dict(manifest.things),
        unread=unread,
        seconds=time.monotonic() - began,
        **counts,
        **more,
    )


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

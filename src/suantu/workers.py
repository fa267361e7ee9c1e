"""Reading many documents at once: from paths, or from the texts that a knowledge base keeps, to quads."""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pyoxigraph as ox

from suantu import __version__
from suantu.border.assemble import quads
from suantu.border.ontograph import OntologyGraph
from suantu.border.vocab import ST
from suantu.errors import StoreError, SuantuError
from suantu.records import Document, Extraction
from suantu.stores import kb

Extract = Callable[[Document], Extraction]
Read = Callable[[Path], Document]
Restore = Callable[[str, str, tuple[int, ...]], Document]  # from a text that is kept, its name and its pages
_NQ = ox.RdfFormat.N_QUADS
_COUNTED = {
    ST + "Claim": "claims",
    ST + "Observation": "observations",
    ST + "RankingEntry": "rankings",
    ST + "LooseFigure": "loose",
    ST + "Passage": "passages",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One document, read: its entry, text, and the N-Quads of its graph; or why it could not be read."""

    name: str
    problem: str = ""
    entry: kb.DocumentEntry | None = None
    text: str = ""
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Worker:
    """From a path, or from a document that the knowledge base keeps, to its quads; goes into worker processes by
    forking."""

    read: Read
    extract: Extract
    graph: OntologyGraph
    directory: Path
    restore: Restore | None = None
    present: frozenset[str] = frozenset()

    def __call__(self, source: Path | kb.DocumentEntry) -> Done:
        try:
            return self._read_out(source)
        except SuantuError as error:
            return Done(source.name, problem=str(error))
        except Exception as error:  # noqa: BLE001 - whatever one document does to us, the others are built
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
            return Done(source.name, problem=f"{source.name}: an error of Suantu, please report it: {said}")

    def _read_out(self, source: Path | kb.DocumentEntry) -> Done:
        paths: tuple[str, ...]
        if isinstance(source, Path):
            document, paths = self.read(source), (_beside(source, self.directory),)
            if document.sha256 in self.present:
                return Done(source.name, entry=_entry(document, paths, {}))
        else:
            document, paths = self._restored(source), source.paths
        extraction = self.extract(document)
        made = quads(extraction, __version__, self.graph.parents, units=self.graph.units, known=self.graph.known)
        counts: Counter[str] = Counter()
        data = ox.serialize(_counting(made, counts), format=_NQ) or b""
        return Done(document.name, "", _entry(document, paths, counts), document.text, data)

    def _restored(self, entry: kb.DocumentEntry) -> Document:
        if self.restore is None:
            raise StoreError(f"{self.directory}: {entry.name} cannot be read again")
        return self.restore(kb.source_text(self.directory, entry), entry.name, entry.pages)


def _beside(path: Path, directory: Path) -> str:
    """Where a source lies, seen from the knowledge base: the same wherever both stand, and after both have moved."""
    try:
        relative = Path(os.path.relpath(path, directory))
    except ValueError:  # another drive
        relative = path.absolute()
    return relative.as_posix().encode("utf8", "surrogateescape").decode("utf8", "replace")


def _entry(document: Document, paths: tuple[str, ...], counts: Mapping[str, int]) -> kb.DocumentEntry:
    d = document
    return kb.DocumentEntry(
        d.sha256,
        d.name,
        d.title,
        d.issued,
        d.publisher,
        d.language,
        len(d.text),
        dict(sorted(counts.items())),
        paths,
        d.pages,
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


def ordered(sources: Iterable[Path]) -> list[Path]:
    """Each source once, by name and path, whatever the number of processes."""
    return sorted(dict.fromkeys(sources), key=lambda p: (p.name, str(p)))


def work(worker: Worker, sources: Sequence[Path | kb.DocumentEntry], jobs: int) -> Iterator[Done]:
    """Each source read, in this order."""
    if min(jobs, len(sources)) <= 1 or not hasattr(os, "fork"):
        yield from map(worker, sources)
        return
    alive, held = os.pipe()
    pool = ProcessPoolExecutor(
        min(jobs, len(sources)),
        mp_context=get_context("fork"),
        initializer=_adopt,
        initargs=(worker, alive, held),
    )
    try:
        with pool:
            yield from pool.map(_adopted, sources)
    except BrokenProcessPool as error:
        raise StoreError("a process that read documents died (too little memory?); try again with --jobs 1") from error
    finally:
        os.close(alive)
        os.close(held)


_worker: list[Worker] = []


def _adopt(worker: Worker, alive: int, held: int) -> None:
    """In a new process: the worker came by forking and was never pickled (an extractor need not be picklable). The
    process ends with its parent, however that ends: only the parent holds the other end of the pipe then."""
    os.close(held)
    _worker[:] = [worker]

    def watch() -> None:
        os.read(alive, 1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _adopted(source: Path | kb.DocumentEntry) -> Done:
    return _worker[0](source)

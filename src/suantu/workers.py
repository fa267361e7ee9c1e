"""Reading many documents at once: from paths, or from the texts that a knowledge base keeps, to quads."""

from __future__ import annotations

import os
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

from suantu import __version__
from suantu.border.assemble import DocumentGraph
from suantu.border.ontograph import OntologyGraph
from suantu.errors import StoreError, SuantuError
from suantu.records import Document, Extraction
from suantu.stages.layout import Layout
from suantu.stages.portions import LARGEST, portions
from suantu.stores import kb

Extract = Callable[[Document], Extraction | Iterable[Extraction]]  # of a large document, its portions
Read = Callable[[Path], Document]
Restore = Callable[[str, str, tuple[int, ...]], Document]  # from a text that is kept, its name and its pages
_TOGETHER = 5_000  # lines and passages of a large document that are made at once: some megabytes


def in_portions(extract: Callable[[Document], Extraction], layout: Layout) -> Extract:
    """``extract``, of a large document one portion after the other."""

    def extracted(document: Document) -> Extraction | Iterable[Extraction]:
        if len(document.text) <= LARGEST:
            return extract(document)
        return Portions(extract, portions(document, layout))

    return extracted


@dataclass(frozen=True, slots=True)
class Portions:
    """What a large document says, one portion after the other. No portion is read with what another says, so that other
    processes may read them."""

    extract: Callable[[Document], Extraction]
    documents: Iterable[Document]

    def __iter__(self) -> Iterator[Extraction]:
        return map(self.extract, self.documents)


@dataclass(frozen=True, slots=True)
class Done:
    """One document, read: its entry, text, and the N-Quads of its graph; or why it could not be read. A large one is
    still being read: ``stream`` reads it out. ``large`` says that this is to be done in the process that writes."""

    name: str
    problem: str = ""
    entry: kb.DocumentEntry | None = None
    text: str = ""
    data: bytes = b""
    stream: Stream | None = None
    large: bool = False


class Stream:
    """The N-Quads of a large document, made as they are asked for, so that they never stand in the memory together
    (they take a hundred times that of the text). ``counts`` holds what has come so far, ``problem`` why no more came."""

    def __init__(self, name: str, graph: DocumentGraph, portions: Iterable[Extraction]) -> None:
        self.name, self.problem = name, ""
        self._graph, self._portions = graph, portions

    def __iter__(self) -> Iterator[bytes]:
        try:
            for portion in self._portions:
                yield from self._graph.of(portion, _TOGETHER)
        except Exception as error:  # noqa: BLE001 - as for any document
            self.problem = _problem(self.name, error)

    @property
    def counts(self) -> dict[str, int]:
        """Nodes by kind."""
        return dict(self._graph.counts)


def _problem(name: str, error: Exception) -> str:
    if isinstance(error, SuantuError):
        return str(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
    return f"{name}: an error of Suantu, please report it: {said}"


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

    def __call__(self, source: Path | kb.DocumentEntry, *, apart: bool = False, jobs: int = 1) -> Done:
        """``apart`` says that what is found goes to another process; ``jobs`` is how many processes read the portions of
        a large document."""
        try:
            return self._read_out(source, apart, jobs)
        except Exception as error:  # noqa: BLE001 - whatever one document does to us, the others are built
            return Done(source.name, problem=_problem(source.name, error))

    def _read_out(self, source: Path | kb.DocumentEntry, apart: bool, jobs: int) -> Done:
        paths: tuple[str, ...]
        if isinstance(source, Path):
            document, paths = self.read(source), (_beside(source, self.directory),)
            if document.sha256 in self.present:
                return Done(source.name, entry=_entry(document, paths, {}))
        else:
            document, paths = self._restored(source), source.paths
        found = self.extract(document)
        if not isinstance(found, Extraction):
            if apart:
                return Done(source.name, large=True)
            if jobs > 1 and isinstance(found, Portions):
                found = _by_processes(self, found.documents, jobs)
            stream = Stream(document.name, self._graph(document), found)
            return Done(document.name, "", _entry(document, paths, {}), document.text, stream=stream)
        graph = self._graph(document)
        data = b"".join(graph.of(found))
        return Done(document.name, "", _entry(document, paths, graph.counts), document.text, data)

    def _graph(self, document: Document) -> DocumentGraph:
        known = self.graph
        return DocumentGraph(document, __version__, known.parents, units=known.units, known=known.known)

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
        d.unread,
    )


def ordered(sources: Iterable[Path]) -> list[Path]:
    """Each source once, by name and path, whatever the number of processes."""
    return sorted(dict.fromkeys(sources), key=lambda p: (p.name, str(p)))


def work(worker: Worker, sources: Sequence[Path | kb.DocumentEntry], jobs: int) -> Iterator[Done]:
    """Each source read, in this order."""
    if not hasattr(os, "fork"):
        jobs = 1
    if min(jobs, len(sources)) <= 1:
        for source in sources:
            yield worker(source, jobs=jobs)
        return
    with _pool(worker, min(jobs, len(sources))) as pool:
        for source, done in zip(sources, pool.map(_adopted, sources), strict=True):
            yield worker(source, jobs=jobs) if done.large else done


@contextmanager
def _pool(worker: Worker, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that have ``worker``, until the end of the block, or of this process."""
    alive, held = os.pipe()
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("fork"), initializer=_adopt, initargs=(worker, alive, held))
    try:
        yield pool
    except BrokenProcessPool as error:
        raise StoreError("a process that read documents died (too little memory?); try again with --jobs 1") from error
    finally:
        pool.shutdown(cancel_futures=True)
        os.close(alive)
        os.close(held)


def _by_processes(worker: Worker, portions: Iterable[Document], jobs: int) -> Iterator[Extraction]:
    """What portions say, in their order, read by as many processes, which are little ahead of what is asked for, so that
    memory does not grow with the length."""
    with _pool(worker, jobs) as pool:
        begun: deque[Future[Extraction | str]] = deque()
        for portion in portions:
            begun.append(pool.submit(_portion, portion))
            if len(begun) > jobs + 1:
                yield _said(begun.popleft())
        while begun:
            yield _said(begun.popleft())


def _said(done: Future[Extraction | str]) -> Extraction:
    found = done.result()
    if isinstance(found, str):
        raise SuantuError(found)
    return found


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
    return _worker[0](source, apart=True)


def _portion(portion: Document) -> Extraction | str:
    """What a portion says, or what is wrong with it (where that happened is not known in another process)."""
    try:
        found = _worker[0].extract(portion)
    except Exception as error:  # noqa: BLE001 - as for any document
        return _problem(portion.name, error)
    return found if isinstance(found, Extraction) else f"{portion.name}: too large"

"""A knowledge base that is being written: the directory to fill, and the store in it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from suantu import kept
from suantu.errors import StoreError
from suantu.stores import kb
from suantu.stores.local import open_read_only
from suantu.stores.place import DOCUMENTS, MANIFEST, foreign, free_store, publish, writing

_BATCH = 1 << 25  # bytes of N-Quads that are loaded at once
_FEW = 3  # loads after which scans are still about as fast as in a compacted store, and compacting costs more than they
_DEFAULT = ox.DefaultGraph()


class Draft:
    """The store as it is filled. Every triple of a named graph also stands, once, in the default graph."""

    def __init__(self, directory: Path, name: str, *, compact: bool = False) -> None:
        """``name`` is the store's; ``compact`` says that it begins as a copy, whose pieces must not pile up."""
        self.directory, self.name, self.compact = directory, name, compact
        try:
            self._store: ox.Store | None = ox.Store(str(directory / name))
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{directory / name}: no store can be made there: {error}") from error
        self._waiting: list[bytes] = []
        self._size = self._loads = 0
        self._beside: Future[None] | None = None

    @property
    def store(self) -> ox.Store:
        """The store with all that was put into it."""
        self.load_beside()
        self.settle()
        return self._open_store()

    def load_beside(self) -> None:
        """Begin to load what was put so far in a thread (which does not hold the interpreter), so that documents can
        be read meanwhile."""
        self.settle()
        if self._waiting:
            pieces, self._waiting, self._size = self._waiting, [], 0
            self._loads += 1
            pool = ThreadPoolExecutor(1)
            self._beside = pool.submit(_load, self._open_store(), pieces)
            pool.shutdown(wait=False)

    def settle(self) -> None:
        """Wait until nothing is being loaded: before forking, which must not happen while another thread works."""
        if self._beside is not None:
            beside, self._beside = self._beside, None
            beside.result()

    def _open_store(self) -> ox.Store:
        if self._store is None:
            raise StoreError(f"{self.directory}: the draft is finished")
        return self._store

    def begin(self, data: bytes, graph: str, key: str) -> None:
        """Add the ontology's N-Quads, of which ``key`` tells the content, before all else: a store that holds them is
        kept from run to run, as loading them takes longer than loading a document."""
        kept_at = kept.folder("store", (key, graph, ox.__version__), lambda path: _fill(path, data, graph))
        if kept_at is None or not self._copy(kept_at):
            self.put(data, graph)

    def _copy(self, store: Path) -> bool:
        """Whether this store, still empty, could be made a copy of another."""
        path = self.directory / self.name
        self._store = None
        shutil.rmtree(path)
        try:
            open_read_only(store).backup(str(path))
            self._loads = 1
        except (OSError, RuntimeError, StoreError):  # it has just been cleared away
            shutil.rmtree(path, ignore_errors=True)
        self._store = ox.Store(str(path))
        return self._loads == 1

    def put(self, data: bytes, graph: str) -> None:
        """Add N-Quads, all of the named graph ``graph``."""
        copies = _copies(data, graph)
        self._waiting += (data, copies)
        self._size += len(data) + len(copies)
        if self._size > _BATCH:
            self.load_beside()

    def drop(self, graph: str) -> None:
        """Take a named graph out, and of the default graph what no other named graph holds."""
        store, name = self.store, ox.NamedNode(graph)
        gone = [q.triple for q in store.quads_for_pattern(None, None, None, name)]
        store.remove_graph(name)
        for triple in gone:
            held = store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
            if not any(q.graph_name != _DEFAULT for q in held):
                store.remove(ox.Quad(triple.subject, triple.predicate, triple.object))

    def write_text(self, sha256: str, text: str) -> None:
        """Keep a source text, to the character. One that is kept already is not touched: readers hold it, and it must
        outlive a crash."""
        path, data = kb.text_path(self.directory, sha256), text.encode("utf8", "surrogatepass")
        if path.is_file() and path.read_bytes() == data:
            return
        new = path.with_suffix(".new")
        new.write_bytes(data)
        new.replace(path)

    def finish(self, manifest: kb.Manifest) -> None:
        """Bring the store into the shape that opens and answers fast, close it, and make it the knowledge base's."""
        if self.compact or self._loads > _FEW:
            self.store.optimize()
        self.store.flush()
        self.close()
        publish(self.directory, self.name, replace(manifest, store=self.name).text())

    def close(self) -> None:
        """Close the store."""
        if self._beside is not None:
            wait([self._beside])
        self._store = None


def _load(store: ox.Store, pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    pieces.clear()  # they are large
    store.bulk_load(data, ox.RdfFormat.N_QUADS, lenient=True)  # made here of terms that were looked at


def _copies(data: bytes, graph: str) -> bytes:
    """The triples of a named graph's N-Quads for the default graph."""
    # A line break inside a literal is escaped, so this pattern is the end of a statement and nothing else.
    return data.replace(f" <{graph}> .\n".encode(), b" .\n")


def _fill(path: Path, data: bytes, graph: str) -> None:
    store = ox.Store(str(path))
    store.bulk_load(data + _copies(data, graph), ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()


@contextlib.contextmanager
def fresh(directory: Path) -> Iterator[Draft]:
    """A draft of an empty knowledge base for ``directory``; what was there stays until the draft is finished.
    StoreError where that holds anything but a knowledge base."""
    _refuse_other(directory)
    with writing(directory):
        (directory / DOCUMENTS).mkdir(exist_ok=True)
        with contextlib.closing(Draft(directory, free_store(directory))) as draft:
            yield draft


@contextlib.contextmanager
def revised(directory: Path) -> Iterator[tuple[Draft, kb.Manifest]]:
    """A draft that begins as a copy of the knowledge base ``directory``, with that one's manifest."""
    kb.read_manifest(directory)  # before the lock, which would make a directory
    with writing(directory):
        before, name = kb.read_manifest(directory), free_store(directory)
        open_read_only(directory / before.store).backup(str(directory / name))
        with contextlib.closing(Draft(directory, name, compact=True)) as draft:
            yield draft, before


def _refuse_other(directory: Path) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise StoreError(f"{directory}: a file; name a directory for the knowledge base")
    if not (directory / MANIFEST).is_file() and (name := foreign(directory)):
        raise StoreError(f"{directory}: not a knowledge base, and not empty ({name}); name another directory")

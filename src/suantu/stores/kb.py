"""The knowledge base: a directory with the store, the source texts and a manifest.

``store/`` (Oxigraph, under the name that the manifest gives; its default graph is the union of the named graphs, each triple once: Oxigraph's own union
would give a triple as often as graphs hold it, and every count would be wrong), ``documents/<sha256>.txt`` (the
untouched source texts), ``manifest.json``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import pyoxigraph as ox

from suantu.border.vocab import GRAPH_INFERRED, document_iri
from suantu.errors import StoreError, UsageError
from suantu.stores.local import LocalEndpoint, open_read_only
from suantu.stores.place import DOCUMENTS, MANIFEST, Hold

FORMAT = 2


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as the manifest lists it. ``counts`` holds its claims, observations, rankings, loose figures,
    passages and things; ``paths`` say where its files lie, seen from the knowledge base; ``pages`` where they begin;
    ``unread`` what of the file holds something that could not be read."""

    sha256: str
    name: str = ""
    title: str = ""
    issued: str = ""
    publisher: str = ""
    language: str = ""
    characters: int = 0
    counts: Mapping[str, int] = field(default_factory=dict, hash=False)
    paths: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> DocumentEntry:
        """The entry that the manifest wrote."""
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in record.items() if k != "iri"}
        return cls(**given)

    @property
    def iri(self) -> str:
        """The document's IRI, which is also the name of its graph."""
        return document_iri(self.sha256)

    def record(self) -> dict[str, Any]:
        """The entry as the manifest writes it."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "counts"}
        return {"iri": self.iri, **plain, "counts": dict(sorted(self.counts.items()))}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a knowledge base says of itself. ``totals`` sums the documents; ``things`` counts them by class."""

    version: str
    ontology: str
    documents: tuple[DocumentEntry, ...]
    totals: Mapping[str, int] = field(default_factory=dict, hash=False)
    things: Mapping[str, int] = field(default_factory=dict, hash=False)
    store: str = "store"

    def find(self, document: str) -> DocumentEntry:
        """The document with this IRI, hash (or its beginning, from four digits), file name or title. UsageError where
        none or several match."""
        exact = [d for d in self.documents if document in {d.iri, d.sha256}]
        near = exact or [d for d in self.documents if document in {d.name, d.title}]
        if not near and len(document) >= 4:
            near = [d for d in self.documents if d.sha256.startswith(document.lower())]
        if len(near) == 1:
            return near[0]
        if near:
            raise UsageError(
                f"{document}: {len(near)} documents match; use a hash: {', '.join(d.sha256[:8] for d in near)}"
            )
        names = ", ".join(d.name or d.sha256[:8] for d in self.documents[:5])
        raise UsageError(f"{document}: no such document; there are {names or 'none'}{' …' * (len(self.documents) > 5)}")

    def text(self) -> str:
        """The manifest's JSON, the same for the same content."""
        content = {
            "format": FORMAT,
            "version": self.version,
            "ontology": self.ontology,
            "store": self.store,
            "totals": dict(sorted(self.totals.items())),
            "things": dict(sorted(self.things.items())),
            "documents": [d.record() for d in sorted(self.documents, key=lambda d: d.sha256)],
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_manifest(directory: Path) -> Manifest:
    """The manifest in ``directory``; StoreError where it is missing, damaged, or of a newer format."""
    return _manifest(_manifest_text(directory), directory)


def _manifest_text(directory: Path) -> bytes:
    path = directory / MANIFEST
    try:
        return path.read_bytes()
    except FileNotFoundError:
        what = "not a knowledge base" if directory.exists() else "no knowledge base there"
        raise StoreError(f"{directory}: {what}; build one with: suantu build PATH… --kb {directory}") from None
    except NotADirectoryError:
        raise StoreError(f"{directory}: a file, not a knowledge base") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error


def _damaged(directory: Path, error: Exception) -> StoreError:
    return StoreError(f"{directory / MANIFEST}: damaged ({error}); build the knowledge base again")


def _manifest(text: bytes, directory: Path) -> Manifest:
    try:
        content = json.loads(text)
        _check_format(content, directory)
        documents = tuple(map(DocumentEntry.from_record, content["documents"]))
        store = Path(content["store"]).name
        return Manifest(content["version"], content["ontology"], documents, content["totals"], content["things"], store)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(directory, error) from error


def _check_format(content: Mapping[str, Any], directory: Path) -> None:
    if content["format"] > FORMAT:
        raise StoreError(
            f"{directory}: made by a newer Suantu ({content.get('version')}, format {content['format']}; this one "
            f"reads up to {FORMAT}); upgrade Suantu, or build it again"
        )


def _store_of(text: bytes, directory: Path) -> str:
    """The store that a manifest names. Its documents stand last and are passed over: of thousands of them a lookup
    needs none."""
    head, documents, _ = text.partition(b'\n "documents": [\n')
    if documents and text.endswith(b"\n ]\n}\n"):
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # the whole tells what is wrong
            content = json.loads(head + b'"documents": []}')
            _check_format(content, directory)
            return Path(content["store"]).name
    return _manifest(text, directory).store


class KnowledgeBase:
    """An open knowledge base, for reading; a writer may replace it meanwhile without disturbing this reader."""

    def __init__(self, directory: Path, manifest: bytes, hold: Hold) -> None:
        """``manifest`` is the text that the knowledge base had for one while its store was held."""
        self.directory, self._text, self._hold = directory, manifest, hold
        self._place = directory / _store_of(manifest, directory)
        self._store: ox.Store | None = None

    @classmethod
    def open(cls, directory: Path | str) -> KnowledgeBase:
        """The knowledge base in ``directory``. StoreError says what is wrong with it and what to do."""
        where = Path(directory)
        text = _manifest_text(where)
        while True:
            place, hold = where / _store_of(text, where), None
            with contextlib.suppress(OSError):
                hold = Hold(place)
            before, text = text, _manifest_text(where)
            if hold is not None and text == before:
                return cls(where, text, hold)
            if text == before:
                raise StoreError(f"{place}: the store is lost; build it again with: suantu build")

    @cached_property
    def manifest(self) -> Manifest:
        """What it says of itself; StoreError where that is damaged."""
        return _manifest(self._text, self.directory)

    @property
    def documents(self) -> tuple[DocumentEntry, ...]:
        """The documents, by hash."""
        return self.manifest.documents

    @property
    def store(self) -> ox.Store:
        """The Oxigraph store, read-only, opened at the first use."""
        if self._store is None:
            self._store = open_read_only(self._place)
        return self._store

    def endpoint(self, *, allow_service: bool = False, inferred: bool = True) -> LocalEndpoint:
        """An endpoint over the store; without what was only inferred if not ``inferred``."""
        if not inferred:
            from suantu.stores.without import WithoutEndpoint

            return WithoutEndpoint(self._place, GRAPH_INFERRED, allow_service=allow_service)
        return LocalEndpoint(self._place, allow_service=allow_service)

    def find(self, document: str) -> DocumentEntry:
        """The document with this IRI, hash (or its beginning, from four digits), file name or title. UsageError where
        none or several match."""
        return self.manifest.find(document)

    def source_text(self, document: str) -> str:
        """The untouched source text of a document, by hash or IRI."""
        return source_text(self.directory, self.find(document))

    def close(self) -> None:
        """Let go of the store."""
        self._store = None
        self._hold.close()

    def __enter__(self) -> KnowledgeBase:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def source_text(directory: Path, entry: DocumentEntry) -> str:
    """The source text that the knowledge base in ``directory`` keeps of a document; StoreError where it is lost."""
    try:
        return text_path(directory, entry.sha256).read_bytes().decode("utf8", "surrogatepass")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{directory}: the source text of {entry.name or entry.sha256} is lost: {error}") from error


def text_path(directory: Path, sha256: str) -> Path:
    """Where the source text with this hash is kept."""
    return directory / DOCUMENTS / f"{sha256}.txt"

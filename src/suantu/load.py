"""A knowledge base put into a remote store, graph by graph; what was interrupted goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from suantu.stores.kb import KnowledgeBase
from suantu.stores.transfer import RefusedError, Target

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. ``graphs`` counts all, ``skipped`` those that an earlier, interrupted load had put there;
    ``default_graph`` is False where the server refused to have one."""

    graphs: int
    triples: int
    skipped: int
    default_graph: bool


def load(
    kb: KnowledgeBase,
    url: str,
    target: Target,
    *,
    default_graph: bool = True,
    again: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Put every named graph of ``kb`` into the store at ``url``, replacing what it held under those names; then, with
    ``default_graph``, all triples, each once, into its default graph, which is what queries see.

    What is done is noted in the knowledge base until all is done; the next load then leaves it out, unless ``again``.
    EndpointError where the server refuses or is lost.
    """
    journal = _Journal(kb, url, again)
    names = sorted(str(g.value) for g in kb.store.named_graphs() if isinstance(g, ox.NamedNode))
    names += [""] if default_graph else []
    triples = skipped = 0
    refused = False
    for number, name in enumerate(names, 1):
        if name in journal.done:
            skipped += 1
        else:
            try:
                triples += _put(kb.store, name, target)
            except RefusedError as error:
                if name or error.status in {401, 403}:
                    raise
                refused = True
            journal.note(name)
        if progress:
            progress(number, len(names), name)
    journal.close()
    return Loaded(len(names) - refused, triples, skipped, default_graph and not refused)


def _put(store: ox.Store, name: str, target: Target) -> int:
    """One graph; the number of its triples."""
    if not name:
        # Nothing first: a server that has no default graph may hang up on a large body before it says so.
        target.put(name, b"", replace=True)
    count = 0
    for part, (number, data) in enumerate(_parts(store, name, target)):
        target.put(name, data, replace=part == 0)
        count += number
    return count


def _parts(store: ox.Store, name: str, target: Target) -> Iterator[tuple[int, bytes]]:
    """The graph as pieces of N-Triples. All blank nodes go with the first: a name of one holds within a request."""
    graph = ox.NamedNode(name) if name else ox.DefaultGraph()
    lines = [_line(q) for q in store.quads_for_pattern(None, None, None, graph) if _blank(q)]
    size = sum(map(len, lines))
    for quad in store.quads_for_pattern(None, None, None, graph):
        if _blank(quad):
            continue
        if size > target.most:
            yield len(lines), b"".join(lines)
            lines, size = [], 0
        lines.append(_line(quad))
        size += len(lines[-1])
    yield len(lines), b"".join(lines)


def _blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _line(quad: ox.Quad) -> bytes:
    return f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()


class _Journal:
    """The graphs that an unfinished load has put into a store: one a line in a file of the knowledge base. It is of
    one state of the knowledge base; another state begins anew. Where it cannot be written, nothing is noted."""

    def __init__(self, kb: KnowledgeBase, url: str, again: bool) -> None:
        self._path: Path = kb.directory / f"load-{hashlib.sha256(url.encode()).hexdigest()[:12]}.txt"
        state = hashlib.sha256(kb.manifest.text().encode()).hexdigest()
        self.done: set[str] = set()
        with suppress(OSError):
            head, *names = self._path.read_text("utf8").split("\n")
            if head == state and not again:
                self.done = set(names[:-1])  # after the last line break stands nothing, or a line cut short
        with suppress(OSError):
            self._path.write_text("".join(f"{line}\n" for line in (state, *sorted(self.done))), "utf8")

    def note(self, name: str) -> None:
        with suppress(OSError), self._path.open("a", encoding="utf8") as file:
            file.write(f"{name}\n")
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        with suppress(OSError):
            self._path.unlink()

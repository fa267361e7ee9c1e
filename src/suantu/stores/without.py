"""The local endpoint over a store without one of its graphs.

Naming all other graphs in the query (FROM) would look each pattern up in each of them, and give a triple as often as
documents state it. So a copy is made, whose files are the store's own where the file system can link them, and the
graph is taken out of that.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pyoxigraph as ox

from suantu.errors import StoreError
from suantu.stores.local import LocalEndpoint, open_read_only


class WithoutEndpoint(LocalEndpoint):
    """Answers from the store in ``directory`` as if it had no graph of the name ``graph``. That graph must hold only
    what no other does, as the inferred one does: its triples leave the default graph too."""

    def __init__(self, directory: Path, graph: str, *, allow_service: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="suantu-"))
        try:
            super().__init__(_copy(directory, graph, self._folder / "store"), allow_service=allow_service)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def close(self) -> None:
        """Close the store and take the copy away."""
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _copy(directory: Path, graph: str, target: Path) -> Path:
    """The copy, or the store itself where it has no such graph."""
    name = ox.NamedNode(graph)
    whole = open_read_only(directory)
    if next(iter(whole.quads_for_pattern(None, None, None, name)), None) is None:
        return directory
    try:
        whole.backup(str(target))
        part = ox.Store(str(target))
        part.update(f"DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }} ; DROP GRAPH {name}")
        part.flush()
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{target}: no copy can be made there ({error}); TMPDIR names another place") from error
    return target

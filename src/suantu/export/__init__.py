"""Subgraphs in the formats that other programs open, and as pictures.

``select`` chooses, ``details`` fetches labels and quotes, one module a format writes. A format is a line of ``FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from suantu.errors import UsageError

if TYPE_CHECKING:
    from suantu.export.model import Graph
    from suantu.export.select import Selection, Wanted
    from suantu.stores.base import Endpoint


class Format(NamedTuple):
    """An export format: what it is for, the module and function that write it, whether that takes the graph or the
    RDF, the file ending, and the number of nodes at most unless told otherwise."""

    description: str
    writer: str
    rdf: bool
    ending: str
    limit: int
    binary: bool = False


FORMATS: Mapping[str, Format] = {
    "graphml": Format("Gephi, yEd, igraph, networkx", "graphml:write", False, ".graphml", 10000),
    "gexf": Format("Gephi, sigma.js, graphology", "gexf:write", False, ".gexf", 10000),
    "dot": Format("Graphviz", "dot:write", False, ".dot", 200),
    "cytoscape": Format("Cytoscape, Cytoscape.js", "cytoscape:write", False, ".cyjs", 10000),
    "mermaid": Format("Markdown pages", "mermaid:write", False, ".mmd", 60),
    "csv": Format("Neo4j's importer: two files", "neo4j:write", False, "", 10000),
    "jsonld": Format("RDF as JSON-LD", "jsonld:write", True, ".jsonld", 10000),
    "ttl": Format("RDF as Turtle", "rdf:turtle", True, ".ttl", 10000),
    "trig": Format("RDF as TriG, with its graphs", "rdf:trig", True, ".trig", 10000),
    "nq": Format("RDF as N-Quads, with its graphs", "rdf:nquads", True, ".nq", 10000),
    "svg": Format("a picture", "svg:write", False, ".svg", 60),
    "png": Format("a picture", "png:write", False, ".png", 60, binary=True),
    "html": Format("an interactive page in one file", "html:write", False, ".html", 2000),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: file contents by name (one, without a name, but for CSV), and how much it holds and lacks."""

    files: Mapping[str, bytes]
    nodes: int
    edges: int
    left_out: int
    facts_left_out: int


def get(name: str) -> Format:
    """The format of that name; UsageError lists what there is."""
    if name not in FORMATS:
        raise UsageError(f"unknown export format {name!r}: there are {', '.join(FORMATS)}")
    return FORMATS[name]


def export(
    endpoint: Endpoint, wanted: Wanted, format: str, language: str = "zh", source: Callable[[str], str] | None = None
) -> Exported:
    """Choose a part of the graph and write it. ``wanted.limit`` holds as it is given: 0 sets none. ``source`` gives the
    text of a document (IRI), so that quotes come in their whole sentences.

    UsageError: no such format, or a library that it needs is missing; QueryError: ``wanted.query`` gives no graph.
    """
    from suantu.export.select import select

    chosen, how = select(endpoint, wanted), get(format)
    if how.rdf:
        from suantu.export.rdf import quads

        found = quads(endpoint, chosen)
        return _exported(_writer(how)(found), chosen, len(chosen.things), len(found))
    from suantu.export.details import graph

    made = graph(endpoint, chosen, language, source)
    return _exported(_writer(how)(made), chosen, len(made.nodes), len(made.edges))


def write(graph: Graph, format: str) -> bytes | dict[str, bytes]:
    """Write a graph that is there already, in a format that takes graphs."""
    how = get(format)
    if how.rdf:
        raise UsageError(f"{format} is written from RDF, not from a graph of nodes and edges: use export()")
    return _writer(how)(graph)


def _writer(how: Format) -> Callable[..., bytes | dict[str, bytes]]:
    module, _, function = how.writer.partition(":")
    found: Callable[..., bytes | dict[str, bytes]] = getattr(import_module(f"suantu.export.{module}"), function)
    return found


def _exported(data: bytes | dict[str, bytes], chosen: Selection, nodes: int, edges: int) -> Exported:
    files = data if isinstance(data, dict) else {"": data}
    return Exported(files, nodes, edges, chosen.left_out, chosen.facts_left_out)

"""Two CSV files with the header that Neo4j's importer takes: nodes and relationships."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from suantu.export.columns import EDGE, NODE, Cell, Column, edge_cells, flat, node_cells, used, written
from suantu.export.model import Graph

_LISTS, _LIST = {"aliases", "figures"}, ";"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def write(graph: Graph) -> dict[str, bytes]:
    """``nodes.csv`` and ``relationships.csv``, UTF-8. Each cell stays on one line, as the importer expects."""
    nodes = [node_cells(graph, node) for node in graph.nodes]
    edges = [edge_cells(graph, edge) for edge in graph.edges]
    # What stands in a column of its own is not repeated: the IRI is the id, the classes are the labels.
    shown = [i for i in used(NODE, nodes) if NODE[i].name not in {"iri", "classes"}]
    node_head = ["iri:ID", *_header(NODE, shown), ":LABEL"]
    node_rows = (
        [node.id, *_cells(NODE, cells, shown), ";".join(node.classes) or "Thing"]
        for node, cells in zip(graph.nodes, nodes, strict=True)
    )
    kept = used(EDGE, edges)
    edge_head = [":START_ID", ":END_ID", ":TYPE", *_header(EDGE, kept)]
    edge_rows = (
        [edge.source, edge.target, _type(edge.fact.predicate), *_cells(EDGE, cells, kept)]
        for edge, cells in zip(graph.edges, edges, strict=True)
    )
    return {"nodes.csv": _table(node_head, node_rows), "relationships.csv": _table(edge_head, edge_rows)}


def _header(columns: Sequence[Column], shown: Sequence[int]) -> list[str]:
    return [f"{columns[i].name}:{columns[i].type}{'[]' if columns[i].name in _LISTS else ''}" for i in shown]


def _cells(columns: Sequence[Column], cells: Sequence[Cell], shown: Sequence[int]) -> list[str]:
    return [_cell(cells[i], columns[i].name in _LISTS) for i in shown]


def _cell(cell: Cell, several: bool) -> str:
    if cell is None:
        return ""
    if several:
        return _LIST.join(flat(part.replace(_LIST, ",")) for part in written(cell).split("\n"))
    return flat(written(cell))


def _type(iri: str) -> str:
    """A relationship type in Neo4j's usual form: ``madeBy`` → ``MADE_BY``."""
    name = re.split(r"[/#]", iri)[-1]
    return re.sub(r"\W", "_", _CAMEL.sub("_", name)).upper() or "RELATED"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8", "replace")

"""Cytoscape JSON, as Cytoscape.js and Cytoscape desktop load it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from suantu.export.columns import EDGE, NODE, Cell, Column, edge_cells, node_cells
from suantu.export.model import Graph
from suantu.export.style import colour


def write(graph: Graph) -> bytes:
    """``{"elements": {"nodes": […], "edges": […]}}``, UTF-8; numbers are numbers, what is not known is left out."""
    nodes = [
        {"data": {"id": n.id, **_data(NODE, node_cells(graph, n)), "color": colour(n.cls)}, "classes": n.cls}
        for n in graph.nodes
    ]
    edges = [
        {"data": {"id": f"e{i}", "source": e.source, "target": e.target, **_data(EDGE, edge_cells(graph, e))}}
        for i, e in enumerate(graph.edges, 1)
    ]
    whole = {"data": {"name": "Suantu"}, "elements": {"nodes": nodes, "edges": edges}}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _data(columns: Sequence[Column], cells: Sequence[Cell]) -> dict[str, Cell]:
    return {column.name: cell for column, cell in zip(columns, cells, strict=True) if cell is not None}

"""GraphML with declared, typed attributes (Gephi, yEd, igraph, networkx, Cytoscape)."""

from __future__ import annotations

from collections.abc import Sequence

from suantu.export.columns import EDGE, NODE, Cell, Column, edge_cells, node_cells, used, written, xml
from suantu.export.model import Graph

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def write(graph: Graph) -> bytes:
    """The graph as GraphML, UTF-8; nodes are ``n1`` …, in order."""
    nodes = [node_cells(graph, node) for node in graph.nodes]
    edges = [edge_cells(graph, edge) for edge in graph.edges]
    out = [_HEAD]
    node_keys, edge_keys = _keys(out, "node", NODE, nodes), _keys(out, "edge", EDGE, edges)
    out.append('<graph id="suantu" edgedefault="directed">\n')
    ids = {node.id: f"n{i}" for i, node in enumerate(graph.nodes, 1)}
    for node, cells in zip(graph.nodes, nodes, strict=True):
        out.append(f'<node id="{ids[node.id]}">{_data(node_keys, cells)}</node>\n')
    for i, (edge, cells) in enumerate(zip(graph.edges, edges, strict=True), 1):
        ends = f'source="{ids[edge.source]}" target="{ids[edge.target]}"'
        out.append(f'<edge id="e{i}" {ends}>{_data(edge_keys, cells)}</edge>\n')
    out.append("</graph>\n</graphml>\n")
    return "".join(out).encode()


def _keys(
    out: list[str], kind: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> list[tuple[int, str]]:
    keys = []
    for i in used(columns, rows):
        key, column = f"{kind[0]}_{columns[i].name}", columns[i]
        out.append(f'<key id="{key}" for="{kind}" attr.name="{column.name}" attr.type="{column.type}"/>\n')
        keys.append((i, key))
    return keys


def _data(keys: Sequence[tuple[int, str]], cells: Sequence[Cell]) -> str:
    return "".join(f'<data key="{key}">{xml(written(cells[i]))}</data>' for i, key in keys if cells[i] is not None)

"""GEXF 1.3 with declared, typed attributes, colours and places (Gephi, graphology, sigma.js)."""

from __future__ import annotations

from collections.abc import Sequence

from suantu.export.columns import EDGE, NODE, Cell, Column, edge_cells, node_cells, used, written, xml
from suantu.export.model import Graph
from suantu.export.style import colour, rgb

_TYPES = {"int": "integer"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">
<meta><creator>Suantu</creator></meta>
<graph defaultedgetype="directed" mode="static">
"""


def write(graph: Graph) -> bytes:
    """The graph as GEXF, UTF-8. Labels stand in the format's own ``label``, the rest in declared attributes."""
    nodes = [node_cells(graph, node) for node in graph.nodes]
    edges = [edge_cells(graph, edge) for edge in graph.edges]
    out = [_HEAD]
    node_keys, edge_keys = _declared(out, "node", NODE, nodes), _declared(out, "edge", EDGE, edges)
    out.append("<nodes>\n")
    for node, cells in zip(graph.nodes, nodes, strict=True):
        red, green, blue = rgb(colour(node.cls))
        out.append(f'<node id="{xml(node.id)}" label="{xml(str(cells[0]))}">{_values(node_keys, cells)}')
        out.append(f'<viz:color r="{red}" g="{green}" b="{blue}"/></node>\n')
    out.append("</nodes>\n<edges>\n")
    for i, (edge, cells) in enumerate(zip(graph.edges, edges, strict=True), 1):
        ends = f'source="{xml(edge.source)}" target="{xml(edge.target)}"'
        out.append(f'<edge id="e{i}" {ends} label="{xml(str(cells[0]))}">{_values(edge_keys, cells)}</edge>\n')
    out.append("</edges>\n</graph>\n</gexf>\n")
    return "".join(out).encode()


def _declared(
    out: list[str], kind: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> list[tuple[int, str]]:
    keys = [(i, columns[i].name) for i in used(columns, rows) if columns[i].name != "label"]
    if keys:
        out.append(f'<attributes class="{kind}">\n')
        for i, name in keys:
            kind_of = _TYPES.get(columns[i].type, columns[i].type)
            out.append(f'<attribute id="{name}" title="{name}" type="{kind_of}"/>\n')
        out.append("</attributes>\n")
    return keys


def _values(keys: Sequence[tuple[int, str]], cells: Sequence[Cell]) -> str:
    found = [(name, cells[i]) for i, name in keys if cells[i] is not None]
    body = "".join(f'<attvalue for="{name}" value="{xml(written(cell))}"/>' for name, cell in found)
    return f"<attvalues>{body}</attvalues>" if body else ""

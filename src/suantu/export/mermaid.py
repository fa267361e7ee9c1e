"""Mermaid flowcharts for Markdown pages."""

from __future__ import annotations

from suantu.export.columns import edge_label, flat
from suantu.export.model import Graph
from suantu.export.style import INK, MUTED, colour

# Mermaid reads entities as #name; or #number; so that nothing of a label is taken as its syntax
_SPECIAL = {c: f"#{ord(c)};" for c in "#&<>\"'`|\\[]{}()%;:*_~@$"}
_LONGEST = 60


def write(graph: Graph) -> bytes:
    """The graph as a Mermaid flowchart, UTF-8, with one style a class."""
    ids = {node.id: f"n{i}" for i, node in enumerate(graph.nodes, 1)}
    classes = {cls: f"c{i}" for i, cls in enumerate(sorted({node.cls for node in graph.nodes}), 1)}
    out = ["flowchart LR\n"]
    out += [f'  {ids[n.id]}("{_text(n.label(graph.language))}"):::{classes[n.cls]}\n' for n in graph.nodes]
    for edge in graph.edges:
        arrow = "-.->" if edge.fact.forecast or edge.fact.kind == "lexicon" else "-->"
        out.append(f'  {ids[edge.source]} {arrow}|"{_text(edge_label(graph, edge))}"| {ids[edge.target]}\n')
    for cls, name in classes.items():
        out.append(f"  classDef {name} fill:{colour(cls)},stroke:{MUTED},color:{INK}\n")
    return "".join(out).encode("utf-8", "replace")


def _text(text: str) -> str:
    text = flat(text)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return "".join(_SPECIAL.get(c, c) for c in text) or " "

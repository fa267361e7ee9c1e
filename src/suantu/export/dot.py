"""DOT for Graphviz: rounded boxes coloured by class, labels on the edges, the quote as tooltip."""

from __future__ import annotations

from suantu.export.columns import edge_label, flat
from suantu.export.fonts import FAMILIES
from suantu.export.model import Graph
from suantu.export.style import INK, MUTED, colour, line_colour

FONT = ",".join([*FAMILIES, "sans-serif"])
_LONGEST = 80


def write(graph: Graph) -> bytes:
    """The graph as DOT, UTF-8. Every text is quoted, and no character of a label is taken as an escape."""
    ids = {node.id: f"n{i}" for i, node in enumerate(graph.nodes, 1)}
    out = ["digraph suantu {\n", '  graph [charset="UTF-8", overlap=false, splines=true, outputorder=edgesfirst];\n']
    out.append(f'  node [shape=box, style="rounded,filled", fontname="{FONT}", color="{MUTED}", fontcolor="{INK}"];\n')
    out.append(f'  edge [fontname="{FONT}", fontsize=10, fontcolor="{MUTED}"];\n')
    for node in graph.nodes:
        tip = "; ".join([graph.class_label(node.cls), *(f.text(graph.language) for f in node.figures)])
        seed = ", penwidth=2.5" if node.seed else ""
        label = f"label={_quoted(node.label(graph.language))}, tooltip={_quoted(tip)}"
        out.append(f'  {ids[node.id]} [{label}, fillcolor="{colour(node.cls)}"{seed}];\n')
    for edge in graph.edges:
        tint = line_colour(edge.fact.kind, edge.fact.forecast)
        style = ", style=dashed" if edge.fact.forecast or edge.fact.kind == "lexicon" else ""
        quote = f", tooltip={_quoted(edge.fact.quote.words)}" if edge.fact.quotes else ""
        label = f'label={_quoted(edge_label(graph, edge))}, color="{tint}"{quote}{style}'
        out.append(f"  {ids[edge.source]} -> {ids[edge.target]} [{label}];\n")
    return ("".join(out) + "}\n").encode("utf-8", "replace")


def _quoted(text: str) -> str:
    """A DOT string that shows ``text`` as it is: backslashes doubled for Graphviz's own escapes (``\\N``, ``\\l``),
    ampersands written out so that no entity is read into it."""
    text = flat(text)
    if len(text) > _LONGEST * 3:
        text = text[: _LONGEST * 3 - 1] + "…"
    return '"' + text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'

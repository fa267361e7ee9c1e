"""The typed attributes of nodes and edges, the same in every format that declares them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from suantu.border.vocab import shorten
from suantu.export.model import Edge, Fact, Graph, Node, best

Cell = str | int | float | bool | None
# What XML 1.0 cannot hold: control characters, lone surrogates, and the two non-characters
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# Line ends and tabs, which a reader would turn into spaces or newlines
_REFERRED = {ord(c): f"&#{ord(c)};" for c in "\t\n\r\x85\u2028"}


class Column(NamedTuple):
    """An attribute: its name and its type (``string``, ``int``, ``double`` or ``boolean``)."""

    name: str
    type: str


_FACT = [
    Column("kind", "string"),
    Column("year", "int"),
    Column("period", "string"),
    Column("value", "double"),
    Column("unit", "string"),
    Column("status", "string"),
    Column("forecast", "boolean"),
    Column("value_text", "string"),
    Column("rank", "int"),
    Column("place", "string"),
    Column("said_by", "string"),
    Column("confidence", "double"),
    Column("quote", "string"),
    Column("document", "string"),
    Column("page", "string"),
    Column("fact", "string"),
]
_NAMES = [Column("label", "string"), Column("label_zh", "string"), Column("label_en", "string")]
NODE = [*_NAMES, Column("class", "string"), Column("classes", "string"), Column("aliases", "string")]
NODE += [Column("figures", "string"), Column("iri", "string"), *_FACT]
EDGE = [*_NAMES, Column("property", "string"), *_FACT]


def node_cells(graph: Graph, node: Node) -> list[Cell]:
    """The values of a node in the order of ``NODE``; None is what it has not."""
    figures = "\n".join(f.text(graph.language) for f in node.figures)
    own: list[Cell] = [node.label(graph.language), node.names.get("zh"), node.names.get("en")]
    own += [node.cls or None, " ".join(node.classes) or None, "\n".join(node.aliases) or None, figures or None, node.id]
    return own + (_fact_cells(graph, node.fact) if node.fact else [None] * len(_FACT))


def edge_cells(graph: Graph, edge: Edge) -> list[Cell]:
    """The values of an edge in the order of ``EDGE``; None is what it has not."""
    names = edge.fact.names
    label: list[Cell] = [edge_label(graph, edge), names.get("zh"), names.get("en"), shorten(edge.fact.predicate)]
    return label + _fact_cells(graph, edge.fact)


def edge_label(graph: Graph, edge: Edge) -> str:
    """What stands on an edge: the relation, or the figure in short."""
    return edge.fact.text(graph.language) or shorten(edge.fact.predicate)


def _fact_cells(graph: Graph, fact: Fact) -> list[Cell]:
    quote, dated = fact.quote, fact.kind in {"figure", "rank"}
    return [
        fact.kind,
        _number(fact.year, int),
        fact.period or None,
        _number(fact.value, float),
        fact.unit or None,
        fact.status or None,
        fact.forecast if dated else None,
        fact.words or None,
        _number(fact.rank, int),
        best(fact.place or {}, graph.language) or None,
        best(fact.said_by or {}, graph.language) or None,
        _number(fact.confidence, float),
        quote.words or None,
        quote.document or None,
        quote.page or None,
        fact.id or None,
    ]


def _number(text: str, kind: Callable[[str], int | float]) -> int | float | None:
    try:
        return kind(text) if text else None
    except ValueError:
        return None


def used(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """The indices of the columns that some row has a value for."""
    return [i for i in range(len(columns)) if any(row[i] is not None for row in rows)]


def holdable(text: str) -> str:
    """``text`` with U+FFFD for each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def xml(text: str) -> str:
    """``text`` for XML content and attributes; what XML cannot hold becomes U+FFFD, line ends survive."""
    text = holdable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").translate(_REFERRED)


def written(cell: Cell) -> str:
    """A value as XML Schema writes it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell)


def flat(text: str) -> str:
    """``text`` on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

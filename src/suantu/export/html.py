"""One self-contained page: the graph, its facts and quotes, and a viewer that asks no network for anything."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path

from suantu.errors import UsageError
from suantu.export.drawing import NODE_SIZE, broken, text_width
from suantu.export.layout import Box, layout
from suantu.export.model import Fact, Graph, Names, Node, best
from suantu.export.style import colour, line_colour
from suantu.export.words import words

_HERE = Path(__file__).parent
_LIBRARY = _HERE / "assets" / "cytoscape.min.js"
_LICENCE = _HERE / "assets" / "cytoscape.LICENSE"
_NAMED = 3  # seeds named in the title
Record = dict[str, object]


def write(graph: Graph) -> bytes:
    """The page, UTF-8. UsageError where the graph library was not put into the package."""
    library, script = _library(), (_HERE / "viewer" / "viewer.js").read_text("utf-8")
    parts = {
        "LANG": "zh-CN" if graph.language == "zh" else "en",
        "HASHES": f"{_hash(library)} {_hash(script)}",
        "TITLE": html.escape(title(graph)),
        "CSS": (_HERE / "viewer" / "viewer.css").read_text("utf-8"),
        "DATA": _script_safe(data(graph)),
        "LIBRARY": library,
        "SCRIPT": script,
    }
    # One pass over the template: what is put in is never itself searched for marks.
    pieces = (_HERE / "viewer" / "viewer.html").read_text("utf-8").split("@")
    return "".join(parts.get(piece, piece) for piece in pieces).encode("utf-8", "replace")


def title(graph: Graph) -> str:
    """What the page is called: what it was begun from."""
    seeds = [n.label(graph.language) for n in graph.nodes if n.seed][:_NAMED]
    return " · ".join(seeds) or "Suantu"


def data(graph: Graph) -> Record:
    """What the viewer reads: nodes with places, edges, facts with quotes, names in both languages."""
    facts: dict[int, int] = {}
    records: list[Record] = []
    properties: dict[str, Record] = {}

    def number(fact: Fact) -> int:
        if id(fact) not in facts:
            facts[id(fact)] = len(records)
            records.append(_fact(fact))
            properties.setdefault(fact.predicate, {"names": fact.names})
        return facts[id(fact)]

    index = {node.id: i for i, node in enumerate(graph.nodes)}
    edges = [{"s": index[e.source], "t": index[e.target], "f": number(e.fact)} for e in graph.edges]
    boxes = [_box(node) for node in graph.nodes]
    dense = min(len(edges) / max(len(boxes), 1), 4.0)
    ends = [(index[e.source], index[e.target]) for e in graph.edges]
    places = layout(boxes, ends, 110.0 + 40.0 * dense, 30.0)
    nodes = [
        _node(n, b, p) | {"f": [number(f) for f in n.figures]}
        for n, b, p in zip(graph.nodes, boxes, places, strict=True)
    ]
    classes = {c: {"names": names, "color": colour(c)} for c, names in graph.class_names.items()}
    whole: Record = {"title": title(graph), "language": graph.language, "words": words(), "classes": classes}
    whole["omitted"] = graph.left_out
    return whole | {"properties": properties, "nodes": nodes, "edges": edges, "facts": records}


def _node(node: Node, box: Box, place: tuple[float, float]) -> Record:
    spot = {"x": round(place[0], 1), "y": round(place[1], 1), "w": round(box.width, 1), "h": round(box.height, 1)}
    return {"n": _names(node.names), "c": list(node.classes), "a": list(node.aliases), "seed": node.seed, **spot}


def _names(names: Names) -> Record:
    return {language: best(names, language) for language in ("zh", "en")}


def _box(node: Node) -> Box:
    """Room for the longer of the two labels."""
    lines = max(
        (broken(node.label(x)) for x in ("zh", "en")), key=lambda own: max(text_width(t, NODE_SIZE) for t in own)
    )
    return Box(max(text_width(line, NODE_SIZE) for line in lines) + 24, len(lines) * NODE_SIZE * 1.3 + 10)


def _fact(fact: Fact) -> Record:
    """A fact by one-letter keys; what is empty is left out."""
    quotes = [
        {"b": q.before, "w": q.words, "a": q.after, "d": q.document, "p": q.page, "s": q.section} for q in fact.quotes
    ]
    record: Record = {
        "y": fact.year,
        "t": fact.period,
        "v": fact.value,
        "u": fact.unit,
        "w": fact.words,
        "r": fact.rank,
    }
    record |= {"s": fact.status, "sn": fact.status_names, "pl": fact.place, "by": fact.said_by, "c": fact.confidence}
    kept = {key: value for key, value in record.items() if value}
    return {"k": fact.kind, "p": fact.predicate, "q": quotes, "color": line_colour(fact.kind, fact.forecast), **kept}


def _script_safe(whole: Record) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _library() -> str:
    """Cytoscape.js with its licence before it."""
    try:
        code, licence = _LIBRARY.read_text("utf-8"), _LICENCE.read_text("utf-8")
    except OSError:
        raise UsageError(
            "html needs Cytoscape.js, which is put in when the package is built; in a checkout run: python hatch_build.py"
        ) from None
    return f"/*!\nCytoscape.js\n{licence.replace('*/', '* /')}*/\n{code}".replace("</script", "<\\/script")

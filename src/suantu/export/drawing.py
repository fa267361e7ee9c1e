"""A picture of a graph as a list of shapes, which ``svg`` and ``png`` then write. Units are pixels."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from suantu.export.columns import flat
from suantu.export.layout import Box, layout
from suantu.export.model import Edge, Graph, best
from suantu.export.style import INK, MUTED, PAPER, colour, line_colour
from suantu.export.words import word
from suantu.table import width as columns_of

NODE_SIZE, EDGE_SIZE, LEGEND_SIZE = 15.0, 11.0, 13.0
_MARGIN, _PADDING, _LINE = 28.0, 10.0, 1.3
_WIDEST = 22  # columns of a node's label before it is broken
_EDGE_WIDEST = 34  # columns of an edge's label before it is cut
_PARALLEL = 3  # lines between two nodes that are still drawn side by side
_FEW = 20  # lines for which there is room to write each in full
_CROWDED = 60  # nodes from which an edge's label may be left out
Point = tuple[float, float]


class Line(NamedTuple):
    """A line through points."""

    points: tuple[Point, ...]
    stroke: str
    width: float
    dashed: bool


class Polygon(NamedTuple):
    """A filled shape."""

    points: tuple[Point, ...]
    fill: str


class Rect(NamedTuple):
    """A box with round corners; ``stroke`` may be empty, ``tip`` is what it tells when pointed at."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    fill: str
    stroke: str
    stroke_width: float
    tip: str = ""


class Text(NamedTuple):
    """One line of text around its middle (``anchor`` middle) or from its left end (start); ``halo`` keeps lines off it."""

    x: float
    y: float
    text: str
    size: float
    fill: str
    bold: bool = False
    anchor: str = "middle"
    halo: bool = False


Shape = Line | Polygon | Rect | Text


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes in drawing order, and the size of the whole."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


@dataclass
class _Bundle:
    """Edges of one property between the same two nodes in one direction: one line with one label."""

    source: int
    target: int
    edges: list[Edge] = field(default_factory=list)
    bend: float = 0.0


def text_width(text: str, size: float) -> float:
    """The width of a line of text, nearly: the same everywhere, whatever font is found."""
    return sum(size * (1.0 if n == 2 else 0.58 * n) for n in map(columns_of, text))


def broken(text: str, columns: int = _WIDEST) -> list[str]:
    """A label in at most two lines, at a space where there is one, the rest cut off."""
    text = flat(text) or "?"
    if columns_of(text) <= columns:
        return [text]
    total, at = 0, len(text)
    for i, char in enumerate(text):
        total += columns_of(char)
        if total > columns:
            at = i
            break
    space = text.rfind(" ", at // 2, at + 1)
    at = space if space > 0 else at
    return [text[:at].rstrip(), cut(text[at:].lstrip(), columns)]


def cut(text: str, columns: int) -> str:
    """``text`` in so many columns, with an ellipsis where it is cut."""
    from suantu.table import cut as shortened

    return shortened(text, columns)


def draw(graph: Graph) -> Picture:
    """The picture of a graph: nodes, labelled edges, a legend."""
    return _Drawing(graph).picture()


class _Drawing:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.labels = [broken(node.label(graph.language)) for node in graph.nodes]
        self.boxes = [self._box(lines) for lines in self.labels]
        number = {node.id: i for i, node in enumerate(graph.nodes)}
        self.bundles = _bundled(graph.edges, number)
        self.degree = Counter(x for b in self.bundles for x in (b.source, b.target))
        ends = [(b.source, b.target) for b in self.bundles]
        # The more edges a node has, the more room their labels need
        dense = min(len(ends) / max(len(self.boxes), 1), 4.0)
        length = max(110.0 + 40.0 * dense, self._longest() + 40.0 if len(ends) <= _FEW else 0.0)
        self.places = layout(self.boxes, ends, length, 30.0 if len(self.boxes) <= _CROWDED else 22.0)
        self.shapes: list[Shape] = []
        self.taken: list[tuple[float, float, float, float]] = []
        self.unlabelled = 0

    def _box(self, lines: Sequence[str]) -> Box:
        wide = max(text_width(line, NODE_SIZE) for line in lines)
        return Box(wide + 2 * _PADDING + 4, len(lines) * NODE_SIZE * _LINE + _PADDING)

    def _longest(self) -> float:
        """The width of the longest text on a line."""
        texts = [_labels(bundle, self.graph.language)[0] for bundle in self.bundles]
        return max((text_width(text, EDGE_SIZE) for text in texts), default=0.0)

    def picture(self) -> Picture:
        self.taken = [
            (x - b.width / 2, y - b.height / 2, x + b.width / 2, y + b.height / 2)
            for (x, y), b in zip(self.places, self.boxes, strict=True)
        ]
        labels = [self._edge(bundle) for bundle in self.bundles]
        # Short labels first: they find room more easily than they leave it.
        for bundle, curve in sorted(
            zip(self.bundles, labels, strict=True), key=lambda pair: len(_labels(pair[0], self.graph.language)[-1])
        ):
            self._edge_label(bundle, curve)
        for i in range(len(self.boxes)):
            self._node(i)
        return self._framed()

    # ---- edges ----

    def _edge(self, bundle: _Bundle) -> list[Point]:
        if bundle.source == bundle.target:
            return self._loop(bundle)
        curve = _curve(self.places[bundle.source], self.places[bundle.target], bundle.bend)
        curve = _clipped(curve, self.taken[bundle.source], self.taken[bundle.target])
        fact = bundle.edges[0].fact
        stroke = line_colour(fact.kind, all(e.fact.forecast for e in bundle.edges))
        dashed = fact.kind == "lexicon" or all(e.fact.forecast for e in bundle.edges)
        width = min(1.3 + 0.3 * (len(bundle.edges) - 1), 3.0)
        self.shapes.append(Line(tuple(curve), stroke, width, dashed))
        self.shapes.append(Polygon(_arrow(curve), stroke))
        return curve

    def _loop(self, bundle: _Bundle) -> list[Point]:
        x, y = self.places[bundle.source]
        top, right = y - self.boxes[bundle.source].height / 2, x + self.boxes[bundle.source].width / 2
        turn = [math.pi * i / 12 for i in range(19)]
        points = [(right - 6 + 14 * math.sin(a), top + 2 - 14 * math.cos(a)) for a in turn]
        self.shapes.append(Line(tuple(points), line_colour(bundle.edges[0].fact.kind, False), 1.3, False))
        return points

    def _edge_label(self, bundle: _Bundle, curve: list[Point]) -> None:
        """The fullest text that finds a place where it covers nothing; the shortest may cover a little."""
        spots = _spots(curve, outward=self.degree[bundle.source] > self.degree[bundle.target])
        texts = _labels(bundle, self.graph.language)
        for text in texts:
            wide, high = text_width(text, EDGE_SIZE) + 6, EDGE_SIZE * _LINE + 1
            boxes = [(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2) for x, y in spots]
            crossed = _overlaps(boxes, self.taken)
            least = min(range(len(boxes)), key=lambda i: (crossed[i], i))
            allowed = wide * high * 0.12 if text == texts[-1] and len(self.boxes) <= _CROWDED else 0.0
            if crossed[least] <= allowed:
                self.taken.append(boxes[least])
                fact = bundle.edges[0].fact
                ink = MUTED if fact.kind in {"relation", "lexicon", "link"} else line_colour(fact.kind, fact.forecast)
                self.shapes.append(Text(*spots[least], text, EDGE_SIZE, ink, halo=True))
                return
        self.unlabelled += 1

    # ---- nodes and legend ----

    def _node(self, i: int) -> None:
        node, (x, y), box = self.graph.nodes[i], self.places[i], self.boxes[i]
        language = self.graph.language
        tip = "\n".join(
            [f"{node.label(language)} ({self.graph.class_label(node.cls)})", *(f.text(language) for f in node.figures)]
        )
        stroke, thick = (INK, 2.4) if node.seed else (MUTED, 0.8)
        corner = (x - box.width / 2, y - box.height / 2)
        self.shapes.append(Rect(*corner, box.width, box.height, 9.0, colour(node.cls), stroke, thick, tip))
        lines, step = self.labels[i], NODE_SIZE * _LINE
        for n, line in enumerate(lines):
            self.shapes.append(Text(x, y + (n - (len(lines) - 1) / 2) * step, line, NODE_SIZE, INK, node.seed))

    def _framed(self) -> Picture:
        """Shift everything into view and put the legend below."""
        xs = [v for box in self.taken for v in (box[0], box[2])] or [0.0]
        ys = [v for box in self.taken for v in (box[1], box[3])] or [0.0]
        for shape in self.shapes:
            if isinstance(shape, Line):
                xs += [p[0] for p in shape.points]
                ys += [p[1] for p in shape.points]
        dx, dy = _MARGIN - min(xs), _MARGIN - min(ys)
        width = max(max(xs) - min(xs), 420.0) + 2 * _MARGIN
        shapes = [_moved(shape, dx, dy) for shape in self.shapes]
        legend, height = self._legend(max(ys) + dy + _MARGIN, width)
        page = Rect(0, 0, width, height, 0, PAPER, "", 0)
        return Picture(width, height, (page, *shapes, *legend))

    def _legend(self, top: float, width: float) -> tuple[list[Shape], float]:
        graph, language = self.graph, self.graph.language
        shapes: list[Shape] = [Line(((_MARGIN, top), (width - _MARGIN, top)), "#d5dbe1", 1.0, False)]
        x, y = _MARGIN, top + 22
        classes = [
            c for c, _ in sorted(Counter(n.cls for n in graph.nodes).items(), key=lambda item: (-item[1], item[0])) if c
        ]
        kinds = sorted({("forecast" if e.fact.forecast else e.fact.kind) for e in graph.edges} - {"link"})
        entries = [(c, graph.class_label(c), True) for c in classes] + [(k, word(k, language), False) for k in kinds]
        for name, text, box in entries:
            wide = 30 + text_width(text, LEGEND_SIZE)
            if x > _MARGIN and x + wide > width - _MARGIN:
                x, y = _MARGIN, y + 24
            if box:
                shapes.append(Rect(x, y - 8, 20, 16, 5, colour(name), MUTED, 0.8))
            else:
                dashed = name in {"lexicon", "forecast"}
                shapes.append(Line(((x, y), (x + 20, y)), line_colour(name, name == "forecast"), 2.0, dashed))
            shapes.append(Text(x + 26, y, text, LEGEND_SIZE, INK, anchor="start"))
            x += wide + 18
        remarks = [word("omitted", language, n=graph.left_out)] if graph.left_out else []
        remarks += [word("unlabelled", language, n=self.unlabelled)] if self.unlabelled else []
        if remarks:
            y += 24
            shapes.append(Text(_MARGIN, y, " · ".join(remarks), LEGEND_SIZE - 1, MUTED, anchor="start"))
        return shapes, y + 24


def _labels(bundle: _Bundle, language: str) -> list[str]:
    """What may stand on a line, the fullest first: the latest fact and how many more there are, the property and their
    number, the property."""
    facts = [edge.fact for edge in bundle.edges]
    if len({fact.predicate for fact in facts}) > 1:
        return [f"{word('forecast' if facts[0].forecast else 'figure', language)} ×{len(facts)}"]
    if all(fact.rank for fact in facts):
        return [cut(" ".join(fact.amount() for fact in facts), _EDGE_WIDEST)]
    latest = max(facts, key=lambda fact: (not fact.forecast, fact.period))
    more = f" (+{len(facts) - 1})" if facts[1:] else ""
    full = flat(latest.text(language)) or "?"
    name = flat(best(latest.names, language)) or full
    texts = [full + more] if columns_of(full) <= _EDGE_WIDEST else []
    short = cut(name, _EDGE_WIDEST - 4)
    texts.append(f"{short} ×{len(facts)}" if more else short)
    return list(dict.fromkeys(texts))


def _bundled(edges: Sequence[Edge], number: dict[str, int]) -> list[_Bundle]:
    """Edges of one property and direction between the same nodes together; different ones bend apart, and where they
    would be many, all figures are one line and all forecasts another."""
    lines: dict[tuple[int, int], dict[str, _Bundle]] = {}
    for edge in edges:
        ends = (number[edge.source], number[edge.target])
        lines.setdefault(ends, {}).setdefault(edge.fact.predicate, _Bundle(*ends)).edges.append(edge)
    pairs: dict[tuple[int, int], list[_Bundle]] = {}
    for (source, target), bundles in sorted(lines.items()):
        kept = [bundle for _, bundle in sorted(bundles.items())]
        pairs.setdefault((min(source, target), max(source, target)), []).extend(
            _folded(kept) if len(kept) > _PARALLEL else kept
        )
    for bundles_ in pairs.values():
        for i, bundle in enumerate(bundles_):
            side = 1 if bundle.source < bundle.target else -1
            bundle.bend = side * (i - (len(bundles_) - 1) / 2) * 34
    return [bundle for bundles_ in pairs.values() for bundle in bundles_]


def _folded(bundles: Sequence[_Bundle]) -> list[_Bundle]:
    edges = [edge for bundle in bundles for edge in bundle.edges]
    ends = bundles[0].source, bundles[0].target
    kinds = {
        forecast: [e for e in edges if e.fact.kind == "figure" and e.fact.forecast == forecast]
        for forecast in (False, True)
    }
    others = [bundle for bundle in bundles if bundle.edges[0].fact.kind != "figure"]
    return others + [_Bundle(*ends, kept) for kept in kinds.values() if kept]


# ---- geometry --------------------------------------------------------------------------------------------------------


def _curve(a: Point, b: Point, bend: float) -> list[Point]:
    far = math.dist(a, b) or 1.0
    middle = ((a[0] + b[0]) / 2 - (b[1] - a[1]) / far * bend, (a[1] + b[1]) / 2 + (b[0] - a[0]) / far * bend)
    steps = [i / 32 for i in range(33)]
    return [tuple((1 - t) ** 2 * a[k] + 2 * t * (1 - t) * middle[k] + t * t * b[k] for k in (0, 1)) for t in steps]  # type: ignore[misc]


def _clipped(curve: list[Point], first: Sequence[float], last: Sequence[float]) -> list[Point]:
    """The part of a curve that lies outside the boxes at its ends."""
    fine = [_between(p, q, k / 4) for p, q in pairwise(curve) for k in range(4)] + [curve[-1]]
    start = next((i for i, p in enumerate(fine) if not _inside(p, first, 1)), 0)
    end = next((i for i in range(len(fine) - 1, -1, -1) if not _inside(fine[i], last, 2)), len(fine) - 1)
    return fine[start : end + 1] if end - start >= 2 else [curve[0], curve[-1]]


def _between(p: Point, q: Point, t: float) -> Point:
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def _inside(p: Point, box: Sequence[float], room: float) -> bool:
    return box[0] - room < p[0] < box[2] + room and box[1] - room < p[1] < box[3] + room


def _arrow(curve: Sequence[Point]) -> tuple[Point, ...]:
    tip, before = curve[-1], curve[max(0, len(curve) - 8)]
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    return (tip, *((tip[0] - 9 * math.cos(angle + s), tip[1] - 9 * math.sin(angle + s)) for s in (0.38, -0.38)))


def _spots(curve: Sequence[Point], *, outward: bool) -> list[Point]:
    """Where a label may stand: the middle, then towards the end with fewer edges, then towards the other."""
    shares = [0.5, 0.55, 0.45, 0.6, 0.4, 0.65, 0.35, 0.7, 0.3, 0.75, 0.25, 0.8, 0.2, 0.85]
    if not outward:
        shares = [1 - s for s in shares]
    return [curve[round(s * (len(curve) - 1))] for s in shares]


def _overlaps(boxes: Sequence[Sequence[float]], taken: Sequence[Sequence[float]]) -> list[float]:
    """The area that each box shares with all that is taken."""
    a, b = np.array(boxes)[:, None, :], np.array(taken)[None, :, :]
    wide = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    high = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    return [float(x) for x in (np.maximum(wide, 0) * np.maximum(high, 0)).sum(axis=1)]


def _moved(shape: Shape, dx: float, dy: float) -> Shape:
    if isinstance(shape, (Line, Polygon)):
        return shape._replace(points=tuple((x + dx, y + dy) for x, y in shape.points))
    return shape._replace(x=shape.x + dx, y=shape.y + dy)

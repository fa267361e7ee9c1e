"""SVG, drawn directly: plain shapes and text, no script, no reference to anything outside."""

from __future__ import annotations

from suantu.export.columns import xml
from suantu.export.drawing import Line, Picture, Polygon, Rect, Shape, Text, draw
from suantu.export.fonts import FAMILIES
from suantu.export.model import Graph
from suantu.export.style import PAPER

FONT = ",".join([*(f"'{name}'" for name in FAMILIES), "sans-serif"])


def write(graph: Graph) -> bytes:
    """The graph as SVG, UTF-8. The viewer's fonts show the labels."""
    return rendered(draw(graph)).encode("utf-8", "replace")


def rendered(picture: Picture) -> str:
    """A picture as SVG text."""
    size = f'width="{picture.width:.0f}" height="{picture.height:.0f}" viewBox="0 0 {picture.width:.0f} {picture.height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" role="img">\n'
    return head + "".join(f"{_shape(shape)}\n" for shape in picture.shapes) + "</svg>\n"


def _shape(shape: Shape) -> str:
    if isinstance(shape, Line):
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _thinned(shape.points))
        dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
        return f'<path d="{path}" fill="none" stroke="{shape.stroke}" stroke-width="{shape.width:.1f}"{dashes}/>'
    if isinstance(shape, Polygon):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polygon points="{points}" fill="{shape.fill}"/>'
    return _rect(shape) if isinstance(shape, Rect) else _text(shape)


def _rect(shape: Rect) -> str:
    box = f'x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}" rx="{shape.radius:.0f}"'
    stroke = f' stroke="{shape.stroke}" stroke-width="{shape.stroke_width:.1f}"' if shape.stroke else ""
    title = f"<title>{xml(shape.tip)}</title>" if shape.tip else ""
    return f'<rect {box} fill="{shape.fill}"{stroke}>{title}</rect>'


def _text(shape: Text) -> str:
    bold = ' font-weight="600"' if shape.bold else ""
    halo = f' paint-order="stroke" stroke="{PAPER}" stroke-width="3.5" stroke-linejoin="round"' if shape.halo else ""
    # The middle of a line stands a third of its size above the baseline; "dominant-baseline" is not known everywhere.
    place = f'x="{shape.x:.1f}" y="{shape.y + shape.size * 0.35:.1f}" font-size="{shape.size:.0f}"'
    return f'<text {place} text-anchor="{shape.anchor}" fill="{shape.fill}"{bold}{halo}>{xml(shape.text)}</text>'


def _thinned(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Every eighth point of a smooth line, and its ends; a straight one needs its ends alone."""
    if len(points) <= 20:
        return list(points)
    (ax, ay), (bx, by), (mx, my) = points[0], points[-1], points[len(points) // 2]
    if abs((bx - ax) * (my - ay) - (by - ay) * (mx - ax)) < 4.0:
        return [points[0], points[-1]]
    return [*points[:-1:8], points[-1]]

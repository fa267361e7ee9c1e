"""PNG, drawn with Pillow from the same shapes as the SVG."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from suantu.errors import UsageError
from suantu.export.drawing import Line, Picture, Polygon, Rect, Text, draw
from suantu.export.fonts import chinese_font
from suantu.export.model import Graph
from suantu.export.style import PAPER

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_FINER = 2  # drawn so much larger and then reduced, so that lines are smooth
_PIXELS = 40e6  # pixels at most while drawing
_DASH, _PAUSE = 5.0, 4.0


def write(graph: Graph) -> bytes:
    """The graph as PNG at twice its size. UsageError where Pillow or a font with Chinese characters is missing."""
    return rendered(draw(graph))


def rendered(picture: Picture, scale: float = 2.0) -> bytes:
    """A picture as PNG, ``scale`` pixels to the unit (fewer where it would become too large)."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        raise UsageError("png needs Pillow; install it with: pip install 'suantu[png]', or export svg") from None
    scale = min(scale, (_PIXELS / (picture.width * picture.height)) ** 0.5 / _FINER)
    size = round(picture.width * scale), round(picture.height * scale)
    image = Image.new("RGB", (size[0] * _FINER, size[1] * _FINER), PAPER)
    pen = _Pen(ImageDraw.Draw(image), scale * _FINER)
    for shape in picture.shapes:
        pen.draw(shape)
    out = io.BytesIO()
    image.reduce(_FINER).save(out, "PNG")
    return out.getvalue()


class _Pen:
    def __init__(self, canvas: ImageDraw, scale: float) -> None:
        self.canvas, self.scale = canvas, scale
        self.fonts: dict[tuple[float, bool], Any] = {}

    def draw(self, shape: Line | Polygon | Rect | Text) -> None:
        k = self.scale
        if isinstance(shape, Line):
            for piece in _dashes(shape.points) if shape.dashed else [list(shape.points)]:
                points = [(x * k, y * k) for x, y in piece]
                self.canvas.line(points, fill=shape.stroke, width=max(1, round(shape.width * k)), joint="curve")
        elif isinstance(shape, Polygon):
            self.canvas.polygon([(x * k, y * k) for x, y in shape.points], fill=shape.fill)
        elif isinstance(shape, Rect):
            box = (shape.x * k, shape.y * k, (shape.x + shape.width) * k, (shape.y + shape.height) * k)
            width = max(1, round(shape.stroke_width * k)) if shape.stroke else 0
            self.canvas.rounded_rectangle(box, shape.radius * k, shape.fill, shape.stroke or None, width)
        else:
            self._text(shape)

    def _text(self, shape: Text) -> None:
        k = self.scale
        anchor = "mm" if shape.anchor == "middle" else "lm"
        halo = round(1.75 * k) if shape.halo else 0
        font = self._font(shape.size, shape.bold)
        # Letters have their middle a little above that of the line
        place = (shape.x * k, shape.y * k - shape.size * k * 0.04)
        self.canvas.text(place, shape.text, shape.fill, font, anchor, stroke_width=halo, stroke_fill=PAPER)

    def _font(self, size: float, bold: bool) -> Any:  # noqa: ANN401 - a Pillow font
        if (size, bold) not in self.fonts:
            from PIL import ImageFont

            face = chinese_font(bold)
            self.fonts[size, bold] = ImageFont.truetype(str(face.path), round(size * self.scale), face.number)
        return self.fonts[size, bold]


def _dashes(points: tuple[tuple[float, float], ...]) -> list[list[tuple[float, float]]]:
    """The pieces of a dashed line."""
    pieces: list[list[tuple[float, float]]] = []
    on, left, piece = True, _DASH, [points[0]]
    for (x, y), (u, v) in pairwise(points):
        far, at = ((u - x) ** 2 + (v - y) ** 2) ** 0.5, 0.0
        while far - at >= left > 0:
            at += left
            point = (x + (u - x) * at / far, y + (v - y) * at / far)
            if on:
                pieces.append([*piece, point])
            on, left, piece = not on, _PAUSE if on else _DASH, [point]
        left -= far - at
        if on:
            piece.append((u, v))
    return pieces + ([piece] if on and len(piece) > 1 else [])

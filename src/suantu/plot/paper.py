"""What all charts share: the font, the colours, the title above, the sources below, and how it becomes a file.

An SVG keeps its text as text, in whatever Chinese font its reader has; only a PNG needs one here.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from suantu.errors import UsageError
from suantu.export.columns import holdable
from suantu.export.drawing import text_width
from suantu.export.fonts import FAMILIES, chinese_font
from suantu.export.style import INK, MUTED, PAPER
from suantu.export.words import word
from suantu.plot.model import Chart
from suantu.table import cut

COLOURS = ("#1f77b4", "#d1495b", "#2e933c", "#8e5aa8", "#e08a1e", "#17869e", "#8c564b", "#6b7785", "#c2599b", "#8a8d1f")
DPI = 200
SMALL, NORMAL, LARGE = 9.0, 11.0, 14.0
_WIDE, _HIGH, _ROW, _LINE = 10.0, 5.0, 0.32, 0.2  # inches: the page, a row of bars or ranks, a line of sources
_INK = 72.0  # points to the inch
_SOURCES = 6  # named below at most
_LONGEST = 60  # columns of a source's name
Draw = Callable[[Axes, Chart], None]


def drawn(chart: Chart, draw: Draw, format: str) -> bytes:
    """The chart on its page, as a file."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # families that are not here are no news
    below = _below(chart)
    high = len(below) * _LINE + (_HIGH if chart.kind == "lines" else max(len(chart.series) * _ROW, 0.8) + 1.6)
    settings: Any = {
        "font.family": _families(format),
        "font.size": NORMAL,
        "svg.fonttype": "none",
        "svg.hashsalt": "suantu",
        "axes.unicode_minus": False,
        "text.parse_math": False,
        "text.color": INK,
        "axes.labelcolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # in an SVG the reader's font has it
        page = Figure(figsize=(_WIDE, high), dpi=DPI, facecolor=PAPER)
        bottom = (0.62 + len(below) * _LINE) / high
        axes = page.add_axes((0.07, bottom, 0.71, 1 - bottom - (0.9 if chart.kind == "lines" else 0.62) / high))
        page.text(0.02, 1 - 0.3 / high, chart.title, fontsize=LARGE, fontweight="bold", va="center")
        for i, line in enumerate(reversed(below)):
            page.text(0.02, (0.14 + i * _LINE) / high, line, fontsize=SMALL, color=MUTED, va="center")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color("#9aa5b1")
        draw(axes, chart)
        for shown in page.findobj(Text):
            shown.set_text(holdable(shown.get_text()))
        return _saved(page, format)


def _saved(page: Figure, format: str) -> bytes:
    out = io.BytesIO()
    page.savefig(out, format=format, metadata={"Date": None} if format == "svg" else {"Software": None})
    return out.getvalue()


def _families(format: str) -> list[str]:
    """The font with Chinese characters that is here, then those that a reader of an SVG may have."""
    try:
        face = chinese_font()
    except UsageError:
        if format != "svg":
            raise
        return [*FAMILIES, "DejaVu Sans", "sans-serif"]
    known = {entry.name for entry in font_manager.fontManager.ttflist if entry.fname == str(face.path)}
    if not known:
        font_manager.fontManager.addfont(str(face.path))
        known = {entry.name for entry in font_manager.fontManager.ttflist if entry.fname == str(face.path)}
    own = sorted(known, key=lambda name: (not name.endswith("SC"), name))[:1]
    return [*own, *(f for f in FAMILIES if f not in own), "DejaVu Sans", "sans-serif"]


def _below(chart: Chart) -> list[str]:
    """The sources in lines that fit the page."""
    if not chart.sources:
        return []
    comma = "、" if chart.language == "zh" else "; "
    names = comma.join(cut(name, _LONGEST) for name in chart.sources[:_SOURCES])
    if len(chart.sources) > _SOURCES:
        names = word("more_sources", chart.language, names=names, n=len(chart.sources))
    return wrapped(word("sources", chart.language, names=names), SMALL, _WIDE * 0.95 * _INK)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """``text`` in lines of at most ``width`` points, broken at blanks and after Chinese characters."""
    lines, line = [], ""
    for char in text:
        line += char
        if text_width(line, size) > width:
            blank = line.rfind(" ") + 1
            at = blank if blank > len(line) / 2 else len(line) - 1
            lines.append(line[:at].rstrip())
            line = line[at:]
    return [*lines, line]


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places as near to those wanted as can be, none nearer than ``gap`` to the next."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    groups: list[list[int]] = []
    centres: list[float] = []
    for i in order:
        groups.append([i])
        centres.append(wanted[i])
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2:
            members = groups.pop()
            groups[-1] += members
            del centres[-1]
            centres[-1] = sum(wanted[k] for k in groups[-1]) / len(groups[-1])
    places = [0.0] * len(wanted)
    for members, centre in zip(groups, centres, strict=True):
        for n, i in enumerate(members):
            places[i] = centre + (n - (len(members) - 1) / 2) * gap
    return places


def number(value: float) -> str:
    """A value in few digits, with separators."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return text if "e" not in text else f"{value:g}"

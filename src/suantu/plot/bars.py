"""A metric at one period, a bar a thing, the largest on top; expected values are hatched."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from suantu.export.style import PAPER
from suantu.export.words import word
from suantu.plot.lines import leading
from suantu.plot.model import CERTAIN, Chart
from suantu.plot.paper import COLOURS, NORMAL, SMALL, number
from suantu.table import cut

_LONGEST = 26  # columns of a name
_HATCH = "////"


def draw(axes: Axes, chart: Chart) -> None:
    """The bars with their values."""
    ends = [leading(s)[0] if len(s.points) > 1 and s.points[0].period else s.points[0] for s in chart.series]
    values = [p.value / chart.scale for p in ends]
    colour = COLOURS[0]
    for i, (p, value) in enumerate(zip(ends, values, strict=True)):
        face, hatch = (PAPER, _HATCH) if p.ahead else (colour, "")
        axes.barh(i, value, height=0.68, color=face, edgecolor=colour, hatch=hatch, linewidth=1.0)
        side = 4 if value >= 0 else -4
        axes.annotate(
            p.bound + number(value) + ("%" if chart.unit == "%" else ""),
            (value, i),
            xytext=(side, 0),
            textcoords="offset points",
            va="center",
            ha="left" if value >= 0 else "right",
            fontsize=NORMAL,
        )
    axes.set_yticks(range(len(ends)), [cut(s.label, _LONGEST) for s in chart.series], fontsize=NORMAL)
    axes.set_ylim(len(ends) - 0.4, -0.6)
    low, high = min(0.0, *values), max(0.0, *values)
    axes.set_xlim(low * 1.12, high * 1.12 or 1.0)
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelcolor="#1f2933")
    axes.set_xlabel(chart.unit)
    axes.grid(axis="x", color="#e4e8ec", linewidth=0.8)
    axes.set_axisbelow(True)
    box = axes.get_position()
    axes.set_position((0.24, box.y0, 0.70, box.height))
    _key(axes, chart, {p.status for p in ends}, colour)


def _key(axes: Axes, chart: Chart, there: set[str], colour: str) -> None:
    if not there - {CERTAIN[0]}:
        return
    handles = [
        Patch(
            facecolor=colour if status == CERTAIN[0] else PAPER,
            edgecolor=colour,
            hatch="" if status == CERTAIN[0] else _HATCH,
            label=word(status.lower(), chart.language),
        )
        for status in CERTAIN
        if status in there
    ]
    box: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": len(handles), "frameon": False}
    axes.legend(handles=handles, fontsize=SMALL, borderaxespad=0.2, **box)

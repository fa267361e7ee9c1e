"""Ranks over the years: a line a thing, the first on top, the rank in the dot."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from suantu.plot.model import Chart, Series, moment
from suantu.plot.paper import COLOURS, NORMAL, SMALL
from suantu.table import cut

_LONGEST = 24  # columns of a name


def draw(axes: Axes, chart: Chart) -> None:
    """The lines, smooth from rank to rank, their names at both ends."""
    periods = sorted({p.period for s in chart.series for p in s.points}, key=moment)
    column = {period: i for i, period in enumerate(periods)}
    deepest = max(p.value for s in chart.series for p in s.points)
    for series, colour in zip(chart.series, COLOURS * len(chart.series), strict=False):
        _line(axes, series, column, colour)
    axes.set_xlim(-0.25, max(len(periods) - 1, 0) + 0.25)
    axes.set_ylim(deepest + 0.6, 0.4)
    axes.set_xticks(range(len(periods)), periods, fontsize=NORMAL)
    axes.xaxis.tick_top()
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
    box = axes.get_position()
    axes.set_position((0.2, box.y0 - 0.04, 0.6, box.height))


def _line(axes: Axes, series: Series, column: dict[str, int], colour: str) -> None:
    spots = [(column[p.period], p.value) for p in series.points]
    for (x, a), (u, b) in pairwise(spots):
        t = np.linspace(0, 1, 40)
        style = "-" if u - x == 1 else (0, (1, 1.5))  # a period without a rank lies between
        axes.plot(x + (u - x) * t, a + (b - a) * (3 * t**2 - 2 * t**3), color=colour, linewidth=3, linestyle=style)
    for x, y in spots:
        axes.plot([x], [y], "o", color=colour, markersize=17, zorder=3)
        axes.text(
            x,
            y,
            f"{y:g}",
            color="white",
            ha="center",
            va="center_baseline",
            fontsize=SMALL,
            fontweight="bold",
            zorder=4,
        )
    name = cut(series.label, _LONGEST)
    last = max(column.values())
    if last and not spots[0][0]:
        axes.text(-0.09, spots[0][1], name, ha="right", va="center", color=colour, fontsize=NORMAL)
    if not last or spots[-1][0]:
        _end(axes, name, spots[-1], colour)


def _end(axes: Axes, name: str, spot: tuple[float, float], colour: str) -> None:
    offset: dict[str, Any] = {
        "xytext": (12, 0),
        "textcoords": "offset points",
        "va": "center",
        "annotation_clip": False,
    }
    axes.annotate(name, spot, color=colour, fontsize=NORMAL, **offset)

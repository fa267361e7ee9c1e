"""A metric over the years: what is known as full lines and dots, what is expected as dashed lines and rings."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from suantu.export.drawing import text_width
from suantu.export.style import MUTED, PAPER
from suantu.export.words import word
from suantu.plot.model import CERTAIN, Chart, Point, Series, moment
from suantu.plot.paper import COLOURS, DPI, NORMAL, SMALL, number, spread
from suantu.table import cut

_GAP = 0.055  # of the height, between the names at the right
_LONGEST = 26  # columns of a name


def draw(axes: Axes, chart: Chart) -> None:
    """The lines, each with its name at its end."""
    points = [p for s in chart.series for p in s.points]
    moments = sorted({p.period: moment(p.period) for p in points}.items(), key=lambda pair: pair[1])
    for series, colour in zip(chart.series, COLOURS * len(chart.series), strict=False):
        _line(axes, series, chart.scale, colour)
    first, last = moments[0][1], moments[-1][1]
    room = max(last - first, 1.0) * 0.04
    axes.set_xlim(first - room, last + room)
    low = min(0.0, *(p.value / chart.scale for p in points))
    axes.set_ylim(low, max(max(p.value / chart.scale for p in points), low + 1e-9) * 1.12)
    axes.set_xticks(*_ticks(moments))
    axes.text(-0.045, 1.04, chart.unit, transform=axes.transAxes, color=MUTED, va="bottom")
    axes.grid(axis="y", color="#e4e8ec", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    _names(axes, chart)
    _values(axes, chart)
    _key(axes, chart)


def leading(series: Series) -> list[Point]:
    """The one point of each period that the line goes through: the surest, of equals the first."""
    best: dict[str, Point] = {}
    for p in sorted(series.points, key=lambda p: CERTAIN.index(p.status)):
        best.setdefault(p.period, p)
    return sorted(best.values(), key=lambda p: moment(p.period))


def paths(series: Series) -> list[tuple[list[Point], bool]]:
    """What lines connect, and whether they are dashed: the known values; and for the documents of each year what they
    expect, from the last known value of their own. Documents of different years are not joined: they may differ."""
    known = [p for p in leading(series) if not p.ahead]
    found = [(known, False)]
    for edition in sorted({p.edition for p in series.points if p.ahead}):
        own = leading(Series("", tuple(p for p in series.points if p.edition == edition)))
        ahead = [p for p in own if p.ahead]
        before = [p for p in own if not p.ahead and moment(p.period) < moment(ahead[0].period)][-1:] if ahead else []
        found.append((before + ahead, True))
    return found


def _line(axes: Axes, series: Series, scale: float, colour: str) -> None:
    for path, dashed in paths(series):
        xs, ys = [moment(p.period) for p in path], [p.value / scale for p in path]
        axes.plot(xs, ys, color=colour, linewidth=2.2, linestyle=(0, (4, 2.5)) if dashed else "-", zorder=2)
    for p in series.points:
        spot = [moment(p.period)], [p.value / scale]
        inside = PAPER if p.ahead else colour
        axes.plot(*spot, "o", color=colour, markerfacecolor=inside, markersize=6.5, markeredgewidth=1.8, zorder=3)


def _ticks(moments: list[tuple[str, float]]) -> tuple[list[float], list[str]]:
    """The periods, no more than can be read."""
    step = -(-len(moments) // 12)
    kept = moments[::-1][::step][::-1]
    return [at for _, at in kept], [period for period, _ in kept]


def _names(axes: Axes, chart: Chart) -> None:
    low, high = axes.get_ylim()
    ends = [leading(s)[-1] for s in chart.series]
    places = spread([(p.value / chart.scale - low) / (high - low) for p in ends], _GAP)
    for series, at, colour in zip(chart.series, places, COLOURS * len(places), strict=False):
        if len(chart.series) > 1:
            text = cut(series.label, _LONGEST)
            axes.text(1.015, at, text, transform=axes.transAxes, color=colour, va="center", fontsize=NORMAL)


def _values(axes: Axes, chart: Chart) -> None:
    """The values above or below their points, where nothing else stands."""
    spots = [
        (p, colour) for s, colour in zip(chart.series, COLOURS * len(chart.series), strict=False) for p in s.points
    ]
    size = axes.get_window_extent()
    to_points = 72 / DPI

    def place(p: Point) -> tuple[float, float]:
        x, y = axes.transData.transform((moment(p.period), p.value / chart.scale))
        return (x - size.x0) * to_points, (y - size.y0) * to_points

    taken = [(x, y, 5.0, 5.0) for x, y in (place(p) for p, _ in spots)]
    for p, colour in sorted(spots, key=lambda pair: -pair[0].value):
        text = p.bound + number(p.value / chart.scale)
        x, y = place(p)
        for above in (11.0, -11.0) if y > 18 else (11.0,):  # below the axis stand the years
            box = (x, y + above, text_width(text, SMALL) / 2 + 2, SMALL / 2 + 0.5)
            if not any(abs(box[0] - t[0]) < box[2] + t[2] and abs(box[1] - t[1]) < box[3] + t[3] for t in taken):
                taken.append(box)
                at = (moment(p.period), p.value / chart.scale)
                look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": SMALL, "color": colour}
                axes.annotate(text, at, xytext=(0, above), textcoords="offset points", **look)
                break


def _key(axes: Axes, chart: Chart) -> None:
    there = {p.status for s in chart.series for p in s.points}
    if not there - {CERTAIN[0]}:
        return
    kinds = [(status, status != CERTAIN[0]) for status in CERTAIN if status in there]
    handles = [
        Line2D(
            [],
            [],
            color="#52606d",
            marker="o",
            linestyle=(0, (3, 2)) if ahead else "-",
            markerfacecolor=PAPER if ahead else "#52606d",
            label=word(status.lower(), chart.language),
        )
        for status, ahead in kinds
    ]
    box: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "ncols": len(handles), "frameon": False}
    axes.legend(handles=handles, fontsize=SMALL, borderaxespad=0.2, **box)

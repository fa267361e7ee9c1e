"""Charts of figures and ranks: a metric over the years, shares as bars, ranks as a bump chart; SVG and PNG.

``choose`` takes from the graph what one chart can show, ``lines``, ``bars`` and ``bump`` draw it, ``paper`` is what
they share: fonts, colours, the title above and the sources below. Drawn by matplotlib (the extra ``plot``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from suantu.errors import UsageError

if TYPE_CHECKING:
    from suantu.plot.model import Chart

ENDINGS = {".svg": "svg", ".png": "png"}
KINDS = ("lines", "bars", "bump")


def draw(chart: Chart, format: str = "svg") -> bytes:
    """The chart as SVG or PNG. UsageError where matplotlib is missing, or for PNG a font with Chinese characters."""
    try:
        from suantu.plot import paper
    except ImportError:
        raise UsageError("plot needs matplotlib; install it with: pip install 'suantu[plot]'") from None
    return paper.drawn(chart, import_module(f"suantu.plot.{chart.kind}").draw, format)

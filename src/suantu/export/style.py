"""The colours of classes, the same in every picture and format."""

from __future__ import annotations

from zlib import crc32

# Readable with dark text on them, and told apart by people who see few colours as well as a palette of this size can be
_KNOWN = {
    "Vendor": "#8ecae6",
    "Organization": "#a9d6e5",
    "ResearchInstitution": "#b8c0ff",
    "GovernmentBody": "#c8b6ff",
    "Consortium": "#bbd0ff",
    "Place": "#d8e2a8",
    "Country": "#c5d86d",
    "Region": "#d4e09b",
    "City": "#b5e48c",
    "Chip": "#ffd166",
    "ChipType": "#ffe8a3",
    "Interconnect": "#f4a261",
    "Product": "#f7b267",
    "Server": "#f79d65",
    "AIModel": "#e9c46a",
    "Technology": "#95d5b2",
    "UseCase": "#80ced7",
    "Industry": "#f4acb7",
    "Market": "#ffafcc",
    "Standard": "#d0d1ff",
    "Benchmark": "#cdb4db",
    "Policy": "#e5989b",
    "Report": "#e3d5ca",
    "Ranking": "#ddbea9",
    "Subject": "#e0e0e0",
}
_OTHERS = ("#cbd5e1", "#fde2e4", "#dfe7fd", "#e2ece9", "#fff1e6", "#eddcd2", "#cddafd", "#bee1e6")
INK, MUTED, PAPER, LINE = "#1f2933", "#52606d", "#ffffff", "#9aa5b1"
FIGURE, FORECAST, RANK = "#2563ab", "#c2571a", "#7b5ea7"


def colour(cls: str) -> str:
    """The fill of a class by local name, ``#rrggbb``; one that the vocabulary does not know gets a steady one too."""
    return _KNOWN.get(cls) or _OTHERS[crc32(cls.encode("utf-8", "replace")) % len(_OTHERS)]


def rgb(text: str) -> tuple[int, int, int]:
    """``#rrggbb`` as three numbers from 0 to 255."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def line_colour(kind: str, forecast: bool) -> str:
    """The colour of an edge by the kind of its fact."""
    if forecast:
        return FORECAST
    return {"figure": FIGURE, "rank": RANK}.get(kind, LINE)

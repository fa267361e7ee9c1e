"""Spans of years, and what stands between times and figures."""

from __future__ import annotations

from dataclasses import replace

from suantu.expressions import compiled
from suantu.records import Period
from suantu.scene import Scene

_LED_TO = compiled(r" to (?:[a-z]+ ){0,3}[\uf000-\uf8ff][^\uf000-\uf8ff]*")
BEGAN_AT = compiled(r" (?:in [\ue000-\uf8ff] |[a-z]+ )?from (?:the )?[\uf000-\uf8ff] to (?:the )?")


def told_before(scene: Scene, position: int) -> list[Period]:
    """The times that are told before a figure in its part of the sentence, those of other figures too."""
    start = scene.text.rfind("；", 0, position)
    return [n.periods[-1] for at, n in sorted(scene.nodes.items()) if start < at < position and n.periods]


def between_years(periods: list[Period]) -> Period | None:
    """The span between the two years that a sentence names (2024年为 …，到2028年将达 …，年均复合增速 …)."""
    years = {p.value: p for p in periods if len(p.value) == 4}
    if len(years) != 2:
        return None
    first, last = sorted(years)
    return replace(years[last], value=f"{first}/{last}")


def moved(text: str, start: int, end: int) -> bool:
    """Whether the only figure between is where the change at ``start`` led to (rose 64% to US$212 million in 2023), or
    the time that it began at (rose 64% from the first quarter to the second)."""
    between = text[start + 1 : end]
    return any(path.fullmatch(between) for path in (_LED_TO, BEGAN_AT))


def figure_between(text: str, start: int, end: int) -> bool:
    return any("\uf000" <= c <= "\uf8ff" for c in text[start + 1 : end])

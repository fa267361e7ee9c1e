"""Tells the times that a sentence only looks back to (…，2023年这一比例只有 …) from the one that it goes on about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.records import Period
from suantu.scene import AHEAD, Node, Scene
from suantu.stages.observations.placing import CLAUSE

_HARD = compiled(r"[；;。]")


class LookBack:
    """The words of one language by which a figure is set against that of another time."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        words = dict(settings.get("looks-back", {}))
        self._same, self._less, self._words, self._on = (
            compiled(str(words.get(k, "(?!)"))) for k in ("same", "less", "words", "on")
        )
        self._looks = bool(words)
        self._contrast = compiled(str(settings.get("contrast", "(?!)")))

    def asides(self, scene: Scene) -> frozenset[int]:
        """Where the times stand that a figure is only compared with: those of the same figure at another time, and
        earlier ones behind a figure of the kind."""
        out: set[int] = set()
        base = scene.period or scene.era
        for at, node in sorted(scene.nodes.items()) if self._looks else ():
            if not node.periods:
                continue
            figure = self._figure(scene, at)
            if self._is_aside(scene, at, figure, base) if figure else self._is_past(scene, at, base):
                out.add(at)
            elif figure and node.periods[-1].value:
                base = node.periods[-1]
        return frozenset(out)

    def current(self, scene: Scene, found: list[tuple[int, Period]], position: int) -> list[tuple[int, Period]]:
        """The times of ``found`` that a figure may be of: one only looked back to is not that of later clauses."""
        asides = self.asides(scene)
        if not asides:
            return found
        return [(at, p) for at, p in found if not (at in asides and self._left(scene.text, at, position))]

    def latest(self, text: str, position: int, before: list[tuple[int, Period]]) -> Period:
        """The last time before a figure; not one that was only set against another in an earlier part (…，而2023年…；)."""
        part = max((m.end() for m in _HARD.finditer(text, 0, position)), default=0)
        set_against = self._contrast.search
        plain = [p for at, p in before if at >= part or not set_against(text, max(0, at - 3), at)]
        return plain[-1] if plain else before[-1][1]

    def _left(self, text: str, at: int, position: int) -> bool:
        """Whether a figure stands in a later clause, that does not say more of the time."""
        clause = CLAUSE.search(text, _alone(text, at), position)
        return clause is not None and not self._on.match(text, clause.end())

    def _is_aside(self, scene: Scene, at: int, figure: Node, base: Period | None) -> bool:
        kind, value = figure.quantities[0].kind, scene.nodes[at].periods[-1].value
        before = [p for p, n in scene.nodes.items() if p < at and n.quantities and n.quantities[0].kind == kind]
        if self._same.match(scene.text, at + 1):
            return bool(before) or any(f.unit == figure.quantities[0].unit for f in scene.earlier)
        if not before or (base is not None and not _earlier(value, base.value)):
            return False
        words = self._less.match(scene.text, at + 1) or self._words.search(scene.nodes[at].periods[-1].text)
        return bool(words or (base is not None and not base.ahead))

    @staticmethod
    def _is_past(scene: Scene, at: int, base: Period | None) -> bool:
        """Whether a time without a figure of its own only tells, behind others, how it was before."""
        value = scene.nodes[at].periods[-1].value
        if base is None or base.ahead or scene.in_mood(AHEAD, at, at + 1):
            return False
        told = any(p < at and n.quantities for p, n in scene.nodes.items())
        return told and _earlier(value, base.value)

    @staticmethod
    def _figure(scene: Scene, at: int) -> Node | None:
        """The figure that follows a time in its clause, or in the next where the time stands alone (而在2022年，…)."""
        end = CLAUSE.search(scene.text, _alone(scene.text, at))
        stop = end.start() if end else len(scene.text)
        return next((n for p, n in sorted(scene.nodes.items()) if at < p < stop and n.quantities), None)


def _alone(text: str, at: int) -> int:
    """Where what a time dates begins: behind the comma that it stands before, if it does."""
    comma = CLAUSE.match(text, at + 1)
    return comma.end() if comma else at


def _earlier(value: str, base: str) -> bool:
    """Whether one time ends before another; a year is not earlier than a part of it."""
    a, b = (v.rpartition("/")[2] for v in (value, base))
    return a[:4] < b[:4] or (a[:4] == b[:4] and len(a) == len(b) and a < b)

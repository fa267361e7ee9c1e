"""A compiled ranking rule, and one match of it in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from suantu.expressions import compiled
from suantu.rules import Pattern, Rule
from suantu.scene import Node, Scene
from suantu.stages.rankings.thread import RankThread

CLAUSE = compiled(r"[，；;。：:]|, ")
MOST = 30  # places that one sentence may name


def clause_start(text: str, position: int) -> int:
    """Where the clause begins that ``position`` stands in."""
    return max((m.end() for m in CLAUSE.finditer(text, 0, position)), default=0)


@dataclass(frozen=True, slots=True)
class RankingRule:
    """A compiled ranking rule; see the header of ``rules/rankings.zh.yaml``. ``unranked``: no ordinal need stand in the sentence."""

    rule: Rule
    makes: str
    pattern: Pattern
    text: re.Pattern[str] | None
    needs: Pattern | None
    tie: bool
    again: bool
    those: bool
    known: bool
    older: bool
    carried: bool
    unranked: bool


@dataclass(slots=True)
class Match:
    """One match of one rule, with what the makers need; ``labels``: what its rankings are called, by their names."""

    rule: RankingRule
    scene: Scene
    thread: RankThread
    found: re.Match[str]
    labels: dict[str, str] = field(default_factory=dict)

    def span(self, group: str) -> tuple[int, int]:
        """Where a group stands; (-1, -1) where the pattern has none or it took no part."""
        return self.found.span(group) if group in self.found.re.groupindex else (-1, -1)

    def told_past(self) -> bool:
        """Whether its clause tells of a time before the one that the sentence looks ahead to (预计2027年升至第二，而2024年还是第四)."""
        scene, start = self.scene, self.found.start()
        begin = clause_start(scene.text, start)
        times = [(at, n.periods[0].value) for at, n in sorted(scene.nodes.items()) if n.periods and n.periods[0].value]
        ahead = [value for at, value in times if at < begin and scene.in_mood(("forecast",), at, at + 1)]
        here = [value for at, value in times if begin <= at < self.found.end()]
        return bool(ahead and here) and max(here) < min(ahead)

    def ordinals(self, group: str) -> list[tuple[int, Node]]:
        start, end = self.span(group)
        return [
            (p, self.scene.nodes[p])
            for p in range(max(start, 0), end)
            if p in self.scene.nodes and self.scene.nodes[p].ordinals
        ]

    def ranks(self, group: str) -> list[int]:
        """The ranks that a stretch states, one by one."""
        out: list[int] = []
        for _, node in self.ordinals(group):
            ordinal = node.ordinals[0]
            first = 1 if ordinal.kind == "top" else ordinal.value
            last = ordinal.value if ordinal.kind == "top" else ordinal.last or ordinal.value
            out.extend(range(first, min(last, first + MOST) + 1))
        return out

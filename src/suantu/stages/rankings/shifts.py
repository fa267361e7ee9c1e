"""The places that things held in the edition before, where a text tells them or the way from there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from suantu.ontology import Ontology
from suantu.phrases import Phrases
from suantu.records import RankingEntry, Thing
from suantu.rules import Compiler
from suantu.scene import Node, Scene
from suantu.stages.rankings.entries import Entries
from suantu.stages.rankings.match import Match
from suantu.stages.rankings.naming import Named
from suantu.stages.rankings.thread import year_before


class Shifts(Entries):
    """Entries with those of the edition before."""

    def __init__(
        self, settings: Mapping[str, Any], compiler: Compiler, phrases: Phrases, ontology: Ontology, language: str
    ) -> None:
        super().__init__(settings, compiler, phrases, ontology, language)
        self._shift = compiler.pattern(settings["shift"]["pattern"], "shift").regex
        self._going_on = str(settings["shift"]["going-on"])
        self._joined = compiler.pattern(settings["shift"]["joined"], "shift").regex
        self._against = compiler.pattern(settings["shift"]["against"], "shift").regex

    def _older(
        self, match: Match, named: Named, item: Thing, rank: int, period: str, span: tuple[int, int]
    ) -> Iterator[RankingEntry]:
        """The rank in the edition before, where the text states it, or states the shift."""
        older = [rank] if match.rule.again else match.ranks("w")
        if len(older) == 1:
            before = self._earlier(match, period)
            if before and before != period:
                yield self._entry(match, named, older[0], item, before, span, "0.85")
            return
        many = len(match.ranks("r")) != 1
        if match.rule.those or match.rule.tie or (not many and match.span("i")[0] >= 0):
            return
        yield from self._shifted(match, named, item, rank, period, many=many)

    def _earlier(self, match: Match, period: str) -> str:
        """The time of the edition before: as the text names it, else a year earlier."""
        p = match.span("p")[0]
        if p < 0 and (against := self._against.search(match.scene.text, 0, match.found.start())):
            p = against.start("p")
        node = match.scene.nodes.get(p)
        return self.naming.value(node.periods[0], match.thread) if node and node.periods else year_before(period)

    def _shifted(
        self, match: Match, named: Named, item: Thing, rank: int, period: str, *, many: bool
    ) -> Iterator[RankingEntry]:
        """较上年提升两位: the older rank by what the text says of the way."""
        scene = match.scene
        start, end = self._clause_start(scene, match.found.start()), match.found.end()
        after = re.search(r"[，；;。]", scene.text[end + 1 :])
        end = end + 1 + after.start() if after else len(scene.text)
        goes_on = start and scene.text[start - 1] in self._going_on  # what ends before is told of others
        before = self._clause_start(scene, start - 1) if goes_on else start
        shift = self._shift.search(scene.text, start, end) or self._shift.search(scene.text, before, end)
        if shift is None or self._of_other(scene, item, match.found, shift):
            return
        groups = shift.groupdict()
        if many and not groups.get("same"):
            return
        moved = 0 if groups.get("same") else self._number(scene, *shift.span("n"))
        if not moved and not groups.get("same"):
            return
        at = next((shift.start(g) for g in ("p", "q") if groups.get(g)), -1)
        node = scene.nodes.get(at)
        earlier = self.naming.value(node.periods[0], match.thread) if node and node.periods else year_before(period)
        earlier = year_before(period) if "/" in earlier else earlier
        was = rank + moved if groups.get("up") else rank - moved
        if now := self.naming.later(scene, match.found.end(), shift.end(), period, match.thread):
            earlier, was = now, rank - moved if groups.get("up") else rank + moved
        if earlier == period:
            return
        if was > 0 and earlier:
            span = (min(shift.start(), match.found.start()), max(shift.end(), match.found.end()))
            yield self._entry(match, named, was, item, earlier, span, "0.75")

    def _of_other(self, scene: Scene, item: Thing, found: re.Match[str], shift: re.Match[str]) -> bool:
        """Whether a shift is told of another than the ``item``, or of more than one rank (前移两位和十三位)."""
        if self._joined.match(scene.text, found.end()) or self._joined.match(scene.text, shift.end()):
            return True
        if shift.end() <= found.start():
            between = range(self._clause_start(scene, shift.start()), shift.start())
        else:
            between = range(found.end(), shift.start())
        nodes = (scene.nodes[p] for p in between if p in scene.nodes and scene.nodes[p].mentions)
        return any(item.iri not in {t.iri for t in n.things} for n in nodes if not self._naming_place(n))

    def _naming_place(self, node: Node) -> bool:
        return node.thing.label in self.naming.scope.values()

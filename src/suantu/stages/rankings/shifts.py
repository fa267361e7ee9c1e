"""The places that things held in the edition before, where a text tells them or the way from there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.ontology import Ontology
from suantu.phrases import Phrases
from suantu.records import RankingEntry, Thing
from suantu.rules import Compiler
from suantu.scene import Node, Scene
from suantu.stages.rankings.entries import Entries
from suantu.stages.rankings.match import Match, clause_start
from suantu.stages.rankings.naming import Named
from suantu.stages.rankings.thread import year_before

_SPAN = compiled(r"(?:19|20)\d\d/(?:19|20)\d\d")


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
        told = self.naming.then(match.scene, p, period, match.thread) if node and node.periods else ""
        return told if told and told != period and told[:4] <= (period or told)[:4] else year_before(period)

    def _shifted(
        self, match: Match, named: Named, item: Thing, rank: int, period: str, *, many: bool
    ) -> Iterator[RankingEntry]:
        """较上年提升两位: the older rank by what the text says of the way."""
        scene = match.scene
        start, end = clause_start(scene.text, match.found.start()), match.found.end()
        after = re.search(r"[，；;。]", scene.text[end + 1 :])
        end = end + 1 + after.start() if after else len(scene.text)
        goes_on = start and scene.text[start - 1] in self._going_on  # what ends before is told of others
        before = clause_start(scene.text, start - 1) if goes_on else start
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
        told = node is not None and bool(node.periods)
        earlier = self.naming.then(scene, at, period, match.thread) if told else year_before(period)
        earlier = year_before(period) if "/" in earlier else earlier
        was = rank + moved if groups.get("up") else rank - moved
        if now := self.naming.later(scene, match.found.end(), shift.end(), period, match.thread):
            earlier, was = now, rank - moved if groups.get("up") else rank + moved
        if earlier == period:
            return
        if was > 0 and earlier:
            span = (min(shift.start(), match.found.start()), max(shift.end(), match.found.end()))
            yield self._entry(match, named, was, item, earlier, span, "0.75")

    def _whom(self, match: Match, named: Named, at: int = -1) -> tuple[Thing, int] | None:
        """Who is ranked by the words of a match: the one named in it, else its subject."""
        y = match.span("y")[0]
        if y >= 0:
            return match.scene.nodes[y].thing, y
        scene, begin = match.scene, at if at >= 0 else match.found.start()
        said = match.thread.said(scene, scene.starts[begin])
        cls = named.item_class or (said[-1].item.classes[0] if said else "")
        return self.items.subject(scene, begin, cls, last=said[-1].item if said else None)

    def _moved(self, match: Match) -> Iterator[RankingEntry]:
        """由第五滑落一位: the place of now, by the older one and the way from there."""
        scene, thread = match.scene, match.thread
        was, (at, _) = match.ranks("r"), match.ordinals("r")[0]
        moved = self._number(scene, *match.span("n"))
        named = self.naming.name(scene, match.found.start(), "", None, thread)
        subject = self._whom(match, named)
        if subject is None or len(was) != 1 or not moved:
            return
        told = next((p for p in (match.span("p")[0], match.span("p2")[0]) if p >= 0), -1)
        period, stated = self.naming.period(scene, at, thread, own=named.own, but=told)
        node = scene.nodes.get(told)
        before = self.naming.value(node.periods[0], thread) if node and node.periods else year_before(period)
        now = was[0] - moved if match.span("u")[0] >= 0 else was[0] + moved
        if now < 1 or before == period:
            return
        self._remember(match, named, period, [subject[0]], stated=stated)
        yield self._entry(match, named, was[0], subject[0], before, match.found.span(), "0.85")
        yield self._entry(match, named, now, subject[0], period, match.found.span(), "0.75")

    def _same(self, match: Match) -> Iterator[RankingEntry]:
        """前三名与2023年一致，当年也是甲、乙、丙: the places of both editions; without a list, of those that were told."""
        scene, thread = match.scene, match.thread
        at, node = match.ordinals("r")[0]
        named = self.naming.name(scene, match.found.start(), "", None, thread)
        period, _ = self.naming.period(scene, at, thread, own=named.own, but=match.span("p")[0])
        before = self._earlier(match, period)
        start, end = match.span("i")
        count = node.ordinals[0].value
        items = self.items.after(scene, start, end, count, named.item_class) if start >= 0 else []
        items = items or thread.best(period, count)
        if len(items) != count or not before or before == period:
            return
        for rank, item in enumerate(items, 1):
            for time in (before, period):
                yield self._entry(match, named, rank, item, time, match.found.span(), "0.85")

    def _since(self, match: Match) -> Iterator[RankingEntry]:
        """自2021年以来一直居首: the place of every year from then on; of this one only, where the first is not known."""
        scene, thread = match.scene, match.thread
        at, ranks = match.ordinals("r")[0][0], match.ranks("r")
        p = match.span("p")[0]
        named = self.naming.name(scene, match.found.start(), "", self._scope(match), thread)
        if (m := match.span("m"))[0] >= 0 and (words := self.naming.words(scene, *m)):
            named = Named(words, self._scope(match), self.naming.class_of(words), True)
        subject = self._whom(match, named)
        if subject is None or len(ranks) != 1:
            return
        first, last = self._from(match, p)
        if match.span("d")[0] >= 0 and not (first and last):
            return
        if not last:
            last, _ = self.naming.period(scene, at, thread, own=named.own, but=p)
        years = range(int(first), int(last) + 1) if _SPAN.fullmatch(f"{first}/{last}") else [last]
        for year in years:
            yield self._entry(match, named, ranks[0], subject[0], str(year), match.found.span(), "0.8")

    def _yearwise(self, match: Match) -> Iterator[RankingEntry]:
        """2022—2024年的名次依次为第四、第三和第二: a place for each of the years told."""
        scene, ranks = match.scene, match.ranks("r")
        at, node = match.span("d")[0], scene.nodes[match.span("d")[0]]
        told = [
            n.periods[0].value for p, n in sorted(scene.nodes.items()) if n.periods and at <= p < match.span("d")[1]
        ]
        if len(told) == 1 and _SPAN.fullmatch(told[0]):
            first, _, last = node.periods[0].value.partition("/")
            told = [str(year) for year in range(int(first), int(last) + 1)]
        named = self.naming.name(scene, match.ordinals("r")[0][0], "", None, match.thread)
        subject = self._whom(match, named, match.ordinals("r")[0][0])
        if subject is None or len(told) != len(ranks) or not all(told):
            return
        for rank, year in zip(ranks, told, strict=True):
            yield self._entry(match, named, rank, subject[0], year, match.found.span(), "0.85")

    def _from(self, match: Match, p: int) -> tuple[str, str]:
        """The first and the last year of a stretch of time, as far as the text tells them."""
        scene, thread = match.scene, match.thread
        during = scene.nodes.get(match.span("d")[0])
        if during is not None:
            first, _, last = during.periods[0].value.partition("/")
            return first, last
        node = scene.nodes.get(p)
        told = node.periods[0].value if node and node.periods else thread.since if p >= 0 else ""
        first, _, last = told.partition("/")
        years = (n.periods[0].value for at, n in sorted(scene.nodes.items()) if n.periods and at > match.found.end())
        later = next((y for y in years if y.isdigit() and y > first), "")
        return first, last or thread.frame or thread.period or later

    def _of_other(self, scene: Scene, item: Thing, found: re.Match[str], shift: re.Match[str]) -> bool:
        """Whether a shift is told of another than the ``item``, or of more than one rank (前移两位和十三位)."""
        if self._joined.match(scene.text, found.end()) or self._joined.match(scene.text, shift.end()):
            return True
        if shift.end() <= found.start():
            between = range(clause_start(scene.text, shift.start()), shift.start())
        else:
            between = range(found.end(), shift.start())
        nodes = (scene.nodes[p] for p in between if p in scene.nodes and scene.nodes[p].mentions)
        return any(item.iri not in {t.iri for t in n.things} for n in nodes if not self._naming_place(n))

    def _naming_place(self, node: Node) -> bool:
        return node.thing.label in self.naming.scope.values()

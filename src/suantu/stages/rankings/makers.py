"""Makes the entries of a ranking from a rule's match: one maker for each way of ranking things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from suantu.expressions import compiled
from suantu.ontology import Ontology
from suantu.phrases import Phrases
from suantu.records import RankingEntry, Thing
from suantu.rules import Compiler
from suantu.scene import Scene
from suantu.stages.rankings.labels import LONGEST_LINE
from suantu.stages.rankings.match import MOST, Match, clause_start
from suantu.stages.rankings.naming import Named
from suantu.stages.rankings.shifts import Shifts
from suantu.stages.rankings.thread import year_before
from suantu.stages.rankings.tiers import LONGEST_ORDER, Tiers, most

_HEAD = 3


class Makers(Shifts):
    """The makers of one language, by the name that a rule gives under ``makes``."""

    def __init__(
        self, settings: Mapping[str, Any], compiler: Compiler, phrases: Phrases, ontology: Ontology, language: str
    ) -> None:
        super().__init__(settings, compiler, phrases, ontology, language)
        self._yearly = compiled(str(settings["time"]["yearly"]))
        self._numbers = [compiled(str(pattern)) for pattern in settings["items"].get("numbered", ())]
        self._ended = compiled(str(settings["items"].get("ended", "(?!)")))
        self._kinds = ontology.closure
        tiers = Tiers(self.items, self.naming)
        self.by_name: dict[str, Callable[[Match], Iterator[RankingEntry]]] = {
            "ranks": self._ranks, "streak": self._streak, "largest": self._largest, "member": self._line,
            "led": self._led, "beside": self._beside, "ordered": self._ordered, "next": self._next, "numbered": self._numbered, "tiers": tiers.told,
            "tier-ranks": tiers.of_ranks, "moved": self._moved, "same": self._same, "since": self._since, "yearly": self._yearwise,
        }  # fmt: skip

    def _rival(self, match: Match, items: Sequence[Thing]) -> bool:
        """Whether the place beside the rank is of the kind that is ranked, and no scope (深圳第二、杭州第三)."""
        node = match.scene.nodes.get(match.span("s")[0])
        if node is None or not node.mentions or len(items) > 1 or node.pronoun:
            return False
        return bool(set(node.thing.classes) & set(items[0].classes))

    def _ranks(self, match: Match) -> Iterator[RankingEntry]:
        scene, thread = match.scene, match.thread
        ranks = match.ranks("r")
        at = match.ordinals("r")[-1][0]
        q = match.span("q")
        criterion, cls = self._criterion(scene, match.found.start(), q)
        m = match.span("m")
        beside = self.naming.words(scene, *m) if m[0] >= 0 else ""
        cls = cls or self.naming.class_of(beside)
        named = self.naming.name(scene, match.found.start(), criterion, self._scope(match), thread)
        items, where = self._items(match, ranks, cls or named.item_class)
        if not items or len(set(i.iri for i in items)) != len(items) or self._rival(match, items):
            return
        context = named
        if len(items) == 1 and match.span("i")[0] < 0 <= where and not scene.text.startswith(items[0].label, where):
            named = self._by_subject(match, where, named)
        if beside:
            named = Named(beside, self._scope(match), self.naming.class_of(beside), True)
        period, stated = self.naming.period(scene, at, thread, own=named.own, but=match.span("p")[0])
        if match.rule.older:
            period, stated = self._earlier(match, period), False
        if len(items) == 1 and self._held_other(match, items[0], ranks[0], period):
            period, stated = year_before(period), False
        span = (min(p for p in (where, match.found.start()) if p >= 0), match.found.end())
        if named is context or m[0] >= 0:
            self._remember(match, named, period, items, stated=stated)
        for year in self.naming.same_list(scene, at, period) if len(items) == 1 else ():
            yield self._entry(match, named, ranks[0], items[0], year, span, "0.85")
        for i, item in enumerate(items):
            rank = ranks[0] if match.rule.tie else ranks[i]
            yield self._entry(match, named, rank, item, period, span, "0.9")
            yield from self._older(match, named, item, rank, period, span)

    def _held_other(self, match: Match, item: Thing, rank: int, period: str) -> bool:
        """Whether the sentence gave the item another place at that time, and last year is meant (…第二，而去年它还高居第一)."""
        scene, at = match.scene, match.ordinals("r")[-1][0]
        said = match.thread.said(scene, scene.starts[at])
        held = any(e.item.iri == item.iri and e.period == period and e.rank != rank for e in said)
        return held and self.naming.last_year(scene, at)

    def _criterion(self, scene: Scene, start: int, q: tuple[int, int]) -> tuple[str, str]:
        """What the words after the ordinal say: what is ranked by (TOP5需求), or the class of the items (前五的城市)."""
        words = self.naming.words(scene, *q) if q[0] >= 0 else ""
        if not words:
            return "", ""
        if cls := self.naming.class_of(words):
            return "", cls
        return f"{self.naming.before(scene, start)}{words}", ""

    def _items(self, match: Match, ranks: Sequence[int], cls: str) -> tuple[list[Thing], int]:
        scene, count = match.scene, len(ranks)
        start, end = match.span("i")
        if start >= 0:
            if len(match.ordinals("r")) == 1 and count == 1 and match.rule.known and not self._named(scene, start):
                return [], start
            if end == start + 1 and self.items.possessive.search(scene.surface(start, end)):
                return [], start
            return self.items.after(scene, start, end, count, cls), start
        begin = match.found.start()
        if match.rule.those:
            those = [e.item for e in match.thread.said(scene, scene.starts[begin])][-count:]
            return (those if len(those) == count else []), begin
        if match.rule.tie:
            for many in range(2, 6):
                if items := self.items.before(scene, begin, many, cls):
                    return items, begin
            return [], begin
        if count > 1:
            return self.items.before(scene, begin, count, cls), clause_start(scene.text, begin)
        y = match.span("y")
        said = match.thread.said(scene, scene.starts[begin])
        cls = cls or (said[-1].item.classes[0] if said else match.thread.kind())
        like = scene.nodes[y[0]] if y[0] >= 0 else None
        scope = self._scope(match)
        world = scope is not None and scope == self._by_label.get(self.naming.world)
        subject = self.items.subject(scene, begin, cls, like, last=said[-1].item if said else None, world=world)
        if subject and said and self._stands_for(scene, subject, said[-1].item):
            subject = said[-1].item, subject[1]
        return ([subject[0]], subject[1]) if subject else ([], -1)

    def _stands_for(self, scene: Scene, subject: tuple[Thing, int], last: Thing) -> bool:
        """Whether a place or an industry is but where a firm stands, or what a place is measured by (甲居首，华北地区则为第二)."""
        kinds, ranked = self._kinds(subject[0].classes), self._kinds(last.classes)
        where = "Organization" in ranked and bool(kinds & {"Place", "Industry"})
        return where or ("Place" in ranked and self.items.measures(scene, subject))

    def _by_subject(self, match: Match, where: int, named: Named) -> Named:
        """The words between the subject and the verb may name the ranking."""
        words, own = self.naming.between(match.scene, where + 1, match.found.start())
        if not own or not self.naming.tells(words):
            return named
        start = match.scene.text.find(words[0], where)
        phrase = self._phrases.read(match.scene, start, match.found.start()) if start > 0 else None
        place = self._scope(match) or (phrase.place if phrase else None)
        return Named(words, place, self.naming.class_of(words), True)

    def _streak(self, match: Match) -> Iterator[RankingEntry]:
        """连续第三次 with the years named, 连续三年 with the last one."""
        scene, thread = match.scene, match.thread
        ranks = match.ranks("r") or [1]  # topped the list for the third year
        many = self._number(scene, *match.span("n"))
        at = match.found.start("r")
        named = self.naming.name(scene, match.found.start(), "", None, thread)
        subject = self.items.subject(scene, match.found.start(), named.item_class)
        if subject is None or len(ranks) != 1 or not 1 < many < MOST:
            return
        listed = {p.value for node in scene.nodes.values() for p in node.periods if re.fullmatch(r"\d{4}", p.value)}
        years = listed if len(listed) == many else listed | {thread.period} - {""}
        if not listed or len(years) != many:
            years = self._run_of_years(match, at, many)
        span = (0 if listed else max(0, min(subject[1], match.found.start())), match.found.end())
        for year in sorted(years):
            yield self._entry(match, named, ranks[0], subject[0], year, span, "0.85")

    def _run_of_years(self, match: Match, at: int, many: int) -> set[str]:
        """The last ``many`` years, where the words count years and the last one is known."""
        node = match.scene.nodes.get(match.span("n")[0])
        counted = bool(node and (node.periods or (node.quantities and node.quantities[0].kind == "duration")))
        last, _ = self.naming.period(match.scene, at, match.thread, own=False)
        yearly = any(self._yearly.search(match.scene.text[slice(*match.span(group))]) for group in "ne")
        if not (counted or yearly) or not re.fullmatch(r"\d{4}", last):
            return {last}
        return {str(int(last) - i) for i in range(many)}

    def _largest(self, match: Match) -> Iterator[RankingEntry]:
        """第三大服务器供应商: the words after the ordinal name the ranking; its time must stand beside it."""
        scene = match.scene
        criterion = self.naming.words(scene, *match.span("q"))
        i = match.span("i")[0]
        subject: tuple[Thing, int] | None
        subject = (
            (scene.nodes[i].thing, i)
            if i >= 0
            else self.items.subject(scene, match.found.start(), self.naming.class_of(criterion))
        )
        if not criterion or subject is None or subject[0].found_by == "ranked":
            return
        at = match.ordinals("r")[0][0]
        near = [n.periods[-1].value for p, n in sorted(scene.nodes.items()) if n.periods and p < at]
        named = Named(criterion, self._scope(match), self.naming.class_of(criterion), True)
        span = (min(p for p in (subject[1], match.found.start()) if p >= 0), match.found.end())
        yield self._entry(match, named, match.ranks("r")[0], subject[0], near[-1] if near else "", span, "0.85")

    def _led(self, match: Match) -> Iterator[RankingEntry]:
        """``Dell led servers with 12%, followed by HPE at 9%``."""
        scene, thread = match.scene, match.thread
        words = self.naming.words(scene, *match.span("q"))
        items = self.items.after(scene, *match.span("i"), 1, self.naming.class_of(words))
        if not items:
            return
        named = Named(words, None, items[0].classes[0], True)
        if not self.naming.tells(words):
            known = self.naming.name(scene, match.found.start(), "", None, thread)
            named = Named(known.name, known.place, named.item_class, known.own or bool(words), known.topic)
        start, end = match.span("j")
        if start >= 0:
            items += most(lambda n: self.items.after(scene, start, end, n, ""), 6)
        period, stated = self.naming.period(scene, match.found.start(), thread, own=True)
        self._remember(match, named, period, items, stated=stated)
        for i, item in enumerate(items):
            yield self._entry(match, named, i + 1, item, period, match.found.span(), "0.85")

    def _beside(self, match: Match) -> Iterator[RankingEntry]:
        """``third, behind Dell and HPE``; ``second, ahead of Cisco``: the places that a place leaves to those beside it."""
        scene, thread = match.scene, match.thread
        rank = match.ranks("r")[0]
        start, end = match.span("b")
        if start >= 0:
            items, first = self.items.after(scene, start, end, rank - 1, thread.item_class), 1
        else:
            start, end = match.span("j")
            lists = (self.items.after(scene, start, end, n, thread.item_class) for n in range(6, 0, -1))
            items, first = next(filter(None, lists), []), rank + 1
        last = next(reversed(thread.said(scene, scene.starts[match.found.start()])), None)
        named = self.naming.name(scene, match.found.start(), "", self._scope(match), thread)
        if last is not None and last.rank == rank:
            named = Named(last.ranking, last.place, thread.item_class, False)
        period, _ = self.naming.period(scene, match.found.start("r"), thread, own=named.own)
        period = last.period if last is not None and last.rank == rank else period
        for i, item in enumerate(items):
            if last is None or item.iri != last.item.iri:
                yield self._entry(match, named, first + i, item, period, match.found.span(), "0.85")

    def _ordered(self, match: Match) -> Iterator[RankingEntry]:
        """A list that the text says is in order (由高到低依次为…; 最多的五家依次是…)."""
        scene, thread = match.scene, match.thread
        start, end = match.span("i")
        n = match.span("n")[0]
        counted = self._number(scene, *match.span("n")) if n >= 0 else 0
        words = self.naming.words(scene, *match.span("q")) if match.span("q")[0] >= 0 else ""
        cls = self.naming.class_of(words)
        tiers = [node.ordinals[0].value for _, node in match.ordinals("t")]
        if tiers and tiers != [1]:
            return  # where a later tier begins, it does not say
        if start >= 0 and not counted and (comma := self._ended.search(scene.text, start, end)):
            end = comma.start()
        counts = (counted,) if counted else range(LONGEST_ORDER, 1, -1)
        if start < 0:
            items = self.items.before(scene, match.found.start(), counted, cls)
            start = match.found.end()
        else:
            items = next(filter(None, (self.items.after(scene, start, end, many, cls) for many in counts)), [])
        if len(items) < 2:
            return
        named = self.naming.name(scene, match.found.start(), words, None, thread)
        period, stated = self.naming.period(scene, start, thread, own=named.own)
        self._remember(match, named, period, items, stated=stated)
        for i, item in enumerate(items):
            yield self._entry(match, named, i + 1, item, period, match.found.span(), "0.85")
            yield from self._shifted(match, named, item, i + 1, period, many=True)

    def _numbered(self, match: Match) -> Iterator[RankingEntry]:
        """``宁波（1）、厦门（2）、温州（3）``, ``1.宁波；2.厦门``: names with their places, one after the other."""
        scene, thread = match.scene, match.thread
        found = [m for pattern in self._numbers for m in pattern.finditer(scene.text, *match.found.span())]
        rows = [(m.start("i"), int(scene.surface(*m.span("n")))) for m in found]
        items = [scene.nodes[at].thing for at, _ in rows]
        if [rank - rows[0][1] for _, rank in rows] != list(range(len(rows))):
            return
        named = self.naming.name(scene, match.found.start(), "", None, thread)
        period, stated = self.naming.period(scene, match.found.start(), thread, own=named.own)
        self._remember(match, named, period, items, stated=stated)
        for (at, rank), item in zip(rows, items, strict=True):
            yield self._entry(match, named, rank, item, period, (at, at + 1), "0.9")

    def _next(self, match: Match) -> Iterator[RankingEntry]:
        """紧随其后: the places after the one that the sentence stated last."""
        scene, thread = match.scene, match.thread
        opens = match.found.start() < _HEAD  # the sentence goes on with the one before
        said = thread.said(scene, scene.starts[match.found.start()], paragraph=opens)
        if not said:
            return
        last = said[-1]
        start, end = match.span("i")
        if start >= 0:
            items = most(lambda n: self.items.after(scene, start, end, n, last.item.classes[0]), 5)
        else:
            low, high = clause_start(scene.text, match.found.start()), match.found.start()
            names = [p for p, n in sorted(scene.nodes.items()) if low <= p < high and n.mentions]
            items = most(lambda n: self.items.after(scene, low, high, n, ""), 4) if len(names) > 1 else []
            items = items or [t for p in names[:1] for t in scene.nodes[p].things]
            items = items or self._unlisted(scene, low, high, last.item)
        for i, item in enumerate(items):
            if item.iri != last.item.iri:
                named = Named(last.ranking, last.place, thread.item_class, False)
                yield self._entry(match, named, last.rank + 1 + i, item, last.period, match.found.span(), "0.8")

    def _unlisted(self, scene: Scene, low: int, high: int, last: Thing) -> list[Thing]:
        """Plain words that follow what is as plain (算力成本居首，数据质量不足与人才短缺紧随其后)."""
        if last.found_by != "ranked":
            return []
        return most(lambda n: self.items.after(scene, low, high, n, last.classes[0]), 4)

    def _line(self, match: Match) -> Iterator[RankingEntry]:
        """A line that is a rank and a name."""
        scene, thread = match.scene, match.thread
        block = scene.block
        if len(block.text) > LONGEST_LINE * (3 if block.cells else 1) or len(match.ordinals("r")) != 1:
            return
        node = match.ordinals("r")[0][1]
        if node.ordinals[0].last not in (0, node.ordinals[0].value):
            return
        named = self.naming.name(scene, match.found.start(), "", None, thread)
        start, end = match.span("i")
        items = self.items.after(scene, start, end, 1, named.item_class)
        if len(items) != 1 or not (self._named(scene, start) or (thread.listing and named.item_class)):
            return
        period, _ = self.naming.period(scene, start, thread, own=False)
        yield self._entry(match, named, node.ordinals[0].value, items[0], period, match.found.span(), "0.9")

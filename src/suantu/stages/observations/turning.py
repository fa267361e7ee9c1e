"""Figures that go on from others: in a clause that turns to something else, in a place, of another firm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from suantu.phrases import Phrase
from suantu.records import Observation, Quantity, Thing
from suantu.scene import Node, Scene
from suantu.stages.observations.frames import Frame, Metric
from suantu.stages.observations.placing import (
    CLAUSE,
    DEVICES,
    TOPICS,
    Figure,
    Found,
    Hit,
    Placing,
    clause_start,
    part_starts,
)
from suantu.stages.observations.subjects import Subjects

_NAMED = frozenset(("Organization", "Place", *DEVICES))


class Turning(Subjects):
    """The ways in which a figure's subject is another than that of the figures before it."""

    def _turned_to(self, scene: Scene, start: int, kind: str) -> Phrase:
        """What the clause before ``start`` turns to (单看推理卡，…), if that is all that it says."""
        before = clause_start(scene.text, start - 1) if start else 0
        turn = self._turning.fullmatch(scene.text, before, start - 1) if start else None
        at = turn.span(turn.lastgroup or "x") if turn else (0, 0)
        phrase = self._phrases.read(scene, *at) if turn else Phrase(None, None, 0, 0)
        if turn and turn.lastgroup == "said" and any(kind in m.kinds for m in self._metrics.meaning(phrase.words)):
            return replace(phrase, about=None)
        if turn and turn.lastgroup == "said" and phrase.words and phrase.about is None:
            return replace(phrase, about=self._phrases.subject(phrase.words))
        named = phrase.nodes or (turn and turn.lastgroup in ("named", "said"))
        return phrase if named else replace(phrase, about=None)  # what no name stands for is a point of view

    def _opened_with(self, scene: Scene, metric: Metric, end: int) -> Phrase | None:
        """The noun that the sentence, or its last part, opens with, where it names nothing else that a text could go on
        about (首个园区位于…，占地…)."""
        if self._language == "en":
            return None
        wanted = set("|".join(metric.topic or TOPICS).split("|"))
        here = [t for t in scene.topics if t.time == scene.now and t.position < end and t.classes & wanted]
        here = [t for t in here if not (t.part or t.hint or t.object)]
        named = any(t.classes & _NAMED for t in here)
        for start in () if named else part_starts(scene.text, end):
            stop = CLAUSE.search(scene.text, start, end)
            phrase = self._first_phrase(scene, start, stop.start()) if stop else None
            if phrase is None or phrase.about is None or self._metrics.meaning(phrase.words):
                continue
            beside = any(self._of in phrase.words for _ in here)  # 大模型‖一体机, but no 服务器的景象
            if not beside and all(phrase.start <= t.position < phrase.end for t in here):
                return phrase
        return None

    def _counted_in(
        self, placing: Placing, quantity: Quantity, before: tuple[int, Placing] | None, scene: Scene
    ) -> Placing:
        """So many more of what was counted before, that are only said to be in a place (上海60款): counted there."""
        if before is None or placing.metric.name != "count" or before[1].metric.name != "count":
            return placing
        named = placing.group or (placing.about,)
        counter = scene.nodes[before[0]].quantities[0].counter
        if not counter or counter != quantity.counter or not all(map(self._is_place, named)):
            return placing
        about = before[1].about
        if self._is_place(about):
            return placing
        if placing.group:
            return replace(placing, about=about, group=(), places=placing.group)
        return replace(placing, about=about, place=placing.about)

    def _turned(self, scene: Scene, position: int, placing: Placing) -> Placing:
        """The placing of a figure whose clause names nothing, where the clause before turns to something else."""
        start = clause_start(scene.text, position)
        turned = self._turned_to(scene, start, scene.nodes[position].quantities[0].kind)
        if (turned.about or turned.place) is None or placing.metric.owned or placing.group:
            return placing
        if any(n.mentions for at, n in scene.nodes.items() if start <= at < position):
            return placing
        whose = placing.about
        if whose.found_by == "phrase" and whose.label in scene.surface(start, position):
            return placing
        about = turned.about
        if about is None or about.iri == whose.iri or (placing.metric.device and not self._is_device(about)):
            return replace(placing, place=turned.place or placing.place)
        return replace(placing, about=about, place=turned.place or placing.place)

    def _of_pair(self, scene: Scene, position: int, placing: Placing) -> Placing:
        """The former's or the latter's figure, where these are no names (软件与硬件…，前者为…)."""
        which = self._pair_words.get(placing.about.label)
        if which is None:
            return placing
        start = clause_start(scene.text, position)
        at = min((at for word in self._pair_words if (at := scene.text.find(word)) >= 0), default=start)
        pair = self._phrases.pair(scene, at)
        return placing if pair is None else replace(placing, about=pair[which], group=())

    def _sums(self, scene: Scene, last: Placing, end: int) -> bool:
        """Whether words that end or begin at ``end`` tell the sum of a list of which ``last`` is an item (…，总成本…)."""
        return last.rule == "market.listed" and scene.text[max(0, end - 1) : end + 1].find(self._in_all[0]) >= 0

    def _of_another(self, scene: Scene, position: int, facts: Sequence[Observation]) -> list[Observation]:
        """Figures that are told of another in the same order as those right before them (甲收入…，利润…，乙则为…和…)."""
        figures, start = scene.nodes[position].quantities, clause_start(scene.text, position)
        like = facts[-len(figures) :]
        named = [(at, n) for at, n in sorted(scene.nodes.items()) if start <= at < position and n.mentions]
        if len(named) != 1 or len(named[0][1].mentions) != 1 or len(like) < len(figures) or self._language == "en":
            return []
        at, node = named[0]
        alike = all(f.unit == q.unit and f.about.iri == like[0].about.iri for f, q in zip(like, figures, strict=True))
        echo = self._echo.match(scene.text, at + 1, position)
        begin = echo.end() if echo else at + 1
        if not alike or like[0].about.iri == node.thing.iri or not self._link.fullmatch(scene.text, begin, position):
            return []
        if not self._ontology.closure(node.thing.classes) & self._ontology.closure(like[0].about.classes) - {"Entity"}:
            return []
        evidence = scene.evidence(start, position + 1)
        return [
            replace(
                f,
                about=node.thing,
                value=q.value,
                value_text=q.text,
                bound=q.bound,
                lower=q.lower,
                upper=q.upper,
                evidence=evidence,
                found_by="figure.parallel",
            )
            for q, f in zip(figures, like, strict=True)
        ]

    def _in_order(self, scene: Scene, position: int, placing: Placing, facts: Sequence[Observation]) -> Placing:
        """Figures of as many as were told of right before, in their order (…；显存方面，三者依次是…)."""
        count, start = len(scene.nodes[position].quantities), clause_start(scene.text, position)
        each = self._so_each.match(scene.text, start, position)
        so_told = self._so_told.search(scene.text, start, position)
        if count < 2 or not (each or so_told) or len(placing.places) == count:
            return placing
        if len(placing.group) == count and not (so_told and so_told.start() == start):
            return placing
        named = list({f.about.iri: f.about for f in reversed(facts)}.values())[:count][::-1]
        return replace(placing, about=named[0], group=tuple(named)) if len(named) == count else placing

    def _summed(self, scene: Scene, position: int, placing: Placing) -> Placing:
        """What so many (三家公司) have is had by the last list of so many."""
        start = clause_start(scene.text, position)
        few = self._so_few.match(scene.text, start, position)
        if placing.about.label not in self._group_words and few is None:
            return placing
        counts = (n for at, n in sorted(scene.nodes.items(), reverse=True) if start <= at < position and n.quantities)
        count = scene.nodes.get(few.start("n")) if few else None
        count = count or next((n for n in counts if n.quantities[0].kind == "count"), None)
        listed = self._so_many(scene, count) if count is not None else None
        return replace(placing, about=self._joint(listed.things, scene), group=()) if listed is not None else placing

    def _so_many(self, scene: Scene, count: Node) -> Node | None:
        """The last list with as many members as a small count says."""
        number = count.quantities[0].value
        if not 2 <= number <= 10:
            return None
        listed = [n for _, n in sorted(scene.nodes.items(), reverse=True) if n.end <= count.start]
        listed += [t.node for t in reversed(scene.topics) if scene.now - t.time <= 2]
        return next((n for n in listed if len(n.mentions) == number), None)

    def _machine(self, scene: Scene, count: int) -> Thing | None:
        """What a clause tells the parts of (…采购一批一体机，每台装8张…): the noun that the clause before ends with."""
        start = clause_start(scene.text, count)
        if not start or self._per_machine.match(scene.text, start, count) is None:
            return None
        before = clause_start(scene.text, start - 1)
        named = (n for at, n in sorted(scene.nodes.items()) if before <= at < start and self._device_node(n))
        node = next(named, None)
        phrase = self._phrases.left(scene, start - 1, before)
        if self._metrics.meaning(phrase.words):  # 一批一体机已经‖到货
            phrase = self._first_phrase(scene, before, start - 1)
        return node.thing if node is not None else phrase.about

    def _unit(self, scene: Scene, end: int, last: tuple[int, Placing] | None) -> Thing | None:
        """What a price behind a count of parts is one of: the machine that has so many of them, else the device."""
        if last is None or last[1].metric.name != "count":
            return None
        if (machine := self._machine(scene, last[0])) is not None:
            return machine
        device = self._device_topic(scene, end, self._metrics.by_name["power"])
        return device.thing if device is not None and len(device.mentions) == 1 else None

    def _seller(self, frame: Frame, scene: Scene, hit: Hit, about: Thing | None) -> Thing | None:
        """Whose sales a clause tells: those of the firm that it says to sell something that has no name."""
        if frame.metric != "shipments" or frame.about != "slot" or about is None or self._language == "en":
            return about
        if self._is_device(about) or self._is_firm(about):
            return about
        start = clause_start(scene.text, hit.begin)
        firm = self._subject_phrase(scene, hit.begin, start)
        span = self._slot_span(hit)
        if span is None or span[0] == span[1]:  # what is sold stands nowhere in the clause
            return self._only_firm(scene, start) or about if not (firm.about or firm.place or firm.words) else about
        return firm.about if self._is_firm(firm.about) else about

    @staticmethod
    def _slot_span(hit: Hit) -> tuple[int, int] | None:
        """Where the subject's slot left of the figure stands."""
        match = hit.left
        if match is None or "a" not in match.re.groupindex or match.start("a") < 0:
            return None
        return hit.low + match.start("a"), hit.low + match.end("a")

    def _only_firm(self, scene: Scene, end: int) -> Thing | None:
        """The one firm that the sentence names before ``end``, but for who says so and for those in lists."""
        said = {at for at, _, _ in scene.sayers}
        nodes = [n for at, n in scene.nodes.items() if at < end and at not in said and len(n.mentions) == 1]
        firms = {n.thing.iri: n.thing for n in nodes if self._is_firm(n.thing)}
        return next(iter(firms.values())) if len(firms) == 1 else None

    def _doer(self, frame: Frame, scene: Scene, hit: Hit, phrase: Phrase, found: Found) -> Found:
        """Who does it, where the phrase only says where (在 …): who stands before it in the clause, or goes on."""
        by = self._metrics.by_name[frame.metric].by
        if self._language == "en" or not self._phrases.oblique(scene, phrase.start):
            return found
        return replace(found, about=self._actor(scene, phrase.start, by))

    def _rated_of(self, frame: Frame, figure: Figure, hit: Hit, found: Found) -> Found:
        """Whose rate it is, where its clause says only of what: what the sentence opens with, else what it says."""
        end, start = self._rated_end(figure, frame, hit), clause_start(figure.scene.text, hit.begin)
        if end == hit.begin:
            return found
        opened = self._opened_with(figure.scene, self._metrics.by_name[frame.metric], start)
        if opened is None and figure.scene.topic(start, frame.topic, age=0) is None:
            opened = self._subject_phrase(figure.scene, hit.begin, start)
        return replace(found, about=opened.about, place=opened.place) if opened else found

    def _rated_end(self, figure: Figure, frame: Frame, hit: Hit) -> int:
        """Where the phrase of a rate ends: before the words for what a device has (芯片‖的功耗比上一代低20%)."""
        metric = self._metrics.by_name.get(frame.metric)
        if self._language == "en" or metric is None or not metric.rate:
            return hit.begin
        cue = next((c for c in reversed(figure.cues) if c.end == hit.begin), None)
        return cue.start if cue is not None and any(m.device for m in cue.metrics) else hit.begin

    @staticmethod
    def _bracketed(scene: Scene, last: int, begin: int) -> bool:
        """Whether a bracket behind the figure at ``last`` opens right before ``begin``."""
        return last < begin and scene.text[last + 1 : begin].strip() in ("（", "(")

"""Places a figure by a metric's words beside it: 市场规模达 …, … 的份额, a series, or the words of its clause."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from suantu.phrases import Phrase
from suantu.records import Thing
from suantu.scene import Scene
from suantu.stages.observations.frames import Metric
from suantu.stages.observations.placing import (
    CLAUSE,
    FIGURES,
    PROPORTIONS,
    Figure,
    Placing,
    clause_start,
    group_of,
    part_start,
)
from suantu.stages.observations.turning import Turning

_LONG = 4  # a metric's words so long name their subject themselves (企业的研发投入)


class Cued(Turning):
    """The ways to place a figure by the words that name its metric."""

    def _by_left_cue(self, figure: Figure) -> Placing | None:
        """``ABOUT METRIC (links) FIGURE``, the plainest form."""
        scene, position, kind, cues = figure.scene, figure.position, figure.kind, figure.cues
        for i in range(len(cues) - 1, -1, -1):
            cue = cues[i]
            if cue.end > position:
                continue
            metric = cue.metric(kind)
            between = re.sub("（[^（）]{0,12}）|\\([^()]{0,24}\\)", "", scene.text[cue.end : position])
            if metric is None:
                if re.search(f"[{FIGURES}]", re.sub(f"[{self._passed}]", "", between)):
                    return None
                continue
            if kind not in PROPORTIONS and self._passed != self._period_char:
                between = re.sub(f"[{self._passed}]", "", between)
            if not self._link.fullmatch(between):
                return None
            end, metric = self._rated(figure, i, metric)
            return self._with_subject(figure, metric, end, "figure.after-metric", "0.9", cue.end)
        return None

    def _rated(self, figure: Figure, i: int, metric: Metric) -> tuple[int, Metric]:
        """Where the words for a metric begin, with what a rate is one of (出货量的增长率); points are those of a change."""
        scene, cues, kind = figure.scene, figure.cues, figure.kind
        end = cues[i].start
        if not i or not metric.rate or not self._beside(scene.text[cues[i - 1].end : end]):
            return end, metric
        if self._language != "en" and any(m.from_cue for m in cues[i - 1].metrics):
            return end, metric  # 智能算力规模‖同比增长
        own = cues[i - 1].metric(kind)
        if own is not None and figure.quantities[0].unit == "percentagePoint":
            return end if own.owned else cues[i - 1].start, metric
        return cues[i - 1].start, metric if own is None else replace(own, sign=metric.sign)

    def _beside(self, between: str) -> bool:
        return bool(self._link.fullmatch(between)) and not CLAUSE.search(between)

    def _by_right_cue(self, figure: Figure) -> Placing | None:
        """``ABOUT (has) FIGURE 的 METRIC``."""
        scene, position, kind = figure.scene, figure.position, figure.kind
        for cue in figure.cues:
            if cue.start <= position:
                continue
            gap = scene.text[position + 1 : cue.start]
            bare = re.sub(f"[{self._period_char}]", "", gap)
            if len(gap) > (8 if self._language == "zh" else 14) or re.search(f"[，。；,;：:{FIGURES}]", bare):
                return None
            metric = cue.metric(kind)
            if metric is None:
                continue
            if self._has_own(scene, cue.end, position) or self._set_against.match(gap):
                return None
            placing = self._with_subject(figure, metric, position, "figure.before-metric", "0.85")
            return replace(placing, end=cue.end) if placing else None
        return None

    def _by_list(
        self, scene: Scene, position: int, before: tuple[int, Placing] | None, last: tuple[int, Placing] | None
    ) -> Placing | None:
        """The next member of a series: ``2015年7%，2019年12%``, ``从12.5%上升到15.6%``."""
        if before is None:
            return None
        at, placing = before
        between = re.sub("（[^（）]*）|\\([^()]*\\)", "", scene.text[at + 1 : position])
        if self._inserted:
            between = self._inserted.sub("", between)
        if not self._list_link.fullmatch(between):
            return None
        if placing.aside:
            about = self._topic(scene, clause_start(scene.text, at), placing.metric)
            if about is None:
                return None
            placing = replace(placing, about=about)
        nearer = (
            last is not None
            and last[0] > at
            and not re.search(f"[{self._period_char}]", scene.text[last[0] : position])
        )
        if nearer and last is not None and self._language != "en" and not last[1].metric.rate:
            placing = replace(placing, about=last[1].about, group=())  # of which servers took 35 %, some 29 billion
        return replace(placing, rule="figure.series", end=position + 1, confidence=Decimal("0.85"), aside=False)

    def _by_clause(self, figure: Figure) -> Placing | None:
        """The nearest metric's name in the clause with no other figure between: less sure."""
        scene, position, kind = figure.scene, figure.position, figure.kind
        start = clause_start(scene.text, position)
        for i, cue in reversed(list(enumerate(figure.cues))):
            if start <= cue.start and cue.end <= position and (metric := cue.metric(kind)):
                if re.search(f"[{FIGURES}]", re.sub(f"[{self._period_char}]", "", scene.text[cue.end : position])):
                    return None
                end, metric = self._rated(figure, i, metric)
                return self._with_subject(replace(figure, last=None), metric, end, "figure.in-clause", "0.7", cue.end)
        return None

    def _device_of(
        self, scene: Scene, metric: Metric, phrase: Phrase, start: int, end: int, last: tuple[int, Placing] | None
    ) -> tuple[Thing | None, tuple[Thing, ...]]:
        """What a phrase names; for a device's figure the device in it, or the one that the text goes on about."""
        about, group = phrase.about, group_of(phrase)
        if not metric.device or self._is_device(about):
            return about, group
        device = next((n for n in phrase.nodes if self._device_node(n)), None)
        if device is None and about is not None and metric.name in self._site_metrics and self._is_site(about):
            return about, group
        device = device or self._site(scene, end, metric) or self._device_topic(scene, end, metric)
        if device is not None:
            return device.thing, device.things if len(device.mentions) > 1 else ()
        if about is not None and self._formats.fullmatch(about.label):
            return (last[1].about if last else self._first_phrase(scene, 0, start, False).about or about), group
        return about, group

    def _phrase_before(self, scene: Scene, metric: Metric, end: int, start: int) -> Phrase:
        """The phrase left of ``end``; in English what stands in a place, not the place (operators in Denmark claim)."""
        phrase = self._unsaid(scene, self._phrases.left(scene, end, start))
        if phrase.about is None and not phrase.words and (described := self._antecedent(scene, start)) is not None:
            return described
        if self._language == "en" and phrase.about is None and phrase.place and not metric.device:
            return self._subject_phrase(scene, end, start)
        return phrase

    def _spoken_topic(self, scene: Scene, metric: Metric, start: int, end: int, place: Thing | None) -> Thing | None:
        """What the text goes on about; the market, where the clause only tells who expects its sales."""
        if place is None and metric.placed == "home" and self._speaks(scene, start, end):
            return self._market_topic(scene, end) or self._topic(scene, end, metric)
        return self._topic(scene, end, metric)

    def _with_subject(
        self, figure: Figure, metric: Metric, end: int, rule: str, confidence: str, cue_end: int = 0
    ) -> Placing | None:
        """The placing whose subject is the phrase left of ``end``, or what the text goes on about."""
        scene, position, last = figure.scene, figure.position, figure.last
        start = clause_start(scene.text, end)
        count = len(figure.quantities)
        phrase = self._phrase_before(scene, metric, end, start)
        shared = len(phrase.places) == count > 1
        if count > 1 and not shared and (members := self._members(scene, end, start, count)):
            sure = Decimal(confidence)
            return self._listed(phrase, members, Placing(metric, members[0], rule, start, position + 1, sure))
        within = self._whole(scene, metric, phrase, start)
        if within is not None:
            phrase = replace(phrase, about=self._sharer(figure, metric, start), nodes=(), words="")
        if shared and not metric.placed and phrase.about in (None, phrase.place):
            return Placing(
                metric, phrase.places[0], rule, start, position + 1, Decimal(confidence), group=phrase.places
            )
        about, group = self._phrase_names(figure, metric, phrase, end, cue_end)
        about = about or self._reporting(scene, metric, end)
        about = self._part(scene, metric, end, cue_end, about) or about
        if phrase.about is None and cue_end > end and (head := self._head(scene, position, metric)) is not None:
            about, group = head, ()
        place, owner = phrase.place, None
        if about is None:
            about, place = self._unnamed(figure, metric, phrase, end, cue_end)
        if metric.owned and self._is_adopted(scene.surface(end, cue_end), about):
            metric = self._metrics.by_name["adoptionRate"]
        elif metric.owned and cue_end > end and not group:
            if last is not None and phrase.about is None:
                about = self._rated_before(figure, phrase, last[1])
            owner, about = about, self._rate_of(scene, end, cue_end, about)
        if about is None:
            return None
        return Placing(
            metric,
            about,
            rule,
            min(phrase.start, end),
            position + 1,
            Decimal(confidence),
            place,
            within if about is not within else None,
            group=group,
            places=phrase.places if shared else (),
            owner=owner,
        )

    def _part(self, scene: Scene, metric: Metric, end: int, cue_end: int, about: Thing | None) -> Thing | None:
        """The part of a site that a metric's own words name (单机柜功率: 机柜), where the text is about no device."""
        named = self._parts.match(scene.surface(end, cue_end)) if metric.device else None
        if named is None or self._is_device(about) or self._device_topic(scene, end, metric) is not None:
            return None
        return self._phrases.subject(named[1])

    def _listed(self, phrase: Phrase, members: tuple[Thing, ...], placing: Placing) -> Placing:
        """The figures of a list: each is its own, or those of what stands behind a list of places (安徽与江苏的企业数量)."""
        noun = phrase.about if phrase.about is not None and not self._is_place(phrase.about) else None
        if noun is not None and all(map(self._is_place, members)):
            return replace(placing, about=noun, places=members)
        return replace(placing, group=members)

    def _rated_before(self, figure: Figure, phrase: Phrase, last: Placing) -> Thing:
        """Whose a rate is that names nobody: as the figure before; behind another rate of a part (服务器上架率…，绿电占比…)
        that of what the sentence opens with."""
        if phrase.words:
            return self._phrases.subject(phrase.words)  # 用户‖满意度
        owner = last.owner if last.metric.owned else None
        if owner is None or self._is_firm(owner) or self._is_place(owner) or self._is_device(owner):
            return last.about
        opening = self._first_phrase(figure.scene, part_start(figure.scene.text, figure.position), figure.position)
        return opening.about or opening.place or last.about

    def _is_adopted(self, words: str, about: Thing | None) -> bool:
        """Whether a rate of use is how many use something, not how much of it is used."""
        if about is None or not self._adopted.fullmatch(words):
            return False
        if about.found_by == "phrase":
            return self._adopted_unnamed.search(about.label) is not None
        classes = self._ontology.closure(about.classes)
        return bool(classes & self._adoptable) and not classes & self._loaded

    def _whole(self, scene: Scene, metric: Metric, phrase: Phrase, start: int) -> Thing | None:
        """The market in which someone's share is told (在智算市场的占比达…): not whose it is."""
        if metric.name not in self._joint_metrics or phrase.about is None or "Market" not in phrase.about.classes:
            return None
        return phrase.about if self._inside.match(scene.text, start, phrase.start) else None

    def _sharer(self, figure: Figure, metric: Metric, start: int) -> Thing | None:
        """Who has a share told in a clause that names only its market: as the clause before, or what it all opens with."""
        carried = self._carried(figure.last, metric)
        if carried is not None and self._follows(figure.scene, carried[0], start):
            return carried[1].about
        return self._first_phrase(figure.scene, part_start(figure.scene.text, figure.position), start).about

    def _head(self, scene: Scene, position: int, metric: Metric) -> Thing | None:
        """The name that a clause describes with the figure (单价4万元的H20): whose figure it is."""
        of = self._attributive.match(scene.text, position + 1) if self._language == "zh" else None
        node = scene.nodes.get(of.end()) if of else None
        if node is None or len(node.mentions) != 1 or self._is_place(node.thing) or metric.rate:
            return None
        return node.thing if self._is_device(node.thing) or not metric.device else None

    def _phrase_names(
        self, figure: Figure, metric: Metric, phrase: Phrase, end: int, cue_end: int
    ) -> tuple[Thing | None, tuple[Thing, ...]]:
        """Whose figure it is by the phrase before the metric's words, or by these themselves."""
        scene, start = figure.scene, clause_start(figure.scene.text, end)
        about, group = self._device_of(scene, metric, phrase, start, end, figure.last)
        if metric.by and self._language == "zh" and not group:
            opening = next((n for at, n in sorted(scene.nodes.items()) if start <= at < end and n.mentions), None)
            if opening is not None and len(opening.mentions) == 1 and self._of_class(opening, metric.by):
                about = opening.thing
            elif about is None and self._phrases.oblique(scene, phrase.start):
                about = self._actor(scene, phrase.start, metric.by)
        if metric.tests and about is not None and not group:
            unnamed = about.found_by == "phrase" or "Benchmark" in about.classes
            about = (self._tested(scene, metric, end) if unnamed else None) or about
        if metric.topic and about is not None and not group:
            about = self._of_device(scene, end, about)
        about = about or (group[0] if group else None)
        counted = self._counted_units.match(scene.surface(end, cue_end)) if metric.name == "count" else None
        if counted and about is None and not group and not phrase.words:
            return self._phrases.subject(counted["unit"]), ()
        if counted and phrase.nodes and about is phrase.about and about is not None and not self._is_seller(about):
            return self._phrases.subject(scene.surface(phrase.start, end + counted.end())), ()
        if metric.noun and (about is None or metric.always):
            noun = re.sub(metric.noun, "", scene.surface(end, cue_end)) if metric.from_cue else metric.noun
            about, group = (self._phrases.subject(noun), ()) if noun else (about, group)
        return about, group

    def _unnamed(
        self, figure: Figure, metric: Metric, phrase: Phrase, end: int, cue_end: int
    ) -> tuple[Thing | None, Thing | None]:
        """Whose figure it is where its clause does not say so, and its place: what the clause before turns to, else what
        the text goes on about."""
        start = clause_start(figure.scene.text, end)
        turned = self._turned_to(figure.scene, start, figure.kind)
        if not phrase.words and (raised := self._raised(figure, metric, start)) is not None:
            return raised.about, phrase.place or raised.place
        place = phrase.place or turned.place
        if turned.about is not None and (not metric.device or self._is_device(turned.about)):
            return turned.about, place
        return self._goes_on(figure, metric, replace(phrase, place=place), end, cue_end)

    def _goes_on(
        self, figure: Figure, metric: Metric, phrase: Phrase, end: int, cue_end: int
    ) -> tuple[Thing | None, Thing | None]:
        """Whose figure it is where no phrase says so, and its place: what such a figure was last told of, the metric's
        own words, the place, the last figure's subject, what the text goes on about."""
        scene, last, place = figure.scene, figure.last, phrase.place
        carried, start = self._carried(last, metric), clause_start(scene.text, end)
        size = metric.name in self._size_metrics and not phrase.words
        same = figure.before.get(figure.kind)
        if size and same is not None and same[1].metric.name == metric.name:
            return same[1].about, place or same[1].place
        if metric.name in self._unit_metrics and (unit := self._unit(scene, end, last)) is not None:
            return unit, place
        if size and last is not None and "Market" in last[1].about.classes:
            return last[1].about, place or last[1].place
        part = last is not None and self._when.partial(scene) and self._follows(scene, last[0], start)
        if size and not part and (known := scene.measured.get(metric.name)) is not None:
            return known, place
        if phrase.words and cue_end - end >= _LONG and not (metric.device or metric.rate or metric.topic):
            return self._phrases.subject(scene.surface(end, cue_end)), place
        if place is not None and metric.placed == "home" and metric.name not in self._place_metrics:
            return place, place
        follows = carried is not None and self._follows(scene, carried[0], start)
        if follows and carried is not None and self._sums(scene, carried[1], end):
            return self._first_phrase(scene, part_start(scene.text, end), start).about or carried[1].about, place
        if carried is not None and (metric.rate or follows):
            return carried[1].about, place or carried[1].place
        if (subject := self._opened_with(scene, metric, start)) is not None:
            return subject.about, place or subject.place
        return self._spoken_topic(scene, metric, start, end, place) or place, place

    def _raised(self, figure: Figure, metric: Metric, start: int) -> Phrase | None:
        """Whose measure the clause before ``start`` speaks of without a figure (甲的算力需求也较高，平均算力…)."""
        scene, before = figure.scene, clause_start(figure.scene.text, start - 1) if start else 0
        cues = [c for c in figure.cues if before <= c.start and c.end <= start]
        cue = next((c for c in cues if (m := c.metric(figure.kind)) and m.name == metric.name), None)
        if (
            cue is None
            or metric.rate
            or self._language == "en"
            or any(n.quantities for at, n in scene.nodes.items() if before <= at < start)
        ):
            return None
        phrase = self._phrases.left(scene, cue.start, before)
        return phrase if phrase.about is not None else None

    @staticmethod
    def _tested(scene: Scene, metric: Metric, end: int) -> Thing | None:
        """What the sentence tests, where a score's words only say in what."""
        node = scene.topic(end, ("|".join(metric.tests),), age=0)
        return node.thing if node is not None and len(node.mentions) == 1 else None

    def _reporting(self, scene: Scene, metric: Metric, end: int) -> Thing | None:
        """The firm that reports such a figure of itself, unless the sentence names another since."""
        told = next(((at, thing) for at, _, thing in reversed(scene.sayers) if at < end), None)
        if told is None or not metric.own:
            return None
        if not scene.nodes[told[0]].pronoun and not self._reports.match(scene.text, told[0] + 1):
            return None
        others = (n for at, n in scene.nodes.items() if told[0] < at < end and n.mentions)
        return None if any(self._of_class(n, ("Organization",)) for n in others) else told[1]

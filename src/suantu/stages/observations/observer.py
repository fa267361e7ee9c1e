"""Decides, for each figure of a sentence, what it measures of what; what cannot be placed is handed back as loose."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from suantu.ontology import Ontology
from suantu.phrases import Phrase, Phrases
from suantu.records import Document, Evidence, Loose, Observation, Period, Quantity, Span, Thing
from suantu.rules import Alphabet, Compiler
from suantu.scene import Node, Scene
from suantu.stages.observations.circumstances import Circumstances, When
from suantu.stages.observations.frames import Cue, Frame, Metric, Metrics

_SKIPPED = ("hypothetical", "rumour", "question")
_TOPICS = ("Market|Organization|Industry|Technology|ChipType|Chip|Product|UseCase|Interconnect|AIModel",)
_DEVICES = ("Chip", "Product", "Server", "Interconnect", "AIModel")
_CLAUSE = re.compile(r"[，；;。：:]|, ")
_FIGURES = "\uf000-\uf8ff"
_PROPORTIONS = ("percent", "multiple")
_OF_KIND = re.compile("(?i: of (?:[a-z0-9-]+ ){0,2}([\ue000-\uefff]))")


@dataclass(frozen=True, slots=True)
class Placing:
    """How a figure is placed: its metric, whose it is, the rule that says so, and how sure that is."""

    metric: Metric
    about: Thing
    rule: str
    start: int
    end: int
    confidence: Decimal
    place: Thing | None = None
    within: Thing | None = None
    compared: Thing | None = None
    group: tuple[Thing, ...] = ()
    sign: int = 1
    near: bool = False
    aside: bool = False
    places: tuple[Thing, ...] = ()
    bound: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class _Hit:
    """Where a frame matched around the figure at ``position``."""

    left: re.Match[str] | None
    low: int
    right: re.Match[str] | None
    position: int
    in_market: bool = False

    @property
    def begin(self) -> int:
        return self.low + self.left.start() if self.left else self.position

    @property
    def stop(self) -> int:
        return self.position + 1 + (self.right.end() if self.right else 0)


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose figure it is, and the encoded stretch that says so."""

    about: Thing
    place: Thing | None
    group: tuple[Thing, ...]
    begin: int
    stop: int


class Observer:
    """The figure rules of one language over one ontology."""

    def __init__(
        self,
        frames: Sequence[Frame],
        metrics: Metrics,
        phrases: Phrases,
        circumstances: Circumstances,
        settings: Mapping[str, Any],
        ontology: Ontology,
        alphabet: Alphabet,
        compiler: Compiler,
    ) -> None:
        language = compiler.language
        self._frames = frames
        self._metrics, self._phrases, self._when = metrics, phrases, circumstances
        self._ontology, self._alphabet, self._language = ontology, alphabet, language
        edge = r"(?<![A-Za-z])" if language == "en" else ""
        after = r"(?![A-Za-z])" if language == "en" else ""
        link = "|".join(re.escape(str(w)) for w in sorted(settings["link"], key=lambda w: (-len(str(w)), str(w))))
        places = alphabet.matching(["Place"])
        period = alphabet.matching(["period"])
        self._link = re.compile(f"(?:{edge}(?:{link}){after}|[{period}{places}]|\\s)*", re.IGNORECASE)
        inserted = "|".join(settings.get("inserted", ()))
        self._inserted = compiler.pattern(inserted, "inserted").regex if inserted else None
        listed = "|".join(
            re.escape(str(w)) for w in sorted(settings["list-link"], key=lambda w: (-len(str(w)), str(w)))
        )
        self._list_link = re.compile(f"(?:{edge}(?:{listed}){after}|[{period}]|\\s)*", re.IGNORECASE)
        enumerated = "|".join(map(re.escape, settings["not-figures"]))
        self._enumerated = re.compile(
            f"^(?:的|主要|不同|关键|重要|major|main|key|\\s)*(?:{enumerated}){after}", re.IGNORECASE
        )
        self._period_char = period
        self._passed = period + (alphabet.matching(["percent", "multiple"]) if language == "en" else "")
        conditions = settings["conditions"]
        self._condition_left = re.compile("|".join(conditions["left"]) or "(?!)")
        self._condition_right = re.compile("|".join(conditions["right"]) or "(?!)")
        self._each = re.compile("|".join(map(str, settings["each"])))
        self._remote = tuple(
            (str(bound), re.compile(f"{edge}(?:{'|'.join(map(str, words))}){after}[^，。；,;{_FIGURES}]{{0,8}}$"))
            for bound, words in settings["remote-bounds"].items()
        )
        self._owners = tuple(settings["owners"])
        self._owner_classes = frozenset(settings["owner-classes"])
        self._countable = tuple(map(str, settings["countable"]))
        self._versions = tuple(f for f in ontology.facts if f[1] == "versionOf")
        self._of = str(settings["possessive"]).replace("{}", "")
        self._possessive, self._comma = str(settings["possessive"]), str(settings["joint"])
        self._joint_metrics = frozenset(settings["joint-metrics"])
        possess = "|".join(sorted(map(str, settings["possess"]), key=len, reverse=True))
        self._possess = re.compile(f"{edge}(?:{possess}){after}(?:约|近|超过|超|多达|共|了|[a-z ]){{0,3}}[^，,]{{0,8}}$")
        self._market_words = tuple(map(str, settings["market-words"]))

    def metric_words(self, text: str) -> list[Cue]:
        """The words of a text that name metrics."""
        return self._metrics.find(text)

    # -- reading a sentence ------------------------------------------------------------------------------------------

    def read(self, scene: Scene, document: Document) -> tuple[list[Observation], list[Loose]]:
        """The observations of ``scene`` and its figures that found no place."""
        cues = self._cues(scene)
        facts: list[Observation] = []
        loose: list[Loose] = []
        before: dict[str, tuple[int, Placing]] = {}
        last: tuple[int, Placing] | None = None
        for position in sorted(scene.nodes):
            node = scene.nodes[position]
            if not node.quantities:
                continue
            quantity = node.quantities[0]
            reason = self._not_asserted(scene, position, quantity)
            placing = None if reason else self._place(scene, position, node, cues, last, before)
            if placing is None:
                loose.extend(self._loose(scene, q, reason or "no metric or subject found") for q in node.quantities)
                continue
            placing = self._as_market_share(scene, placing, before.get(quantity.kind))
            if self._language == "en" and placing.metric.name == "compute" and self._is_place(placing.about):
                placing = replace(placing, metric=self._metrics.by_name["computeScale"])
            found = list(self._facts(scene, position, node, placing, document))
            if self._language == "en" and placing.metric.rate and last and facts and facts[-1].status == "Forecast":
                found = [replace(f, status="Forecast") if f.about.iri == facts[-1].about.iri else f for f in found]
            if not found:
                loose.extend(self._loose(scene, q, "a list of figures without as many subjects") for q in node.quantities)
            facts.extend(found)
            last = (position, placing)
            before[quantity.kind] = (position, placing)
        return facts, loose

    def _cues(self, scene: Scene) -> list[Cue]:
        """The metric words of the sentence, those among them that are names as well (AI算力)."""
        named = [
            Cue(at, at + 1, meanings)
            for at, node in scene.nodes.items()
            if len(node.mentions) == 1 and (meanings := self._metrics.meaning(scene.surface(at, at + 1)))
        ]
        return sorted([*self._metrics.find(scene.text), *named], key=lambda c: c.start)

    def _not_asserted(self, scene: Scene, position: int, quantity: Quantity) -> str:
        if scene.in_mood(_SKIPPED, position, position + 1):
            return "supposed, rumoured or asked"
        if quantity.kind == "count" and self._enumerated.match(scene.text[position + 1 : position + 12]):
            return "an enumeration"
        if quantity.kind == "count" and quantity.value == 1:
            return "an enumeration"
        if quantity.kind == "duration":
            return "a duration"
        if self._condition_left.search(scene.text[max(0, position - 30) : position]) or self._condition_right.match(
            scene.text[position + 1 : position + 30]
        ):
            return "a condition"
        return ""

    def _as_market_share(self, scene: Scene, placing: Placing, before: tuple[int, Placing] | None) -> Placing:
        """A proportion told by a plain word (占比) is a market share where the sentence speaks of such."""
        if placing.metric.name != "share" or not placing.rule.startswith("figure."):
            return placing
        beside = scene.of_market or (before is not None and before[1].metric.name == "marketShare")
        if beside or "Market" in placing.about.classes and self._market_words[0] in scene.text[: placing.end]:
            return replace(placing, metric=self._metrics.by_name["marketShare"])
        return placing

    def _loose(self, scene: Scene, quantity: Quantity, reason: str) -> Loose:
        block = scene.block
        end = scene.end
        while end > scene.start + 1 and block.text[end - 1].isspace():
            end -= 1
        return Loose(quantity.text, block.span(quantity.start, quantity.end), block.span(scene.start, end), reason)

    # -- which metric of what ----------------------------------------------------------------------------------------

    def _place(
        self,
        scene: Scene,
        position: int,
        node: Node,
        cues: Sequence[Cue],
        last: tuple[int, Placing] | None,
        before: Mapping[str, tuple[int, Placing]],
    ) -> Placing | None:
        kind = node.quantities[0].kind
        for frame in self._frames:
            if kind in frame.kinds and not frame.last:
                if placing := self._framed(frame, scene, position, node, cues, last, before):
                    return placing
        if placing := self._by_left_cue(scene, position, kind, cues, last):
            return placing
        if placing := self._by_right_cue(scene, position, kind, cues, last):
            return placing
        if placing := self._by_list(scene, position, before.get(kind) or (before.get("count") if kind == "number" else None)):
            return placing
        for frame in self._frames:
            if kind in frame.kinds and frame.last:
                if placing := self._framed(frame, scene, position, node, cues, last, before):
                    return placing
        return self._by_clause(scene, position, kind, cues)

    def _by_left_cue(
        self, scene: Scene, position: int, kind: str, cues: Sequence[Cue], last: tuple[int, Placing] | None
    ) -> Placing | None:
        """``ABOUT METRIC (links) FIGURE``, the plainest form."""
        for i in range(len(cues) - 1, -1, -1):
            cue = cues[i]
            if cue.end > position:
                continue
            metric = cue.metric(kind)
            between = re.sub("（[^（）]{0,12}）|\\([^()]{0,24}\\)", "", scene.text[cue.end : position])
            if metric is None:
                if re.search(f"[{_FIGURES}]", re.sub(f"[{self._passed}]", "", between)):
                    return None
                continue
            if kind not in _PROPORTIONS and self._passed != self._period_char:
                between = re.sub(f"[{self._passed}]", "", between)
            if not self._link.fullmatch(between):
                return None
            end = cue.start
            named = cues[i - 1] if i and metric.rate and self._beside(scene.text[cues[i - 1].end : end]) else None
            if named is not None:
                end = named.start
                if (own := named.metric(kind)) is not None:
                    metric = replace(own, sign=metric.sign)
            return self._with_subject(scene, metric, end, position, "figure.after-metric", last, "0.9", cue.end)
        return None

    def _beside(self, between: str) -> bool:
        return bool(self._link.fullmatch(between)) and not _CLAUSE.search(between)

    def _by_right_cue(
        self, scene: Scene, position: int, kind: str, cues: Sequence[Cue], last: tuple[int, Placing] | None
    ) -> Placing | None:
        """``ABOUT (has) FIGURE 的 METRIC``."""
        for cue in cues:
            if cue.start <= position:
                continue
            gap = scene.text[position + 1 : cue.start]
            bare = re.sub(f"[{self._period_char}]", "", gap)
            if len(gap) > (8 if self._language == "zh" else 14) or re.search(f"[，。；,;：:{_FIGURES}]", bare):
                return None
            metric = cue.metric(kind)
            if metric is None:
                continue
            placing = self._with_subject(scene, metric, position, position, "figure.before-metric", last, "0.85")
            return replace(placing, end=cue.end) if placing else None
        return None

    def _by_list(self, scene: Scene, position: int, before: tuple[int, Placing] | None) -> Placing | None:
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
            about = self._topic(scene, _clause_start(scene.text, at), placing.metric)
            if about is None:
                return None
            placing = replace(placing, about=about)
        return replace(placing, rule="figure.series", end=position + 1, confidence=Decimal("0.85"), aside=False)

    def _by_clause(self, scene: Scene, position: int, kind: str, cues: Sequence[Cue]) -> Placing | None:
        """The nearest metric's name in the clause with no other figure between: less sure."""
        start = _clause_start(scene.text, position)
        for cue in reversed(cues):
            if start <= cue.start and cue.end <= position and (metric := cue.metric(kind)):
                if re.search(f"[{_FIGURES}]", re.sub(f"[{self._period_char}]", "", scene.text[cue.end : position])):
                    return None
                return self._with_subject(scene, metric, cue.start, position, "figure.in-clause", None, "0.7", cue.end)
        return None

    def _with_subject(
        self,
        scene: Scene,
        metric: Metric,
        end: int,
        position: int,
        rule: str,
        last: tuple[int, Placing] | None,
        confidence: str,
        cue_end: int = 0,
    ) -> Placing | None:
        """The placing whose subject is the phrase left of ``end``, or what the text goes on about."""
        start = _clause_start(scene.text, end)
        count = len(scene.nodes[position].quantities)
        phrase = self._phrases.left(scene, end, start)
        shared = len(phrase.places) == count > 1
        if count > 1 and not shared and (members := self._members(scene, end, start, count)):
            return Placing(metric, members[0], rule, start, position + 1, Decimal(confidence), group=members)
        about, group = phrase.about, _group(phrase)
        if metric.device and not self._is_device(about):
            device = next((n for n in phrase.nodes if self._device_node(n)), None) or self._device_topic(scene, end, metric)
            if device is not None:
                about, group = device.thing, device.things if len(device.mentions) > 1 else ()
        if metric.topic and about is not None and not group:
            about = self._of_device(scene, end, about)
        about = about or (group[0] if group else None)
        place = phrase.place
        if metric.noun and (about is None or metric.always):
            noun = re.sub(metric.noun, "", scene.surface(end, cue_end)) if metric.from_cue else metric.noun
            about, group = (self._phrases.subject(noun), ()) if noun else (about, group)
        if about is None and last is not None and (metric.rate or self._follows(scene, last[0], start)):
            about, place = last[1].about, place or last[1].place
        about = about or self._topic(scene, end, metric) or place
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
            group=group,
            places=phrase.places if shared else (),
        )

    def _of_device(self, scene: Scene, position: int, about: Thing) -> Thing:
        """An interconnect's figure is that of the device which the text talks about (the NVLink of the A100)."""
        if "Interconnect" not in about.classes:
            return about
        owner = scene.topic(position, ("Chip|Product|Server",), age=0)
        if owner is None or len(owner.mentions) > 1:
            return about
        family = next((o for s, p, o in self._versions if s == about.iri), None)
        whole = self._ontology.things.get(family or "", about)
        return self._phrases.subject(self._possessive.format(self._called(owner.thing), self._called(whole)))

    def _members(self, scene: Scene, end: int, start: int, count: int) -> tuple[Thing, ...]:
        """As many subjects as figures: the list before the metric, or the latest list that the text named."""
        if members := self._phrases.members(scene, end, start, count):
            return members
        for at in sorted((p for p in scene.nodes if p < end), reverse=True):
            if len(scene.nodes[at].mentions) == count:
                return scene.nodes[at].things
        return self._phrases.members(scene, start - 1, _clause_start(scene.text, start - 1), count) if start else ()

    @staticmethod
    def _follows(scene: Scene, at: int, start: int) -> bool:
        """Whether the clause that begins at ``start`` comes right after the one with the figure at ``at``."""
        return at < start and len(_CLAUSE.findall(scene.text[at + 1 : start])) == 1

    def _topic(self, scene: Scene, position: int, metric: Metric) -> Thing | None:
        node = self._device_topic(scene, position, metric) if metric.device else None
        node = node or scene.topic(position, metric.topic or _TOPICS, age=2)
        return node.thing if node is not None and len(node.mentions) == 1 else None

    def _device_topic(self, scene: Scene, position: int, metric: Metric) -> Node | None:
        if metric.topic:
            return scene.topic(position, metric.topic, parts=True)
        return scene.topic(position, ("Chip|Product|Server|AIModel",)) or scene.topic(position, ("Interconnect",))

    def _is_device(self, thing: Thing | None) -> bool:
        return thing is not None and bool(self._ontology.closure(thing.classes).intersection(_DEVICES))

    def _device_node(self, node: Node) -> bool:
        return bool(self._alphabet.classes(node.char).intersection(_DEVICES))

    # -- frames ------------------------------------------------------------------------------------------------------

    def _framed(
        self,
        frame: Frame,
        scene: Scene,
        position: int,
        node: Node,
        cues: Sequence[Cue],
        last: tuple[int, Placing] | None,
        before: Mapping[str, tuple[int, Placing]],
    ) -> Placing | None:
        quantity = node.quantities[0]
        if (frame.counter and not quantity.counter) or (frame.words and frame.words not in quantity.text):
            return None
        if frame.counters and quantity.counter not in frame.counters:
            return None
        low = max(0, position - (70 if self._language == "zh" else 110))
        window = scene.text[low:position]
        if frame.has and frame.has not in window:
            return None
        left = frame.left.regex.search(window) if frame.left else None
        right = frame.right.regex.match(scene.text[position + 1 : position + (60 if self._language == "zh" else 90)]) if frame.right else None
        if (frame.left and not left) or (frame.right and not right):
            return None
        metric = self._frame_metric(frame, scene, position, quantity.kind, cues, last, before)
        if metric is None:
            return None
        sized = before.get("money")
        shares = before.get("percent")
        in_market = bool(sized and sized[1].metric.name == "marketSize") or bool(
            shares and shares[1].metric.name == "marketShare"
        )
        if frame.about == "carry" and (shipped := before.get("count")) and shipped[1].metric.name == "shipments":
            in_market = True
        hit = _Hit(left, low, right, position, in_market)
        subject = self._frame_subject(frame, scene, hit, quantity.kind, cues, last, before)
        return self._frame_placing(frame, scene, hit, metric, subject) if subject else None

    def _frame_metric(
        self,
        frame: Frame,
        scene: Scene,
        position: int,
        kind: str,
        cues: Sequence[Cue],
        last: tuple[int, Placing] | None,
        before: Mapping[str, tuple[int, Placing]],
    ) -> Metric | None:
        if frame.metric == "named":
            cue = _last_cue(cues, position, kind)
            return cue.metric(kind) if cue and not re.search("[。；]", scene.text[cue.end : position]) else None
        if frame.metric != "carry":
            return self._metrics.by_name[frame.metric]
        if kind in before:
            metric = before[kind][1].metric
            return metric if not metric.rate else None
        if frame.market:
            return self._metrics.by_name.get(frame.market) if last is None else None
        cue = _last_cue(cues, position, kind)
        return cue.metric(kind) if cue else None

    def _frame_subject(
        self,
        frame: Frame,
        scene: Scene,
        hit: _Hit,
        kind: str,
        cues: Sequence[Cue],
        last: tuple[int, Placing] | None,
        before: Mapping[str, tuple[int, Placing]],
    ) -> _Subject | None:
        """Whose figure it is, as the frame says: a slot, the phrase left or right, a topic, or as before."""
        if frame.about == "group":
            return self._together(frame, scene, hit)
        if frame.about == "carry":
            return _Subject(last[1].about, last[1].place, (), hit.begin, hit.stop) if last else None
        if frame.about == "section":
            about = self._section_subject(scene)
            return _Subject(about, None, (), hit.begin, hit.stop) if about else None
        if frame.about == "words" and hit.left is not None:
            words = scene.surface(hit.low + hit.left.start("a"), hit.low + hit.left.end("a"))
            return _Subject(self._phrases.subject(words), None, (), hit.begin, hit.stop)
        if frame.about == "average" and hit.right is not None:
            spot = self._phrases.read(scene, hit.position + 1 + hit.right.start("a"), hit.position + 1 + hit.right.end("a"))
            return _Subject(last[1].about, spot.place, (), hit.begin, hit.stop) if last else None
        phrase = self._frame_phrase(frame, scene, hit, kind, cues)
        if phrase is None:
            about, place, group, begin, stop = None, None, (), hit.begin, hit.stop
        else:
            about, place, group = phrase.about, phrase.place, _group(phrase)
            if frame.about == "left" and not group and (count := len(scene.nodes[hit.position].quantities)) > 1:
                group = self._members(scene, hit.begin, _clause_start(scene.text, hit.begin), count)
            begin, stop = min(hit.begin, phrase.start), max(hit.stop, phrase.end)
            about = about or (group[0] if group else None)
        start = _clause_start(scene.text, hit.begin)
        if about is None and place is None and last is not None and frame.about in {"left", "slot"} and self._follows(scene, last[0], start):
            about, place = last[1].about, last[1].place
        if about is None and place is None and frame.about == "left" and (same := before.get(kind)):
            if not any(n.mentions for at, n in scene.nodes.items() if same[0] < at < hit.begin):
                about, place = same[1].about, same[1].place
        if about is None and place is None and frame.topic and not (phrase and phrase.words):
            topic = scene.topic(begin + 1 if frame.about == "topic" else begin, frame.topic, frame.age)
            if topic is None and frame.about == "topic" and self._language == "en":
                topic = self._ahead(scene, hit.position, frame.topic)
            if topic is not None and (len(topic.mentions) == 1 or frame.about != "counted"):
                about, group = topic.thing, topic.things if len(topic.mentions) > 1 else ()
        if frame.about == "counted" and scene.nodes[hit.position].quantities[0].counter and self._language == "en":
            about = self._owned(scene, hit, self._counted_noun(scene, hit.position))
        elif frame.about == "counted" and phrase is not None and phrase.words:
            noun = phrase.words.split(self._of)[0] if phrase.words.startswith(self._countable) else phrase.words
            about = self._owned(scene, hit, noun)
        elif about is None and not group and phrase is not None and phrase.words and (
            frame.about in {"slot", "right"} or frame.metric == "count"
        ):
            about = self._phrases.subject(phrase.words)
        if about is not None and frame.metric == "bandwidth" and frame.about == "slot" and self._language == "en":
            about = self._of_device(scene, hit.position, about)
        about = about or place
        return _Subject(about, place, group, begin, stop) if about else None

    def _ahead(self, scene: Scene, position: int, wanted: Sequence[str]) -> Node | None:
        """What the sentence names after an opening that speaks of it (Built on a 7 nm process, the chip …)."""
        chars = self._alphabet.matching("|".join(wanted).split("|"))
        return next((scene.nodes[at] for at in sorted(scene.nodes) if at > position and scene.text[at] in chars), None)

    def _frame_phrase(
        self, frame: Frame, scene: Scene, hit: _Hit, kind: str, cues: Sequence[Cue]
    ) -> Phrase | None:
        if frame.about == "slot":
            return self._slot_phrase(scene, hit.left, hit.low, hit.right, hit.position)
        if frame.about in {"right", "counted"}:
            return self._phrases.right(scene, hit.position + 1)
        if frame.about == "left":
            return self._phrases.left(scene, hit.begin, _clause_start(scene.text, hit.begin))
        if frame.about == "named" and (cue := _last_cue(cues, hit.begin, kind)):
            return self._phrases.left(scene, cue.start, _clause_start(scene.text, cue.start))
        return None

    def _counted_noun(self, scene: Scene, position: int) -> str:
        """What a count's own counting word names: ports, with the kind that follows (24 ports of Ethernet)."""
        noun = scene.nodes[position].quantities[0].counter
        kind = _OF_KIND.match(scene.text, position + 1)
        node = scene.nodes.get(kind.start(1)) if kind else None
        return f"{self._called(node.thing)} {noun}" if node is not None and node.mentions else noun

    def _owned(self, scene: Scene, hit: _Hit, noun: str) -> Thing:
        """What is counted, named with its owner where the clause says that it has so many (the chip's transistors)."""
        start = _clause_start(scene.text, hit.position)
        verb = self._possess.search(scene.text, start, hit.position)
        owner = None
        if verb or not scene.text[start : hit.position].strip():
            for at in sorted(p for p in scene.nodes if start <= p < hit.position):
                node = scene.nodes[at]
                if len(node.mentions) == 1 and self._alphabet.classes(node.char) & self._owner_classes:
                    owner = node.thing
            if owner is None:
                topic = scene.topic(start, self._owners, age=0)
                owner = topic.thing if topic is not None and len(topic.mentions) == 1 else None
        return self._phrases.subject(self._possessive.format(self._called(owner), noun) if owner else noun)

    def _called(self, thing: Thing) -> str:
        """A thing's name in the language of the text."""
        names = thing.labels.get("pref@en", ()) if self._language == "en" else ()
        return next(iter(names), thing.label)

    def _frame_placing(self, frame: Frame, scene: Scene, hit: _Hit, metric: Metric, subject: _Subject) -> Placing:
        about, place = subject.about, subject.place
        within = self._slot(scene, hit.left, hit.low, "w") or self._slot(scene, hit.right, hit.position + 1, "w")
        if frame.market and frame.metric != "carry":
            sells = within is None and (self._is_seller(about) or hit.in_market)
            named = any(word in scene.text[hit.position + 1 : hit.position + 10] for word in self._market_words[:2])
            if sells or named or self._in_market(scene, hit, within):
                metric = self._metrics.by_name[frame.market]
        if within is not None and within.found_by != "phrase" and self._is_place(about) and not self._is_place(within):
            about, place = within, about
        return Placing(
            metric,
            about,
            frame.rule.name,
            subject.begin,
            subject.stop,
            Decimal("0.9"),
            place,
            within,
            self._slot(scene, hit.left, hit.low, "v") or self._slot(scene, hit.right, hit.position + 1, "v"),
            subject.group,
            frame.sign,
            bool(hit.left and hit.left.groupdict().get("near")),
            frame.aside,
            (),
            frame.bound,
            frame.status,
        )

    def _slot_phrase(
        self, scene: Scene, match: re.Match[str] | None, low: int, right: re.Match[str] | None, position: int
    ) -> Phrase:
        if match is not None and "a" in match.re.groupindex and match.start("a") >= 0:
            return self._phrases.left(scene, low + match.end("a"), low + match.start("a"))
        if right is not None and right.start("a") >= 0:
            return self._phrases.right(scene, position + 1 + right.start("a"), position + 1 + right.end("a"))
        return Phrase(None, None, position, position)

    def _slot(self, scene: Scene, match: re.Match[str] | None, low: int, name: str) -> Thing | None:
        if match is None or name not in match.re.groupindex or match.start(name) < 0:
            return None
        start, end = low + match.start(name), low + match.end(name)
        if end == start + 1 and (node := scene.nodes.get(start)) is not None and node.pronoun:
            return None
        phrase = self._phrases.read(scene, start, end)
        return phrase.about or phrase.place

    def _is_market(self, scene: Scene, match: re.Match[str] | None, low: int) -> bool:
        if match is None or "w" not in match.re.groupindex:
            return False
        words = scene.surface(low + match.start("w"), low + match.end("w"))
        return any(w in words for w in self._market_words)

    def _in_market(self, scene: Scene, hit: _Hit, within: Thing | None) -> bool:
        """Whether the whole of a share is a market, by its words or its class."""
        market = within is not None and "Market" in within.classes and self._language == "en"
        sides = ((hit.left, hit.low), (hit.right, hit.position + 1))
        return market or any(self._is_market(scene, match, low) for match, low in sides)

    def _is_seller(self, thing: Thing) -> bool:
        return bool(self._ontology.closure(thing.classes).intersection(("Organization", "Chip", "ChipType")))

    def _is_place(self, thing: Thing) -> bool:
        return "Place" in self._ontology.closure(thing.classes)

    def _together(self, frame: Frame, scene: Scene, hit: _Hit) -> _Subject | None:
        """A share that several have together: they are the subject, as one."""
        things: list[Thing] = []
        said = {start for start, _, _ in scene.sayers}
        for at in sorted(scene.nodes):
            node = scene.nodes[at]
            if at < hit.position and at not in said and node.mentions and self._alphabet.classes(node.char).intersection(frame.topic):
                things.extend(t for t in node.things if t.iri not in {x.iri for x in things})
        if not things:
            return None
        return _Subject(self._joint(things, scene), None, (), hit.begin, hit.stop)

    def _joint(self, things: Sequence[Thing], scene: Scene) -> Thing:
        """Several as one; in English by the very words of the list."""
        listed = next((n for n in scene.nodes.values() if len(things) > 1 and n.things == tuple(things)), None)
        if listed is not None and not listed.pronoun and self._language == "en":
            return self._phrases.subject(" ".join(scene.block.text[listed.start : listed.end].split()))
        return things[0] if len(things) == 1 else self._phrases.subject(self._comma.join(self._called(t) for t in things))

    def _section_subject(self, scene: Scene) -> Thing | None:
        text = re.split(r"[，,；;：:]", scene.block.text[scene.start : scene.end])
        for part in text:
            words = part.strip()
            if 2 <= len(words) <= 40 and "=" not in words:
                last = text.index(part)
                source = text[last + 1].strip() if last == 0 and len(text) > 2 and len(text[1].strip()) > 4 else words
                return self._phrases.subject(source)
        return None

    # -- facts -------------------------------------------------------------------------------------------------------

    def _facts(
        self, scene: Scene, position: int, node: Node, placing: Placing, document: Document
    ) -> Iterator[Observation]:
        when = self._when.when(scene, position, placing.metric.name)
        subjects = placing.group if len(placing.group) > 1 else (placing.about,)
        figures = node.quantities
        periods = self._listed_periods(scene, position, len(figures))
        if placing.places:
            for place, quantity in zip(placing.places, figures, strict=True):
                yield self._fact(scene, position, quantity, placing.about, replace(placing, place=place), when, document)
            return
        if len(figures) == len(subjects):
            pairs = list(zip(subjects, figures, strict=True))
        elif len(figures) == 1 and self._shared(scene, position, placing):
            pairs = [(self._joint(subjects, scene), figures[0])]
        elif len(figures) == 1:
            pairs = [(s, figures[0]) for s in subjects]
        elif periods:
            pairs = [(placing.about, q) for q in figures]
        else:
            return
        for i, (about, quantity) in enumerate(pairs):
            at = When(periods[i], when.compared) if periods else when
            several = self._when.several(scene, position) if placing.place is None and placing.metric.placed else ()
            if several and not self._is_place(about) and self._each.search(scene.text, 0, position + 4):
                for place in several:
                    yield self._fact(scene, position, quantity, about, replace(placing, place=place), at, document)
            else:
                yield self._fact(scene, position, quantity, about, placing, at, document)

    def _shared(self, scene: Scene, position: int, placing: Placing) -> bool:
        """Whether a list has its share together: no word says that each has it."""
        parts = placing.metric.name in self._joint_metrics
        return parts and not self._each.search(scene.text, placing.start, position + 4)

    def _listed_periods(self, scene: Scene, position: int, count: int) -> tuple[Any, ...]:
        """As many periods as figures in the sentence before them (2022年、2023年和2024年分别为 …)."""
        if count < 2:
            return ()
        for at in sorted((p for p in scene.nodes if p < position), reverse=True):
            node = scene.nodes[at]
            if len(node.periods) == count:
                return node.periods
            if node.periods and (parts := _parts(node.periods[-1], count)):
                return parts
        return ()

    def _fact(
        self,
        scene: Scene,
        position: int,
        quantity: Quantity,
        about: Thing,
        placing: Placing,
        when: When,
        document: Document,
    ) -> Observation:
        metric = placing.metric
        place = placing.place
        if metric.placed and place is None:
            home = (metric.placed == "home" and not self._is_device(about)) or placing.rule.startswith("figure.")
            place = about if self._is_place(about) else self._when.where(scene, position, home)
        if not metric.placed:
            place = None
        sign = metric.sign * placing.sign
        start, end = min(placing.start, position), max(placing.end, position + 1)
        period = when.period.value if when.period else ""
        if not metric.placed and when.period is scene.period:
            period = ""
        return Observation(
            metric=metric.name,
            about=about,
            value=quantity.value * sign,
            value_text=quantity.text,
            unit=quantity.unit,
            evidence=self._evidence(scene, start, end),
            found_by=placing.rule,
            place=place,
            within=placing.within,
            compared_with=placing.compared,
            compared_period=when.compared,
            period=period,
            status=placing.status
            or self._when.status(scene, position, quantity, when.period if period else None, document.issued),
            bound=placing.bound or self._bound(scene, position, quantity, placing, sign),
            lower=None if quantity.lower is None else quantity.lower * sign,
            upper=None if quantity.upper is None else quantity.upper * sign,
            said_by=scene.sayer(position),
            confidence=min(placing.confidence, about.confidence if about.found_by == "phrase" else Decimal(1)),
        )

    def _bound(self, scene: Scene, position: int, quantity: Quantity, placing: Placing, sign: int) -> str:
        """How the words bound the figure: beside it, or by a word at the head of its verb (最多可引出12条)."""
        if quantity.bound == "=":
            if placing.near:
                return "~"
            for bound, pattern in self._remote:
                if pattern.search(scene.text[max(0, position - 14) : position]):
                    return bound
        return _turned(quantity.bound) if sign < 0 else quantity.bound

    def _evidence(self, scene: Scene, start: int, end: int) -> Evidence:
        """The words from the subject to the figure, widened to the clause."""
        begin = _clause_start(scene.text, start)
        found = _CLAUSE.search(scene.text, end)
        return scene.evidence(begin, min(found.start() if found else len(scene.text), len(scene.text)) or end)


def _parts(period: Period, count: int) -> tuple[Period, ...]:
    """The ``count`` quarters, halves, months or years that an interval is made of (2023年一至四季度), if as many."""
    first, _, last = period.value.partition("/")
    match = re.fullmatch(r"(\d{4})(-[QH]?)(\d{1,2})/\1\2(\d{1,2})", period.value)
    if match:
        low, high, width = int(match[3]), int(match[4]), len(match[3])
        values = [f"{match[1]}{match[2]}{n:0{width}d}" for n in range(low, high + 1)]
    elif first.isdigit() and last.isdigit():
        values = [str(year) for year in range(int(first), int(last) + 1)]
    else:
        return ()
    return tuple(replace(period, value=v) for v in values) if len(values) == count else ()


def _last_cue(cues: Sequence[Cue], position: int, kind: str) -> Cue | None:
    return next((c for c in reversed(cues) if c.end <= position and (m := c.metric(kind)) and not m.rate), None)


def _turned(bound: str) -> str:
    return {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(bound, bound)


@lru_cache(maxsize=32)
def _clause_ends(text: str) -> list[int]:
    return [m.end() for m in _CLAUSE.finditer(text)]


def _clause_start(text: str, position: int) -> int:
    ends = _clause_ends(text)
    i = bisect_right(ends, position)
    return ends[i - 1] if i else 0


def _group(phrase: Phrase) -> tuple[Thing, ...]:
    """The members where the phrase is just a list of names."""
    if len(phrase.nodes) == 1 and len(phrase.nodes[0].mentions) > 1:
        return phrase.nodes[0].things
    return ()


def merge(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """One observation for each figure that is told more than once in the same words; its passages together."""
    out: dict[tuple[object, ...], Observation] = {}
    for fact in observations:
        key = (
            fact.metric,
            fact.about.iri,
            fact.place and fact.place.iri,
            fact.period,
            fact.value,
            fact.unit,
            fact.status,
            fact.bound,
            fact.within and fact.within.iri,
            fact.compared_with and fact.compared_with.iri,
        )
        if key in out:
            old = out[key]
            spans: tuple[Span, ...] = tuple(dict.fromkeys((*old.evidence.spans, *fact.evidence.spans)))
            out[key] = replace(old, evidence=Evidence(spans, old.evidence.section))
        else:
            out[key] = fact
    return tuple(out.values())

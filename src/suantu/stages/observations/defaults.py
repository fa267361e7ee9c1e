"""Places a figure that no frame and no metric word beside it places: by its clause, and by what the text goes on about.

The metric is that of the nearest metric word, else of the words of the clause, else carried on, else what figures of
the kind mostly measure. The subject is the clause's noun phrase, else that of the clause before, else carried on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from suantu.expressions import compiled
from suantu.phrases import Phrase
from suantu.records import Observation, Thing
from suantu.rules import Compiler
from suantu.scene import Scene
from suantu.stages.observations.frames import Cue, Metric
from suantu.stages.observations.placing import CLAUSE, DEVICES, FIGURES, Figure, Placing, clause_start, group_of
from suantu.stages.observations.subjects import Subjects

_FEW = 4
_RULE = "figure.default"
_SURE = Decimal("0.6")


@dataclass(frozen=True, slots=True)
class Fallback:
    """What the words of a clause say of a figure's metric: ``left`` and ``right`` of it, ``about`` whose it is."""

    kinds: frozenset[str]
    left: re.Pattern[str] | None
    right: re.Pattern[str] | None
    has: re.Pattern[str] | None
    metric: Metric
    market: str
    about: str

    def fits(self, kind: str, left: str, right: str, sentence: str) -> bool:
        """Whether a figure of this kind with these words around it is meant."""
        if kind not in self.kinds or (self.left and not self.left.search(left)):
            return False
        if self.has and not self.has.search(sentence):
            return False
        return not self.right or bool(self.right.search(right))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A figure in its clause: where the clause begins and ends, where the words about the figure end, and where a metric's
    word behind it does."""

    position: int
    kind: str
    start: int
    stop: int
    end: int
    behind: int = 0


class Defaults(Subjects):
    """The ways to place what is left."""

    _fallbacks: tuple[Fallback, ...] = ()
    _usual: Mapping[str, Metric]
    _share_of_market: str
    _this: re.Pattern[str] | None

    _on_what = compiled(r" (?:on|for) (?=[a-z\ue000-\uefff])")
    _of_figure = compiled(r" of (?:(?:about|around|some|over|nearly|almost|roughly|up to|at least|more than) )*$")

    def load_defaults(self, settings: Mapping[str, Any], compiler: Compiler) -> None:
        """Compile the ``defaults`` section of the language's figure rules."""

        def regex(entry: Mapping[str, Any], side: str) -> re.Pattern[str] | None:
            return compiler.pattern(entry[side], f"defaults {side}").regex if side in entry else None

        self._fallbacks = tuple(
            Fallback(
                frozenset(e["kinds"]),
                regex(e, "left"),
                regex(e, "right"),
                regex(e, "has"),
                replace(self._metrics.by_name[e["metric"]], sign=int(e.get("sign", 1))),
                str(e.get("market", "")),
                str(e.get("about", "subject")),
            )
            for e in settings.get("words", ())
        )
        self._share_of_market = next((f.market for f in self._fallbacks if f.market), "")
        usual = dict(settings.get("usual", {}))
        self._usual = {kind: self._metrics.by_name[name] for kind, name in usual.items()}
        self._scope = compiler.pattern(settings["scope"], "defaults scope").regex if "scope" in settings else None
        self._unmeasured = compiled(
            str(settings.get("unmeasured", "(?!)")).replace("{money}", compiler.alphabet.kind("money"))
        )
        self._this = compiler.pattern(settings["this"], "defaults this").regex if "this" in settings else None

    def _by_default(self, figure: Figure) -> Placing | None:
        if not self._usual:
            return None
        scene, position, kind, last = figure.scene, figure.position, figure.kind, figure.last
        start = clause_start(scene.text, position)
        found = CLAUSE.search(scene.text, position)
        spot = _Spot(position, kind, start, found.start() if found else len(scene.text), position)
        cue = self._nearest_cue(scene, spot, figure.cues)
        fallback = None if cue or kind == "number" else self._fallback(scene, spot)
        metric = cue.metric(kind) if cue else fallback.metric if fallback else None
        if metric is None and kind != "number":
            metric = self._carried_metric(figure, spot)
        if metric is None:
            return None
        if cue is not None:
            spot = replace(spot, end=cue.start) if cue.end <= position else replace(spot, behind=cue.end)
        phrase, carried = self._default_subject(scene, spot, metric, fallback, last)
        about = phrase.about or (carried.about if carried else None)
        place = phrase.place or (carried.place if carried and phrase.about is None else None)
        several = len(phrase.places) > len(figure.quantities)
        if carried and phrase.about is None and phrase.place and self._is_place(carried.about):
            about = phrase.place  # the next of the places that a figure is told of
        about = about or self._topic(scene, position, metric) or place
        if about is None:
            return None
        if cue is not None:
            about = self._rate_of(scene, cue.start, cue.end, about) if metric.owned else about
        elif (self._usual.get(kind) is metric and not self._shared_before(figure, about)) or (
            fallback and fallback.market
        ):
            metric = self._share_metric(figure, metric, about)
        group = self._group(scene, spot, phrase, len(figure.quantities))
        named = group[0] if group else about
        whose = self._device_that_has(scene, position, metric, named)
        group = group if whose is named else ()
        guessed = not (cue or fallback or last) and metric is self._usual.get(kind)
        if guessed and self._measures_nothing(figure, whose):
            return None
        start = min(phrase.start, position)
        return Placing(metric, whose, _RULE, start, position + 1, _SURE, place if not several else None, group=group)

    @staticmethod
    def _shared_before(figure: Figure, about: Thing) -> bool:
        """Whether the last proportion told of the same thing is of no market."""
        before = figure.before.get("percent")
        return before is not None and before[1].metric.name == "share" and before[1].about.iri == about.iri

    def _measures_nothing(self, figure: Figure, whose: Thing) -> bool:
        """Whether what no word measures is nothing of it: money is no firm's market, and a few of something that has no
        name mostly no count (折射出…的两条路)."""
        if figure.kind == "money":
            return self._is_seller(whose)
        few = figure.kind == "count" and figure.quantities[0].value < _FEW
        return few and whose.found_by == "phrase" and self._language != "en"

    def _device_that_has(self, scene: Scene, position: int, metric: Metric, whose: Thing) -> Thing:
        """Whose figure it is: what only devices have is a device's, also where the clause names something else (NAME, a
        GPU with 192 GB; …, or 512 GB/s on sixteen lanes)."""
        if metric.name not in self._devices_only or self._is_device(whose):
            return whose
        wanted = ("|".join(DEVICES),)
        node = scene.topic(position, wanted, age=0) or scene.topic(position, wanted, age=1)
        return node.thing if node is not None and len(node.mentions) == 1 else whose

    def _group(self, scene: Scene, spot: _Spot, phrase: Phrase, count: int) -> tuple[Thing, ...]:
        """As many subjects as figures."""
        group = group_of(phrase)
        if count > 1 and len(group) != count:
            return self._members(scene, spot.end, spot.start, count) or group
        return group

    # -- the metric

    def _nearest_cue(self, scene: Scene, spot: _Spot, cues: Sequence[Cue]) -> Cue | None:
        """The metric word of the clause nearest to the figure, with no other figure of its kind between."""
        inside = [c for c in cues if spot.start <= c.start and c.end <= spot.stop and c.metric(spot.kind)]
        left = [c for c in inside if c.end <= spot.position]
        for cue in reversed(left):
            if not self._alike(scene, cue.end, spot.position, spot.kind):
                return cue
        if self._set_against.match(scene.text, spot.position + 1):
            return None
        right = [c for c in inside if c.start > spot.position and not self._has_own(scene, c.end, spot.position)]
        if right and not re.search(f"[{FIGURES}]", scene.text[spot.position + 1 : right[0].start]):
            return right[0] if right[0].start - spot.position < 10 else None
        return None

    @staticmethod
    def _alike(scene: Scene, start: int, end: int, kind: str) -> bool:
        """Whether a figure of the kind stands between."""
        return any(n.quantities and n.quantities[0].kind == kind for at, n in scene.nodes.items() if start <= at < end)

    def _fallback(self, scene: Scene, spot: _Spot) -> Fallback | None:
        left = scene.text[spot.start : spot.position]
        right = scene.text[spot.position + 1 : spot.stop]
        return next((f for f in self._fallbacks if f.fits(spot.kind, left, right, scene.text)), None)

    def _carried_metric(self, figure: Figure, spot: _Spot) -> Metric | None:
        """As the last figure of its kind, as the last metric word of the sentence, as the sentence before, as usual."""
        before = figure.before.get(spot.kind)
        if before is not None and not before[1].metric.rate:
            return before[1].metric
        named = [m for c in figure.cues if c.end <= spot.position and (m := c.metric(spot.kind)) and not m.rate]
        if named:
            return named[-1]
        usual = self._usual.get(figure.quantities[0].unit) or self._usual.get(spot.kind)
        told = self._told(figure.scene, spot.kind)
        if usual is not None and told is not None and not self._metrics.by_name[told.metric].rate:
            return self._metrics.by_name[told.metric]
        return usual

    def _told(self, scene: Scene, kind: str) -> Observation | None:
        """The last figure of a kind in the sentence before."""
        return next((f for f in reversed(scene.told) if kind in self._metrics.by_name[f.metric].kinds), None)

    def _share_metric(self, figure: Figure, metric: Metric, about: Thing) -> Metric:
        """A proportion of a market is a market share."""
        market = self._metrics.by_name.get(self._share_of_market)
        if figure.kind == "percent" and market is not None and self._of_market(figure.scene, about, figure.before):
            return market
        return metric

    # -- the subject

    def _default_subject(
        self, scene: Scene, spot: _Spot, metric: Metric, fallback: Fallback | None, last: tuple[int, Placing] | None
    ) -> tuple[Phrase, Placing | None]:
        """The noun phrase that says whose figure it is; else the placing that goes on."""
        if fallback and fallback.about == "right":
            right = self._phrases.right(scene, spot.position + 1, spot.stop)
            if right.about is not None:
                return right, None
        if fallback and fallback.about == "slot" and fallback.right is not None:
            match = fallback.right.search(scene.text[spot.position + 1 : spot.stop])
            behind = spot.position + 1
            if match:
                slot = self._phrases.right(scene, behind + match.start("a"), behind + match.end("a"))
                about = slot.about or (self._phrases.subject(slot.words) if slot.words else None)
                return replace(slot, about=about), None
        if fallback and fallback.about == "scope" and (scope := self._in_scope(scene, spot.position)):
            return scope, None
        own = self._own_phrase(scene, spot)
        if own.about is not None:
            return own, None
        if (market := self._spoken_of(scene, spot, last)) is not None:
            return Phrase(market, own.place, spot.position, spot.position), None
        earlier = self._earlier_phrase(scene, spot, last)
        if earlier is not None:
            return replace(earlier, place=own.place or earlier.place), None
        nothing = Phrase(None, own.place, spot.position, spot.position, places=own.places)
        if last is None and scene.told and (about := self._told_of(scene, spot, metric)) is not None:
            return nothing, Placing(metric, about, _RULE, spot.position, spot.position, _SURE)
        carried = self._carried(last, metric)
        return nothing, carried[1] if carried else None

    def _told_of(self, scene: Scene, spot: _Spot, metric: Metric) -> Thing | None:
        """What the sentence before told of last; whose share of it that was is not whose sales are told next."""
        shares = self._joint_metrics if self._language == "en" and metric.name not in self._joint_metrics else ()
        told = next((f.about for f in reversed(scene.told) if f.metric not in shares), None)
        return told or self._market_topic(scene, spot.position)

    def _spoken_of(self, scene: Scene, spot: _Spot, last: tuple[int, Placing] | None) -> Thing | None:
        """The market that the text goes on about, where the clause only tells who says so."""
        if self._speaking is None or (last is not None and spot.kind in last[1].metric.kinds):
            return None
        return self._market_topic(scene, spot.position) if self._speaks(scene, spot.start, spot.position) else None

    def _earlier_phrase(self, scene: Scene, spot: _Spot, last: tuple[int, Placing] | None) -> Phrase | None:
        """What a clause before it opens with, if no figure stands between."""
        start = spot.start
        while start > 0 and (last is None or last[0] < start):
            end, start = start - 1, clause_start(scene.text, start - 1)
            if scene.text[end] in "。；;" or (last is not None and last[0] >= start):
                return None
            phrase = self._first_phrase(scene, start, end)
            if phrase.about is not None or phrase.place is not None:
                return phrase
            if (named := self._said_to_be(scene, start, end)) is not None:
                return named
        return None

    def _said_to_be(self, scene: Scene, start: int, end: int) -> Phrase | None:
        """What a clause says that something is (值得一提的是…)."""
        copula = max((scene.text.rfind(word, start, end) for word in self._phrases.copula), default=-1)
        for at in sorted((p for p in scene.nodes if start <= copula < p < end), reverse=True):
            node = scene.nodes[at]
            if len(node.mentions) == 1 and not self._is_place(node.thing):
                return Phrase(node.thing, None, at, at + 1, (node,))
        return None

    def _own_phrase(self, scene: Scene, spot: _Spot) -> Phrase:
        """The noun phrase of the clause: right before the metric word, else the first that opens the clause."""
        if self._behind is not None and (found := self._of_figure.search(scene.text, spot.start, spot.position)):
            phrase = self._unsaid(scene, self._phrases.left(scene, found.start(), spot.start))
            if phrase.about is not None and not self._metrics.meaning(phrase.words):
                return phrase
        if spot.end < spot.position:
            phrase = self._unsaid(scene, self._phrases.left(scene, spot.end, spot.start))
            if phrase.about is not None:
                return phrase
        end = spot.position if self._language == "en" else spot.end
        if spot.behind and (of := self._on_what.match(scene.text, spot.behind)):
            return self._phrases.right(scene, of.end(), spot.stop)  # so much spent on AI
        return self._first_phrase(scene, spot.start, end, spot.kind != "count")

    def _this_figure(self, figure: Figure) -> Placing | None:
        """这一比例, 该数字: measures the same as the last figure of its kind, of whom stands before it or also the same."""
        scene, position = figure.scene, figure.position
        start = clause_start(scene.text, position)
        this = self._this.search(scene.text, start, position) if self._this else None
        if this is None or self._alike(scene, this.end(), position, figure.kind):
            return None
        placed = figure.before.get(figure.kind)
        told = self._told(scene, figure.kind) if placed is None else None
        if placed is None and told is None:
            return None
        metric = placed[1].metric if placed else self._metrics.by_name[told.metric if told else ""]
        about = placed[1].about if placed else told.about if told else None
        place = placed[1].place if placed else told.place if told else None
        own = self._unsaid(scene, self._phrases.left(scene, this.start(), start))
        other = own if own.about else self._in_scope(scene, position, start - 1)
        about = other.about if other and other.about else about
        if about is None or metric.rate:
            return None
        begin = min(own.start, this.start())
        if own.about is None and own.place is None and start:  # 在江苏，这一比例为…
            alone = self._phrases.left(scene, start - 1, clause_start(scene.text, start - 1))
            place = alone.place if alone.place and not (alone.about or alone.words) else place
        return Placing(metric, about, _RULE, begin, position + 1, _SURE, own.place or place)

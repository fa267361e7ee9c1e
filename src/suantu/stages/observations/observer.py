"""Decides, for each figure of a sentence, what it measures of what; what cannot be placed is handed back as loose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from suantu.records import Document, Loose, Observation, Quantity
from suantu.scene import Scene
from suantu.stages.observations.cued import Cued
from suantu.stages.observations.defaults import Defaults
from suantu.stages.observations.each import of_each
from suantu.stages.observations.facts import Facts
from suantu.stages.observations.framed import Framed
from suantu.stages.observations.frames import Cue
from suantu.stages.observations.placing import (
    PROPORTIONS,
    SKIPPED,
    Figure,
    Placing,
    clause_start,
    part_start,
)


class Observer(Cued, Framed, Defaults, Facts):
    """The figure rules of one language over one ontology."""

    def metric_words(self, text: str) -> list[Cue]:
        """The words of a text that name metrics."""
        return self._metrics.find(text)

    def onward(self, scene: Scene) -> tuple[frozenset[int], bool]:
        """What a sentence leaves to the next: where the times stand that it only looks back to; whether it tells of a part
        of what was told of before it."""
        return self._when.asides(scene), self._when.partial(scene)

    def read(self, scene: Scene, document: Document, inserted: bool = False) -> tuple[list[Observation], list[Loose]]:
        """The observations of ``scene`` and its figures that found no place; of its insertions only, if asked so."""
        scene = of_each(scene, self._of_each, self._part_of_each, self._alphabet.kind("percent"))
        self._point(scene)
        cues = self._cues(scene)
        facts: list[Observation] = []
        loose: list[Loose] = []
        before: dict[str, tuple[int, Placing]] = {}
        last: tuple[int, Placing] | None = None
        for position in sorted(scene.nodes):
            node = scene.nodes[position]
            if not node.quantities or (inserted and scene.inserted(position) is None):
                continue
            quantity = node.quantities[0]
            reason = self._not_asserted(scene, position, quantity)
            placing = None if reason else self._place(Figure(scene, position, cues, last, before))
            if placing is None:
                parallel = [] if reason else self._parallel(scene, position, facts, document)
                facts.extend(parallel)
                reason = reason or "no metric or subject found"
                loose.extend(self._loose(scene, q, reason) for q in node.quantities if not parallel)
                continue
            placing = self._turned(scene, position, self._of_pair(scene, position, placing))
            placing = self._as_market_share(scene, position, placing, before)
            placing = self._as_compute(scene, position, self._as_scale(scene, position, placing), last)
            placing = self._in_places(scene, self._elsewhere(scene, position, placing, last), len(node.quantities))
            placing = self._counted_in(placing, quantity, before.get(quantity.kind), scene)
            placing = self._summed(scene, position, placing)
            placing = self._in_order(scene, position, placing, facts)
            placing = self._granting(scene, position, placing)
            placing = self._counted(scene, position, placing, last)
            found = list(self._facts(scene, position, node, placing, document))
            found = self._after_base(found, facts, placing) if last and facts else found
            found = found or self._parallel(scene, position, facts, document)
            if not found:
                loose.extend(
                    self._loose(scene, q, "a list of figures without as many subjects") for q in node.quantities
                )
            facts.extend(found)
            last = (position, placing)
            before[quantity.kind] = (position, placing)
        return facts, loose

    def _after_base(
        self, found: list[Observation], facts: Sequence[Observation], placing: Placing
    ) -> list[Observation]:
        """The figures, where they tell how what was told last changes: foreseen as that is (English), of its place."""
        if not placing.metric.compares:
            return found
        base, out = facts[-1], []
        for fact in found:
            if fact.about.iri == base.about.iri and self._language != "en":
                fact = replace(fact, place=fact.place or base.place)
            elif fact.about.iri == base.about.iri and placing.metric.rate and base.status == "Forecast":
                fact = replace(fact, status="Forecast")
            out.append(fact)
        return out

    def _point(self, scene: Scene) -> None:
        """This market is the one whose size was told, not a segment that had a share of it."""
        market, parts = scene.market, {f.about.iri for f in scene.told if f.metric == "marketShare"}
        for at, node in scene.nodes.items():
            points = any(word in node.pronoun for word in self._market_words)
            segment = points and len(node.mentions) == 1 and node.thing.iri in parts
            if market and segment and "Market" in node.thing.classes:
                scene.nodes[at] = replace(node, mentions=(replace(node.mentions[0], thing=market),))

    def _parallel(
        self, scene: Scene, position: int, facts: Sequence[Observation], document: Document
    ) -> list[Observation]:
        """Figures joined in a list without a word on what they measure: the same, in order, as the last ones told so (3.5‰
        …, 1.8‰ …; the other edition has 3.3‰ and 1.8‰)."""
        figures = scene.nodes[position].quantities
        start = clause_start(scene.text, position)
        if len(figures) > 1 and (other := self._of_another(scene, position, facts)):
            return other
        named = [n for at, n in scene.nodes.items() if start <= at < position and n.mentions]
        if len(figures) < 2 or not self._edition.search(scene.text, start, position):
            return []
        if any(len(n.mentions) > 1 or not self._of_class(n, ("Report", "Organization")) for n in named):
            return []
        like = [f for f in (*scene.earlier, *facts) if f.unit == figures[0].unit][-len(figures) :]
        if len({(f.metric, f.about.iri) for f in like}) < len(figures):
            return []
        when, end = self._when.when(scene, position), position + 1
        out = []
        for q, f in zip(figures, like, strict=True):
            metric = self._metrics.by_name[f.metric]
            placing = Placing(metric, f.about, "figure.parallel", start, end, f.confidence, f.place)
            out.append(self._fact(scene, position, q, f.about, placing, when, document))
        return out

    def _cues(self, scene: Scene) -> list[Cue]:
        """The metric words of the sentence, those among them that are names as well (AI算力)."""
        named = [
            Cue(at, at + 1, meanings)
            for at, node in scene.nodes.items()
            if len(node.mentions) == 1 and (meanings := self._metrics.meaning(scene.surface(at, at + 1)))
        ]
        return sorted([*self._metrics.find(scene.text), *named], key=lambda c: c.start)

    def _not_asserted(self, scene: Scene, position: int, quantity: Quantity) -> str:
        if scene.in_mood(SKIPPED, position, position + 1):
            return "supposed, rumoured or asked"
        if scene.in_mood(("doubt",), position, position + 1) and not scene.in_mood(
            ("forecast",), position, position + 1
        ):
            return "in doubt"
        if quantity.kind == "count" and scene.text.endswith(self._ordinal, 0, position):
            return "an enumeration"
        if self._defines(scene, position):
            return "a condition"
        if quantity.kind == "count" and self._enumerated.match(scene.text[position + 1 : position + 12]):
            return "an enumeration"
        if quantity.kind == "count" and (quantity.value == 1 or self._known_few(scene, position, quantity)):
            return "an enumeration"
        if quantity.kind == "money" and self._unmeasured.search(
            scene.text, clause_start(scene.text, position), position
        ):
            return "no metric"
        if quantity.kind == "duration":
            return "a duration"
        lead = quantity.kind == "score" and self._lead.match(scene.text, position + 1)
        before = scene.text[max(0, position - 30) : position]
        apart = quantity.kind not in PROPORTIONS and (
            self._difference.match(scene.text, position + 1) or self._more.search(before)
        )
        if (
            lead
            or apart
            or self._gap.search(before)
            or self._condition_left.search(before)
            or self._condition_right.match(scene.text[position + 1 : position + 30])
        ):
            return "a condition"
        return ""

    def _defines(self, scene: Scene, position: int) -> bool:
        """Whether the figure tells which are meant (利用率低于三成的城市), or is told again more exactly (过半，达到52.6%)."""
        again = self._round.fullmatch(scene.nodes[position].quantities[0].text)
        if again and self._restated.match(scene.text, position + 1):
            return True
        before, after = scene.text[max(0, position - 16) : position], scene.text[position + 1 : position + 16]
        return any(left.search(before) and right.match(after) for left, right in self._definitions)

    def _in_places(self, scene: Scene, placing: Placing, count: int) -> Placing:
        """A market's figure that is only said to be of a place (or of as many places) is the market's there."""
        market = self._market_at(scene, placing.about, placing.metric)
        if market is None:
            return placing
        if not placing.group:
            return replace(placing, about=market, place=placing.about)
        if len(placing.group) == count and all(map(self._is_place, placing.group)):
            return replace(placing, about=market, group=(), places=placing.group)
        return placing

    def _elsewhere(self, scene: Scene, position: int, placing: Placing, last: tuple[int, Placing] | None) -> Placing:
        """The placing, where the sentence has gone on to another place since the last figure's."""
        if last is None or placing.place is None or placing.place is not last[1].place or self._is_place(placing.about):
            return placing
        between = (n for at, n in scene.nodes.items() if last[0] < at < position and len(n.mentions) == 1)
        if not any(self._is_place(n.thing) and not n.pronoun for n in between):
            return placing
        return replace(placing, place=self._when.where(scene, position, False, afar=False) or placing.place)

    def _granting(self, scene: Scene, position: int, placing: Placing) -> Placing:
        """A sum that is granted is about those whom it is for."""
        if placing.metric.name != self._granted or self._granted_itself.search(placing.about.label):
            return placing
        whom = self._beneficiary(scene, position)
        return replace(placing, about=whom, group=()) if whom is not None else placing

    def _known_few(self, scene: Scene, position: int, quantity: Quantity) -> bool:
        """Whether a small number only sums up what was named (三家合计, 这两款)."""
        if self._vague.fullmatch(quantity.text) and not quantity.counter and quantity.bound in ("=", "~"):
            return True
        if self._sums_up(scene, position, quantity):
            return True
        before, after = scene.text[max(0, position - 12) : position], scene.text[position + 1 : position + 8]
        if self._moved.search(before + quantity.text) or self._moved.search(before + quantity.text + after[:2]):
            return True
        if not self._few.fullmatch(quantity.text):
            return False
        group = self._groups.match(scene.text, position + 1)
        if group and self._so_many(scene, scene.nodes[position]) is not None:
            return True
        return bool(self._few_left.search(before) or self._few_right.match(after))

    def _sums_up(self, scene: Scene, position: int, quantity: Quantity) -> bool:
        """Whether the figure only says how many a list names that stands right beside it (A、B和C三种芯片)."""
        if not 2 <= quantity.value <= 10 or quantity.bound != "=":
            return False
        beside = [n for n in scene.nodes.values() if quantity.start - 2 <= n.end <= quantity.start]
        beside += [n for n in scene.nodes.values() if self._apposed.fullmatch(scene.block.text, quantity.end, n.start)]
        if any(len(n.mentions) == quantity.value for n in beside):
            return True
        start = clause_start(scene.text, position)
        return self._language == "zh" and bool(self._phrases.members(scene, position, start, int(quantity.value)))

    def _apart(self, scene: Scene, position: int, last: Mapping[str, tuple[int, Placing]]) -> bool:
        """Whether the whole of a share is no market: a clause before it names what is spent or who was asked, or the
        sentence told last of computing power or of something counted."""
        start = part_start(scene.text, position)
        if self._plain_scope.search(scene.text, start, position):
            return True
        told = sorted(((at, p.metric) for at, p in last.values() if at >= start), key=lambda b: b[0])
        names = [metric.name for _, metric in told if metric.name not in self._relative_metrics]
        clause = scene.text[clause_start(scene.text, position) : position + 8]
        named = any(word in clause for word in self._market_words)  # firms have shares of a market, places of its power
        return bool(names) and names[-1] in (self._computed if named else self._plain_metrics)

    def _as_market_share(
        self, scene: Scene, position: int, placing: Placing, placed: Mapping[str, tuple[int, Placing]]
    ) -> Placing:
        """A proportion told by a plain word (占比) is a market share where the sentence speaks of such."""
        before = placed.get("percent")
        part = before is not None and before[0] >= part_start(scene.text, position) and before[1].rule == placing.rule
        part = part and before is not None and before[1].metric.name == "share" and self._language != "en"
        if placing.metric.name == "marketShare" and (part or self._apart(scene, position, placed)):
            return replace(placing, metric=self._metrics.by_name["share"])
        if placing.metric.name != "share" or placing.metric.owned:
            return placing
        if self._market_scope.search(scene.text, part_start(scene.text, position), position):
            return replace(placing, metric=self._metrics.by_name["marketShare"])
        if not placing.rule.startswith("figure."):
            return placing
        beside = scene.of_market or (before is not None and before[1].metric.name == "marketShare")
        if beside or ("Market" in placing.about.classes and self._market_words[0] in scene.text[: placing.end]):
            return replace(placing, metric=self._metrics.by_name["marketShare"])
        return placing

    def _as_scale(self, scene: Scene, position: int, placing: Placing) -> Placing:
        """What a place computes is the scale of its computing, what a firm computes is not."""
        firm = self._ontology.closure(placing.about.classes) & {"Organization"}
        if self._language == "en" and placing.metric.name == "computeScale" and firm:
            return replace(placing, metric=self._metrics.by_name["compute"])
        if placing.metric.name != "compute" or self._is_device(placing.about):
            return placing
        place = placing.about if self._is_place(placing.about) else None
        if self._language == "en" and place is None:
            computes = self._called_by_metric in placing.about.label
            place = placing.place or (self._when.where(scene, position, home=False) if computes else None)
        if place is None:
            return placing
        about = self._phrases.subject(self._called_by_metric) if place is placing.about else placing.about
        return replace(placing, metric=self._metrics.by_name["computeScale"], about=about, place=place)

    def _as_compute(self, scene: Scene, position: int, placing: Placing, last: tuple[int, Placing] | None) -> Placing:
        """What a device or a centre of the sentence computes in all (总算力) is no place's."""
        if (
            self._language == "en"
            or placing.metric.name != "computeScale"
            or placing.place is not None
            or placing.about.found_by != "phrase"
        ):
            return placing
        compute = self._metrics.by_name["compute"]
        if self._firms_own.search(scene.text, clause_start(scene.text, position), position):
            firm = scene.topic(position, ("Organization",), age=0)
            told = firm is not None and len(firm.mentions) == 1 and firm.thing is not scene.sayer(position)
            return replace(placing, metric=compute, about=firm.thing) if firm and told else placing
        if not placing.about.label.startswith(self._in_all):
            return placing
        if (site := self._site(scene, position, compute)) is not None:
            return replace(placing, metric=compute, about=site.thing)
        carried = self._carried(last, compute)
        owner = carried[1].about if carried is not None else None
        if (device := scene.topic(position, ("Chip|Product|Server",), age=0)) is not None and len(device.mentions) == 1:
            owner = device.thing
        if owner is None or self._is_place(owner) or "Market" in owner.classes or self._called_by_metric in owner.label:
            return placing
        return replace(placing, metric=compute, about=owner)

    def _loose(self, scene: Scene, quantity: Quantity, reason: str) -> Loose:
        block = scene.block
        end = scene.end
        while end > scene.start + 1 and block.text[end - 1].isspace():
            end -= 1
        return Loose(quantity.text, block.span(quantity.start, quantity.end), block.span(scene.start, end), reason)

    def _place(self, figure: Figure) -> Placing | None:
        scene, position, kind = figure.scene, figure.position, figure.kind
        if placing := self._this_figure(figure):
            return placing
        for frame in self._frames:
            fits = kind in frame.kinds and not frame.last
            if fits and (placing := self._framed(frame, figure)):
                return placing
        if placing := self._by_left_cue(figure):
            return placing
        if placing := self._by_right_cue(figure):
            return placing
        counted, before = self._language == "en" and figure.quantities[0].counter, figure.before
        series = None if counted else before.get(kind) or (before.get("count") if kind == "number" else None)
        if placing := self._by_list(scene, position, series, figure.last):
            return placing
        for frame in self._frames:
            fits = kind in frame.kinds and frame.last
            if fits and (placing := self._framed(frame, figure)):
                return placing
        if placing := self._by_clause(figure):
            return placing
        return self._by_default(figure)

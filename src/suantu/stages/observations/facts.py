"""From a placing to observations: lists aligned or shared, the circumstances, the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from suantu.records import Document, Evidence, Observation, Period, Quantity, Span, Thing, in_months
from suantu.scene import AHEAD, Node, Scene
from suantu.stages.observations.base import Base
from suantu.stages.observations.circumstances import When
from suantu.stages.observations.placing import (
    CLAUSE,
    Placing,
    clause_start,
)


class Facts(Base):
    """Makes the observations that a placed figure states."""

    def _facts(
        self, scene: Scene, position: int, node: Node, placing: Placing, document: Document
    ) -> Iterator[Observation]:
        when = self._from_to(scene, position, placing, self._when.when(scene, position, placing.metric.name))
        subjects = placing.group if len(placing.group) > 1 else (placing.about,)
        figures = self._bounded(scene, position, node.quantities)
        periods = self._listed_periods(scene, position, len(figures))
        if not placing.places and self._language == "en" and len(figures) > 1 and len(subjects) == 1:
            placing = replace(placing, places=self._listed_places(scene, position, len(figures)))
        if placing.places:
            for place, quantity in zip(placing.places, figures, strict=True):
                yield self._fact(
                    scene, position, quantity, placing.about, replace(placing, place=place), when, document
                )
            return
        pairs = self._pairs(scene, position, placing, subjects, figures, bool(periods))
        if len(subjects) > 1 and all(map(self._is_place, subjects)):
            placing = replace(placing, place=None)
        for i, (about, quantity) in enumerate(pairs):
            at = When(periods[i], when.compared) if periods else when
            several = self._when.several(scene, position) if placing.place is None and placing.metric.placed else ()
            if several and not self._is_place(about) and self._each.search(scene.text, 0, position + 4):
                for place in several:
                    yield self._fact(scene, position, quantity, about, replace(placing, place=place), at, document)
            else:
                yield self._fact(scene, position, quantity, about, placing, at, document)

    def _pairs(
        self,
        scene: Scene,
        position: int,
        placing: Placing,
        subjects: tuple[Thing, ...],
        figures: tuple[Quantity, ...],
        dated: bool,
    ) -> list[tuple[Thing, Quantity]]:
        """Which figure is whose; none where a list has another length."""
        if len(figures) == len(subjects):
            pairs = list(zip(subjects, figures, strict=True))
        elif len(figures) == 1 and self._shared(scene, position, placing):
            pairs = [(self._joint(subjects, scene), figures[0])]
        elif len(figures) == 1:
            pairs = [(s, figures[0]) for s in subjects]
        else:
            pairs = [(placing.about, q) for q in figures] if dated else []
        return pairs

    def _bounded(self, scene: Scene, position: int, figures: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
        """The figures of a list, the first one's bound for all where a word says that it holds for each."""
        if len(figures) < 2 or not self._each.search(scene.text, max(0, position - 6), position):
            return figures
        return tuple(replace(q, bound=figures[0].bound) if q.bound == "=" else q for q in figures)

    def _shared(self, scene: Scene, position: int, placing: Placing) -> bool:
        """Whether a list has its share together: no word says that each has it; other figures where one does."""
        parts = placing.metric.name in self._joint_metrics | self._summed_metrics
        parts = parts or bool(self._together_words.search(scene.text, placing.start, position + 1))
        return parts and not self._each.search(scene.text, placing.start, position + 4)

    def _from_to(self, scene: Scene, position: int, placing: Placing, when: When) -> When:
        """由A增至B over a span of years, or behind two years: the first figure is of the first year, the second of the
        last."""
        period = when.period
        if period is None or placing.metric.compares:
            return when
        first, _, last = period.value.partition("/")
        if not last:
            first, last = self._year_before(scene, position, first), first
        if first and self._from.search(scene.text, max(0, position - 10), position):
            return replace(when, period=replace(period, value=first, ahead=False))
        start = clause_start(scene.text, position)
        kind = scene.nodes[position].quantities[0].kind
        before = [at for at in scene.nodes if start <= at < position and self._is_kind(scene, at, kind)]
        if before and self._from.search(scene.text, max(0, max(before) - 10), max(before)):
            return replace(when, period=replace(period, value=last))
        return when

    def _year_before(self, scene: Scene, position: int, last: str) -> str:
        """The earlier one of the two years that stand before a figure; empty where they are not two, or one is its own."""
        times = [
            (at, p.value) for at, n in scene.nodes.items() if at < position for p in n.periods if len(p.value) == 4
        ]
        years = {value for _, value in times}
        near = any(not CLAUSE.search(scene.text, at, position) for at, _ in times)
        return min(years) if len(years) == 2 and max(years) == last and not near and self._language != "en" else ""

    @staticmethod
    def _is_kind(scene: Scene, at: int, kind: str) -> bool:
        quantities = scene.nodes[at].quantities
        return bool(quantities) and quantities[0].kind == kind

    def _listed_places(self, scene: Scene, position: int, count: int) -> tuple[Thing, ...]:
        """As many places as figures in the sentence before them."""
        for at in sorted((p for p in scene.nodes if p < position), reverse=True):
            node = scene.nodes[at]
            if len(node.mentions) == count and self._alphabet.classes(node.char) & {"Place"}:
                return node.things
        return ()

    def _listed_periods(self, scene: Scene, position: int, count: int) -> tuple[Any, ...]:
        """As many periods as figures in the sentence before them (2022年、2023年和2024年分别为 …)."""
        if count < 2:
            return ()
        singles = sorted(p for p, n in scene.nodes.items() if p < position and len(n.periods) == 1)[-count:]
        gaps = [scene.text[a + 1 : b] for a, b in pairwise(singles)]
        if len(singles) == count and all(gap and self._list_link.fullmatch(gap) and len(gap) < 3 for gap in gaps):
            return tuple(scene.nodes[at].periods[0] for at in singles)
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
        if metric.placed == "told":
            place = place or self._when.where(scene, position, False, afar=False, firms=False)
        elif metric.placed and place is None:
            sold = metric.name in self._market_metrics or not self._is_device(about)
            home = (metric.placed == "home" and sold) or placing.rule.startswith("figure.")
            ahead = scene.planned(position) or bool(when.period and when.period.ahead)
            afar = not any(kind.fits(scene, placing, self._is_firm(about), ahead) for kind in self._unplaced)
            place = about if self._is_place(about) else self._place_of(scene, position, about, home, afar)
        if place is not None and place in (scene.home, scene.place) and self._is_seller(about):
            # what a firm reports of itself is of no place, and a city in the title is no firm's market
            of_none = metric.own or (self._language == "en" and place is scene.home and "City" in place.classes)
            place = None if of_none and not any(place in n.things for n in scene.nodes.values()) else place
        if not metric.placed:
            spread = self._language == "en" and not self._is_device(about) and metric.device
            place = self._when.where(scene, position, False) if spread else None
            place = self._when.namesake(about) if self._is_site(about) and metric.device else place
        when = self._timely(scene, position, when, document)
        sign = metric.sign * placing.sign
        start, end = min(placing.start, position), max(placing.end, position + 1)
        period = self._period(scene, placing, when)
        status = "Forecast" if self._when.proposed(scene, position) else placing.status
        dating = when.period if period and when.period is not scene.era else None
        status = status or self._when.status(scene, position, quantity, dating, document.issued)
        beside = metric.name == "ratio" and placing.compared is not None  # with another device
        if status == "Actual" and (metric.lasting or ((metric.device or beside) and self._is_device(about))):
            period = ""  # when a device came out is no time of its figures
        if period and not _dates(metric.name, period, when.period):
            period = ""
        return Observation(
            metric=metric.name,
            about=about,
            value=quantity.value * sign,
            value_text=quantity.text,
            unit=placing.unit or (metric.unit if quantity.kind == "number" else "") or quantity.unit,
            evidence=self._evidence(scene, start, end),
            found_by=placing.rule,
            place=place,
            within=placing.within,
            compared_with=placing.compared,
            compared_period=in_months(when.compared) if metric.compares else "",
            period=in_months(period),
            status=status,
            bound=placing.bound or self._bound(scene, position, quantity, placing, sign),
            lower=None if quantity.lower is None else quantity.lower * sign,
            upper=None if quantity.upper is None else quantity.upper * sign,
            said_by=scene.sayer(position),
            confidence=min(placing.confidence, about.confidence if about.found_by == "phrase" else Decimal(1)),
        )

    def _place_of(self, scene: Scene, position: int, about: Thing, home: bool, afar: bool) -> Thing | None:
        """Where a figure is from; the other regions are none of those that are named."""
        return None if self._remainder.match(about.label) else self._when.where(scene, position, home, afar)

    @staticmethod
    def _period(scene: Scene, placing: Placing, when: When) -> str:
        """The figure's time, one told further off only as far as its metric allows, and none where things are compared;
        a rank's where it goes with one."""
        metric = placing.metric
        period = when.period.value if when.period else ""
        if not any(when.period is known for known in (scene.period, scene.era, None)):
            return period  # its own, even if in the same words as the one before
        reach = "" if placing.compared and not metric.rate else metric.dated
        carried = reach == "far" or (reach and (scene.era_near or when.period is not scene.era))
        ranked = scene.ranked if metric.dated and not metric.placed else ""
        return ranked or (period if carried else "")

    def _timely(self, scene: Scene, position: int, when: When, document: Document) -> When:
        """The time without one that is not the figure's: of what was foreseen before, or of what a plan follows on."""
        if when.period is None:
            return when
        over = self._when.passed(scene, position, when.period, document.issued)
        if self._language == "en" and when.period is scene.period:
            later = document.issued and when.period.value[:4] > document.issued[:4]
            over = over or (bool(later) and not scene.in_mood(AHEAD, position, position + 1))
        return When(None, when.compared) if over else when

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
        begin = clause_start(scene.text, start)
        found = CLAUSE.search(scene.text, end)
        return scene.evidence(begin, min(found.start() if found else len(scene.text), len(scene.text)) or end)


def _dates(metric: str, value: str, period: Period | None) -> bool:
    """Whether a time can be a figure's: a compound rate is of a span of years, and only such a rate counts 未来五年 from
    the year that the text is of."""
    if metric == "cagr":
        return "/" in value
    return not (period is not None and period.value == value and period.ahead and period.years)


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


def _turned(bound: str) -> str:
    return {">": "<", "<": ">", ">=": "<=", "<=": ">="}.get(bound, bound)


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

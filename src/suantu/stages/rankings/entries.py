"""What the makers of rankings share: how an entry is made, and what the sentences after it go on with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from suantu.ontology import Ontology
from suantu.phrases import Phrases
from suantu.records import Evidence, RankingEntry, Thing, in_months
from suantu.rules import Compiler
from suantu.scene import Scene
from suantu.stages.rankings.items import Items
from suantu.stages.rankings.match import Match
from suantu.stages.rankings.naming import Named, Naming


class Entries:
    """Makes entries in one language."""

    def __init__(
        self, settings: Mapping[str, Any], compiler: Compiler, phrases: Phrases, ontology: Ontology, language: str
    ) -> None:
        alphabet = compiler.alphabet

        def expand(source: str) -> str:
            return compiler.pattern(source, f"{compiler.file}: naming").source

        self._phrases = phrases
        self.items = Items(settings["items"], expand, settings["cues"]["adverb"], language, ontology, alphabet)
        self.naming = Naming(settings, expand, phrases, alphabet, language, ontology.closure)
        self._digits = {str(k): int(v) for k, v in settings["digits"].items()}
        self._by_label = {n.text: n.thing for n in ontology.names}

    def _entry(
        self, match: Match, named: Named, rank: int, item: Thing, period: str, span: tuple[int, int], confidence: str
    ) -> RankingEntry:
        scene = match.scene
        evidence = self._evidence(scene, *span)
        if (label := match.labels.get(named.name)) is None:  # what is ranked together is in one ranking
            label = match.labels[named.name] = self.naming.label(named, match.thread, item)
        place = self._not(named.place or self._scope_before(match, label, item, period), item)
        return RankingEntry(
            label, rank, item, evidence, match.rule.rule.name, in_months(period), place, None,
            scene.sayer(match.found.start()), min(Decimal(confidence), item.confidence),
        )  # fmt: skip

    @staticmethod
    def _scope_before(match: Match, label: str, item: Thing, period: str) -> Thing | None:
        """The place of the same ranking where the sentence told it just before (甲位列全国第一，乙排在第二)."""
        scene, entries = match.scene, match.thread.entries
        last = entries[-1][0] if entries else None
        if last is None or last.evidence.spans[0].start < scene.block.offsets[scene.start]:
            return None
        same = (last.ranking, last.period, last.item.classes[:1]) == (label, period, item.classes[:1])
        return last.place if same and last.item.iri != item.iri else None

    @staticmethod
    def _not(place: Thing | None, item: Thing) -> Thing | None:
        return None if place is None or place.iri == item.iri else place

    def _evidence(self, scene: Scene, start: int, end: int) -> Evidence:
        while start < end - 1 and scene.text[start] in " ，,、":
            start += 1
        return scene.evidence(start, end)

    @staticmethod
    def _remember(match: Match, named: Named, period: str, items: Sequence[Thing], *, stated: bool) -> None:
        """What the sentences after it go on with."""
        thread = match.thread
        another = named.own and named.name != thread.name
        if named.own:
            thread.name, thread.place = named.name, named.place
        thread.item_class = named.item_class or thread.item_class or items[0].classes[0]
        if stated and (another or period >= thread.period):  # what was once is not the edition that the text is about
            thread.period = period or thread.period

    def _scope(self, match: Match) -> Thing | None:
        """The place that stands beside the rank (全国第二)."""
        start, end = match.span("s")
        if start < 0:
            return None
        node = match.scene.nodes.get(start)
        if node is not None and node.mentions:
            return node.thing
        return self._by_label.get(self.naming.scope.get(match.scene.text[start:end], ""))

    @staticmethod
    def _named(scene: Scene, position: int) -> bool:
        return position in scene.nodes and bool(scene.nodes[position].mentions)

    def _number(self, scene: Scene, start: int, end: int) -> int:
        node = scene.nodes.get(start)
        if node is not None and node.quantities:
            return int(node.quantities[0].value)
        if node is not None and node.ordinals:
            return node.ordinals[0].value
        if node is not None and node.periods:
            return node.periods[0].years
        words = re.match(r"\d+|[a-z]+|.", scene.text[start:end])
        value = words[0] if words else ""
        return int(value) if value.isdigit() else self._digits.get(value, 0)

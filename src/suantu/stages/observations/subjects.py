"""Whose figure it is: the noun phrase that a clause's verb has, that a clause opens with, or that it describes."""

from __future__ import annotations

import re
from dataclasses import replace

from suantu.phrases import Phrase
from suantu.records import Thing
from suantu.scene import Scene
from suantu.stages.observations.base import Base
from suantu.stages.observations.placing import OF_KIND, Placing, clause_start, part_starts

_OWNERS = ("Chip", "Product", "Server")


class Subjects(Base):
    """The ways to find a figure's subject in a sentence."""

    _scope: re.Pattern[str] | None

    def _subject_phrase(self, scene: Scene, end: int, start: int) -> Phrase:
        """The phrase left of ``end`` whose verb stands there; behind a preposition it only says more of the one before
        (makers selling to clouds took …)."""
        phrase = self._unsaid(scene, self._phrases.left(scene, end, start))
        if self._behind is None:
            return phrase
        if phrase.about is None and (aside := self._aside_figure.search(scene.text, 0, start)):
            end, start = aside.start(), clause_start(scene.text, aside.start())  # AI PCs, at 43 million units, …
            phrase = self._unsaid(scene, self._phrases.left(scene, end, start))
        place = phrase.place
        first = phrase
        while (found := self._behind.search(scene.text, start, phrase.start)) and phrase.start > start:
            before = self._phrases.left(scene, found.start(), start)
            place = place or before.place
            if before.start >= phrase.start or before.start == before.end:
                break
            if phrase.about is None and phrase.place and before.words in self._heads:
                return replace(phrase, about=phrase.place, start=before.start)  # the city of Tampere
            phrase = before
            if first.about is not None and first.about.found_by != "phrase":
                break
            if (
                before.about is not None
                and not self._is_place(before.about)
                and not self._metrics.meaning(before.words)
            ):
                return replace(before, place=place)
        return replace(first, place=first.place or place)

    def _first_phrase(self, scene: Scene, start: int, end: int, opening: bool = True) -> Phrase:
        """The first noun phrase of a stretch (``opening``: if it can be its subject); a place before it goes with it."""
        place: Thing | None = None
        places: tuple[Thing, ...] = ()
        said = {thing.iri for _, _, thing in scene.sayers}
        if (described := self._antecedent(scene, start)) is not None:
            return described
        head = self._describing.match(scene.text, start, end)
        start = head.end() if head else start
        for a, b in self._phrases.chunks(scene, start, end, opening):
            phrase = self._phrases.read(scene, a, b)
            if phrase.about is not None and phrase.about.iri in said:
                continue
            if self._passed_over(scene, a, b, phrase):
                continue
            if phrase.about is not None and not self._is_place(phrase.about):
                return replace(phrase, place=phrase.place or place)
            place, places = phrase.place or phrase.about or place, phrase.places or places
        return Phrase(None, place, start, start, places=places)

    def _in_scope(self, scene: Scene, position: int, near: int = 0) -> Phrase | None:
        """Among whom the sentence counts (受访银行中，…); ``near``: in the clause that ends there."""
        if self._scope is None:
            return None
        for match in reversed(list(self._scope.finditer(scene.text, 0, position))):
            if match.end() < near:
                return None
            phrase = self._phrases.left(scene, match.end("a"), match.start("a"))
            if phrase.start > match.start("a") and self._of in phrase.words and self._language != "en":
                head = phrase.words.rpartition(self._of)[2]  # 在采用大模型的‖银行中
                phrase = replace(phrase, about=self._phrases.subject(head), words=head)
            if phrase.about is None and phrase.words in self._countable:
                return replace(phrase, about=self._phrases.subject(phrase.words))
            if phrase.about is not None:
                return phrase
        return None

    def _those(self, scene: Scene, position: int, last: tuple[int, Placing] | None) -> Phrase | None:
        """Of whom a clause tells those who do something (采用人工智能的占28%): among whom its sentence counts, or what it
        counted right before."""
        scope = self._in_scope(scene, position)
        asked = last is not None and (last[1].metric.name in self._asked_metrics or last[1].those)
        if scope is not None or last is None or not asked:
            return scope
        return Phrase(last[1].about, last[1].place, position, position)

    def _other_device(self, scene: Scene, last: tuple[int, Placing] | None) -> Thing | None:
        """The one device that the sentence names besides the one whose figure it told last: what that is compared with."""
        named = [n for n in scene.nodes.values() if len(n.mentions) == 1 and self._of_class(n, _OWNERS)]
        devices = {n.thing.iri: n.thing for n in named}
        if last is None or devices.pop(last[1].about.iri, None) is None or len(devices) != 1:
            return None
        return next(iter(devices.values()))

    def _antecedent(self, scene: Scene, start: int) -> Phrase | None:
        """Whom a clause that begins at ``start`` describes (the H100, which draws …)."""
        node = scene.nodes.get(start - 3) if self._relative.match(scene.text, start) else None
        if node is None or len(node.mentions) != 1 or scene.text[start - 2] != ",":
            return None
        place = self._is_place(node.thing)
        return Phrase(None if place else node.thing, node.thing if place else None, start, start, (node,))

    def _passed_over(self, scene: Scene, start: int, end: int, phrase: Phrase) -> bool:
        """Who says so, how one looks at it (从地区分布看), and words for the metric itself (the price of …), are not what is
        measured."""
        if phrase.about is not None and self._unsaid(scene, phrase).about is None:
            return True
        if phrase.about is not None and phrase.about.found_by == "phrase":
            viewed = self._viewed.match(scene.text, clause_start(scene.text, start))
            if viewed is not None and start < viewed.end():
                return True
        return self._language == "en" and phrase.about is not None and bool(self._metrics.meaning(phrase.words))

    def _has_own(self, scene: Scene, end: int, position: int) -> bool:
        """Whether a metric's word that ends at ``end`` has a figure of its own, of the kind of the one at ``position``."""
        found = self._own_figure.match(scene.text, end)
        return found is not None and scene.text[found.end() - 1] == scene.text[position]

    def _counted(self, scene: Scene, position: int, placing: Placing, last: tuple[int, Placing] | None) -> Placing:
        """The placing, with who has it where it tells of something counted: what the sentence, or its last part, opens
        with."""
        if last is not None and last[1].counted and placing.metric.name in self._of_counted:
            return replace(placing, counted=True, owner=placing.owner or last[1].owner)
        parts = placing.rule == "count.counted" and self._is_device(placing.about) and self._language != "en"
        if placing.metric.name != "count" or not (placing.about.found_by == "phrase" or parts):
            return placing
        opening = (self._first_phrase(scene, at, position).about for at in part_starts(scene.text, position))
        about = next((thing for thing in opening if thing is not None), None)
        known = about is not None and about.iri != placing.about.iri
        return replace(placing, counted=True, owner=about if known else None)

    def _counted_noun(self, scene: Scene, position: int) -> str:
        """What a count's own counting word names: ports, with the kind that follows (24 ports of Ethernet)."""
        noun = scene.nodes[position].quantities[0].counter
        kind = OF_KIND.match(scene.text, position + 1)
        node = scene.nodes.get(kind.start(1)) if kind else None
        return f"{self._called(node.thing)} {noun}" if node is not None and node.mentions else noun

    def _counted_head(self, scene: Scene, phrase: Phrase) -> Thing | None:
        """A plain noun that is counted, whatever describes it (加入联盟的企业)."""
        described, of, noun = scene.surface(phrase.start, phrase.end).rpartition(self._of)
        plain = noun in self._countable and (of or not described) and self._language != "en"
        return self._phrases.subject(noun) if plain else None

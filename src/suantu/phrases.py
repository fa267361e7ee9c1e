"""Noun phrases beside a figure: what stands left of a cue, or right of a count, without any model.

A phrase reaches to the nearest function word or verb that the language's settings list as a boundary. A name inside it
decides what it means; a phrase without a name becomes a subject of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from suantu.expressions import compiled
from suantu.identity import discovered
from suantu.ontology import Ontology
from suantu.records import Thing
from suantu.rules import Alphabet
from suantu.scene import Node, Scene

_NAME = compiled("[\ue000-\uefff]")
_FIGURE = compiled("[\uf000-\uf8ff]")
_DESCRIBED = frozenset({"Chip", "Product", "Interconnect", "Organization"})
_PUNCTUATION = "，。；;！？!?,、：:（()）\n"
_NAMED = frozenset({"Organization", "Chip", "Product", "Interconnect", "AIModel", "Place"})
_MAX = {"zh": 22, "en": 60}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: what it is about (None: nothing usable), the place it names, and where it stands."""

    about: Thing | None
    place: Thing | None
    start: int
    end: int
    nodes: tuple[Node, ...] = ()
    words: str = ""
    places: tuple[Thing, ...] = ()


class Seats:
    """Where a firm has its seat, or is from (总部设在X, 来自X的 before a firm): a place that places no figure."""

    def __init__(self, settings: Mapping[str, Any], alphabet: Alphabet) -> None:
        firm = f"[{alphabet.matching(['Organization'])}]"
        self._seated = compiled(str(settings.get("seated", "(?!)")))
        self._hails = compiled(f"(?:{settings.get('hails', '(?!)')})[\ue000-\uefff]{settings['of']}{firm}$")

    def at(self, text: str, position: int, end: int) -> bool:
        """Whether the place at ``position`` is one; nothing behind ``end`` counts."""
        hails = self._hails.search(text, max(0, position - 4), min(end, position + 3))
        return hails is not None or self._seated.search(text, max(0, position - 10), position) is not None


class Phrases:
    """Noun phrases of one language."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        language: str,
        ontology: Ontology,
        alphabet: Alphabet,
        everyday: Mapping[str, Any] | None = None,
    ) -> None:
        self._language, self._ontology, self._alphabet = language, ontology, alphabet
        listed = sorted(map(str, settings["lists"]["separators"]), key=len, reverse=True)
        self._separator = compiled("|".join(re.escape(w) for w in listed if w.strip() != settings["lists"]["comma"]))
        closing = "|".join(re.escape(str(w)) for w in settings["lists"].get("closed-by", ()))
        self._kind = compiled(
            f"(?<=、)[^{_PUNCTUATION}]{{1,8}}?(?:{closing})(?=[\u4e00-\u9fff]{{2}})" if closing else "(?!)"
        )
        words = "|".join(map(str, settings["boundaries"]))
        edge = r"(?<![A-Za-z])(?<![a-z]-)" if language == "en" else ""  # nor the up of a start-up
        after = r"(?![A-Za-z])" if language == "en" else ""
        flags = re.IGNORECASE if language == "en" else 0
        stop = r"|\.(?=\s|$)" if language == "en" else ""
        self._boundary = compiled(f"{edge}(?:{words}){after}|[{_PUNCTUATION}]{stop}|[\uf000-\uf8ff]", flags)
        self._leading = self._strip(settings["leading"], "^", language, settings.get("leading-whole", ()))
        self._trailing = self._strip(settings["trailing"], "$", language)
        self._generic = self._strip(settings["generic"], "$", language)
        self._named = self._strip([*settings["generic"], *settings["generic-named"]], "$", language)
        self._of = compiled(str(settings["of"]))
        self._relative = self._strip(settings["relative"], "^", language)
        self._circumstance = compiled(str(settings.get("circumstance", "(?!)")))
        self._empty = {str(w).casefold() for w in settings["empty"]}
        by_label = {n.text: n.thing for n in ontology.names}
        self.places = {str(k): by_label.get(str(v)) for k, v in settings["places"].items()}
        place_words = "|".join(sorted(map(re.escape, self.places), key=len, reverse=True))
        self._seats = Seats(settings, alphabet)
        self._place_word = compiled(f"{edge}(?:{place_words}){after}", flags)
        self.copula = tuple(map(str, settings.get("copula", ())))
        self._light = frozenset(map(str, settings.get("light", ())))
        self._time = alphabet.kind("period")
        self._oblique = frozenset(map(str, settings.get("oblique", ())))
        self._oblique_lists = self._oblique | frozenset(map(str, settings.get("oblique-lists", ())))
        self._compared = frozenset(map(str, settings.get("oblique-compared", ())))
        self._kin = frozenset(map(str, settings.get("kin", ())))
        self._joins = frozenset(map(str, settings.get("oblique-joins", ())))
        self._short = frozenset(map(str, settings.get("short-nouns", ())))
        self._oblique_topic = tuple(map(str, settings.get("oblique-topic", ())))
        rest = tuple(map(str, settings.get("rest", ())))
        self._rest = compiled(f"(?:{'|'.join(rest)})[\u4e00-\u9fff]{{2}}" if rest else "(?!)")
        gerunds = frozenset(str(settings.get("gerunds", "")).split())
        verbs = frozenset(str((everyday or {}).get("verbs", "")).split()) - gerunds - set(rest)
        self._nouns = frozenset(str((everyday or {}).get("nouns", "")).split()) - gerunds - verbs
        self._verbs = {w: True for w in verbs if len(w) > 1}
        self._verbs |= {w: False for w in (*str((everyday or {}).get("nouns", "")).split(), *gerunds)}
        self._seen: dict[str, tuple[tuple[int, int, bool], ...]] = {}

    @staticmethod
    def _strip(words: list[str], anchor: str, language: str, whole: Sequence[str] = ()) -> re.Pattern[str]:
        escaped = "|".join(sorted((re.escape(str(w)) for w in words), key=len, reverse=True))
        if language == "en":
            escaped = rf"(?:{escaped})(?![A-Za-z])\s*" if anchor == "^" else rf"\s*(?<![A-Za-z])(?:{escaped})"
        kept = f"(?!{'|'.join(map(re.escape, whole))})" if whole else ""
        return compiled(f"^(?:{kept}(?:\\s|{escaped}))+" if anchor == "^" else f"(?:\\s|{escaped})+$", re.IGNORECASE)

    def left(self, scene: Scene, end: int, start: int = 0) -> Phrase:
        """The phrase that ends at the encoded position ``end`` (not reaching back beyond ``start``)."""
        low, start = max(start, end - 3 * _MAX[self._language]), max(start, end - _MAX[self._language])
        text = scene.text
        end = self._skip_back(text, start, end)
        stops = sorted(self._stops(text, start, end))
        phrase = self._before(scene, stops, start, end)
        found = phrase.place and not phrase.about if self._language == "en" else phrase.about or phrase.place
        if self._oblique and found:
            if text.startswith("、", phrase.start - 1):  # a list that a preposition introduces may be long
                start, stops = low, sorted(self._stops(text, low, end))
            return self._upright(scene, stops, start, phrase)
        return phrase

    def oblique(self, scene: Scene, start: int) -> bool:
        """Whether a preposition introduces the phrase that begins at ``start``."""
        return scene.text.endswith(tuple(self._oblique), 0, start) if self._oblique else False

    def _before(self, scene: Scene, stops: Sequence[tuple[int, int]], start: int, end: int) -> Phrase:
        cut = max((b for _, b in stops if b <= end), default=start)
        return self.read(scene, cut, end)

    def _upright(self, scene: Scene, stops: Sequence[tuple[int, int]], start: int, phrase: Phrase) -> Phrase:
        """The subject left of a phrase that a preposition introduces; nothing where it is only compared with."""
        text = scene.text
        cut = max((b for _, b in stops if b <= phrase.start), default=start)
        word = next((text[a:b] for a, b in reversed(stops) if b == cut), "")
        oblique = self._oblique_lists if word == "、" else self._oblique
        while word == "、" and cut > start:  # a list that a preposition introduces is one phrase
            cut = max((b for _, b in stops if b < cut), default=start)
            word = next((text[a:b] for a, b in reversed(stops) if b == cut), "")
        if word in self._compared:
            return Phrase(None, phrase.place, phrase.start, phrase.end)
        if word in self._joins and not phrase.nodes:  # 电源与散热‖占7%
            before = self._before(scene, [s for s in stops if s[1] < cut], start, cut - len(word))
            if before.words and not before.nodes and before.end == cut - len(word):
                words = scene.surface(before.start, phrase.end)
                return replace(before, about=self.subject(words), end=phrase.end, words=words)
        if word not in oblique or text.startswith(self._oblique_topic, phrase.end):
            return phrase
        if self._of and self._of.fullmatch(text, phrase.start - 1, phrase.start):  # the maker set up in Ningbo
            return phrase
        end = cut - len(word)
        while end > start:
            before = self._before(scene, [s for s in stops if s[1] <= end], start, end)
            if before.about is not None:
                return replace(before, place=before.place or phrase.place)
            if before.words and before.start and self._of.match(text, before.start - 1):  # 从事研发的企业
                return replace(before, about=self.subject(before.words), place=before.place or phrase.place)
            end = max((a for a, b in stops if b <= end and a < end), default=start)
        return phrase

    def _skip_back(self, text: str, start: int, end: int) -> int:
        """Pass over function words that stand directly before ``end`` (依然占据 …)."""
        while True:
            a, b = max(self._stops(text, start, end), key=lambda stop: stop[1], default=(end, start - 1))
            rest, time = text[b:end].strip(), text[a:b] == self._time
            if b < start or (rest and not (time and self._of.fullmatch(rest))) or text[a:b] in _PUNCTUATION:
                return end
            when = time and text.endswith(tuple(self._oblique), start, a)  # X在2026年的‖出货量
            when = when or (time and self._is_noun(text, start, a, plain=not rest))  # 云厂商2024年的‖支出
            if _FIGURE.match(text, a) and not (when or _NAME.match(text[a - 1 : a])):
                return end
            end = a

    def _is_noun(self, text: str, start: int, end: int, *, plain: bool) -> bool:
        """Whether a noun of Chinese words, and no function word or verb, ends at ``end``; ``plain``: one that the word list
        has, and that is no verb as well."""
        if self._language != "zh" or end <= start or not "\u4e00" <= text[end - 1] <= "\u9fff":
            return False
        if plain and not any(
            text[start + a : start + b] in self._nouns for a, b, _ in self._words(text[start:end]) if start + b == end
        ):
            return False
        return not any(b >= end for _, b in self._stops(text, start, end))

    def chunks(self, scene: Scene, start: int, end: int, opening: bool = False) -> Iterator[tuple[int, int]]:
        """The stretches of ``start:end`` that may be noun phrases, from left to right, without clauses that describe one.

        ``opening``: only those that no predicate stands before, so that they may be the subject.
        """
        at = start
        for a, b in sorted(self._stops(scene.text, start, end)):
            describes = b - a > 1 and bool(self._of.match(scene.text, b - 1, b))
            if a > at and not describes:
                yield at, a
            at = max(at, b)
            word = scene.text[a:b]
            if opening and not describes and not (word in self._light or word in self._oblique or _FIGURE.match(word)):
                return
        if at < end:
            yield at, end

    def _stops(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """The words of ``text[start:end]`` that cannot stand inside a noun phrase: function words, if they are no part
        of a noun, and verbs."""
        words = [(start + a, start + b, verb) for a, b, verb in self._words(text[start:end])]
        nouns = [(a, b) for a, b, verb in words if not verb]
        found = [m.span() for m in self._boundary.finditer(text, start, end) if m.end() <= end]
        found = [(a, b) for a, b in found if not any(s <= a and b <= e and b - a < e - s for s, e in nouns)]
        verbs = [(a, b) for a, b, verb in words if verb]
        return found + [(a, b) for a, b in verbs if not any(s <= a and b < e for s, e in found)]

    def _words(self, text: str) -> tuple[tuple[int, int, bool], ...]:
        """The plain nouns and verbs of a stretch, its words taken longest first from the left."""
        if not self._verbs:
            return ()
        if (known := self._seen.get(text)) is None:
            if len(self._seen) > 20000:
                self._seen.clear()
            known = self._seen[text] = tuple(self._words_in(text))
        return known

    def _words_in(self, text: str) -> Iterator[tuple[int, int, bool]]:
        i = 0
        while i < len(text):
            end = next((e for e in range(min(len(text), i + 5), i + 1, -1) if text[i:e] in self._verbs), i + 1)
            if end > i + 1:
                yield i, end, self._verbs[text[i:end]]
            i = end

    def subject(self, label: str) -> Thing:
        """A subject named by a phrase."""
        return discovered(label, "Subject", self._ontology.parents, "phrase", Decimal("0.6"))

    def right(self, scene: Scene, start: int, end: int | None = None) -> Phrase:
        """The phrase that begins at the encoded position ``start``."""
        text = scene.text
        limit = min(len(text) if end is None else end, start + _MAX[self._language])
        skipped = self._leading.match(text[start:limit])
        if skipped:
            start += skipped.end()
        if self._relative.match(text[start:limit]) and (head := self._head(text, start)) > 0:
            start, limit = head + 1, min(len(text), head + 1 + _MAX[self._language])
        return self.read(scene, start, min((a for a, _ in self._stops(text, start, limit)), default=limit))

    def joint(self, text: str, start: int, end: int) -> str:
        """The word that joins what stands before ``start`` with what stands at ``end`` (与), if one stands there."""
        last = list(self._separator.finditer(text, start, end))
        return last[-1][0] if last and last[-1].end() == end else ""

    def members(self, scene: Scene, end: int, start: int, count: int) -> tuple[Thing, ...]:
        """The ``count`` members of a list that ends at ``end`` (硬件、软件和服务), or none if their number differs."""
        end = self._skip_back(scene.text, start, end)
        parts: list[tuple[int, int]] = []
        for match in reversed(list(self._separator.finditer(scene.text, start, end))):
            parts.insert(0, (match.end(), end))
            end = match.start()
        things: list[Thing | None] = []
        for phrase in (self.left(scene, end, start), *(self.read(scene, a, b) for a, b in parts)):
            listed = phrase.nodes[0].things if len(phrase.nodes) == 1 and len(phrase.nodes[0].mentions) > 1 else ()
            things.extend(listed or (phrase.about or (self.subject(phrase.words) if phrase.words else None),))
        return tuple(t for t in things if t is not None) if len(things) == count and all(things) else ()

    def pair(self, scene: Scene, end: int) -> tuple[Thing, Thing] | None:
        """The last two nouns before ``end`` that a word joins (软件与硬件)."""
        text = scene.text
        for match in reversed(list(self._separator.finditer(text, 0, end))):
            of = self._of.search(text, match.end(), end)
            stop = min([a for a, _ in self._stops(text, match.end(), end)] + [of.start() if of else end])
            first, second = self.left(scene, match.start()), self.read(scene, match.end(), stop)
            if first.about is not None and second.about is not None and first.end == match.start():
                return first.about, second.about
        return None

    def _head(self, text: str, start: int) -> int:
        """Where the noun of a relative clause begins, after its particle (通过AI赋能的‖场景)."""
        match = self._of.search(text, start, self._clause(text, start)) if self._of else None
        return match.start() if match else -1

    @staticmethod
    def _clause(text: str, start: int) -> int:
        return min((i for c in "，。；;,：" if (i := text.find(c, start)) >= 0), default=len(text))

    def read(self, scene: Scene, start: int, end: int) -> Phrase:
        """What the encoded stretch ``start:end`` names."""
        text = scene.text
        if self._rest.match(text, start, end) and not _NAME.search(text, start, end):
            words = self._trailing.sub("", scene.surface(start, end))
            return Phrase(self.subject(words), None, start, end, (), words)
        start = self._begun(text, start, end)
        while True:
            before = (start, end)
            if match := self._leading.match(text[start:end]):
                start += match.end()
            if match := self._trailing.search(text[start:end]):
                end = start + match.start()
            if before == (start, end) or start >= end:
                break
        place: Thing | None = None
        places: tuple[Thing, ...] = ()
        begin = start
        while start < end and (found := self._leading_place(scene, start, end)):
            node = scene.nodes.get(start)
            places = node.things if node is not None and len(node.mentions) > 1 else places
            seat = self._seats.at(scene.text, start, end)
            place, start = None if seat else found[0], found[1]
            if match := self._leading.match(text[start:end]):
                start += match.end()
        if start >= end:
            return Phrase(None, place, begin, end, places=places)
        return replace(self._name(scene, start, end, None if places else place), places=places)

    def _begun(self, text: str, start: int, end: int) -> int:
        """Where the noun begins in a stretch that the mark of a list (甲、乙等‖场景), or a bracket within a description
        (具备智能（AI）实力的‖企业), cut off."""
        if match := self._kind.match(text, start, end):
            return match.end()
        if self._language == "zh" and start and text.startswith(("）", ")"), start - 1):
            return max((m.end() for m in self._of.finditer(text, start, end - 2)), default=start)
        return start

    def _leading_place(self, scene: Scene, start: int, end: int) -> tuple[Thing | None, int] | None:
        """A place at the head of a phrase, and where the rest begins."""
        node = scene.nodes.get(start)
        if node is not None and node.mentions and "Place" in self._alphabet.classes(node.char):
            return node.thing, start + 1
        word = self._place_word.match(scene.text, start, end)
        if word and (self.places.get(word[0], word) is not None or _NAME.search(scene.text, start, end)):
            return self.places.get(word[0], self.places.get(word[0].lower())), word.end()
        return None

    def _name(self, scene: Scene, start: int, end: int, place: Thing | None) -> Phrase:
        text = scene.text[start:end]
        nodes = [scene.nodes[start + m.start()] for m in _NAME.finditer(text)]
        nodes = [n for n in nodes if n.mentions]
        tail = self._named if nodes and self._alphabet.classes(nodes[0].char) & _NAMED else self._generic
        bare = tail.sub("", text)
        if len(nodes) == 1 and len(nodes[0].mentions) == 1 and len(bare) == 1:
            return Phrase(nodes[0].thing, place, start, end, tuple(nodes))
        if nodes and (device := self._first_of(nodes, bare)):
            return Phrase(device, place, start, end, tuple(nodes))
        surface = " ".join(scene.surface(start, end).split())
        if self._language == "zh" and (first := scene.nodes.get(start)) and first.pronoun and end > start + 1:
            of = self._of.match(scene.text, start + 1, end)
            surface = scene.surface(of.end() if of else start + 1, end)  # 其服务器业务
        owner = scene.nodes.get(start) if self._language == "en" else None
        possessed = owner is not None and owner.pronoun and len(owner.mentions) == 1
        if owner is not None and possessed and (rest := " ".join(scene.surface(start + 1, end).split())):
            surface = f"{owner.thing.labels.get('pref@en', (owner.thing.label,))[0]} {rest}"  # its cloud: Google cloud
        if not surface or surface.casefold() in self._empty or not any(c.isalpha() for c in surface):
            return Phrase(None, place, start, end, tuple(nodes), surface)
        short = len(surface) < 2 and not surface.isascii() and surface not in self._short
        if short or self._circumstance.search(surface):
            return Phrase(None, place, start, end, tuple(nodes))
        if len(surface) > _MAX[self._language]:
            return Phrase(None, place, start, end, tuple(nodes))
        return Phrase(self.subject(surface), place, start, end, tuple(nodes), surface)

    def _first_of(self, nodes: list[Node], text: str) -> Thing | None:
        """Of names side by side, the first device or organization is what is meant; of those that describe another
        (百度投资的昆仑芯), that one."""
        rest = _NAME.sub("", text).strip("的' s’·-")
        if rest and len(rest) > 4:
            return None
        if rest in self._kin:
            nodes = nodes[-1:]  # 甲的子公司‖乙
        described = self._alphabet.classes(nodes[-1].char) & _DESCRIBED and text.endswith(nodes[-1].char)
        if self._language != "en" and described and self._of.fullmatch(text, len(text) - 2, len(text) - 1):
            nodes = nodes[-1:]
        for wanted in ("Chip", "Product", "Interconnect", "AIModel", "Organization"):
            for node in nodes:
                if wanted in self._alphabet.classes(node.char) and len(node.mentions) == 1:
                    return node.thing
        if rest:
            return None
        kinds = [self._alphabet.classes(n.char) for n in (nodes[0], nodes[-1])]
        head = nodes[-1] if "Market" in kinds[1] and "Industry" not in kinds[0] else nodes[0]
        return head.thing if len(head.mentions) == 1 else None

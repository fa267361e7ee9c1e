"""The things that a sentence ranks as a list: its members one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from suantu.expressions import compiled
from suantu.identity import discovered
from suantu.ontology import Ontology
from suantu.records import Thing
from suantu.rules import Alphabet
from suantu.scene import Node, Scene

_FIGURES = "\uf000-\uf8ff"
BLANK = "\0"
MADE = {"Chip", "AIModel", "Product", "Server"}
MEASURED = {"Market", "Technology", "ChipType"}  # classes of what a measure is of, not of who has it
_BROKEN = compiled("[（）()，；]")
_NAMELIKE = compiled(r"[^\W\d_]")


def _either(words: Sequence[Any]) -> str:
    return "|".join(re.escape(str(w)) for w in sorted(words, key=lambda w: (-len(str(w)), str(w))))


class Lists:
    """How one language lists things."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        expand: Callable[[str], str],
        adverbs: Sequence[Any],
        language: str,
        ontology: Ontology,
        alphabet: Alphabet,
    ) -> None:
        self._ontology, self._alphabet, self._language = ontology, alphabet, language
        edge, after = (r"(?<![A-Za-z])", r"(?![A-Za-z])") if language == "en" else ("", "")
        flags = re.IGNORECASE if language == "en" else 0
        self._joint = compiled(settings["joint"])
        self._weak = compiled(settings["weak"])
        self._comma = compiled(settings["comma"])
        self._stop = compiled(settings["stop"])
        self._clause = compiled(settings["clause"])
        self._brackets = compiled(expand(settings["brackets"]))
        self._modifier = compiled(expand(settings.get("modifier", "(?!)")))
        self._within = compiled(settings.get("within", ""))
        self._of_kind = compiled(settings.get("kinds", "(?!)"))
        self._inside = compiled(expand(settings.get("inside", "(?!)")))
        self._whose = compiled(expand(settings.get("whose", "(?!)")))
        lead = _either([*settings["leading"], *adverbs])
        self._leading = compiled(f"^(?:[\\s{BLANK}{_FIGURES}]|(?:{lead}){after})+", flags)
        self._trailing = compiled(f"(?:[\\s{BLANK}]|{edge}(?:{_either(settings['trailing'])}){after})+$", flags)
        group, after_it = settings.get("group", "(?!)"), _either([*settings["trailing"], *adverbs])
        self._group = compiled(f"^(?:\\s|{lead})*(?:{expand(group)})(?:\\s|{after_it})*$", flags)
        self._tail = compiled(f"(?:{settings['figure-tail']})\\s*[{_FIGURES}].*$", flags)
        self._preposition = compiled(f"{edge}(?:{_either(settings['prepositions'])})\\s?(?:[a-z]+ ){{0,2}}$", flags)
        self._aside = compiled(expand(settings["aside"]))
        self._subjectless = compiled(expand(settings.get("subjectless", "(?!)")))
        self._measured = compiled(expand(settings.get("measured", "(?!)")))
        self._pronouns = {str(k): int(v) for k, v in settings.get("pronouns", {}).items()}
        self._by = compiled(expand(settings.get("by", "\\s*")))
        self._owner = compiled(expand(settings.get("owner", "(?!)")))
        self._described = compiled(settings.get("described", "(?!)"))
        self._itself = compiled(expand(settings.get("itself", "(?!)")))
        self.possessive = compiled(settings.get("possessive", "(?!)"))
        self._series = compiled(expand(settings.get("series", "(?!)")))
        self._answer = compiled(expand(settings.get("answer", "(?!)")))
        self._criterion = compiled(expand(settings.get("criterion", "(?!)")))
        self._whole = {str(k): str(v) for k, v in settings.get("whole", {}).items()}
        self._selves = {str(k): str(v) for k, v in settings.get("selves", {}).items()}
        self._prefer = tuple(map(str, settings["prefer"]))
        self._longest = int(settings["longest"])
        self._labels: dict[str, list[Thing]] = {}
        for name in ontology.names:
            self._labels.setdefault(name.text.casefold(), []).append(name.thing)

    def after(self, scene: Scene, start: int, end: int, count: int, cls: str) -> list[Thing]:
        """The ``count`` members of the list that begins at ``start``; empty if it has another number of them."""
        text = self._blanked(scene.text)
        stop = self._stop.search(text, start, end)
        end = stop.start() if stop else end
        near = next((m.start() for m in self._comma.finditer(text, start, end) if not self._joins(text, m)), end)
        for limit in dict.fromkeys((near, end)):
            for pieces in self._cuts(text, start, limit):
                if members := self._things(scene, pieces, cls, count, at_end=False):
                    return members
        return []

    def _joins(self, text: str, comma: re.Match[str]) -> bool:
        """Whether a comma is part of a longer joint (，以及)."""
        joint = self._joint.match(text, comma.start())
        return joint is not None and joint.end() > comma.end()

    def before(self, scene: Scene, end: int, count: int, cls: str) -> list[Thing]:
        """The ``count`` members of the list that ends at ``end``."""
        text = self._blanked(scene.text)
        low = self._stopped(text, end)
        edges = [m.end() for m in self._clause.finditer(text, low, end)]
        for start in dict.fromkeys([*reversed(edges), low]):
            if self._group.search(text[start:end]):
                return self._listed_before(scene, start, count)
            if not self._leading.sub("", text[start:end]):
                end = start - 1 if start > low else end  # 第二梯队有甲、乙，分别排在…: the list ended at the comma
                continue
            if things := self._opening_list(scene, text, start, count):
                return things
            for pieces in self._cuts(text, start, end):
                if members := self._things(scene, pieces, cls, count, at_end=True):
                    return members
            if start == low or self._named(scene, start, end):
                break
        return []

    def _opening_list(self, scene: Scene, text: str, start: int, count: int) -> list[Thing]:
        """The ``count`` names that open a clause and are what the next one is about (甲、乙互换位次，分列第三、第四)."""
        first = start + (lead.end() if (lead := self._leading.match(text[start:])) else 0)
        nodes = [n for p, n in sorted(scene.nodes.items()) if p >= first]
        things: list[Thing] = []
        at = first
        for node in nodes:
            if scene.nodes.get(at) is not node or not node.mentions:
                break
            things += node.things
            joint = self._joint.match(text, at + 1) or self._weak.match(text, at + 1)
            if joint is None:
                break
            at = joint.end()
        by = self._by.match(text, at + 1)
        if by is not None and by[0].strip():
            return []  # what the last one made is ranked
        goes_on = self._clause.search(text, at + 1)
        alone = goes_on is None or not any(n.mentions for p, n in scene.nodes.items() if at < p < goes_on.start())
        return things if len(things) == count and alone and goes_on and goes_on.end() < len(text) else []

    def _listed_before(self, scene: Scene, position: int, count: int) -> list[Thing]:
        """The last list of ``count`` names of one kind before ``position``: what 三家 or 这三座城市 stand for."""
        start, text = scene.starts[position], scene.block.text
        near = [t.node for t in scene.topics if scene.now - t.time == 1 and t.node.end <= scene.start]
        nodes = [*near, *(n for p, n in scene.nodes.items() if p < position and n.mentions)]
        runs: list[list[Node]] = []
        for node in sorted(nodes, key=lambda n: n.start):
            gap = text[runs[-1][-1].end : node.start] if runs else ""
            if gap and (self._joint.fullmatch(gap) or self._weak.fullmatch(gap)):
                runs[-1].append(node)
            elif node.end <= start:
                runs.append([node])
        lists = [[t for n in run for t in n.things] for run in runs]
        lists.insert(0, self._clause_before(scene, position))  # 杭州追平广州，两城…
        return next((things for things in reversed(lists) if len(things) == count and self._common(things)), [])

    def _clause_before(self, scene: Scene, position: int) -> list[Thing]:
        """What the clause that ends at ``position`` names, or the one before it."""
        edges = [m.end() for m in self._clause.finditer(scene.text, 0, position)]
        start = edges[-2] if len(edges) > 1 else 0
        return [t for p, n in sorted(scene.nodes.items()) if start <= p < position and n.mentions for t in n.things]

    def _named(self, scene: Scene, start: int, end: int) -> bool:
        return sum(len(n.mentions) for p, n in scene.nodes.items() if start <= p < end) > 1

    def _stopped(self, text: str, end: int) -> int:
        return max((m.end() for m in self._stop.finditer(text, 0, end)), default=0)

    def _blanked(self, text: str) -> str:
        return str(self._brackets.sub(lambda m: BLANK * len(m[0]), text))

    def _cuts(self, text: str, start: int, end: int) -> list[list[tuple[int, int]]]:
        """Ways to cut a stretch into members: at sure joints; then also at weak ones; then at commas too."""
        sure = _split(text, start, end, self._joint)
        last = [*sure[:-1], *_split(text, *sure[-1], self._weak)]
        every = [piece for a, b in sure for piece in _split(text, a, b, self._weak)]
        by_comma = compiled(f"{self._joint.pattern}|{self._comma.pattern}")
        commas = _split(text, start, end, by_comma)
        mixed = [piece for a, b in commas for piece in _split(text, a, b, self._weak)]
        out: list[list[tuple[int, int]]] = []
        for pieces in (sure, last, every, commas, mixed):
            if pieces not in out:
                out.append(pieces)
        return out

    def _things(
        self, scene: Scene, pieces: Sequence[tuple[int, int]], cls: str, count: int, *, at_end: bool
    ) -> list[Thing]:
        found: list[tuple[Thing, ...] | str] = []
        for i, (start, end) in enumerate(pieces):
            outer = i == 0 if at_end else i == len(pieces) - 1
            member = self._member(scene, start, end, outer=outer, at_end=at_end)
            if not member:
                return []
            found.append(member)
        if sum(1 if isinstance(m, str) else len(m) for m in found) != count:
            return []
        known = [t for m in found if not isinstance(m, str) for t in m]
        if len({t.iri for t in known}) != len(known):
            return []
        cls = self._common(known) or cls
        return [t for m in found for t in ([self.named(m, cls)] if isinstance(m, str) else m)]

    def _common(self, things: Sequence[Thing]) -> str:
        classes = [self._ontology.closure(t.classes) for t in things]
        shared = frozenset.intersection(*classes) if classes else frozenset()
        return next((c for c in things[0].classes if c in shared), "") if classes else ""

    def _member(self, scene: Scene, start: int, end: int, *, outer: bool, at_end: bool) -> tuple[Thing, ...] | str:
        """What one piece of a list names; the outermost may have other words on its far side."""
        text, limit = self._blanked(scene.text), end
        start, end = self._trimmed(text, start, end)
        if start >= end:
            return ""
        nodes = [(p, n) for p, n in sorted(scene.nodes.items()) if start <= p < end and n.mentions]
        if nodes:
            if len(nodes) > 1 and start == nodes[0][0] and self._owned(text, *nodes[-2:]) and nodes[-1][0] == end - 1:
                return nodes[-1][1].things
            first, last = nodes[0], nodes[-1]
            if last[0] == end - 1 and self._described.search(text, start, last[0]):
                return last[1].things
            if at_end and last[0] == end - 1 and (outer or (first is last and start == end - 1)):
                return last[1].things
            if not at_end and first[0] == start and (outer or start == end - 1):
                return self._of_adjacent(nodes, start)
            if end - start == len(nodes):
                return self._of_adjacent(nodes, start)
            start = self._made(text, first, end) if first[0] == start else start
            nodes = [(p, n) for p, n in nodes if p >= start]
        if any("\uf000" <= c <= "\uf8ff" for c in text[start:end]) or len(nodes) > 1:
            return ""
        kind = self._of_kind.match(text, end, limit)
        words = " ".join(scene.surface(start, kind.end() if kind else end).split()).strip()
        return words if _NAMELIKE.search(words) and not _BROKEN.search(words) and len(words) <= self._longest else ""

    def _made(self, text: str, maker: tuple[int, Node], end: int) -> int:
        """Where the Latin name begins of what the ``maker`` at the head of a piece made (柏舟科技的NOVA-2)."""
        by = self._by.match(text, maker[0] + 1)
        made = by is not None and by.end() > maker[0] + 1 and text[by.end() + 1 : end].isascii() and by.end() + 1 < end
        return by.end() if by and made and "Organization" in self._alphabet.classes(maker[1].char) else maker[0]

    def _of_adjacent(self, nodes: Sequence[tuple[int, Node]], start: int) -> tuple[Thing, ...]:
        """Of names that stand side by side (中国浪潮), the one that is ranked most often."""
        run = [n for i, (p, n) in enumerate(nodes) if p == start + i]
        if len(run) > 1 and self._makes(run[0], run[1]):
            return run[1].things
        return min(run, key=lambda n: self._rank(n)).things

    def _makes(self, maker: Node, made: Node) -> bool:
        """Whether names that stand together are a maker's and a product's: the product is what is ranked."""
        classes = (self._alphabet.classes(maker.char), self._alphabet.classes(made.char))
        return "Organization" in classes[0] and bool(classes[1] & MADE) and not classes[1] & MEASURED

    def _owned(self, text: str, maker: tuple[int, Node], made: tuple[int, Node]) -> bool:
        return bool(self._by.fullmatch(text, maker[0] + 1, made[0])) and self._makes(maker[1], made[1])

    def _trimmed(self, text: str, start: int, end: int) -> tuple[int, int]:
        if match := self._leading.match(text[start:end]):
            start += match.end()
        if (match := self._modifier.match(text[start:end])) and match.end() < end - start:
            start += match.end()
        if (match := self._inside.search(text[start:end])) and match.start():
            end = start + match.start()
        if match := self._tail.search(text[start:end]):
            end = start + match.start()
        if (match := self._whose.search(text[start:end])) and match.start():
            end = start + match.start()
        if (match := self._trailing.search(text[start:end])) and not (
            match.start() == 1 and text[start] < "\ue000"  # 农业 is no 农
        ):
            end = start + match.start()
        return start, end

    def _rank(self, node: Node) -> int:
        classes = self._alphabet.classes(node.char)
        return next((i for i, cls in enumerate(self._prefer) if cls in classes), len(self._prefer))

    def named(self, words: str, cls: str) -> Thing:
        """The thing of that name: a known one of the class, else a new one."""
        words = words.strip()
        for thing in self._labels.get(words.casefold(), ()):
            if not cls or cls == "Subject" or cls in self._ontology.closure(thing.classes):
                return thing
        return discovered(words, cls or "Subject", self._ontology.parents, "ranked", Decimal("0.7"))


def _split(text: str, start: int, end: int, at: re.Pattern[str]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for match in at.finditer(text, start, end):
        if match.end() <= end:
            out.append((start, match.start()))
            start = match.end()
    out.append((start, end))
    return out

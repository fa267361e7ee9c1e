"""The things that a sentence ranks: the members of a list, or the subject to the left of a verb."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from suantu.expressions import compiled
from suantu.records import Thing
from suantu.scene import Node, Scene
from suantu.stages.rankings.lists import BLANK, MADE, MEASURED, Lists

_LATIN = compiled(r"[A-Za-z0-9.-][A-Za-z0-9.+ -]*(?![A-Za-z0-9%])")
_PLAIN = 6  # characters of a name that nothing but its place in a series of clauses shows
_RANKED = {"Organization", "Place", "AIModel", "Chip", "Product", "Server"}  # beside these a plain word is no answer
_BACK = 2  # clauses to the left in which a subject is looked for


class Items(Lists):
    """How one language lists things, and whom its clauses are about."""

    def subject(
        self,
        scene: Scene,
        end: int,
        cls: str,
        like: Node | None = None,
        *,
        last: Thing | None = None,
        world: bool = False,
    ) -> tuple[Thing, int] | None:
        """Who is ranked by the words that begin at ``end``, and where it is named (-1: in a sentence before).

        ``last``: who the sentence ranked last: clauses without a subject go on with it, and a clause that is one
        plain word is a name as well, since those beside it rank things of ``cls``. ``world``: among all countries.
        """
        text = self._blanked(scene.text)
        low = self._stopped(text, end)
        clauses = self._clauses_before(text, low, end)
        if world and (name := self._as_whole(text, low, clauses[1][0] if len(clauses) > 1 else low, end)):
            return self.named(name[0], "Place"), name[1]
        bare = len(clauses) <= _BACK + 2
        for start, stop in clauses[: _BACK + 2]:
            if (back := self._meant(scene.surface(start, stop))) is not None:
                return self._pronoun(scene, low, start, back)
            if last is not None and (self._itself.search(text[start:stop]) or self._criterion.search(text[start:stop])):
                return last, start
            found = self._of_clause(scene, text, start, stop, cls, like, plain=last is not None)
            if found is not None or self._several(scene, text, start, stop):
                return found
            if self._leading.sub("", self._tail.sub("", text[start:stop])).strip(BLANK + " "):
                bare = False
                if not like:
                    return None
        if bare and last is not None and text[low:end]:
            return last, low
        if (not bare and self._leading.sub("", text[low:end])) or (scene.start == 0 and low == 0 and not scene.topics):
            return None
        topic = scene.topic(low, [cls] if cls else self._prefer[:5], age=1)
        return (topic.thing, -1) if topic is not None and len(topic.mentions) == 1 else None

    def _as_whole(self, text: str, low: int, first: int, end: int) -> tuple[str, int] | None:
        """The country that a clause near ``end`` speaks of as a whole (全国算力规模达到…，位居全球第二)."""
        starts = [low, *(m.end() for m in self._clause.finditer(text, low, end))]
        found = (
            (name, at) for at in reversed(starts) for word, name in self._whole.items() if text.startswith(word, at)
        )
        return next(((name, at) for name, at in found if at >= first), None)

    def _clauses_before(self, text: str, low: int, end: int) -> list[tuple[int, int]]:
        """The clauses from ``low`` to ``end`` that may hold a subject, the nearest first."""
        edges = sorted({low, *(m.end() for m in self._clause.finditer(text, low, end) if m.end() <= end)})
        spans = [(start, min(stop, end)) for start, stop in zip(edges, [*(e - 1 for e in edges[1:]), end], strict=True)]
        return [
            (a, b)
            for a, b in reversed(spans)
            if not (self._aside.search(text[a:b]) or self._subjectless.search(text[a:b]))
        ]

    def _of_clause(
        self, scene: Scene, text: str, start: int, stop: int, cls: str, like: Node | None, *, plain: bool
    ) -> tuple[Thing, int] | None:
        """Whom one clause is about."""
        head = self._leading.sub("", text[start:stop])
        if name := next((n for w, n in self._selves.items() if head.startswith(w)), ""):
            return self.named(name, "Place"), start
        classes = self._alphabet.classes(like.char) - {"Entity", "Concept"} if like else frozenset()
        if (choice := self._choose(scene, text, start, stop, cls, classes)) is not None:
            return self._longer(scene, text, choice, stop) or choice
        if like or self._several(scene, text, start, stop) or self._group.search(text[start:stop]):
            return None
        name = self._unknown(scene, start, text[start:stop], cls, plain=plain) if cls else ""
        if not name and (name := self._answered(scene, start, stop)):
            cls = ""
        return (self.named(name, cls), start) if name else None

    def _longer(self, scene: Scene, text: str, choice: tuple[Thing, int], stop: int) -> tuple[Thing, int] | None:
        """The longer Latin name that a known one begins or the maker of (通义千问Qwen9, GPT-9x)."""
        thing, at = choice
        rest = _LATIN.match(text, at + 1, stop)
        if rest is None or self._language == "en" or not set(thing.classes) & {*MADE, "Organization"}:
            return None
        own = rest[0][0] in "-.0123456789" and scene.surface(at, at + 1)[-1:].isascii()
        name = scene.surface(at if own else rest.start(), rest.end()).strip()
        kind = next((c for c in thing.classes if c in MADE), "Product")
        return (self.named(name, kind), at) if any(map(str.isdigit, name)) else None

    def _answered(self, scene: Scene, start: int, stop: int) -> str:
        """A clause that is one plain word, where a sentence that names no one ranks several (人才短缺排第三)."""
        first, last = self._trimmed(scene.text, start, stop)
        name = scene.surface(first, last).strip()
        if (
            self._criterion.search(name)
            or self._joint.search(name)
            or self._weak.search(name)
            or not self._answer.match(name)
            or not self._series.search(scene.text)
        ):
            return ""
        ranked = (self._alphabet.classes(n.char) for p, n in scene.nodes.items() if n.mentions and p < start)
        return "" if any(classes & _RANKED for classes in ranked) else name

    def _meant(self, clause: str) -> int | None:
        """Which of the two named before a clause is about (后者), if it says so."""
        return next((which for word, which in self._pronouns.items() if word in clause[:_PLAIN]), None)

    @staticmethod
    def _pronoun(scene: Scene, low: int, start: int, which: int) -> tuple[Thing, int] | None:
        """The former or the latter of the last two single names between ``low`` and ``start``."""
        nodes = [(p, n) for p, n in sorted(scene.nodes.items()) if low <= p < start and not n.pronoun]
        named = [(thing, p) for p, n in nodes for thing in n.things if not MEASURED.intersection(thing.classes)]
        return named[-2:][which] if len(named) > 1 else None

    def _several(self, scene: Scene, text: str, start: int, end: int) -> bool:
        """A list stands where one subject is wanted."""
        nodes = [(p, n) for p, n in sorted(scene.nodes.items()) if start <= p < end and n.mentions and text[p] != BLANK]
        return any(len(n.mentions) > 1 for _, n in nodes) or self._listed(text, nodes)

    def _listed(self, text: str, nodes: Sequence[tuple[int, Node]]) -> bool:
        """Whether names stand side by side as a list (brackets between them do not count)."""
        gaps = (text[a + 1 : b].replace(BLANK, "") for (a, _), (b, _) in pairwise(nodes))
        return any(self._joint.fullmatch(gap) or self._weak.fullmatch(gap) for gap in gaps)

    def _candidates(
        self, scene: Scene, text: str, start: int, end: int, like: frozenset[str]
    ) -> list[tuple[int, Node]]:
        """The single names of a stretch that can be its subject."""
        fit: list[tuple[int, Node]] = []
        for position in sorted(scene.nodes):
            node = scene.nodes[position]
            if not (start <= position < end and len(node.mentions) == 1) or text[position] == BLANK:
                continue
            said = any(at == position for at, _, _ in scene.sayers)
            if self._language == "en" and text.startswith(("'s ", "’s "), position + 1):
                continue  # Arvel's Q7 came second: the Q7 did
            if said or self._preposition.search(text[start:position]) or self._owner.match(text, position + 1, end):
                continue
            classes = self._alphabet.classes(node.char)
            if classes & MEASURED and self._measured.match(text, position + 1):
                continue  # 服务器市场份额位居第三: whose share, it does not say
            if like and not self._alike(classes, like):
                continue
            fit.append((position, node))
        return fit

    def _choose(
        self, scene: Scene, text: str, start: int, end: int, cls: str, like: frozenset[str]
    ) -> tuple[Thing, int] | None:
        fit = self._candidates(scene, text, start, end, like)
        if not fit or (not like and self._listed(text, fit)):
            return None
        if cls and not like and self._language == "zh":
            for position, node in fit:
                if cls in self._alphabet.classes(node.char):
                    at, inner = self._innermost(text, fit, position, node)
                    return inner.thing, at
        if like:
            return fit[-1][1].thing, fit[-1][0]
        if self._language == "en" and fit[-1][0] >= end - 2:
            return fit[-1][1].thing, fit[-1][0]
        position, node = min(fit, key=lambda f: self._rank(f[1]))
        position, node = self._innermost(text, fit, position, node)
        for at, made in fit:
            own = at > position and self._owned(text, (position, node), (at, made))
            if own and not self._measured.match(text, at + 1):
                return made.thing, at
        return node.thing, position

    def measures(self, scene: Scene, subject: tuple[Thing, int]) -> bool:
        """Whether an industry is but what a place is measured by (算力产业营收)."""
        text, at = self._blanked(scene.text), subject[1]
        return "Industry" in subject[0].classes and at >= 0 and self._measured.match(text, at + 1) is not None

    def _innermost(self, text: str, fit: Sequence[tuple[int, Node]], position: int, node: Node) -> tuple[int, Node]:
        """Of places or products that stand together the last one, which lies in those before it (甘肃庆阳, 江苏的苏州);
        of firms side by side the one that the other owns (阿里平头哥)."""
        for at, inner in fit:
            both = self._alphabet.classes(node.char) & self._alphabet.classes(inner.char)
            owned = "Organization" in both and at == position + 1
            inside = both & {"Place", *MADE} and at > position and self._within.fullmatch(text, position + 1, at)
            if owned or inside:
                position, node = at, inner
        return position, node

    @staticmethod
    def _alike(classes: frozenset[str], like: frozenset[str]) -> bool:
        narrow = like - {"Place", "Organization", "Product"} or like
        return bool(classes & narrow) or bool(classes & like and not narrow & like)

    def _unknown(self, scene: Scene, start: int, words: str, cls: str, *, plain: bool) -> str:
        """A clause that is nothing but an unknown name: capitalised, or with its figure in brackets."""
        a, b = self._trimmed(words, 0, len(words))
        name = scene.surface(start + a, start + b).strip()
        if any("\ue000" <= c <= "\uf8ff" for c in words[a:b]) or not 1 < len(name) <= self._longest:
            return ""
        if name.isascii():
            return name if all(word[:1].isupper() for word in name.split()) else ""
        if self._joint.search(name) or (self._weak.search(name) and not cls):
            return ""
        bracket = words[b : b + 1] == BLANK and any(
            "\uf000" <= c <= "\uf8ff" for c in scene.text[start + b : start + len(words)]
        )
        if cls and any(cls in t.classes for t in self._labels.get(name.casefold(), ())):
            return name
        alone = not self._criterion.search(name) and not any(c == BLANK or "\uf000" <= c <= "\uf8ff" for c in words[b:])
        return name if bracket or (plain and alone and len(name) <= _PLAIN) else ""

"""Where a figure is from: the place that its clause or sentence names, or the one that the text is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from suantu.expressions import compiled, either
from suantu.ontology import Ontology
from suantu.phrases import Seats
from suantu.records import Thing
from suantu.rules import Alphabet
from suantu.scene import Scene
from suantu.stages.observations.placing import beginning

CLAUSE_END = compiled(r"[，；;。]|, ")
_SEATS = ("City", "Region")
_ELSEWHERE = compiled(r"[,;:，；：]| (?:and|but|that|which|who|now|today) ")


class Places:
    """How one language sets the place of a figure."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        language: str,
        alphabet: Alphabet,
        places: Mapping[str, Thing | None],
        ontology: Ontology,
    ) -> None:
        self._after = language == "en"
        self._alphabet = alphabet
        of = str(settings["of"])
        self._firm = compiled(str(settings.get("firm-after", "(?!)")))
        self._founded, self._began, self._launched = (
            compiled(str(settings.get(k, "(?!)"))) for k in ("founded", "began", "launched")
        )
        self._based = compiled(f"[{alphabet.matching(['Organization'])}],? (?:of|from|based in|headquartered in) $")
        self._places = places
        listed = "|".join(re.escape(str(w)) for w in settings["lists"]["separators"] if str(w).strip() not in ",，")
        self._predicate = compiled(f"(?:{'|'.join(map(str, settings.get('predicate', ['(?!)'])))})[\ue000-\uefff]{of}$")
        self._member = compiled(f"(?:{listed})$")
        wholes = sorted(map(str, settings["whole-before"]), key=len, reverse=True)
        self._whole = compiled("(?:" + "|".join(wholes) + ")\\s?$") if wholes else None
        edge = r"(?<![A-Za-z])" if language == "en" else ""
        options = "|".join(sorted(map(re.escape, places), key=len, reverse=True))
        self._ontology = ontology
        pronouns = [(set(p["classes"]), str(w)) for p in settings["pronouns"] for w in p["words"]]
        self._seats = {c: compiled(either(w for of, w in pronouns if of == {c}) or "(?!)") for c in _SEATS}
        self._there = compiled(either(w for of, w in pronouns if of.issubset(_SEATS)) or "(?!)")
        self._cities = {n.text: n.thing for n in ontology.names if language == "zh" and n.thing.classes[0] in _SEATS}
        self._ranked = compiled(f"{settings.get('ranked', '')}[{alphabet.kind('ordinal')}{alphabet.kind('top')}]")
        self._level = tuple(compiled(str(settings.get(k, "(?!)"))) for k in ("level-before", "level-after"))
        self._homes = Seats(settings, alphabet)
        firms = alphabet.matching(["Organization"])
        self._owns = compiled(f"(?:{of}|'s )?[^，。；,\ue000-\uf8ff]{{0,8}}[{firms}]")
        self._place_words = compiled(f"{edge}(?:{options})") if places else None

    def several(self, scene: Scene, position: int) -> tuple[Thing, ...]:
        """The places of a list (中国和美国) that stands before the figure as its subject, if there is one."""
        for at in sorted((p for p in scene.nodes if p < position), reverse=True):
            node = scene.nodes[at]
            if "Place" in self._alphabet.classes(node.char):
                return node.things if len(node.mentions) > 1 else ()
        return ()

    def where(self, scene: Scene, position: int, home: bool, afar: bool = True, firms: bool = True) -> Thing | None:
        """The place of the figure at ``position``; ``home``: else the one that the text is about, if it may be told
        ``afar``, in another sentence; ``firms``: that of the firm whose it is counts as well."""
        spots: list[tuple[int, Thing | None]] = [
            (at, node.thing)
            for at, node in scene.nodes.items()
            if node.mentions
            and (not node.pronoun or self._there.match(scene.block.text, node.start))
            and len(node.mentions) == 1
            and "Place" in self._alphabet.classes(node.char)
        ]
        if self._place_words:
            spots += [
                (m.start(), self._places[m[0]])
                for m in self._place_words.finditer(scene.text)
                if m[0] in self._places and not self._firm.match(scene.text, m.end())
            ]
        spots += self._seated(scene, position)
        spots += self._called_after(scene)
        if self._whole:
            spots = [(at, thing) for at, thing in spots if not self._whole.search(scene.text[max(0, at - 4) : at])]
        if self._after:
            spots = [(at, t) for at, t in spots if not (at in scene.nodes and self._firm.match(scene.text, at + 1))]
            spots = [(at, thing) for at, thing in spots if not self._based.search(scene.text, max(0, at - 16), at)]
            spots = [(at, t) for at, t in spots if not (at < position and self._of_founding(scene.text, at, position))]
        else:  # one of several is none of its own
            spots = [(at, t) for at, t in spots if not self._member.search(scene.text[max(0, at - 2) : at])]
            spots = [(at, t) for at, t in spots if not self._predicate.search(scene.text[max(0, at - 3) : at + 2])]
            spots = [(at, t) for at, t in spots if not self._of_seat(scene.text, at)]
        spots = [(at, thing) for at, thing in spots if scene.inserted(at) in (None, scene.inserted(position))]
        spots = [(at, thing) for at, thing in spots if firms or not self._owns.match(scene.text, at + 1)]
        spots = [(at, thing) for at, thing in spots if not self._is_level(scene, at)]
        clause = max((m.end() for m in CLAUSE_END.finditer(scene.text, 0, position)), default=0)
        listed = [n for at, n in scene.nodes.items() if clause <= at < position and len(n.mentions) > 1]
        if not self._after and any("Place" in self._alphabet.classes(n.char) for n in listed):
            return None  # what several places have together is of none of them
        for low, high in ((clause, position), (0, clause)):
            inside = [thing for at, thing in sorted(spots, key=lambda s: s[0]) if low <= at < high and thing]
            if inside:
                return inside[-1]
        if self._after:
            behind = [(at, thing) for at, thing in sorted(spots, key=lambda s: s[0]) if at > position]
            if behind and not CLAUSE_END.search(scene.text, position, behind[0][0]):
                return behind[0][1]
        return scene.place if afar and (home or scene.place_near) else None

    def _of_seat(self, text: str, at: int) -> bool:
        """Whether a place only says where a firm has its seat, or is from (来自常州的甲公司)."""
        return self._homes.at(text, at, len(text))

    @cached_property
    def _within(self) -> dict[str, Thing]:
        """What each place lies in."""
        things = self._ontology.things
        return {s: things[o] for s, p, o in sorted(self._ontology.facts) if p == "locatedIn" and o in things}

    def _seated(self, scene: Scene, position: int) -> list[tuple[int, Thing | None]]:
        """Where words stand for the document's own city or province (全市, 全省), which no pronoun was found to mean."""
        named = {n.pronoun for n in scene.nodes.values()}
        out: list[tuple[int, Thing | None]] = []
        for cls, words in self._seats.items():
            home = scene.home
            while home is not None and cls not in home.classes:
                home = self._within.get(home.iri) if "Country" not in home.classes else None
            if home is not None:
                found = [m for m in words.finditer(scene.text, 0, position) if m[0] not in named]
                out += [(m.start(), home) for m in found if m.start() - 1 not in scene.nodes]
        return out

    def _called_after(self, scene: Scene) -> list[tuple[int, Thing | None]]:
        """The places that offices and papers of a Chinese sentence are called after (成都市政府)."""
        kinds = {"GovernmentBody", "Policy"}
        nodes = ((at, n) for at, n in scene.nodes.items() if len(n.mentions) == 1 and not self._after)
        bodies = ((at, scene.surface(at, at + 1)) for at, n in nodes if self._alphabet.classes(n.char) & kinds)
        return [(at, place) for at, name in bodies if (place := beginning(name.lstrip("《“"), self._cities))]

    def namesake(self, thing: Thing) -> Thing | None:
        """The city that a thing is called after (成都智算中心)."""
        place = beginning(thing.label, self._cities)
        return place if place is not None and "City" in place.classes else None

    def _is_level(self, scene: Scene, at: int) -> bool:
        """Whether a place is only compared with (低于全球水平), or where something ranks (居全球第二位)."""
        before, after = self._level
        end = at + 1 if at in scene.nodes else at + 2
        level = before.search(scene.text, max(0, at - 6), at) and after.match(scene.text, end)
        return bool(level or (not self._after and self._ranked.match(scene.text, end)))

    def _of_founding(self, text: str, at: int, position: int) -> bool:
        """Whether a time or place before the figure only says when or where something began, in another clause."""
        founding = self._founded.search(text, max(0, at - 40), at) or self._began.match(text, at + 1)
        return founding is not None and _ELSEWHERE.search(text, at, position) is not None

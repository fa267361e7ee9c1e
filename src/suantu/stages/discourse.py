"""How a language says what a text talks about from clause to clause: its pronouns and the words that carry or set aside."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from suantu.expressions import compiled, either
from suantu.pronouns import NONE, Pronoun
from suantu.records import Thing
from suantu.scene import Node

_CLAUSE = compiled(r"[，,；;：:。！？!?]")


@lru_cache(maxsize=32)
def _clause_ends(text: str) -> list[int]:
    return [m.end() for m in _CLAUSE.finditer(text)]


def clause_start(text: str, position: int) -> int:
    """Where the clause around ``position`` begins."""
    ends = _clause_ends(text)
    i = bisect_right(ends, position)
    return ends[i - 1] if i else 0


class Discourse:
    """The pronouns and comparison words of one language."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        language: str,
        things: Mapping[str, Thing],
        closure: Callable[[Iterable[str]], frozenset[str]],
    ) -> None:
        self.closure = closure
        edge = r"(?<![A-Za-z])" if language == "en" else ""
        after = r"(?![A-Za-z])" if language == "en" else ""
        self.pronouns = tuple(
            Pronoun.from_settings(p, f"{edge}(?:{either(p['words'])}){after}") for p in settings["pronouns"]
        )
        self.former = next((p.words for p in self.pronouns if p.classes[0] == "former"), compiled(r"(?!)"))
        self.opening = compiled(str(settings.get("opening", r"(?!)")))
        self.places = compiled(str(settings.get("place-object", r"(?!)")))
        self.copula = compiled(str(settings.get("copula", r"(?!)")))
        self.subordinate = compiled(str(settings.get("subordinating", r"(?!)")))
        self.things = things
        self.hints: dict[str, Thing] = {
            str(word): things[label]
            for label, words in dict(settings.get("hints", {})).items()
            if label in things
            for word in words
        }
        hints = "|".join(map(re.escape, sorted(self.hints, key=len, reverse=True)))
        self.hint = compiled(f"{edge}(?:{hints}){after}" if hints else r"(?!)")
        self.heads = frozenset(p.head for p in self.pronouns if p.head)
        asides = either(settings["aside-before"])
        beside = either(settings["aside-of"])
        self.aside_of = compiled(f"(?:{beside})$") if beside else None
        self.of = compiled(str(settings["of"]))
        self.aside = compiled(f"(?:{asides})\\s?$") if asides else None
        second = either(settings.get("aside-second", ()))
        self.second = compiled(f"(?:{second})$" if second else r"(?!)")
        self.joins = frozenset(map(str, settings.get("pair-joins", ())))
        self.counted = compiled(str(settings.get("counted", r"(?!)")))
        self.counted_kind = compiled(f"{settings.get('counted-kind', '(?!)')}$")
        self.owning = compiled(str(settings.get("owning", r"(?!)")))
        self.made_of = str(settings.get("made-of", " "))
        self.aside_after = compiled(either(settings.get("aside-after", ())) or r"(?!)")
        self.headed = str(settings.get("headed", r"(?!)"))
        self.appositive = either(settings.get("appositives", ()))
        self.source = compiled(f"{edge}(?:{either(settings['saying']['before'])})\\s?$")  # who is only quoted
        self.comparison = compiled(f"{edge}(?:{either(settings['comparison'])}){after}")
        verbs = either(settings.get("object-after", ()))
        gap, owner = "[^，。；、：\ue000-\uf8ffA-Z]{0,8}", f"[\ue000-\uefff]{settings.get('owning', '')}"
        self.object = compiled(f"(?:{verbs}){gap}$") if verbs else NONE
        self.possessed = compiled(f"(?:{verbs}){gap}{owner}{gap}$") if verbs else NONE  # buys A's B
        self.objects = frozenset(map(str, settings.get("object-classes", ())))

    def incidental(self, text: str, node: Node) -> bool:
        """Whether a name only says something of another: who it was done by, or what a thing with it has."""
        before = text[max(0, node.start - 12) : node.start]
        if self.aside and self.aside.search(before):
            return True
        return bool(self.object.search(before) and self.of.match(text, node.end))

"""Names with a head noun glued to them (问岳大模型, 砚台推理一体机): the ``glued`` section of a discovery file.

Unknown letters before the noun are a name; everyday words are one where the text tells who makes what is called so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suantu.expressions import compiled, either
from suantu.stages.discovery.page import Ledger
from suantu.stages.discovery.words import Words

_HAN = "\u4e00-\u9fff"
_CLAUSE = frozenset("，。；：、！？（“「\n ")


@dataclass(frozen=True, slots=True)
class Rule:
    """A group of head nouns. ``after``/``before``: one of them must stand before the name or behind the noun;
    ``made``, ``by``: who makes it is told there, so that everyday words may be its name; ``acts``: what only a thing of
    its own does, behind a name at the head of its clause."""

    cls: str
    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    after: tuple[str, ...]
    before: tuple[str, ...]
    made: tuple[str, ...]
    by: re.Pattern[str]
    acts: re.Pattern[str]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Rule:
        """Compile an entry."""
        between = f"(?:{either(entry['kinds'])})?" if "kinds" in entry else ""
        pattern = compiled(f"(?P<run>[{_HAN}]{{2,8}}?)(?P<head>{between}(?:{either(entry['words'])}))")
        after, before, made = (tuple(map(str, entry.get(k, ()))) for k in ("after", "before", "made"))
        by, acts = (compiled(str(entry.get(k, "(?!)"))) for k in ("by", "acts"))
        kinds = ("open", "noun") if entry.get("nouns") else ("open",)
        return cls(str(entry["class"]), pattern, kinds, after, before, made, by, acts)


class Glued:
    """Finds such names."""

    def __init__(
        self, settings: Mapping[str, Any], words: Words, opening: re.Pattern[str], others: frozenset[str]
    ) -> None:
        """``others``: known names that are everyday words too: before a noun they are no name of a thing (曙光服务器)."""
        self._others = others
        self._words, self._opening, self._of = words, opening, str(settings["of"])
        self._common = tuple(map(str, settings["common-models"]))
        self._counted = compiled(str(settings["glued-counted"]))
        self._rules = [Rule.of(g) for g in settings["glued"]]

    def read(self, source: str, known: Sequence[tuple[int, int]], owners: set[int], ledger: Ledger) -> None:
        """Vote for the names of a text; ``known`` are where names stand in it, ``owners`` where those of firms end."""
        for rule in self._rules:
            for match in rule.pattern.finditer(source):
                if self._opening.match(source, match.end()):
                    continue  # its name follows in quotation marks
                size = self._size(source, match, rule, owners)
                a, end = match.end("run") - size, match.end("run")
                if not size or source[a:end] in self._others or any(x < end and a < y for x, y in known):
                    continue
                whole = source[a : match.end()]
                ledger.vote(whole, rule.cls, "glued", 0.65)
                if self._words.unknown(source[a:end]) == size:
                    ledger.alias(whole, source[a:end])

    def _size(self, source: str, match: re.Match[str], rule: Rule, owners: set[int]) -> int:
        """How many letters before the noun are the name; 0: none is."""
        start, end = match.span("run")
        size = 0
        for word in reversed(self._words.split(source[start:end])):
            if word.kind not in rule.kinds:
                break
            size += len(word)
        size -= size > 0 and self._counted.match(source, end - size - 1) is not None
        if 2 <= size <= 4 and self._shown(source, end - size, match.end(), rule, owners):
            return size
        return self._everyday(source, match, rule, owners)

    def _shown(self, source: str, a: int, end: int, rule: Rule, owners: set[int]) -> bool:
        """Whether what stands around unknown letters and their noun is as around a name."""
        if not rule.after:
            return True
        owned = a - 1 in owners and source[a - 1] == self._of
        said = source.endswith(rule.after, 0, a) or source.startswith(rule.before, end)
        return owned or said or (_opens(source, a) and rule.acts.match(source, end) is not None)

    def _everyday(self, source: str, match: re.Match[str], rule: Rule, owners: set[int]) -> int:
        """How many letters of everyday words are the name of what somebody is told to make."""
        start, end = match.span("run")
        by = rule.by.match(source, match.end()) is not None
        for size in range(2, min(5, end - start) + 1):
            a = end - size
            owned = a - 1 in owners and source[a - 1] == self._of
            if (by and _opens(source, a)) or (rule.made and (owned or source.endswith(rule.made, 0, a))):
                return size if self._fits(source[a:end]) else 0
        return 0

    def _fits(self, run: str) -> bool:
        """Whether everyday words may be a name: no function word among them, and not what such nouns are called by."""
        words = self._words.split(run)
        if run.startswith(self._common) or len(words) > 2 or any(w.kind in ("stop", "role") for w in words):
            return False
        return not all(w.kind in ("generic", "topic") for w in words)


def _opens(source: str, at: int) -> bool:
    """Whether a clause begins here."""
    return not at or source[at - 1] in _CLAUSE

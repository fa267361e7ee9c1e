"""Slots: what stands around a name tells what it is (X完成B轮融资, 由X牵头, 据X统计)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ahocorasick_rs

from suantu.errors import RuleError
from suantu.expressions import compiled
from suantu.rules import Compiler
from suantu.stages.discovery.page import Ledger, Page
from suantu.stages.discovery.words import Words

_MODEL = compiled(r"[A-Za-z]-?[0-9]|[0-9][A-Za-z]|[A-Za-z0-9]$")
_NUMBERED = compiled(r"[A-Za-z]-?[0-9]{2}")
# Capitals of this length are mostly no firm (KPI) where no noun says so.
_ABBREVIATION = 4
_LATIN_MARK = "LAT"
_LATIN_WORD = r"[A-Z][A-Za-z0-9&.'’-]*"
_LATIN = rf"(?<![A-Za-z0-9.&-])(?P<name>{_LATIN_WORD}(?:\s(?:{_LATIN_WORD}|[TOPICS])){{0,3}})(?![A-Za-z0-9])"


@dataclass(frozen=True)
class Slot:
    """A slot; its pattern is compiled when it is first used. ``sure``: any two letters are a name there; ``opens``:
    the name stands first in it, so that other words may run into it; ``behind``: even another firm and its verb."""

    name: str
    cls: str
    weight: float
    source: str
    file: str
    latin: bool = False
    sure: bool = False
    opens: bool = False
    behind: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled expression; RuleError names the slot where it is not valid."""
        try:
            return compiled(self.source)
        except re.error as error:
            raise RuleError(self.file, self.name, f"the pattern is not valid: {error}") from error


class Slots:
    """The slots of one section of a discovery file.

    ``inside`` are the characters that a name may have, ``endings`` those that make a name of everyday words, ``grow``
    those that a name is never cut before.
    """

    def __init__(
        self,
        rules: Sequence[Mapping[str, Any]],
        compiler: Compiler,
        inside: str,
        words: Words,
        endings: Collection[str],
        marker: str = "ORG",
        grow: Collection[str] = (),
        topics: str = "",
        owners: str = "\ufffe",
        refuse: Callable[[str], bool] = lambda surface: False,
        theirs: str = "(?!)",
    ) -> None:
        """``theirs``: what stands between a firm and another that it has a part in."""
        self._theirs = compiled(theirs)
        self._topics = topics
        self._words, self._endings, self._refuse, self._owners = words, tuple(endings), refuse, owners
        self._before = compiled(rf"(?:{_LATIN_WORD}\s)+$")
        self._after = compiled(rf"(?:\s(?:{_LATIN_WORD}|[{topics or ' '}]))+")
        self._ending = compiled("|".join(map(re.escape, sorted(grow, key=len, reverse=True))) or "(?!)")
        self._slots: list[Slot] = []
        triggers: dict[str, list[int]] = defaultdict(list)
        for i, rule in enumerate(rules):
            for key in ("name", "weight", "when", "pattern", "examples"):
                if key not in rule:
                    raise RuleError(compiler.file, str(rule.get("name", "(unnamed)")), f"a slot needs {key!r}")
            source = str(rule["pattern"])
            latin = _LATIN_MARK in source
            shape = _LATIN.replace("TOPICS", topics) if latin else f"(?P<name>{inside}{{2,16}}?)"
            if source.startswith(marker):
                shape = f"(?<!{inside})(?P<name>{inside}{{2,30}}?)"
            marked = source.replace(_LATIN_MARK if latin else marker, "\0", 1)
            body = compiler.pattern(marked, str(rule["name"])).source
            cls, weight = str(rule.get("class", "")), float(rule["weight"])
            source, sure = body.replace("\0", shape), bool(rule.get("sure"))
            opens = str(rule["pattern"]).startswith(marker)
            behind = bool(rule.get("behind"))
            self._slots.append(Slot(str(rule["name"]), cls, weight, source, compiler.file, latin, sure, opens, behind))
            for word in rule["when"]:
                triggers[str(word)].append(i)
        self._triggers = list(triggers.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(triggers)) if triggers else None

    def find(self, page: Page) -> list[tuple[Slot, int, int]]:
        """The slots that fit somewhere in a page, each with the stretch that fills it."""
        if self._automaton is None:
            return []
        hits = self._automaton.find_matches_as_indexes(page.text, overlapping=True)
        if not hits:
            return []
        out: list[tuple[Slot, int, int]] = []
        bounds = page.sentences()
        at = 0
        wanted: set[int] = set()
        for index, start, _ in hits:
            while at < len(bounds) and start >= bounds[at][1]:
                self._sentence(page, bounds[at], wanted, out)
                wanted.clear()
                at += 1
            wanted.update(self._triggers[index])
        if at < len(bounds):
            self._sentence(page, bounds[at], wanted, out)
        return out

    def _sentence(
        self, page: Page, bounds: tuple[int, int], wanted: set[int], out: list[tuple[Slot, int, int]]
    ) -> None:
        if not wanted:
            return
        text = page.text[bounds[0] : bounds[1]]
        for i in sorted(wanted):
            slot = self._slots[i]
            found = slot.pattern.finditer(text)
            out.extend((slot, bounds[0] + m.start("name"), bounds[0] + m.end("name")) for m in found)

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for organizations in the page's slots."""
        for slot, start, end in self.find(page):
            if slot.latin:
                self._latin(page.surface(start, end).rstrip(".'’-"), slot, ledger)
                continue
            found = self._words.trim(page.text[start:end], False, not slot.opens, page.text[start - 1 : start])
            if found is None:
                continue
            cut = found[0] if slot.behind or self._theirs.search(page.text, start, start + found[0]) else 0
            if slot.opens and self._owned(page.text, start, cut):
                continue
            a, b = start + found[0], start + found[1]
            if (ending := self._ending.match(page.text, b)) and ending.end() <= a + 12:
                b = ending.end()
            a, b = self._whole(page.text, a, b)
            core = page.text[a:b]
            surface = page.surface(a, b)
            if page.surface(a, b).isascii():
                self._latin(surface, slot, ledger)
            elif is_name(core, surface, self._words, self._endings):
                if (len(core) == 2 and not (slot.sure or self._words.rare(core))) or self._refuse(surface):
                    continue
                ledger.vote(surface, slot.cls, slot.name, slot.weight)

    def _owned(self, text: str, start: int, cut: int) -> bool:
        """Whether a stretch stands directly behind a firm, and no word is ``cut`` off between: it is the firm's own."""
        return start > 0 and not cut and text[start - 1] in self._owners

    def _whole(self, text: str, a: int, b: int) -> tuple[int, int]:
        """A name without the everyday words behind its ending; a Latin one with the Latin words beside it."""
        if text[a:b].isascii() or (b - a == 1 and text[a] in self._topics and text[a - 1 : a] == " "):
            before, after = self._before.search(text, max(0, a - 24), a), self._after.match(text, b)
            return (before.start() if before else a), (after.end() if after else b)
        ends = [m.end() for m in self._ending.finditer(text, a + 2, b)]
        for end in ends[:-1]:  # an ending of firms within, with a verb behind it
            if [w.kind for w in self._words.split(text[end:b])[:1]] == ["verb"]:
                return a, end
        rest = self._words.split(text[ends[-1] : b + 2])[:1] if ends and ends[-1] < b else ()  # 早 begins 早已
        if rest and rest[0].kind not in ("open", "latin"):
            return a, ends[-1]
        words = self._words.split(text[a:b])
        if not ends and words[-1].kind == "verb" and self._words.unknown(text[a : a + words[-1].start]) >= 2:
            return a, a + words[-1].start
        return a, b

    def _latin(self, name: str, slot: Slot, ledger: Ledger) -> None:
        """Vote for a Latin name: no unit, grade or abbreviation of the lists, and no number."""
        if not slot.latin and ((name.isupper() and len(name) <= _ABBREVIATION) or _NUMBERED.search(name)):
            return
        if len(name) > 2 and self._words.split(name)[0].kind == "latin" and not name[1:].isdigit():
            ledger.vote(name, slot.cls, slot.name, slot.weight)


def is_name(core: str, surface: str, words: Words, endings: tuple[str, ...]) -> bool:
    """Whether a stretch can be the name of an organization."""
    if not 2 <= len(surface) <= 14 or surface.endswith(words.wares) or not words.sound(core) or len(core) < 2:
        return False
    if _MODEL.search(core) or words.figure.match(surface):
        return False
    parts = words.split(core)
    if not all("\u4e00" <= c <= "\u9fff" or c.isalnum() or c in "·-" or "\ue000" <= c <= "\uefff" for c in core):
        return False
    unknown = sum(len(w) for w in parts if w.kind == "open")
    longest = run = 0
    for w in parts:
        run = run + len(w) if w.kind == "open" else 0
        longest = max(longest, run)
    others = [w for w in parts if w.kind in ("verb", "noun")]
    if longest >= 2:
        return len(others) <= 1
    proper = unknown > 0 or bool(others) or parts[0].kind == "node"
    if [w.kind for w in parts] == ["noun", "generic"] and len(core) == 4 and surface.endswith(words.word_firms):
        return True
    return 4 <= len(surface) <= 8 and surface.endswith(endings) and proper and len(parts) <= 3

"""Finds the names of known things over an Aho–Corasick automaton, with the edges of Latin words respected.

Overlaps are settled once, here: the longest name wins, then the leftmost. Spaces do not matter between Han and Latin
or between letters and digits (``PCIe5.0``, ``PCIe 5.0``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import ahocorasick_rs

from suantu.expressions import compiled
from suantu.ontology import Name
from suantu.records import Thing

_LOWER = {i: i + 32 for i in range(ord("A"), ord("Z") + 1)}
_INNER_SPACE = compiled(r"(?<=[a-z])\s+(?=[a-z])")
_SPACE = compiled(r"\s+")


@dataclass(frozen=True, slots=True)
class Match:
    """A name found: where, and which names have that spelling."""

    start: int
    end: int
    names: tuple[Name, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether every reading is also an everyday word."""
        return all(name.ambiguous for name in self.names)


class Gazetteer:
    """The names of a lexicon, and decoys (longer words that hide a name), ready to be found in folded text; none begins
    where ``barred`` matches."""

    def __init__(self, names: Iterable[Name], barred: re.Pattern[str], decoys: Iterable[str] = ()) -> None:
        self._barred = barred
        by_key: dict[str, list[Name]] = {}
        for name in names:
            by_key.setdefault(_key(name.text), []).append(name)
        for decoy in decoys:
            by_key.setdefault(_key(decoy), [])
        self._names = [tuple(v) for v in by_key.values()]
        self._doubtful = frozenset(i for i, v in enumerate(self._names) if v and all(n.ambiguous for n in v))
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_key)) if by_key else None

    def find(self, text: str) -> list[Match]:
        """The names in ``text``, apart from one another, in order."""
        if self._automaton is None:
            return []
        squeezed, back = _squeeze(text)
        found: list[tuple[int, int, int]] = []
        for index, start, end in self._automaton.find_matches_as_indexes(squeezed, overlapping=True):
            a, b = back[start], back[end - 1] + 1
            stop = _edge(text, a, b)
            if stop and not self._barred.match(text, a) and self._fits(text[a:b], index):
                found.append((a, stop, index))
        found = [(a, b, i) for a, b, i in _apart(found, self._doubtful) if self._names[i]]
        return [Match(a, b, self._names[i]) for a, b, i in found]

    def sure(self, text: str) -> list[Thing]:
        """The things that a text names without doubt."""
        return [name.thing for match in self.find(text) for name in match.names if not name.ambiguous]

    def inside(self, surface: str) -> list[tuple[int, int, Thing]]:
        """The names inside a name, at its head or behind it, the longest first."""
        if self._automaton is None:
            return []
        squeezed, back = _squeeze(surface)
        hits = self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
        starts = sorted({back[start] for _, start, _ in hits})  # where alone a name may begin
        found = []
        for start in starts:
            for match in self.find(surface[start:]):
                if match.start == 0:
                    found += [(start, start + match.end, n.thing) for n in match.names]
        for end in range(len(surface) - 1, 1, -1) if 0 in starts else ():
            for match in self.find(surface[:end]):
                if match.start == 0 and match.end == end:
                    found += [(0, end, n.thing) for n in match.names]
        return sorted(found, key=lambda f: f[0] - f[1])

    def _fits(self, surface: str, index: int) -> bool:
        names = self._names[index]
        if " " in surface and names and _spelling(surface) != _spelling(names[0].text):
            return False
        return not names or any(_case_fits(surface, name) for name in names)


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_LOWER)


def _key(text: str) -> str:
    return "".join(_lower(text).split())


def _spelling(text: str) -> str:
    """Lower case, with a mark where a space parts two Latin words: elsewhere spaces do not matter."""
    return _SPACE.sub("", _INNER_SPACE.sub("\0", _lower(text)))


def _squeeze(text: str) -> tuple[str, list[int] | range]:
    lower = _lower(text)
    if not _SPACE.search(lower):
        return lower, range(len(lower))
    back = [i for i, char in enumerate(lower) if not char.isspace()]
    return "".join([lower[i] for i in back]), back


def _word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _edge(text: str, start: int, end: int) -> int:
    """The end of a name that stands free at ``start:end`` (a plural s is taken in), or 0."""
    if (
        start
        and _word(text[start])
        and _word(before := text[start - 1])
        and not (before.isdigit() and text[start].isalpha() and end - start >= 3)
    ):
        return 0
    if end - start <= 3 and text[start - 1 : start] == "." and _word(text[max(0, start - 2)]) and text[start].isupper():
        return 0  # the AI of Chem.AI
    if text[end - 1].isdigit() and text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit():
        return 0
    if (
        _word(text[end - 1])
        and text[end - 1].isalpha()
        and text[end : end + 1] == "-"
        and text[end + 1 : end + 2].isdigit()
    ):
        return 0  # the Aurora of Aurora-1
    if end < len(text) and _word(text[end - 1]) and _word(text[end]):
        named = text[end - 1].isalpha() or text[start].isalpha()  # H100s, but no 1990s
        if text[end] == "s" and named and not (end + 1 < len(text) and _word(text[end + 1])):
            return end + 1
        if not (text[end].isdigit() and text[end - 1].isalpha() and end - start >= 4):
            return 0
    return end


def _case_fits(surface: str, name: Name) -> bool:
    """A capitalised Latin word must be capitalised in the text too; other names match in any case."""
    label = name.text
    if not label.isascii() or surface == label or " " in label:
        return True
    if name.ambiguous or len(label) <= 3:
        return surface.rstrip("s") == label or surface == label
    return not (label[0].isupper() and surface[0].islower())


def _apart(found: list[tuple[int, int, int]], doubtful: Collection[int]) -> list[tuple[int, int, int]]:
    """The longest names first, then those that are no everyday words, then the leftmost; what overlaps a chosen one
    falls away."""
    out: list[tuple[int, int, int]] = []
    cluster: list[tuple[int, int, int]] = []
    reach = -1
    for item in sorted(found):
        if item[0] >= reach and cluster:
            out.extend(_choose(cluster, doubtful))
            cluster = []
        cluster.append(item)
        reach = max(reach, item[1])
    out.extend(_choose(cluster, doubtful))
    return out


def _choose(cluster: list[tuple[int, int, int]], doubtful: Collection[int]) -> list[tuple[int, int, int]]:
    if len(cluster) < 2:
        return cluster
    chosen: list[tuple[int, int, int]] = []
    for item in sorted(cluster, key=lambda x: (x[0] - x[1], x[2] in doubtful, x[0])):
        if all(item[1] <= c[0] or item[0] >= c[1] for c in chosen):
            chosen.append(item)
    return sorted(chosen)

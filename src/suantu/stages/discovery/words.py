"""Tells a name from the words around it: a small segmenter over everyday words, function words and generic nouns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from suantu.expressions import compiled

_LONGEST = 6
# A letter of so many everyday words tells no name.
_PLAIN = 12
_LATIN = compiled(r"[A-Za-z0-9.\-]+")
_NODE = compiled("[\ue000-\uf8ff]")
_TOPIC = ("generic", "topic")
_ENDS = "，。；：、！？（“《\n"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a stretch: where, and of what kind (stop role generic verb noun open latin topic node)."""

    start: int
    end: int
    kind: str

    def __len__(self) -> int:
        return self.end - self.start


class Words:
    """The word lists of one language."""

    def __init__(self, settings: Mapping[str, Any], everyday: Mapping[str, Any]) -> None:
        self._joins = frozenset(str(settings["joins"]).split())
        self._aspects = frozenset(str(settings["aspects"]))
        letters = Counter(c for text in (everyday.get("nouns", ""), everyday.get("verbs", "")) for c in text)
        self._plain = frozenset(c for c, times in letters.items() if times >= _PLAIN)
        self.common = tuple(str(settings["common-ends"]))
        self._bonds_after = str(settings["bonds-after"])
        self._bonds = str(settings["bonds"]) + self._bonds_after
        self._bonds_first = str(settings["bonds-first"])
        self._bonds_before = frozenset(str(settings["bonds-before"]))
        endings = {str(w) for rule in settings["suffixes"] for w in rule["words"] if len(str(w)) > 1}
        self._ending = compiled("|".join(sorted(endings, key=len, reverse=True)))
        self.wares = tuple(map(str, settings["wares"]))
        self.word_firms = tuple(map(str, settings["word-firms"]))
        self._sectors = frozenset(map(str, settings["sectors"]))
        self.figure = compiled(str(settings["figures"]))
        self._not_latin = compiled(str(settings["not-models"]))
        self.topics: frozenset[str] = frozenset()
        self.topical: frozenset[str] = frozenset()
        self._kinds: dict[str, str] = {}
        self._seen: dict[str, tuple[Word, ...]] = {}
        for kind, text in (
            ("noun", everyday.get("nouns", "")),
            ("verb", everyday.get("verbs", "")),
            ("generic", settings["generic"]),
            ("role", settings["roles"]),
            ("stop", settings["stops"]),
        ):
            self._kinds.update(dict.fromkeys(text.split(), kind))
        self._named = frozenset(map(str, settings["within-names"]))

    def add(self, kind: str, words: Iterable[str]) -> None:
        """Let these be words too, where they are not in a list."""
        for word in words:
            if 1 < len(word) <= _LONGEST:
                self._kinds.setdefault(word, kind)

    def kind(self, word: str) -> str:
        """What kind of word this is; empty where it is no word of the lists."""
        return self._kinds.get(word, "")

    def split(self, text: str) -> tuple[Word, ...]:
        """The words of a stretch, longest first from the left."""
        if (known := self._seen.get(text)) is None:
            if len(self._seen) > 20000:
                self._seen.clear()
            known = self._seen[text] = tuple(self._split(text))
        return known

    def _split(self, text: str) -> list[Word]:
        out: list[Word] = []
        kinds, size, i = self._kinds, len(text), 0
        while i < size:
            if latin := _LATIN.match(text, i):
                plain = self._not_latin.match(latin[0]) or not any(c.isalpha() for c in latin[0])
                out.append(Word(i, latin.end(), "generic" if plain else "latin"))
                i = latin.end()
                continue
            for end in range(min(size, i + _LONGEST), i, -1):
                if kind := kinds.get(text[i:end]):
                    break
            else:
                end, kind = i + 1, self._single(text[i])
            out.append(Word(i, end, kind))
            i = end
        return self._joined(text, out)

    def _single(self, char: str) -> str:
        return "topic" if char in self.topics else "node" if _NODE.match(char) else "open"

    def _joined(self, text: str, words: list[Word]) -> list[Word]:
        """沪上, 曦光, 云帆: a letter that is a word of its own elsewhere belongs to the unknown letter beside it."""
        for i, word in enumerate(words):
            if len(word) == 1 and word.kind in ("generic", "stop") and text[word.start] in self._joins:
                before = i and words[i - 1].kind == "open"
                alone = before and (i < 2 or words[i - 2].kind != "open")
                after = word.kind == "generic" and i + 1 < len(words) and words[i + 1].kind == "open"
                letter = text[word.start]
                ends = word.end == len(text) or self._ending.match(text, word.end)
                inner = (alone or (before and letter in self._bonds_after)) and ends
                if (
                    inner
                    if word.kind == "stop" and letter in self._bonds
                    else alone or after or (before and word.kind == "generic")
                ):
                    words[i] = Word(word.start, word.end, "open")
        if len(words) > 1 and text[words[-2].start : words[-2].end] in self._bonds_before:
            longer = len(words) == 2 or (len(words[-3]) > 1 and words[-3].kind in ("stop", "role", "verb"))
            if longer and len(words[-1]) == 1 and words[-1].kind == "open":
                words[-2] = Word(words[-2].start, words[-2].end, "open")
        return words

    def trim(
        self, text: str, whole: bool = False, inner: bool = False, before: str = "-"
    ) -> tuple[int, int, bool] | None:
        """Where the name in a stretch begins and ends, and whether a word that is no part of it stands before it.

        ``whole`` keeps verbs and generic words at its head (智能理货); ``inner``: it is known where the name begins, so
        that a function word that names have too may stand within (中原联合资本). ``before``: the letter before the
        stretch; where that ends a clause, some function words are the first letter of a name (中锐, 和岫).
        """
        words = list(self.split(text))
        begins = before in _ENDS and text[:1] in self._bonds_first
        if begins and len(words) > 1 and len(words[0]) == 1 and words[1].kind == "open":
            words[0] = replace(words[0], kind="open")
        while words and words[-1].kind == "stop":
            words.pop()
        end = words[-1].end if words else 0
        named = self._named if inner else frozenset()
        cuts = [i for i, w in enumerate(words) if w.kind in ("stop", "role") and text[w.start : w.end] not in named]
        cut = cuts[-1] if cuts else -1
        if whole and cut >= 0 and words[cut].kind == "role" and (not cut or words[cut - 1].kind == "stop"):
            cut -= 1  # 的企业诉求分拨
        if cut == len(words) - 1:
            return None
        clean = cut >= 0
        rest = words[cut + 1 :]
        if whole:
            sector = max((i for i, w in enumerate(rest) if text[w.start : w.end] in self._sectors), default=-1)
            rest = rest[sector + 1 :] if sector > 0 and rest[sector + 1 :] else rest
            return rest[0].start, end, clean
        for i in range(len(rest) - 1, -1, -1):
            known = i + 1 < len(rest) and rest[i + 1].kind == "node"
            if rest[i].kind == "verb" and (known or _unknown(rest[i + 1 :]) >= 2):
                rest, clean = rest[i + 1 :], True
                break
        if len(rest) > 1 and rest[0].kind == "verb" and text[rest[0].end - 1] in self._aspects:
            rest, clean = rest[1:], True  # 拿到江淮资本
        first = next((i for i, w in enumerate(rest) if w.kind in ("open", "latin", "node")), 0)
        if first and all(w.kind in _TOPIC for w in rest[:first]) and _unknown(rest[first:]) >= 2:
            rest, clean = rest[first:], True
        return (rest[0].start, end, clean) if rest else None

    def rare(self, text: str) -> bool:
        """Whether two letters can be a name by themselves: one of them is in few everyday words."""
        return not text.endswith(self.common) and not all(c in self._plain for c in text)

    def unknown(self, text: str) -> int:
        """How many characters of a stretch belong to no word."""
        return _unknown(self.split(text))

    def empty(self, text: str) -> bool:
        """Whether a stretch consists of generic and function words only."""
        return all(w.kind in ("generic", "stop", "role") for w in self.split(text))

    def sound(self, text: str) -> bool:
        """Whether a stretch may be a name: not only generic words, and no function word in it."""
        words = self.split(text)
        within = words[:-1] if text[:1] in self._bonds_first and len(words) > 2 else words[1:-1]
        return not all(w.kind in ("generic", "stop", "role") for w in words) and all(
            w.kind != "stop" or (w in within and text[w.start : w.end] in (self._named if w.start else text[0]))
            for w in words
        )


def _unknown(words: Sequence[Word]) -> int:
    return sum(len(w) for w in words if w.kind in ("open", "latin"))

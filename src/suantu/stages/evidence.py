"""Decides which ambiguous names count: 平安 the insurer or 平安 the word, Meta the firm or meta the prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suantu.expressions import compiled
from suantu.ontology import Name, Ontology
from suantu.stages.names import Match

_LABEL = 8  # a label stands at the head of its block
_QUOTES = ("“", "「", "‘")
_MADE = frozenset({"Chip", "Product", "AIModel", "Interconnect"})


class Evidence:
    """The evidence words of ``rules/names.yaml``."""

    def __init__(self, settings: Mapping[str, Any], ontology: Ontology) -> None:
        self._heads = {str(k): tuple(map(str, v)) for k, v in settings["heads"].items()}
        self._before = {str(k): tuple(map(str, v)) for k, v in settings["before"].items()}
        self._never = tuple(map(str, settings["never-after"]))
        self._letter_before = tuple(map(str, settings.get("letter-before", ())))
        self._joints = frozenset(map(str, settings["joints"]))
        self._read_as = {str(k): str(v) for k, v in dict(settings.get("read-as", {})).items()}
        self._labels = [(compiled(str(r["before"])), compiled(str(r["after"]))) for r in settings.get("labels", ())]
        quoted = dict(settings.get("quoted", {}))
        self._never_quoted = frozenset(map(str, quoted.get("classes", ())))
        self._quoted = compiled(str(quoted.get("after", "(?!)")))
        self._ontology = ontology

    def certain(self, matches: Sequence[Sequence[Match]]) -> frozenset[str]:
        """The things that a document names without doubt, by IRI."""
        return frozenset(
            name.thing.iri for found in matches for match in found for name in match.names if not name.ambiguous
        )

    def classes(self, text: str, match: Match, name: Name) -> tuple[str, ...]:
        """What a name is read as: the word that it ends in, or that follows it, may make it another thing (the Hopper
        architecture: no device)."""
        for word, cls in self._read_as.items():
            if text.endswith(word, match.start, match.end) or text.startswith(word, match.end):
                return (cls,)
        return name.thing.classes

    def choose(self, text: str, found: Sequence[Match], certain: frozenset[str]) -> list[tuple[Match, Name]]:
        """The matches of a block that count, each with the name that it stands for."""
        out: list[tuple[Match, Name]] = []
        for i, match in enumerate(found):
            name = self._one(text, found, i, certain)
            if name is not None:
                out.append((match, name))
        return out

    def _one(self, text: str, found: Sequence[Match], i: int, certain: frozenset[str]) -> Name | None:
        match = found[i]
        clear = [n for n in match.names if not n.ambiguous]
        if clear:
            called = text[match.start - 1 : match.start] in _QUOTES and self._quoted.match(text, match.end)
            named = called and self._never_quoted & self._ontology.closure(clear[0].thing.classes)
            return None if named else clear[0]
        if match.end - match.start == 1 and not text[match.start].isascii():
            return self._letter(text, found, i)
        refused = text[max(0, match.start - 2) : match.start].endswith(self._never) and not text[match.start].isascii()
        for name in match.names:
            if name.thing.iri in certain and not refused:
                return name
            closure = self._ontology.closure(name.thing.classes)
            if "Organization" in closure and self._has_product(text, found, i):
                return name
            if self._in_list(text, found, i, closure) or ("Industry" in closure and self._labels_it(text, match)):
                return name
            if not refused and self._beside(text, match, closure):
                return name
            if not refused and text[match.start].isascii() and self._proper(text, match):
                return name
        return None

    def _letter(self, text: str, found: Sequence[Match], i: int) -> Name | None:
        """A single letter counts only beside another of its class, where no word begins before them: 中、美、日, 美日."""
        name = found[i].names[0]
        closure = self._ontology.closure(name.thing.classes)
        first = i - 1 if i and found[i - 1].end == found[i].start else i
        last = i + 1 if i + 1 < len(found) and found[i + 1].start == found[i].end else i
        before = text[found[first].start - 1 : found[first].start]
        if before.isalpha() and before not in self._joints and not before.endswith(self._letter_before):
            return None
        pair = any(self._alike(found[j], closure) for j in {first, last} - {i})
        return name if pair or self._in_list(text, found, i, closure) else None

    def _alike(self, match: Match, closure: frozenset[str]) -> bool:
        return any(self._ontology.closure(n.thing.classes) & closure - {"Entity", "Concept"} for n in match.names)

    def _has_product(self, text: str, found: Sequence[Match], i: int) -> bool:
        """Whether the name of a thing of this maker, or a device, stands directly behind (地平线征程6)."""
        if i + 1 >= len(found) or text[found[i].end : found[i + 1].start].strip() not in ("", "的"):
            return False
        return any(self._ontology.closure(n.thing.classes) & _MADE for n in found[i + 1].names if not n.ambiguous)

    def _labels_it(self, text: str, match: Match) -> bool:
        """Whether the name labels the block, or is a numbered heading."""
        if match.start > _LABEL:
            return False
        before = text[: match.start]
        return any(b.match(before) and a.match(text, match.end) for b, a in self._labels)

    def _beside(self, text: str, match: Match, closure: frozenset[str]) -> bool:
        after = text[match.end : match.end + 16].lstrip()
        before = text[max(0, match.start - 16) : match.start].rstrip()
        for cls in closure:
            if cls in self._heads and after.startswith(self._heads[cls]):
                return True
            if cls in self._before and before.endswith(self._before[cls]):
                return True
        return False

    def _in_list(self, text: str, found: Sequence[Match], i: int, closure: frozenset[str]) -> bool:
        for j in (i - 1, i + 1):
            if not 0 <= j < len(found):
                continue
            low, high = sorted((i, j))
            gap = text[found[low].end : found[high].start]
            if (gap in self._joints or gap.strip() in self._joints) and self._alike(found[j], closure):
                return True
        return False

    def _proper(self, text: str, match: Match) -> bool:
        """A Latin name, capitalised where a plain word would not be."""
        if not text[match.start].isupper():
            return False
        before = text[max(0, match.start - 2) : match.start].strip()
        return bool(before) and before[-1] not in '.。!?"“:'

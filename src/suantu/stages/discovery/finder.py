"""Finds the names that a document made known in its blocks, beside those that the blocks have."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import ahocorasick_rs

from suantu.expressions import compiled
from suantu.ontology import Name
from suantu.records import Thing
from suantu.stages.discovery.page import Blocks, Chosen
from suantu.stages.names import Gazetteer, Match

_PIECE = compiled(r"[a-z]+|[0-9]+|[^\sa-z0-9]+")


def labelled(thing: Thing, others: Sequence[str]) -> Thing:
    """The thing with more names."""
    if not others:
        return thing
    labels = dict(thing.labels)
    for other in others:
        key = "alt@en" if other.isascii() else "alt@zh"
        labels[key] = (*labels.get(key, ()), other)
    return replace(thing, labels=labels)


class Finder:
    """Finds new names in the blocks of a document, beside the names that the blocks have."""

    def __init__(self, blocks: Blocks, barred: re.Pattern[str]) -> None:
        self._blocks, self._barred = blocks, barred
        self._text = "\n".join(text for text, _ in blocks).lower()
        self._starts = [0]
        for text, _ in blocks:
            self._starts.append(self._starts[-1] + len(text) + 1)

    def settle(self, names: Sequence[Name]) -> dict[int, list[tuple[Match, Name]]]:
        """The blocks that have new names: all their names, apart from one another: the longer wins, then the known."""
        if not names:
            return {}
        gazetteer = Gazetteer(names, self._barred)
        first = list({max(_PIECE.findall(n.text.lower()), key=len) for n in names})
        hits = ahocorasick_rs.AhoCorasick(first).find_matches_as_indexes(self._text, overlapping=True)
        out = {}
        for i in sorted({bisect_right(self._starts, start) - 1 for _, start, _ in hits}):
            text, chosen = self._blocks[i]
            if new := [(m, m.names[0]) for m in gazetteer.find(text)]:
                out[i] = _merged(chosen, new)
        return out


def _merged(chosen: Chosen, new: Chosen) -> list[tuple[Match, Name]]:
    ranked = sorted(
        [(m.start - m.end, 0, m.start, m, n) for m, n in chosen]
        + [(m.start - m.end, 1, m.start, m, n) for m, n in new],
        key=lambda x: x[:3],
    )
    taken: list[tuple[Match, Name]] = []
    for _, _, _, match, name in ranked:
        if all(match.end <= m.start or match.start >= m.end for m, _ in taken):
            taken.append((match, name))
    return sorted(taken, key=lambda x: x[0].start)

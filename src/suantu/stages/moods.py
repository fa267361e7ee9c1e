"""Reads a sentence's moods (denied, rumoured, supposed, forecast …) and who says what.

A denied, rumoured, supposed or questioned stretch asserts nothing; a forecast or estimate sets a figure's status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from suantu.expressions import compiled
from suantu.records import Thing
from suantu.scene import AHEAD, GUESSED, NOW, Mood, Scene

_CLAUSE = compiled(r"[，,；;：:。！？!?]")
_JOINTS = (" and ", " but ")
_CLOSE = 4  # characters from a cue to another that takes it back (目前计划)
_FOLLOWING = 80  # characters of the next sentence that are looked at
_NEVER = compiled(r"(?!)")
STOPS_ASSERTION = ("rumour", "hypothetical", "question", "doubt", "former")


class Moods:
    """The mood cues and saying verbs of one language."""

    def __init__(self, settings: Mapping[str, Any], language: str, sayers: str, periods: str) -> None:
        self._period = compiled(f"[{periods}]")
        self._english = language == "en"
        bound = r"\b" if language == "en" else ""
        self._matter = compiled(str(settings.get("matters", "(?!)")), re.IGNORECASE)
        turns = "|".join(map(str, settings.get("turns", ())))
        self._turn = compiled(rf"{bound}(?:{turns}){bound}", re.IGNORECASE) if turns else _NEVER
        self._retracts = compiled(str(settings["retracts"])) if "retracts" in settings else _NEVER
        edge = r"\b" if language == "en" else ""
        decoys = "|".join(settings.get("decoys-moods", ()))
        cues: list[tuple[str, str]] = []
        self._kinds: list[tuple[str, str]] = []
        for entry in settings["moods"]:
            group = f"m{len(cues)}"
            words = "|".join(sorted(map(str, entry["cues"]), key=len, reverse=True))
            cues.append((group, words))
            self._kinds.append((str(entry["kind"]), str(entry["scope"])))
        flags = re.IGNORECASE if language == "en" else 0
        parts = [f"(?P<decoy>{edge}(?:{decoys}){edge})"] if decoys else []
        parts += [
            f"(?P<{g}>{w})" if language == "zh" else f"(?P<{g}>(?<![A-Za-z])(?:{w})(?![A-Za-z]))" for g, w in cues
        ]
        self._cues = compiled("|".join(parts), flags)
        verbs = "|".join(sorted(settings["saying"]["verbs"], key=len, reverse=True))
        before = "|".join(sorted(settings["saying"]["before"], key=len, reverse=True))
        gap = "[^，。；,;.]" if language == "zh" else "[^,;]"
        self._said = compiled(
            f"(?:(?:{edge}(?:{before}){edge})\\s?[“]?(?P<b>[{sayers}])|"
            f"(?P<a>[{sayers}]){gap}{{0,12}}?{edge}(?:{verbs}){edge})",
            flags,
        )

    def looks_ahead(self, text: str) -> bool:
        """Whether a text speaks of what is expected, planned or supposed."""
        groups = (m.lastgroup or "decoy" for m in self._cues.finditer(text))
        kinds = (self._kinds[int(group[1:])][0] for group in groups if group != "decoy")
        return any(kind in {"forecast", "planned", "hypothetical", "doubt"} for kind in kinds)

    def read(self, scene: Scene) -> tuple[tuple[Mood, ...], tuple[tuple[int, int, Thing], ...]]:
        """The moods and the sayers of ``scene``, as encoded stretches."""
        text = scene.text
        found = []
        for match in self._cues.finditer(text):
            if match.lastgroup and match.lastgroup != "decoy":
                kind, scope = self._kinds[int(match.lastgroup[1:])]
                start = self._matter_of(text, match.start()) if scope == "whole" else 0
                found.append((match.start(), _scoped(kind, scope, match, text, self._period, self._turn, start)))
        moods = _turned(found, text)
        if self._retracts.match(scene.block.text[scene.end : scene.end + _FOLLOWING].lstrip()):
            moods.append(Mood("rumour", 0, len(text)))
        said = []
        for match in self._said.finditer(text):
            at = match.start("a") if match["a"] else match.start("b")
            node = scene.nodes.get(at)
            if node is not None and node.mentions:
                trailing = self._english and (match["b"] or not text[match.end() :].strip(' .”"'))
                said.append((0 if trailing else at, len(text), node.thing))
        return tuple(moods), tuple(said)

    def _matter_of(self, text: str, cue: int) -> int:
        """Where the matter begins that a cue speaks of (至于…的说法，双方均予否认); 0: it is the whole sentence."""
        return max((m.start() for m in self._matter.finditer(text, 0, cue)), default=0)


def _turned(found: list[tuple[int, Mood]], text: str) -> list[Mood]:
    """The moods by their cues: what is planned ends with the clause that tells what is done or guessed, and what is done
    with the one that tells what is planned."""
    return [replace(mood, end=_until(cue, mood, found, text)) for cue, mood in found]


def _until(cue: int, mood: Mood, found: list[tuple[int, Mood]], text: str) -> int:
    """Where a mood ends: at the clause of the first cue that turns it; what is so now at a plan right behind it."""
    turning = (*NOW, GUESSED) if mood.kind in AHEAD else AHEAD if mood.kind in NOW else ()
    end = mood.end
    for at in (at for at, other in found if other.kind in turning and cue < at):
        if at >= end:
            continue
        if clauses := [m.end() for m in _CLAUSE.finditer(text, cue, at)]:
            return clauses[-1]
        if mood.kind in NOW and at - cue < _CLOSE:
            end = at
    return end


def _scoped(
    kind: str, scope: str, match: re.Match[str], text: str, period: re.Pattern[str], turn: re.Pattern[str], matter: int
) -> Mood:
    """A sentence-wide mood runs from its cue to the end, a whole one from its ``matter`` on; a clause-wide one covers the clause
    that the cue stands in.

    One that runs onward goes on over the clauses that follow, until one names a time of its own; one that runs after
    its cue ends with the clause or where the clause turns (does not support A but supports B).
    """
    if scope == "after":
        found = _CLAUSE.search(text, match.end())
        until = found.start() if found else len(text)
        turned = turn.search(text, match.end(), until)
        return Mood(kind, match.start(), turned.start() if turned else until)
    if scope == "whole":
        return Mood(kind, matter, len(text))
    if scope == "sentence":
        if kind in {"forecast", "estimate"}:
            return Mood(kind, match.start(), len(text))
        start = max((m.end() for m in _CLAUSE.finditer(text, 0, match.start())), default=0)
        turned = turn.search(text, match.end()) if kind == "hypothetical" else None
        return Mood(kind, start, turned.start() if turned else len(text))
    start = max((m.end() for m in _CLAUSE.finditer(text, 0, match.start())), default=0)
    end = _CLAUSE.search(text, match.end())
    stop = end.start() if end else len(text)
    if scope == "onward":
        joined = max(text.rfind(word, start, match.start()) for word in _JOINTS)
        start = joined if joined >= start else start
        while stop < len(text) and text[stop] in "，,":
            following = _CLAUSE.search(text, stop + 1)
            after = following.start() if following else len(text)
            if period.search(text, stop, after):
                break
            stop = after
    return Mood(kind, start, stop)


def asserted(scene: Scene, start: int, end: int, holds_denied: bool = False) -> bool:
    """Whether the encoded stretch states something: no denial, rumour, supposition or question touches it.

    ``holds_denied``: what is said holds under a denial too (the chip of a firm that does *not* support …).
    """
    stops = STOPS_ASSERTION if holds_denied else (*STOPS_ASSERTION, "negated")
    return not scene.in_mood(stops, start, end)

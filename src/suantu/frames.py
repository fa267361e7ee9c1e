"""Frames: what a property's words are, times the constructions that all properties share.

A frame names a property, its two sides and its verbs and nouns; a construction is a pattern with the sides ``{A}`` (who
does it, or who is called by the noun) and ``{B}``. Every frame takes every construction whose words it has, and each pair is
a relation rule ``frame/construction`` that runs over the sentence with the frame's words marked:

=================  ==============================================================================
``<V>`` ``<N>``    one of the frame's verbs, one of its nouns; ``<X>`` a verb of another frame
``<P>``            one of the frame's prepositions
``{A}`` ``{B}``    the sides, bound; ``{a}`` ``{b}`` a name of the same classes, not bound
``{V}`` ``{N}``    within brackets: the mark of a verb, a noun; ``{X}`` of another frame's verb
``<part>``         a pattern of the file's ``parts``
=================  ==============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suantu.errors import RuleError
from suantu.rules import Rule

_V, _N, _X, _REST = "\uf7f0", "\uf7f2", "\uf7f3", "\uf7f1"
_MARKS = {"V": _V, "N": _N, "X": _X, "R": _REST}
_PART = re.compile(r"<([a-z]+)>")
_OPTIONS = (
    "not",
    "single",
    "confidence",
    "age",
    "unless",
    "pairs",
    "section",
    "holds-denied",
    "list",
    "all",
    "begins",
    "ignore",
    "many",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A property's words: each with its mark."""

    name: str
    makes: str
    words: Mapping[str, str]
    agents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Use:
    """What a rule needs of its frame: the mark without which it cannot match; whether other frames' verbs are marked."""

    frame: str
    need: str
    others: bool


class Words:
    """Finds the words of all frames in a text, the longest first, and marks those of one of them."""

    def __init__(self, frames: Sequence[Frame], decoys: Sequence[str], weak: Sequence[str]) -> None:
        self._frames = {frame.name: frame for frame in frames}
        self._words = {str(w) for f in frames for w in f.words} - {d for f in frames for d in f.agents}
        self._verbs = {w for f in frames for w, mark in f.words.items() if mark == _V and len(w) > 1} - set(weak)
        listed = sorted({*decoys, *(w for f in frames for w in f.words)}, key=lambda w: (-len(w), w))
        self._find = re.compile("|".join(map(re.escape, listed)) or r"(?!)")

    def read(self, text: str) -> Marked:
        """The marked readings of a text."""
        return Marked(text, [(m.start(), m.end(), m[0]) for m in self._find.finditer(text)], self)

    def mark(self, frame: str, word: str) -> str:
        """The mark of a word in the reading of a frame, or nothing; a word of another frame may begin with one of its own."""
        own = self._frames[frame].words
        if word in own or word not in self._words:
            return own.get(word, "")
        if any(word in f.words for f in self._frames.values() if f.makes == self._frames[frame].makes):
            return _X if word in self._verbs else ""  # the same relation the other way round
        begins = next((own[word[:n]] for n in range(len(word) - 1, 1, -1) if word[:n] in own), "")
        return begins or (_X if word in self._verbs else "")


class Marked:
    """A text with the words of one frame marked, frame by frame."""

    def __init__(self, text: str, found: Sequence[tuple[int, int, str]], words: Words) -> None:
        self._text, self._found, self._words = text, found, words
        self._cache: dict[tuple[str, bool], tuple[str, frozenset[str]]] = {}

    def of(self, use: Use) -> tuple[str, frozenset[str]]:
        """The text as a rule of a frame reads it, and the marks in it."""
        key = (use.frame, use.others)
        if key not in self._cache:
            self._cache[key] = self._read(*key)
        return self._cache[key]

    def _read(self, frame: str, others: bool) -> tuple[str, frozenset[str]]:
        out, position, marks = [], 0, set()
        for start, end, word in self._found:
            mark = self._words.mark(frame, word)
            if mark and (others or mark != _X):
                marks.add(mark)
                out += [self._text[position:start], mark, _REST * (end - start - 1)]
                position = end
        return "".join([*out, self._text[position:]]), frozenset(marks)


def read_frames(settings: Mapping[str, Any], file: str) -> tuple[Words, list[tuple[Rule, Use | None]]]:
    """The words of a file's frames, and its rules: each with the marks that it reads (none: the plain text)."""
    frames: list[Frame] = []
    rules: list[tuple[Rule, Use | None]] = []
    for entry in settings.get("frames", ()):
        name = str(entry.get("name", ""))
        if not name or not entry.get("examples"):
            raise RuleError(file, name or "(unnamed)", "a frame needs a name and examples")
        agents = _agents(entry, settings.get("doers", ()))
        frames.append(Frame(name, str(entry["makes"]), _words(entry, agents), agents))
        rules += _rules(entry, settings, file)
    return Words(frames, *(list(map(str, settings.get(k, ()))) for k in ("decoys", "weak"))), rules


def _agents(entry: Mapping[str, Any], doers: Sequence[str]) -> frozenset[str]:
    """Those who do what the verbs say (a launch: a launcher)."""
    verbs = [str(w) for w in entry.get("verbs", ()) if len(w) > 1] if entry.get("doers", True) else []
    return frozenset(verb + doer for verb in verbs for doer in doers)


def _words(entry: Mapping[str, Any], agents: frozenset[str]) -> dict[str, str]:
    return {
        **dict.fromkeys(agents, _N),
        **dict.fromkeys(map(str, entry.get("verbs", ())), _V),
        **dict.fromkeys(map(str, entry.get("nouns", ())), _N),
    }


def _rules(entry: Mapping[str, Any], settings: Mapping[str, Any], file: str) -> Iterator[tuple[Rule, Use | None]]:
    own = dict(entry.get("patterns", {}))
    shared = dict(settings["constructions"])
    default = [c for c, body in shared.items() if not body.get("optional") or c in entry.get("with", ())]
    wanted = entry.get("only", [c for c in default if c not in entry.get("without", ())])
    a = str(entry.get("a", "s"))
    sides = {"A": (a, str(entry[a])), "B": ("o" if a == "s" else "s", str(entry["o" if a == "s" else "s"]))}
    for name, construction in {**{c: shared[c] for c in wanted}, **own}.items():
        pattern = str(construction["pattern"])
        need = _N if "<N>" in pattern else _V if "<V>" in pattern else ""
        missing = (need == _N and not entry.get("nouns") and not entry.get("verbs")) or (
            need == _V and not entry.get("verbs")
        )
        if missing or ("<P>" in pattern and not entry.get("preps")):
            continue
        body: dict[str, Any] = {k: entry[k] for k in _OPTIONS if k in entry}
        body |= {k: construction[k] for k in _OPTIONS if k in construction}
        body["makes"] = entry["makes"]
        body["pattern"] = _expand(pattern, sides, settings.get("parts", {}), entry.get("preps", ()), file, name)
        if "carry" in construction:
            body["carry"] = _carried(construction["carry"], sides, entry.get("topic", {}))
        if not pattern.rstrip().endswith("{B}") or a != "s":
            body.setdefault("list", False)
        marked = any(mark in body["pattern"] for mark in _MARKS.values())
        use = Use(str(entry["name"]), need, _X in body["pattern"]) if marked else None
        yield Rule(f"{entry['name']}/{name}", file, body), use


def _carried(
    carry: str | Mapping[str, Any], sides: Mapping[str, tuple[str, str]], topic: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What a slot may take over from before: as the construction says, or what the frame's side can be."""
    if not isinstance(carry, str):
        return carry
    slot, classes = sides[carry]
    return {slot: topic.get(slot, classes.split("|"))}


def _expand(
    pattern: str,
    sides: Mapping[str, tuple[str, str]],
    parts: Mapping[str, str],
    preps: Sequence[str],
    file: str,
    rule: str,
) -> str:
    """A construction's pattern with a frame's sides and words in it."""

    def part(match: re.Match[str]) -> str:
        return str(parts[match[1]]) if match[1] in parts else match[0]

    for _ in range(4):
        pattern = _PART.sub(part, pattern)
    for side, (slot, classes) in sides.items():
        pattern = pattern.replace(f"{{{side}}}", f"{{{slot}:{classes}}}")
        pattern = pattern.replace(f"{{{side.lower()}}}", f"{{{classes}}}")
    for mark, char in _MARKS.items():
        pattern = pattern.replace(f"<{mark}>", f"{char}{_REST}*(?!{_REST})").replace(f"{{{mark}}}", char)
    return pattern.replace("<P>", f"(?:{'|'.join(map(str, preps))})")

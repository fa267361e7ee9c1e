"""Frames: what a property's words are, times the constructions that all properties share.

A frame names a property, its two sides and its verbs and nouns; a construction is a pattern with the sides ``{A}`` (who
does it, or who is called by the noun) and ``{B}``. A sentence is read once for each frame whose words it has, with these
words and the names that fit the sides turned into marks, so that a construction is the same expression for all of them:

=================  ==============================================================================
``<V>`` ``<N>``    one of the frame's verbs, one of its nouns; ``<X>`` a verb of another frame
``<G>``            the -ing form of one of its verbs, in a language that has such (``inflected: true``)
``<P>``            one of the frame's prepositions
``{A}`` ``{B}``    the sides, bound; ``{a}`` ``{b}`` a name that fits the side, not bound
``{V}`` ``{N}``    within brackets: the mark of a verb, a noun; ``{X}`` of another frame's verb, ``{R}`` what follows a mark
``<part>``         a pattern of the file's ``parts``
=================  ==============================================================================

A frame's own ``patterns`` know the same, and classes (``{o:City|Region}``) beside the sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ahocorasick_rs

from suantu.errors import RuleError
from suantu.inflection import finite_form, noun_forms, verb_forms
from suantu.rules import Rule, in_brackets

_A, _AB, _B, _V, _N, _X, _REST, _G, _NOUN_REST, _FINITE_REST = map(chr, range(0xF7E0, 0xF7EA))
_MARKS = {"V": _V, "N": _N, "X": _X, "R": _REST, "G": _G}
_RESTS = {_N: _NOUN_REST}  # what follows a noun is no sign that a name behind it is acted on (the vendor X)
_VERB = f"{_V}[{_REST}{_FINITE_REST}]*(?![{_REST}{_FINITE_REST}])"
_DONE = f"{_V}{_REST}*(?![{_REST}{_FINITE_REST}])"  # no form that only tells who acts (uses): what is done to something
_SIDES = {"A": _A + _AB, "B": _AB + _B}
_PART = re.compile(r"<([a-z]+)>")
_ENDS = re.compile(r"\{(?P<side>[AB])\}(?:\(\?![^()]*\))*\s*$")  # what stands last may begin a list
_OF_NOUN = ("noun-has", "noun-has-also", "noun-carried")  # behind these those stand that the noun is of
_OPTIONS = ("not", "single", "confidence", "age", "unless", "pairs", "section", "holds-denied", "list", "all")
_LOWER = {ord(c): c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
_MORE_OPTIONS = (
    "apart",
    "begins",
    "ignore",
    "many",
    "called",
    "done",
    "lead",
    "barred",
    "parts",
    "pronoun",
    "named",
    "yields",
    "behind",
    "maker",
    "goes-on",
)


@dataclass(frozen=True)
class Frame:
    """A property's words, each with its mark, and the classes of its slots; ``agents`` are the nouns made of verbs."""

    name: str
    makes: str
    words: Mapping[str, str]
    agents: frozenset[str]
    slots: Mapping[str, str]
    a: str
    chars: Mapping[str, str]
    finite: frozenset[str] = frozenset()

    @cached_property
    def table(self) -> dict[int, str]:
        """The marks of the names that fit the sides."""
        of_a, of_b = (set(self.chars[slot]) for slot in (self.a, self.b))
        return {ord(c): _AB if c in of_a & of_b else _A if c in of_a else _B for c in of_a | of_b}

    @property
    def b(self) -> str:
        """The slot of the other side."""
        return "o" if self.a == "s" else "s"


@dataclass(frozen=True, slots=True)
class Use:
    """How a rule reads a sentence: for which frame, whether other frames' verbs and the sides are marked, the marks
    without which it cannot match, and the group and classes of each slot (for shared constructions)."""

    frame: str
    others: bool
    sides: bool
    needs: tuple[str, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)


class Words:
    """Finds the words of all frames in a text, the longest first, and marks those of one of them."""

    def __init__(
        self,
        frames: Sequence[Frame],
        decoys: Sequence[str],
        weak: Sequence[str],
        stops: Sequence[str],
        apart: bool = False,
        owning: Sequence[str] = (),
    ) -> None:
        """``apart``: the words of the language stand apart, so that none begins with another; ``owning``: before these
        what would be a doer is the object's owner (uses the firm's own link, no user firm)."""
        self._apart, self._owning = apart, tuple(map(str, owning))
        self.frames = {frame.name: frame for frame in frames}
        self._agents = {a: v for f in frames for a in f.agents for v in f.words if v != a and a.startswith(v)}
        self._words = {w for f in frames for w in f.words if w not in f.agents}
        self._verbs = {w for f in frames for w, mark in f.words.items() if mark in (_V, _G) and len(w) > 1} - set(weak)
        self._verbs |= set(stops)
        self._words |= set(stops)
        listed = sorted({*decoys, *stops, *(w for f in frames for w in f.words)})
        self._listed = listed
        self.finite = frozenset(w for f in frames for w in f.finite)
        self._automaton = ahocorasick_rs.AhoCorasick(listed, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        self._marks: dict[str, dict[str, str]] = {}

    def read(self, text: str) -> Marked:
        """The marked readings of a text."""
        found = self._automaton.find_matches_as_indexes(text.translate(_LOWER) if self._apart else text)
        whole = ((i, start, end) for i, start, end in found if not self._apart or _stands_apart(text, start, end))
        return Marked(text, [self._word(text, start, end, self._listed[i]) for i, start, end in whole], self)

    def _word(self, text: str, start: int, end: int, word: str) -> tuple[int, int, str]:
        if self._owning and text.startswith(self._owning, end) and (verb := self._agents.get(word)):
            return start, start + len(verb), verb
        return start, end, word

    def marks(self, word: str) -> dict[str, str]:
        """The marks of a word, frame by frame."""
        if word not in self._marks:
            self._marks[word] = {f.name: mark for f in self.frames.values() if (mark := self._mark(f, word))}
        return self._marks[word]

    def _mark(self, frame: Frame, word: str) -> str:
        """A word of another frame may begin with one of the frame's own, unless both say the same relation."""
        own = frame.words
        if word in own or word not in self._words:
            return own.get(word, "")
        other = _X if word in self._verbs else ""
        if self._apart or any(word in f.words for f in self.frames.values() if f.makes == frame.makes):
            return other
        return next((own[word[:n]] for n in range(len(word) - 1, 1, -1) if word[:n] in own), other)


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Whether no letter or hyphen stands right beside ``text[start:end]``."""
    return text[start - 1 : start] not in _LETTERS and text[end : end + 1] not in _LETTERS


class Marked:
    """A text with the words of one frame marked, frame by frame; ``frames`` are those that it has words of."""

    def __init__(self, text: str, found: Sequence[tuple[int, int, str]], words: Words) -> None:
        self._text, self._words = text, words
        self._found = [(start, end, words.marks(word), word in words.finite) for start, end, word in found]
        self.frames = {f for _, _, marks, _ in self._found for f, mark in marks.items() if mark != _X}
        self._cache: dict[tuple[str, bool, bool], tuple[str, frozenset[str]]] = {}

    def of(self, use: Use) -> str | None:
        """The text as a rule reads it; None where it lacks what the rule needs."""
        key = (use.frame, use.others, use.sides)
        if key not in self._cache:
            text = self._read(use)
            self._cache[key] = text, frozenset(text)
        text, chars = self._cache[key]
        return text if all(chars.intersection(need) for need in use.needs) else None

    def _read(self, use: Use) -> str:
        out, position = [], 0
        for start, end, marks, finite in self._found:
            mark = marks.get(use.frame)
            if mark and (use.others or mark != _X):
                rest = _FINITE_REST if finite and mark == _V else _RESTS.get(mark, _REST)
                out += [self._text[position:start], mark, rest * (end - start - 1)]
                position = end
        text = "".join([*out, self._text[position:]])
        return text.translate(self._words.frames[use.frame].table) if use.sides else text


def read_frames(
    settings: Mapping[str, Any], file: str, matching: Callable[[Sequence[str]], str]
) -> tuple[Words, list[tuple[Rule, Use | None]]]:
    """The words of a file's frames, and its rules: each with how it reads a sentence (None: as it stands).

    ``matching`` gives the characters of the names of some classes.
    """
    frames: list[Frame] = []
    rules: list[tuple[Rule, Use | None]] = []
    inflected = bool(settings.get("inflected"))
    for entry in settings.get("frames", ()):
        name = str(entry.get("name", ""))
        if not name or not entry.get("examples"):
            raise RuleError(file, name or "(unnamed)", "a frame needs a name and examples")
        agents = _agents(entry, settings.get("doers", ()))
        slots = {slot: str(entry[slot]) for slot in ("s", "o")}
        chars = {slot: matching(classes.split("|")) for slot, classes in slots.items()}
        finite = frozenset(finite_form(str(w)) for w in entry.get("verbs", ()) if inflected)
        frame = Frame(
            name,
            str(entry["makes"]),
            _words(entry, agents, inflected),
            agents,
            slots,
            str(entry.get("a", "s")),
            chars,
            finite,
        )
        frames.append(frame)
        rules += _rules(frame, entry, settings, file)
    decoys, weak, stops = (list(map(str, settings.get(k, ()))) for k in ("decoys", "weak", "stops"))
    return Words(frames, decoys, weak, stops, inflected, settings.get("owning", ())), rules


def _agents(entry: Mapping[str, Any], doers: Sequence[str]) -> frozenset[str]:
    """Those who do what the verbs say (a launch: a launcher)."""
    verbs = [str(w) for w in entry.get("verbs", ()) if len(w) > 1] if entry.get("doers", True) else []
    return frozenset(verb + doer for verb in verbs for doer in doers)


def _words(entry: Mapping[str, Any], agents: frozenset[str], inflected: bool) -> dict[str, str]:
    if inflected:
        forms = [verb_forms(str(w)) for w in entry.get("verbs", ())]
        nouns = (form for w in entry.get("nouns", ()) for form in noun_forms(str(w)))
        plain = dict.fromkeys((form for finite, _ in forms for form in finite), _V)
        return {**dict.fromkeys(nouns, _N), **dict.fromkeys((ing for _, ing in forms), _G), **plain}
    return {
        **dict.fromkeys(agents, _N),
        **dict.fromkeys(map(str, entry.get("verbs", ())), _V),
        **dict.fromkeys(map(str, entry.get("nouns", ())), _N),
    }


def _rules(
    frame: Frame, entry: Mapping[str, Any], settings: Mapping[str, Any], file: str
) -> Iterator[tuple[Rule, Use | None]]:
    own = dict(entry.get("patterns", {}))
    shared = dict(settings["constructions"])
    default = [c for c, body in shared.items() if not body.get("optional") or c in entry.get("with", ())]
    wanted = entry.get("only", [c for c in default if c not in entry.get("without", ())])
    has = {
        "<V>": bool(entry.get("verbs")),
        "<D>": bool(entry.get("verbs")),
        "<G>": bool(entry.get("verbs")),
        "<N>": _N in frame.words.values(),
        "<P>": bool(entry.get("preps")),
    }
    for name, construction in {**{c: shared[c] for c in wanted}, **own}.items():
        source = str(construction["pattern"])
        if not all(held for word, held in has.items() if word in source):
            continue
        options = (entry, construction) if name in own else (construction, entry)  # the nearer one wins
        body: dict[str, Any] = {k: o[k] for o in options for k in (*_OPTIONS, *_MORE_OPTIONS) if k in o}
        body |= {"carry": construction["carry"]} if "carry" in construction else {}
        if isinstance(body.get("carry"), str):
            slot = frame.a if body["carry"] == "A" else frame.b
            body["carry"] = {slot: entry.get("topic", {}).get(slot, frame.slots[slot].split("|"))}
        if body.get("apart") == "A":
            body["apart"] = [frame.a]
        if body.get("all") in ("A", "B"):
            body["all"] = frame.a if body["all"] == "A" else frame.b
        body.setdefault("list", _listed(frame, name, source))
        text = _expand(source, settings.get("parts", {}), entry.get("preps", ()))
        body["makes"] = frame.makes
        body["pattern"] = _with_marks(text) if name not in own else _with_classes(text, frame)
        yield Rule(f"{frame.name}/{name}", file, body), _use(frame, text, name not in own)


def _listed(frame: Frame, construction: str, source: str) -> str | bool:
    """The slot that a list may begin with: what is acted on, where it stands last, or those that a noun's are."""
    last = _ENDS.search(source)
    if last is None:
        return False
    if last["side"] == "B":
        return frame.a == "s"
    return construction in _OF_NOUN and frame.a


def _use(frame: Frame, text: str, shared: bool) -> Use | None:
    starts = {_V: (_VERB, _DONE), _G: (f"{_G}{_REST}*",), _N: (f"{_N}{_NOUN_REST}*",)}
    wanted = ("".join(m for m in marks if any(s in text for s in starts[m])) for marks in (_V + _G, _N))
    needs = [marks for marks in wanted if marks]
    others = _X in text
    if not shared:
        return (
            Use(frame.name, others, False, tuple(needs)) if needs or any(m in text for m in _MARKS.values()) else None
        )
    groups = {slot: side for slot, side in ((frame.a, "a"), (frame.b, "b"))}
    needs += [chars for side, chars in _SIDES.items() if f"{{{side}}}" in text]
    return Use(frame.name, others, True, tuple(needs), groups, frame.slots)


def _expand(pattern: str, parts: Mapping[str, str], preps: Sequence[str]) -> str:
    """A pattern with the parts in it and the words as marks."""

    def part(match: re.Match[str]) -> str:
        return str(parts[match[1]]) if match[1] in parts else match[0]

    for _ in range(4):
        pattern = _PART.sub(part, pattern)
    pattern = pattern.replace("<V>", _VERB).replace("<D>", _DONE)
    for mark, char in _MARKS.items():
        rest = _RESTS.get(char, _REST)
        pattern = pattern.replace(f"<{mark}>", f"{char}{rest}*(?!{rest})").replace(f"{{{mark}}}", char)
    return pattern.replace("<P>", f"(?:{'|'.join(map(str, preps))})")


def _with_marks(pattern: str) -> str:
    """The sides as marks."""
    for side, chars in _SIDES.items():
        pattern = pattern.replace(f"{{{side}}}", f"(?P<{side.lower()}>[{chars}])")
    for side, chars in _SIDES.items():
        token = f"{{{side.lower()}}}"
        while (at := pattern.find(token)) >= 0:
            bare = chars if in_brackets(pattern, at) else f"[{chars}]"
            pattern = pattern[:at] + bare + pattern[at + len(token) :]
    return pattern


def _with_classes(pattern: str, frame: Frame) -> str:
    """The sides as slots with their classes."""
    for side, slot in (("A", frame.a), ("B", frame.b)):
        pattern = pattern.replace(f"{{{side}}}", f"{{{slot}:{frame.slots[slot]}}}")
        pattern = pattern.replace(f"{{{side.lower()}}}", f"{{{frame.slots[slot]}}}")
    return pattern

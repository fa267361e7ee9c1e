"""Compiles the patterns of rule files.

A pattern is a regular expression over an encoded sentence (``suantu.stages.scenes``), in which each name, figure and
period stands as one private-use character. On top of Python's syntax it knows

=================  ===============================================================================
``{s:A|B}``        one character standing for a thing of class A or B (or a list of such), bound to ``s``
``{A|B}``          the same, not bound; lower-case kinds stand for figures and times (``percent``, ``period``)
``<cue>``          any of the words that the file's (or the language's) ``cues`` list under that name
``~``              a short gap with no name, figure or punctuation in it
``~~``             a gap within the clause
``~~~``            a gap within the sentence
=================  ===============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

from suantu.errors import RuleError
from suantu.expressions import compiled

_SLOT = re.compile(r"\{(?:(?P<name>[a-z]\w*):)?(?P<classes>[A-Za-z|]+)\}")
_CUE = re.compile(r"(?<!\?P)<(?P<cue>[a-z][a-z_-]*)>")
_GAP = re.compile(r"~{1,3}")
# The kinds of figures and times; each has a character of its own.
KINDS = (
    "money",
    "percent",
    "multiple",
    "count",
    "data",
    "bandwidth",
    "compute",
    "power",
    "energy",
    "length",
    "area",
    "duration",
    "score",
    "frequency",
    "temperature",
    "mass",
    "transferRate",
    "number",
    "period",
    "ordinal",
    "tier",
    "top",
)
_NODES = "\ue000-\uf8ff"
_GAPS = {
    "zh": {
        "~": f"[^，,。；;：:！？!?（）()“”{_NODES}]{{0,14}}?",
        "~~": "[^，。；;：！？!?]{0,40}?",
        "~~~": "[^。；！？!?]{0,90}?",
    },
    "en": {
        "~": f'[^,;:!?()“”"{_NODES}]{{0,40}}?',
        "~~": "[^,;:!?]{0,90}?",
        "~~~": "[^;!?]{0,200}?",
    },
}


_NOTHING = "\ueffe"  # stands in no text: what no name has


class Alphabet:
    """One private-use character for each set of classes that a name can have, and for each kind of figure.

    A character's classes are closed under superclasses and the characters under intersection, so that a list of
    names has a character too: the one of the classes that its members share.
    """

    KINDS = "\uf000"

    def __init__(
        self, combinations_: Iterable[frozenset[str]], kinds: Iterable[str], foreign: Collection[str] = ()
    ) -> None:
        """``foreign`` are classes that rules may ask for and no name has."""
        self._foreign = foreign
        combos = {c for c in combinations_ if c}
        while True:
            more = {a & b for a, b in combinations(combos, 2)} - combos - {frozenset()}
            if not more or len(combos) > 3000:
                break
            combos |= more
        ordered = sorted(combos, key=sorted)
        self._chars = {combo: chr(0xE000 + i) for i, combo in enumerate(ordered)}
        self._kinds = {kind: chr(0xF000 + i) for i, kind in enumerate(sorted(set(kinds)))}
        self._matching: dict[tuple[str, ...], str] = {}
        self._by_char = {char: combo for combo, char in self._chars.items()}

    def name(self, classes: frozenset[str]) -> str:
        """The character of a set of classes (closed under superclasses)."""
        if char := self._chars.get(classes):
            return char
        best = max((c for c in self._chars if c <= classes), key=lambda c: (len(c), sorted(c)), default=None)
        return self._chars[best] if best else "\uefff"

    def kind(self, kind: str) -> str:
        """The character of a kind of figure or time."""
        return self._kinds.get(kind, "\uf7ff")

    def classes(self, char: str) -> frozenset[str]:
        """The classes that a name's character stands for."""
        return self._by_char.get(char, frozenset())

    def matching(self, wanted: Sequence[str]) -> str:
        """All characters for which any of the wanted classes or kinds holds."""
        key = tuple(wanted)
        if key not in self._matching:
            out = [char for combo, char in self._chars.items() if combo.intersection(wanted)]
            out += [char for kind, char in self._kinds.items() if kind in wanted]
            self._matching[key] = "".join(sorted(out)) or _NOTHING
        return self._matching[key]

    def known(self, name: str) -> bool:
        """Whether a pattern may ask for this class or kind."""
        return name in self._kinds or name in self._foreign or any(name in combo for combo in self._chars)


@dataclass(frozen=True)
class Pattern:
    """A pattern, compiled when it is first used: most documents need a part of the rules only.

    ``needs`` are the characters of which one must occur, slot by slot (a quick refusal).
    """

    source: str
    file: str
    rule: str
    needs: tuple[frozenset[str], ...] = ()

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled expression; RuleError names the rule where it is not valid."""
        try:
            return compiled(self.source, re.IGNORECASE)
        except re.error as error:
            raise RuleError(self.file, self.rule, f"the pattern is not valid: {error}") from error

    @cached_property
    def slots(self) -> frozenset[str]:
        """The names that the pattern binds."""
        return frozenset(re.findall(r"\(\?P<([a-z]\w*)>", self.source))


@dataclass(frozen=True, slots=True)
class Example:
    """A rule's own test: a text and what must be found in it (nothing where ``facts`` is empty)."""

    text: str
    facts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the file states it: its name, its options and its examples; stages compile the rest."""

    name: str
    file: str
    body: Mapping[str, Any] = field(hash=False)
    examples: tuple[Example, ...] = ()

    def error(self, reason: str) -> RuleError:
        """The error that names this rule."""
        return RuleError(self.file, self.name, reason)


class Compiler:
    """Compiles patterns of one language with the cues of that language's files."""

    def __init__(self, alphabet: Alphabet, language: str, cues: Mapping[str, Sequence[str]], file: str) -> None:
        self.alphabet, self.language, self.file = alphabet, language, file
        self.cues = dict(cues)

    def with_cues(self, cues: Mapping[str, Sequence[str]], file: str) -> Compiler:
        """The same with more cues, for one file."""
        return Compiler(self.alphabet, self.language, {**self.cues, **cues}, file)

    def pattern(self, source: str, rule: str) -> Pattern:
        """Compile ``source``; RuleError names the file, the rule and what is wrong."""

        def slot(match: re.Match[str]) -> str:
            wanted = match["classes"].split("|")
            for name in wanted:
                if not self.alphabet.known(name):
                    raise RuleError(self.file, rule, f"class or kind {name!r} is unknown; see suantu.ttl")
            chars = self.alphabet.matching(wanted)
            spans = ranges(chars)
            if in_brackets(match.string, match.start()):
                return spans
            inside = f"[{spans}]"
            return f"(?P<{match['name']}>{inside})" if match["name"] else inside

        if not isinstance(source, str):
            raise RuleError(self.file, rule, "a pattern must be a string")
        text = _SLOT.sub(slot, self.expand(source, rule))
        text = _GAP.sub(lambda m: _GAPS[self.language][m[0]], text)
        if self.language == "zh":
            text = text.replace(" ", "")
        alternatives = "|" in re.sub(r"\{[^{}]*\}|\([^()]*\)|\[[^\]]*\]", "", source)
        wanted = () if alternatives else _required(source)
        return Pattern(text, self.file, rule, tuple(frozenset(self.alphabet.matching(w.split("|"))) for w in wanted))

    def expand(self, source: str, rule: str) -> str:
        """Replace ``<cue>`` by its words, cues within cues too."""
        for _ in range(8):
            if not _CUE.search(source):
                return source
            source = _CUE.sub(lambda m: self._cue(m["cue"], rule), source)
        raise RuleError(self.file, rule, "cues refer to each other in a circle")

    def _cue(self, cue: str, rule: str) -> str:
        if cue not in self.cues:
            known = ", ".join(sorted(self.cues)[:40])
            raise RuleError(self.file, rule, f"cue <{cue}> is not defined; there are: {known}")
        words = sorted((str(w) for w in self.cues[cue]), key=lambda w: (-len(w), w))
        edge = r"\b" if self.language == "en" else ""
        slots = "".join(f"|{w}" for w in words if w.startswith("{"))  # a name's character has no word's edge
        return f"(?:{edge}(?:{'|'.join(w for w in words if not w.startswith('{'))}){edge}{slots})"


def ranges(chars: str) -> str:
    """Characters in order as the inside of a character class, runs written short (they compile faster)."""
    out: list[str] = []
    for char in chars:
        if out and ord(char) == ord(out[-1][-1]) + 1:
            out[-1] = out[-1][0] + char
        else:
            out.append(char)
    return "".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in out)


def in_brackets(source: str, at: int) -> bool:
    """Whether a position stands inside a character class, where the bare characters are wanted."""
    before = re.sub(r"\\.", "  ", source[:at])
    return before.rfind("[") > before.rfind("]")


def _required(source: str) -> Iterable[str]:
    """The class lists of the bound slots that stand in no group, so that every match must fill them."""
    bare = re.sub(r"\\.", "  ", source)
    for match in _SLOT.finditer(bare):
        before = bare[: match.start()]
        if match["name"] and before.count("(") == before.count(")"):
            yield match["classes"]


def read_rules(settings: Mapping[str, Any], file: str) -> tuple[Rule, ...]:
    """The rules that a file lists under ``rules``; names must be unique and every rule must have an example."""
    rules: list[Rule] = []
    seen: set[str] = set()
    for body in settings.get("rules", ()):
        name = body.get("name", "") if isinstance(body, dict) else ""
        if not name:
            raise RuleError(file, "(unnamed)", "every rule needs a name")
        if name in seen:
            raise RuleError(file, name, "two rules have this name; rename one")
        seen.add(name)
        examples = tuple(_example(e, file, name) for e in body.get("examples", ()))
        if not examples:
            raise RuleError(file, name, "give at least one example (text, and the facts that it must give)")
        rules.append(Rule(name, file, body, examples))
    return tuple(rules)


def _example(entry: object, file: str, rule: str) -> Example:
    if not isinstance(entry, dict) or "text" not in entry:
        raise RuleError(file, rule, "an example is a mapping with text and facts")
    facts = entry.get("facts", ())
    return Example(str(entry["text"]), tuple(tuple(str(x) for x in fact) for fact in facts))

"""Compiles what the data say about figures: the words for metrics, and the frames that place a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suantu.errors import RuleError
from suantu.expressions import compiled
from suantu.rules import Compiler, Pattern, Rule


@dataclass(frozen=True, slots=True)
class Metric:
    """One reading of metric words: ``name`` as in the vocabulary; ``sign`` is -1 for words of decline.

    ``placed`` is ``home`` where the document's own place may fill in, ``near`` where only a place near by, ``told`` where
    only one that its sentence names, or empty.
    ``by``: classes of those whose it is, whatever it went into. ``dated`` is ``near`` where the time of its paragraph or
    heading may fill in, ``far`` where also that of the paragraphs before, or empty. ``lasting``: it has no time unless
    it is foreseen. ``owned``: it is a rate of something, and its subject is the rate with its owner. ``own``: a firm
    reports it of itself. ``tests``: classes of what is tested, where a phrase only says in what. ``unit``: that of a
    bare number.
    """

    name: str
    kinds: frozenset[str]
    placed: str
    device: bool
    rate: bool
    sign: int
    topic: tuple[str, ...] = ()
    noun: str = ""
    always: bool = False
    from_cue: bool = False
    owned: bool = False
    dated: str = ""
    lasting: bool = False
    by: tuple[str, ...] = ()
    own: bool = False
    tests: tuple[str, ...] = ()
    unit: str = ""

    @property
    def compares(self) -> bool:
        """Whether it tells of two things or times: a level is compared with no other time."""
        return self.rate or self.name == "ratio"


@dataclass(frozen=True, slots=True)
class Cue:
    """A metric's words in a sentence, with what they may mean."""

    start: int
    end: int
    metrics: tuple[Metric, ...]

    def metric(self, kind: str) -> Metric | None:
        """The first reading that takes this kind of figure."""
        return next((m for m in self.metrics if kind in m.kinds), None)


def plain_words(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The metric words of all languages that are no patterns: longer than a name inside them, they hide it."""
    words = (str(w) for e in settings["metrics"].values() for key in ("zh", "en") for w in e.get(key, ()))
    return tuple(dict.fromkeys(w for w in words if re.escape(w).replace("\\ ", " ") == w and len(w) > 3))


class Metrics:
    """The metric words of one language."""

    def __init__(self, settings: Mapping[str, Any], language: str, known: frozenset[str], file: str) -> None:
        self.by_name: dict[str, Metric] = {}
        words: dict[str, list[Metric]] = {}
        for key, entry in settings["metrics"].items():
            name = str(entry.get("metric", key))
            if name not in known:
                raise RuleError(file, key, f"metric {name!r} is not in the lexicon (metrics.ttl)")
            metric = Metric(
                name,
                frozenset(entry["kinds"]),
                {True: "home", None: ""}.get(entry.get("placed"), str(entry.get("placed"))),
                bool(entry.get("device")),
                bool(entry.get("rate")),
                int(entry.get("sign", 1)),
                tuple(entry.get("topic", ())),
                str(dict(entry.get("about", {})).get(language, "")),
                bool(dict(entry.get("about", {})).get("always")),
                bool(dict(entry.get("about", {})).get("from-cue")),
                bool(entry.get("owned")),
                {"own": ""}.get(dated := str(entry.get("dated", "near" if entry.get("placed") else "")), dated),
                bool(entry.get("lasting")),
                tuple(entry.get("by", ())),
                bool(entry.get("own")),
                tuple(entry.get("tests", ())),
                str(entry.get("unit", "")),
            )
            self.by_name.setdefault(name, metric)
            stop = str(dict(entry.get("not-before", {})).get(language, ""))
            for word in entry.get(language, ()):
                words.setdefault(f"{word}(?!{stop})" if stop else str(word), []).append(metric)
        ordered = sorted(words, key=lambda w: (-len(w.split("(?!")[0]), w))
        edge, after = (r"(?<![A-Za-z])", r"(?![A-Za-z])") if language == "en" else ("", "")
        self._meanings = [tuple(words[w]) for w in ordered]
        flags = re.IGNORECASE if language == "en" else 0
        self._exact = {w.casefold() if language == "en" else w: tuple(words[w]) for w in ordered}
        self._patterns = [(compiled(w, flags), tuple(words[w])) for w in ordered if re.escape(w) != w]
        self._language = language
        self._regex = compiled(f"{edge}(?:{'|'.join(ordered)}){after}", flags)

    def meaning(self, word: str) -> tuple[Metric, ...]:
        """The metrics that a word names as it stands."""
        return self._exact.get(word.casefold() if self._language == "en" else word, ())

    def find(self, text: str) -> list[Cue]:
        """The metric words of an encoded sentence."""
        out = []
        for match in self._regex.finditer(text):
            word = match[0].casefold() if self._language == "en" else match[0]
            meanings = self._exact.get(word) or next(
                (m for p, m in self._patterns if (hit := p.match(text, match.start())) and hit.end() == match.end()), ()
            )
            out.append(Cue(match.start(), match.end(), meanings))
        return out


@dataclass(frozen=True, slots=True)
class Frame:
    """A compiled frame; see the header of ``rules/observations.zh.yaml``."""

    rule: Rule
    kinds: frozenset[str]
    left: Pattern | None
    right: Pattern | None
    metric: str
    market: str
    about: str
    topic: tuple[str, ...]
    sign: int
    has: str
    words: str
    counter: bool
    last: bool
    aside: bool
    bound: str
    status: str
    age: int
    counters: frozenset[str]
    goes_on: frozenset[str] = frozenset()
    after: str = ""
    noun: str = ""


def compile_frame(rule: Rule, compiler: Compiler, metrics: Metrics) -> Frame:
    """Compile one frame; RuleError names what is wrong."""
    body = rule.body
    metric = str(body.get("metric", ""))
    if metric not in {"carry", "named"} and metric not in metrics.by_name:
        raise rule.error(f"metric {metric!r} is not in metrics.yaml")
    kinds: Sequence[str] = body.get("kinds", ())
    for kind in kinds:
        if not compiler.alphabet.known(kind):
            raise rule.error(f"kind {kind!r} is unknown; see quantities.yaml")
    return Frame(
        rule,
        frozenset(kinds),
        compiler.pattern(body["left"], rule.name) if "left" in body else None,
        compiler.pattern(body["right"], rule.name) if "right" in body else None,
        metric,
        str(body.get("market", "")),
        str(body.get("about", "left")),
        tuple(body.get("topic", ())),
        int(body.get("sign", 1)),
        str(body.get("has", "")),
        str(body.get("words", "")),
        bool(body.get("counter")),
        bool(body.get("last")),
        bool(body.get("aside")),
        str(body.get("bound", "")),
        str(body.get("status", "")),
        int(body.get("age", 3)),
        frozenset(map(str, body.get("counters", ()))),
        frozenset(map(str, body.get("goes-on", ()))),
        str(body.get("after", "")),
        str(body.get("noun", "")),
    )

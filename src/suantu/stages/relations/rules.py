"""Compiles the rules of a relations file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from suantu.errors import RuleError
from suantu.expressions import compiled
from suantu.frames import Use, Words, read_frames
from suantu.ontology import Ontology
from suantu.rules import Compiler, Pattern, Rule


@dataclass(frozen=True, slots=True)
class RelationRule:
    """A compiled relation rule; see the header of ``rules/relations.zh.yaml`` for what each option means."""

    rule: Rule
    makes: str
    pattern: Pattern
    more: Pattern | None
    listed: str
    unless: Pattern | None
    carry: Mapping[str, tuple[str, ...]]
    excluded: Mapping[str, tuple[str, ...]]
    single: tuple[str, ...]
    every: str
    pairs: str
    own: bool
    confidence: Decimal
    holds_denied: bool
    age: int
    section: bool
    begins: Mapping[str, tuple[str, str]]
    ignore: frozenset[str]
    many: bool
    named: bool
    pronoun: str
    done: bool
    called: Mapping[str, re.Pattern[str]]
    lead: tuple[str, ...]
    apart: tuple[str, ...]
    barred: Mapping[str, Pattern]
    parts: bool
    yields: frozenset[str]
    behind: frozenset[str]
    maker: re.Pattern[str] | None
    use: Use | None = None

    def group(self, slot: str) -> str:
        """The group of the pattern that binds a slot."""
        return self.use.groups.get(slot, slot) if self.use else slot


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A relation that a name shows by the name inside it; ``known``: only where the lexicon knows it too."""

    name: str
    makes: str
    classes: tuple[str, ...]
    contains: tuple[str, ...]
    known: bool
    at_start: bool
    swap: bool
    rest: str

    @classmethod
    def from_settings(cls, entry: Mapping[str, Any], ontology: Ontology) -> NamedRule:
        """Compile an entry of the ``named`` section."""
        name, makes = str(entry["name"]), str(entry["makes"])
        if makes not in ontology.properties:
            raise RuleError("relations", name, f"makes: {makes!r} is not a property of suantu.ttl")
        return cls(
            name,
            makes,
            tuple(entry["class"]),
            tuple(entry["contains"]),
            bool(entry.get("known")),
            entry.get("at") == "start",
            bool(entry.get("swap")),
            str(entry.get("rest", "")),
        )


def compile_rule(rule: Rule, compiler: Compiler, predicates: Iterable[str], use: Use | None = None) -> RelationRule:
    """Compile one rule of a relations file (``use``: of a frame's marks); RuleError names what is wrong with it."""
    body = rule.body
    makes = str(body.get("makes", ""))
    if makes not in predicates:
        raise rule.error(f"makes: {makes!r} is not a property of suantu.ttl")
    source = body.get("pattern", "")
    pattern = compiler.pattern(source, rule.name)
    slots = set(pattern.slots)
    slots |= {slot for slot, group in use.groups.items() if group in slots} if use else set()
    carry = {k: tuple(v) for k, v in dict(body.get("carry", {})).items()}
    pairs = str(body.get("pairs", ""))
    begins = {str(k): (str(b), str(cls)) for k, (b, cls) in dict(body.get("begins", {})).items()}
    own = {str(body["own"])} if "own" in body else set()
    if not pairs and not {"s", "o"} <= slots | set(carry) | own | set(begins):
        raise rule.error("the pattern binds no {s:…} or no {o:…}, and carry does not give it")
    listed = {True: "o", False: ""}.get(body.get("list", True), str(body.get("list")))
    on = str(body.get("goes-on", compiler.cues["list-on"][0]))
    more = _more(str(source), listed, use, compiler, rule.name, on) if listed in slots else None
    return RelationRule(
        rule,
        makes,
        pattern,
        more,
        listed,
        compiler.pattern(body["unless"], rule.name) if "unless" in body else None,
        carry,
        {k: tuple(v) for k, v in dict(body.get("not", {})).items()},
        tuple(body.get("single", ())),
        str(body.get("all", "")),
        pairs,
        "own" in body,
        Decimal(str(body.get("confidence", "0.9"))),
        bool(body.get("holds-denied")),
        int(body.get("age", 3)),
        bool(body.get("section")),
        begins,
        frozenset(map(str, body.get("ignore", ()))),
        bool(body.get("many")),
        bool(body.get("named")),
        str(body.get("pronoun", "")),
        bool(body.get("done")),
        {k: compiled(str(v)) for k, v in dict(body.get("called", {})).items()},
        tuple(body.get("lead", ())),
        tuple(body.get("apart", ())),
        {k: compiler.pattern(v, rule.name) for k, v in dict(body.get("barred", {})).items()},
        bool(body.get("parts")),
        frozenset(map(str, body.get("yields", ()))),
        frozenset(map(str, body.get("behind", ()))),
        compiled(str(body["maker"])) if "maker" in body else None,
        use,
    )


def _more(source: str, listed: str, use: Use | None, compiler: Compiler, rule: str, on: str) -> Pattern:
    """What goes ``on`` with the list of which the thing in the slot ``listed`` is the first."""
    classes = dict(use.classes) if use else {}
    classes = classes or dict(re.findall(r"\{([so]):([A-Za-z|]+)\}", source))
    slots = (listed, "s" if listed == "o" else "o")
    chars, others = (compiler.alphabet.matching(classes.get(slot, "").split("|")) for slot in slots)
    kinds = set(compiler.alphabet.matching(["Market", "ChipType"])).difference(chars, others)
    between = on.replace("OTHERS", "".join(c for c in others if c not in chars))
    between = between.replace("KINDS", "".join(sorted(kinds)) or "\ufffe")
    return Pattern(between.replace("ONE", f"(?P<{listed}>[{chars}])"), compiler.file, rule)


def compile_skips(
    settings: Mapping[str, Any], compiler: Compiler, predicates: Iterable[str]
) -> list[tuple[Pattern, frozenset[str]]]:
    """The ``skips`` of a relations file: what is passed over, and the properties that are not read so."""
    everything = frozenset(predicates)
    return [
        (
            compiler.pattern(skip["pattern"], "skips"),
            everything.difference(skip["only"]) if "only" in skip else frozenset(map(str, skip.get("not", ()))),
        )
        for skip in settings.get("skips", ())
    ]


def compile_frames(
    settings: Mapping[str, Any], compiler: Compiler, predicates: Iterable[str]
) -> tuple[Words, list[RelationRule]]:
    """The words of the frames of a relations file, and their rules."""
    words, rules = read_frames(settings, compiler.file, compiler.alphabet.matching)
    return words, [compile_rule(rule, compiler, predicates, use) for rule, use in rules]


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules (with their numbers) that need the same of a sentence: they are asked for it together."""

    needs: tuple[frozenset[str], ...]
    use: Use | None
    rules: list[tuple[int, RelationRule]]


def gates_of(rules: Sequence[RelationRule]) -> dict[str, list[Gate]]:
    """The rules by the frame whose words they need (an empty name: of none), and by what else they need."""
    gates: dict[str, dict[Any, Gate]] = {}
    for number, rule in enumerate(rules):
        use, needs = rule.use, rule.pattern.needs
        reading = (use.frame, use.others, use.sides, use.needs) if use else None
        of_frame = gates.setdefault(use.frame if use and use.needs else "", {})
        of_frame.setdefault((reading, needs), Gate(needs, use, [])).rules.append((number, rule))
    return {frame: list(of_frame.values()) for frame, of_frame in gates.items()}

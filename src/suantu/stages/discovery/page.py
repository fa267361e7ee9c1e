"""A block as discovery reads it (known names are single characters), and the ledger of what was seen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from suantu.expressions import compiled
from suantu.identity import group_of, normalise
from suantu.ontology import Name
from suantu.rules import Alphabet
from suantu.stages.names import Match

Chosen = Sequence[tuple[Match, Name]]
Blocks = Sequence[tuple[str, Chosen]]
_SHORT = 3
_FIRMS = frozenset({"Vendor", "Organization"})
_SENTENCE = compiled(r"[^。；！？!?\n]+")


# Rules that count only where no other rule says what a name is.
_SAID = 0.5  # what a rule must weigh to say what a name is
LAST_RESORT = frozenset({"model.signs", "model.acts", "model.product", "role.shown"})


@dataclass(slots=True)
class Page:
    """``text`` with every known name as one private-use character; ``starts``/``ends`` lead back to the block."""

    source: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    names: dict[int, Name] = field(default_factory=dict)

    def surface(self, start: int, end: int) -> str:
        """The block's words for ``text[start:end]``."""
        return self.source[self.starts[start] : self.ends[end - 1]]

    def sentences(self) -> list[tuple[int, int]]:
        """The sentences' bounds in ``text``."""
        return [m.span() for m in _SENTENCE.finditer(self.text)]


def page_of(
    source: str,
    chosen: Chosen,
    chars: Mapping[tuple[str, ...], str],
    endings: frozenset[str],
    breaks: frozenset[str] = frozenset(),
    longer: re.Pattern[str] | None = None,
) -> Page:
    """Encode a block; ``chars`` gives the character of a thing's classes.

    A known name that is also an ending (银行) and stands directly behind another letter stays as it is written, and
    so does one that begins a longer ending (大数据 before 管理局), one before a letter that makes another word of it
    (智算产业 before 园), and a firm's before the ``longer`` ending of another firm (炬芯 before 云科).
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    names: dict[int, Name] = {}
    at = 0
    for match, name in chosen:
        if (
            name.text in endings
            and match.start
            and not source[match.start - 1].isascii()
            and source[match.start - 1].isalpha()
        ):
            continue
        if any(source[match.start : match.end + more] in endings for more in range(1, 5)):
            continue
        if source[match.end : match.end + 1] in breaks and not name.text.isascii():
            continue
        if longer and _short_firm(name) and longer.match(source, match.end):
            continue
        pieces.append(source[at : match.start])
        starts.extend(range(at, match.start))
        ends.extend(range(at + 1, match.start + 1))
        names[len(starts)] = name
        pieces.append(chars[name.thing.classes])
        starts.append(match.start)
        ends.append(match.end)
        at = match.end
    pieces.append(source[at:])
    starts.extend(range(at, len(source)))
    ends.extend(range(at + 1, len(source) + 1))
    return Page(source, "".join(pieces), starts, ends, names)


def _short_firm(name: Name) -> bool:
    """Whether a known name may be the first letters of another firm's."""
    return len(name.text) <= _SHORT and not name.text.isascii() and not _FIRMS.isdisjoint(name.thing.classes)


@dataclass(slots=True)
class Entry:
    """What was seen of one written name: rule → (class, weight, times), and other names that the text gives it."""

    surface: str
    votes: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    aliases: dict[str, None] = field(default_factory=dict)


class Ledger:
    """Votes for names: each rule that saw a name says which class it has and how sure that is."""

    def __init__(
        self,
        parents: Mapping[str, tuple[str, ...]],
        accept: float,
        buyers: Collection[str] = (),
        usual: str = "",
        rejected: Collection[str] = (),
    ) -> None:
        """``buyers`` are the rules that see one who buys; ``usual`` is the rule that types a firm by its ending only;
        ``rejected`` are normalised names that are none."""
        self._rejected = set(rejected)
        self._parents, self._accept = parents, accept
        self.again = False  # a text is read for the second time: what is seen again was counted
        self.lower: frozenset[str] = frozenset()
        self.inside: frozenset[str] = frozenset()
        self.firms: set[str] = set()  # the first words of firms' names
        self._buyers, self._usual = frozenset(buyers), usual
        self.entries: dict[str, Entry] = {}
        self.titles: dict[str, str] = {}  # the keys of titles by how they end

    def vote(self, surface: str, cls: str, rule: str, weight: float) -> None:
        """One sighting; it counts for nothing where the ontology has no such class, or the name was rejected."""
        surface = surface.strip()
        key = normalise(surface)
        if cls not in self._parents or key in self._rejected:
            return
        entry = self.entries.setdefault(key, Entry(surface))
        if entry.surface.isupper() and not surface.isupper():
            entry.surface = surface  # a dateline writes its place in capitals
        before, times = entry.votes.get((rule, cls), (0.0, 0))
        if self.again and times:
            entry.votes[(rule, cls)] = (max(before, weight), times)
        else:
            entry.votes[(rule, cls)] = (weight, times + 1)

    def reject(self, surface: str) -> None:
        """What is none of our names (a person's), whatever rules see in it."""
        self._rejected.add(normalise(surface))
        self.entries.pop(normalise(surface), None)

    def alias(self, surface: str, other: str) -> None:
        """Another name of what is called ``surface``, if that is a name."""
        self.entries.setdefault(normalise(surface), Entry(surface)).aliases.setdefault(other)

    def accepted(self) -> dict[str, tuple[str, str, float]]:
        """The names that are sure enough: normalised name → (class, rule, confidence)."""
        out = {}
        for key, entry in self.entries.items():
            if (best := self._best(entry)) and best[2] >= self._accept:
                out[key] = best
        return out

    def _best(self, entry: Entry) -> tuple[str, str, float] | None:
        groups: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
        others = [weight for (rule, _), (weight, _) in entry.votes.items() if rule not in LAST_RESORT]
        firm = bool(others) and max(others) >= _SAID
        for (rule, cls), (weight, times) in entry.votes.items():
            if firm and rule in LAST_RESORT:
                continue
            groups[group_of(cls, self._parents)].append((1 - (1 - weight) ** min(times, 2), cls, rule))
        best: tuple[str, str, float] | None = None
        for votes in groups.values():
            doubt = 1.0
            for weight, _, _ in votes:
                doubt *= 1 - weight
            by_class = _summed(votes)
            if any(rule in self._buyers for rule, _ in entry.votes):
                votes = [(w, self._top(c) if r == self._usual else c, r) for w, c, r in votes]
                by_class = _summed(votes)
            cls = _narrowest(by_class, self._parents)
            rule = max((w, r) for w, c, r in votes if c == cls)[1]
            if best is None or 1 - doubt > best[2]:
                best = (cls, rule, 1 - doubt)
        return best

    def _top(self, cls: str) -> str:
        return group_of(cls, self._parents)


def _summed(votes: Sequence[tuple[float, str, str]]) -> dict[str, float]:
    """How sure each class is, over the votes for it."""
    out: dict[str, float] = defaultdict(float)
    for weight, cls, _ in votes:
        out[cls] = 1 - (1 - out[cls]) * (1 - weight)
    return out


def _narrowest(weights: Mapping[str, float], parents: Mapping[str, tuple[str, ...]]) -> str:
    """The class with most weight; a subclass with some weight wins over its own superclass."""
    best = max(weights, key=lambda c: (weights[c], len(parents.get(c, ()))))
    narrower = [c for c in weights if best in parents.get(c, ()) and weights[c] >= 0.3]
    return max(narrower, key=lambda c: weights[c]) if narrower else best


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of the classes that discovery asks for."""

    places: str
    organizations: str
    topics: str
    chips: str
    countries: str
    models: str
    institutes: str
    bodies: str
    links: str
    chars: Mapping[tuple[str, ...], str]

    @classmethod
    def of(cls, alphabet: Alphabet, chars: Mapping[tuple[str, ...], str]) -> Signs:
        """Ask the alphabet once."""
        places = set(alphabet.matching(["Place"]))
        organizations = set(alphabet.matching(["Organization"]))
        topics = set(alphabet.matching(["Technology", "Market", "Industry", "UseCase", "ChipType", "Subject"]))
        topics -= organizations | places
        topics -= set(alphabet.matching(["Chip", "Product", "AIModel", "Interconnect"])) - set(
            alphabet.matching(["ChipType", "Technology", "UseCase", "Market"])
        )
        return cls(
            "".join(sorted(places)),
            "".join(sorted(organizations)),
            "".join(sorted(topics)),
            alphabet.matching(["Chip"]),
            alphabet.matching(["Country"]),
            alphabet.matching(["AIModel"]),
            alphabet.matching(["ResearchInstitution"]),
            alphabet.matching(["GovernmentBody"]),
            alphabet.matching(["Interconnect"]),
            chars,
        )

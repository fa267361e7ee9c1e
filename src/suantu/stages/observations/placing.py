"""How a figure is placed, and small things that all parts of the observer share."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from suantu.expressions import compiled
from suantu.phrases import Phrase
from suantu.records import Quantity, Thing
from suantu.scene import Scene
from suantu.stages.observations.frames import Cue, Metric

SKIPPED = ("hypothetical", "rumour", "question")
TOPICS = ("Market|Organization|Industry|Technology|ChipType|Chip|Product|UseCase|Interconnect|AIModel",)
DEVICES = ("Chip", "Product", "Server", "Interconnect", "AIModel")
CLAUSE = compiled(r"[，；;。：:]|, ")
FIGURES = "\uf000-\uf8ff"
PROPORTIONS = ("percent", "multiple")
OF_KIND = compiled("(?i: of (?:[a-z0-9-]+ ){0,2}([\ue000-\uefff]))")


@dataclass(frozen=True, slots=True)
class Placing:
    """How a figure is placed: its metric, whose it is, the rule that says so, and how sure that is; ``owner``: who has
    what is counted; ``those``: it is of those who do something, among so many."""

    metric: Metric
    about: Thing
    rule: str
    start: int
    end: int
    confidence: Decimal
    place: Thing | None = None
    within: Thing | None = None
    compared: Thing | None = None
    group: tuple[Thing, ...] = ()
    sign: int = 1
    near: bool = False
    aside: bool = False
    places: tuple[Thing, ...] = ()
    bound: str = ""
    status: str = ""
    unit: str = ""
    counted: bool = False
    those: bool = False
    owner: Thing | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Figures that take no place from another sentence: of these metrics, by these rules (all, if none is given); with
    ``firms`` only those of firms, with ``said`` only where the sentence says who tells them, with ``now`` not what is
    planned. ``sources``: whence none is taken: the document (home), a heading or label (near), the sentence before.
    ``begins``: only where the sentence begins so. What a survey found is from where it was made."""

    metrics: frozenset[str]
    rules: tuple[str, ...]
    firms: bool
    said: bool
    now: bool
    sources: frozenset[str]
    begins: re.Pattern[str]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Unplaced:
        """What one entry of the settings means."""
        rules = tuple(map(str, entry.get("rules", ())))
        sources = frozenset(map(str, entry.get("sources", ("home", "near", "before"))))
        firms, said, now = (bool(entry.get(k)) for k in ("firms", "said", "now"))
        begins = compiled(str(entry.get("begins", "")))
        return cls(frozenset(entry["metrics"]), rules, firms, said, now, sources, begins)

    def fits(self, scene: Scene, placing: Placing, firm: bool, ahead: bool) -> bool:
        """Whether a figure so placed is one; ``firm``: it is a firm's; ``ahead``: it is of a time to come."""
        if placing.metric.name not in self.metrics or (self.firms and not firm) or (self.said and not scene.sayers):
            return False
        source = "near" if scene.place_near else "home" if scene.place is scene.home else "before"
        if source not in self.sources or any(f.metric == "sampleSize" and f.place is not None for f in scene.earlier):
            return False
        if (self.now and ahead) or not self.begins.match(scene.text):
            return False
        return not self.rules or placing.rule.startswith(self.rules)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to place: where it stands, its sentence's metric words, and what was placed before it, at last and of
    each kind."""

    scene: Scene
    position: int
    cues: Sequence[Cue]
    last: tuple[int, Placing] | None
    before: Mapping[str, tuple[int, Placing]]

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        return self.scene.nodes[self.position].quantities

    @property
    def kind(self) -> str:
        return self.quantities[0].kind


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a frame matched around the figure at ``position``."""

    left: re.Match[str] | None
    low: int
    right: re.Match[str] | None
    position: int
    in_market: bool = False

    @property
    def begin(self) -> int:
        return self.low + self.left.start() if self.left else self.position

    @property
    def stop(self) -> int:
        return self.position + 1 + (self.right.end() if self.right else 0)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose figure it is, and the encoded stretch that says so."""

    about: Thing
    place: Thing | None
    group: tuple[Thing, ...]
    begin: int
    stop: int

    @classmethod
    def of(cls, about: Thing | None, hit: Hit, place: Thing | None = None) -> Subject | None:
        """A subject that stands where the frame matched, if there is one."""
        return cls(about, place, (), hit.begin, hit.stop) if about else None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a subject so far: perhaps only its place, or nothing but where to look."""

    about: Thing | None
    place: Thing | None
    group: tuple[Thing, ...]
    begin: int
    stop: int


@lru_cache(maxsize=32)
def _clause_ends(text: str) -> list[int]:
    return [m.end() for m in CLAUSE.finditer(text)]


def clause_start(text: str, position: int) -> int:
    ends = _clause_ends(text)
    i = bisect_right(ends, position)
    return ends[i - 1] if i else 0


def part_start(text: str, position: int) -> int:
    """Where the sentence, or the part of it between semicolons, begins that holds ``position``."""
    return max(text.rfind(mark, 0, position) for mark in "。；;") + 1


def part_starts(text: str, position: int) -> tuple[int, ...]:
    """Where that part begins behind its last colon, where something else may be told of, and where the whole does."""
    start = part_start(text, position)
    colon = text.rfind("：", start, position) + 1
    return (colon, start) if colon else (start,)


def last_cue(cues: Sequence[Cue], position: int, kind: str) -> Cue | None:
    return next((c for c in reversed(cues) if c.end <= position and (m := c.metric(kind)) and not m.rate), None)


def group_of(phrase: Phrase) -> tuple[Thing, ...]:
    """The members where the phrase is just a list of names."""
    if len(phrase.nodes) == 1 and len(phrase.nodes[0].mentions) > 1:
        return phrase.nodes[0].things
    return ()


def headed(scene: Scene, phrase: Phrase) -> bool:
    """Whether a list of names in the phrase only says more of the noun behind it (图像和语音识别‖模型)."""
    listed = group_of(phrase) and phrase.about is not None and phrase.about.found_by == "phrase"
    return (
        bool(listed) and " ".join(scene.block.text[phrase.nodes[0].start : phrase.nodes[0].end].split()) != phrase.words
    )


def beginning(text: str, named: Mapping[str, Thing]) -> Thing | None:
    """The thing of the longest name that a text begins with."""
    return next((named[text[:n]] for n in range(len(text), 0, -1) if text[:n] in named), None)

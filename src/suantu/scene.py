"""An encoded sentence: every name, figure and time stands as one private-use character.

Patterns (``suantu.rules``) run over ``Scene.text``; positions map back to the block, so whatever a pattern finds can
be quoted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from suantu.records import Block, Evidence, Mention, Observation, Ordinal, Period, Quantity, Thing

AHEAD = ("planned", "forecast")  # moods of what is not yet so
NOW = ("actual", "done")  # and of what is
GUESSED = "estimate"


@dataclass(slots=True)
class Node:
    """What one private-use character stands for: names, figures, periods or ordinals; more than one for a list."""

    start: int
    end: int
    char: str
    mentions: tuple[Mention, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    periods: tuple[Period, ...] = ()
    ordinals: tuple[Ordinal, ...] = ()
    pronoun: str = ""

    @property
    def thing(self) -> Thing:
        """The (first) thing named."""
        return self.mentions[0].thing

    @property
    def things(self) -> tuple[Thing, ...]:
        """All things named."""
        return tuple(m.thing for m in self.mentions)


@dataclass(frozen=True, slots=True)
class Mood:
    """A stretch of an encoded sentence that is negated, rumoured, supposed, forecast, estimated …"""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that the text talks about: where it was named, with its closed classes.

    ``time`` is the sentence that named it (paragraphs count more); against ``Scene.now`` it tells how old the topic is.
    ``hint``: it was not named, but a word tells it (a hospital: health care); figures are not about it.
    ``spot``: a place that only says where something is.
    ``object``: it stood behind a verb (the server uses the chip): second choice.
    """

    node: Node
    classes: frozenset[str]
    position: int = -1
    clause: int = -1
    time: int = 0
    part: bool = False
    hint: bool = False
    owner: bool = False
    object: bool = False
    whose: bool = False
    spot: bool = False


@dataclass(slots=True)
class Scene:
    """One sentence, encoded. ``starts``/``ends`` give, for each encoded character, its place in the block's text.

    ``topics`` are what earlier sentences and the sentence itself talk about, the latest last; ``sayers`` who says
    what stretch of it; ``insertions`` say something more of a name (a maker of chips); ``period`` and ``place`` what
    the text before it set (``place_near``: by its own paragraph or heading); ``era`` the time of its heading or of the
    paragraph before; ``measured`` what each metric was last told of; ``ranked`` the time of the latest ranking; ``home``
    the document's own place, ``host`` whom the whole is about; ``makers`` who makes what, as far as it was told; ``told``
    the figures of the sentence before, ``earlier`` those of the paragraph; ``heads`` the things that its heading names.
    """

    block: Block
    start: int
    end: int
    language: str
    text: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    nodes: dict[int, Node] = field(default_factory=dict)
    chars: frozenset[str] = frozenset()
    moods: tuple[Mood, ...] = ()
    sayers: tuple[tuple[int, int, Thing], ...] = ()
    topics: list[Topic] = field(default_factory=list)
    now: int = 0
    period: Period | None = None
    place: Thing | None = None
    place_near: bool = False
    of_market: bool = False
    era: Period | None = None
    era_near: bool = False
    measured: Mapping[str, Thing] = field(default_factory=dict)
    ranked: str = ""
    host: Node | None = None
    home: Thing | None = None
    told: tuple[Observation, ...] = ()
    earlier: Sequence[Observation] = ()
    insertions: tuple[tuple[int, int], ...] = ()
    heads: tuple[Topic, ...] = ()
    makers: dict[str, Thing] = field(default_factory=dict)

    @property
    def market(self) -> Thing | None:
        """The market whose size was told last."""
        return self.measured.get("marketSize")

    def surface(self, start: int, end: int) -> str:
        """The block's words for the encoded characters ``start:end``."""
        if start >= end:
            return ""
        return self.block.text[self.starts[start] : self.ends[end - 1]]

    def evidence(self, start: int, end: int) -> Evidence:
        """The source words of the encoded characters ``start:end``, wherever they are printed."""
        spans = self.block.spans(self.starts[start], self.ends[end - 1])
        return Evidence(spans, self.block.sections[-1] if self.block.sections else "")

    def planned(self, at: int) -> bool:
        """Whether what stands at ``at`` is planned, and not so now."""
        return self.in_mood(("planned",), at, at + 1) and not self.in_mood(NOW, at, at + 1)

    def in_mood(self, kinds: Sequence[str], start: int, end: int) -> bool:
        """Whether a mood of one of these kinds touches the encoded characters ``start:end``."""
        return any(m.kind in kinds and m.start < end and start < m.end for m in self.moods)

    def topic(
        self,
        position: int,
        wanted: Sequence[str],
        age: int = 3,
        parts: bool = False,
        hints: bool = False,
        whole: bool = False,
    ) -> Node | None:
        """The thing of the latest clause before ``position`` whose class stands first in ``wanted``.

        An entry may name several classes that count alike (``Chip|Product``): the first thing named then wins. What is
        only counted (4颗NVSwitch) is no topic unless ``parts`` are wanted, what is only hinted at unless ``hints`` are;
        the object of a verb only where there is no other, or ``parts`` are wanted; ``whole``: of what one clause names
        rather what is not counted.
        """
        best: tuple[tuple[bool, int], Topic] | None = None
        spare: Node | None = None
        for topic in reversed(self.topics):
            if self.now - topic.time > age:
                break
            if (topic.time == self.now and topic.position >= position) or (topic.part and not parts):
                continue
            if (topic.hint and not hints) or (topic.whose and any("Organization" in group for group in wanted)):
                continue
            if topic.object and not parts:
                fits = any(topic.classes.intersection(group.split("|")) for group in wanted)
                spare = spare or (topic.node if fits else None)
                continue
            order = next((i for i, group in enumerate(wanted) if topic.classes.intersection(group.split("|"))), None)
            if order is None:
                continue
            if best is not None and (topic.clause, topic.time) != (best[1].clause, best[1].time):
                beside = (best[1].part or best[1].object) and topic.time == best[1].time
                if whole and beside and not (topic.part or topic.object):
                    best = (best[0], topic)
                break
            if best is None or (whole and topic.part, order) <= best[0]:
                best = ((whole and topic.part, order), topic)
        return best[1].node if best else spare

    def inserted(self, position: int) -> tuple[int, int] | None:
        """The insertion that ``position`` stands in."""
        return next(((a, b) for a, b in self.insertions if a <= position < b), None)

    def without(self, cuts: Sequence[tuple[int, int]]) -> Scene:
        """The same sentence with some stretches passed over; what is left keeps its place in the block."""
        gone = {i for start, end in cuts for i in range(start, end)}
        kept = [i for i in range(len(self.text)) if i not in gone]
        at = [0] * (len(self.text) + 1)
        for i in range(len(self.text)):
            at[i + 1] = at[i] + (i not in gone)
        spot = at.__getitem__
        text = "".join(self.text[i] for i in kept)
        return replace(
            self,
            insertions=(),
            text=text,
            starts=[self.starts[i] for i in kept],
            ends=[self.ends[i] for i in kept],
            nodes={spot(p): n for p, n in self.nodes.items() if p not in gone},
            chars=frozenset(text),
            moods=tuple(Mood(m.kind, spot(m.start), spot(m.end)) for m in self.moods),
            sayers=tuple((spot(a), spot(b), thing) for a, b, thing in self.sayers),
            topics=[
                replace(t, position=spot(t.position), clause=spot(t.clause)) if t.time == self.now else t
                for t in self.topics
            ],
        )

    def head(self, wanted: Sequence[str]) -> Node | None:
        """The one thing of these classes that the heading names."""
        found = [t.node for t in self.heads if t.classes.intersection(wanted)]
        return found[0] if len(found) == 1 else None

    def sayer(self, position: int) -> Thing | None:
        """Who says what stands at ``position``."""
        for start, end, thing in reversed(self.sayers):
            if start <= position < end:
                return thing
        return None

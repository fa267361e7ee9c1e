"""The records that stages hand to one another: plain, frozen, without behaviour that knows a library.

Offsets named ``start``/``end`` count code points. In a ``Block`` they count the cleaned text; a ``Span`` counts the
document's untouched source, so that ``document.text[span.start:span.end]`` is always the quote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    LABEL = "label"
    CAPTION = "caption"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's source text, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A source text, whole and untouched, and what is known of it.

    ``pages`` holds the source offset at which each page begins (empty where the source has none); ``issued`` is an
    ISO date or year; ``name`` is the file's name, for people only. Of a portion of a large document, ``text`` is that
    portion, ``start`` the offset at which it begins, and all else the whole document's. ``unread`` says what of the
    file holds something that could not be read.
    """

    text: str
    sha256: str
    name: str = ""
    title: str = ""
    issued: str = ""
    publisher: str = ""
    language: str = "zh"
    pages: tuple[int, ...] = ()
    start: int = 0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A cleaned paragraph, heading, list item …; every character knows where it stood in the source.

    ``offsets[i]`` is the source offset of ``text[i]`` (a joining space that the source does not have takes the offset
    of the character before it). ``copies`` holds the offsets of the same text printed again elsewhere. ``sections``
    are the headings above it, outermost first. ``cells`` are the (start, end) of a row's cells; ``header`` is the
    header row of the table that the row belongs to.
    """

    kind: BlockKind
    text: str
    offsets: Sequence[int]
    copies: tuple[Sequence[int], ...] = ()
    sections: tuple[str, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    header: Block | None = None

    def span(self, start: int, end: int) -> Span:
        """The source span of the cleaned characters ``start:end``."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1)

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The same, here and wherever the text is printed again."""
        return (self.span(start, end), *(Span(c[start], c[end - 1] + 1) for c in self.copies))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure in a block: its value in the base unit, and how the words bound it.

    ``value`` is the middle where ``lower``/``upper`` are given. ``unit`` is a unit's notation (``USD``, ``percent``,
    ``count`` …). ``kind`` is the unit's kind (``money``, ``percent``, ``count`` …), which rules ask for. ``counter``
    is the counting word of a count (家, 颗, "units"), empty otherwise. ``rate`` marks "per second/year" wording.
    """

    start: int
    end: int
    text: str
    value: Decimal
    unit: str
    kind: str
    bound: str = "="
    lower: Decimal | None = None
    upper: Decimal | None = None
    counter: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A time in a block. ``value`` is ``2020``, ``2020-H1``, ``2020-Q3``, ``2020-09``, ``2020-09-17`` or an interval
    ``2019/2024``; empty where the words need a date that the document does not give (未来五年). ``ahead`` is true where
    the words themselves look forward (到2024年, 未来五年, by 2026); ``years`` is an interval's length where it has
    no ends (五年复合增长率); ``aside``: it dates no figure: ``paper``
    where something was published then (2025年3月发布的报告), ``compared`` where it is only compared with (与2023年相比)."""

    start: int
    end: int
    text: str
    value: str
    ahead: bool = False
    years: int = 0
    aside: str = ""


def in_months(period: str) -> str:
    """A period's value without its days: a figure or a rank is of a month at the finest."""
    return "/".join(end[:7] for end in period.split("/"))


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in an order: ``kind`` is ``rank`` (第三; ``last`` is set for 第6至第10), ``top`` (前五) or ``tier``."""

    start: int
    end: int
    text: str
    value: int
    last: int = 0
    kind: str = "rank"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing with its identity: a lexicon entry, or a name discovered in a document.

    ``classes`` are local names of the vocabulary, most specific only. ``found_by`` and ``confidence`` say how a
    discovered name was found ("lexicon" and 1 for known ones). ``head`` is a discovered thing's written name.
    """

    iri: str
    label: str
    classes: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False, compare=False)
    found_by: str = "lexicon"
    confidence: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a thing is named in a block. ``classes`` may narrow or extend the thing's own, for this place."""

    start: int
    end: int
    thing: Thing


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that a fact rests on: source spans (the first is the main one) with the heading above them."""

    spans: tuple[Span, ...]
    section: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One asserted triple between things (``predicate`` is a local name of the vocabulary)."""

    subject: Thing
    predicate: str
    object: Thing
    evidence: Evidence
    found_by: str
    confidence: Decimal = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure, placed. ``metric`` and ``unit`` are local names/notations; ``status`` is Actual, Estimate or Forecast."""

    metric: str
    about: Thing
    value: Decimal
    value_text: str
    unit: str
    evidence: Evidence
    found_by: str
    place: Thing | None = None
    within: Thing | None = None
    compared_with: Thing | None = None
    compared_period: str = ""
    period: str = ""
    status: str = "Actual"
    bound: str = "="
    lower: Decimal | None = None
    upper: Decimal | None = None
    said_by: Thing | None = None
    confidence: Decimal = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class RankingEntry:
    """One place in a ranking; entries with the same ``ranking``, ``period`` and ``place`` make one ranking."""

    ranking: str
    rank: int
    item: Thing
    evidence: Evidence
    found_by: str
    period: str = ""
    place: Thing | None = None
    tier: int | None = None
    said_by: Thing | None = None
    confidence: Decimal = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Loose:
    """A figure that no fact captured, with the sentence that it stands in and the reason."""

    quantity: str
    span: Span
    sentence: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one document: a pure function of its text, the ontology and the version."""

    document: Document
    mentions: tuple[tuple[Thing, Evidence], ...]
    claims: tuple[Claim, ...]
    observations: tuple[Observation, ...]
    rankings: tuple[RankingEntry, ...]
    loose: tuple[Loose, ...]

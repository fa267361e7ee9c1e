"""What a document has said so far of its rankings: which one, of when; and how the entries come together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from suantu.expressions import compiled
from suantu.records import Block, BlockKind, Evidence, Period, RankingEntry, Thing
from suantu.scene import Scene

_BARE = compiled(r"(?<![\d.\-–—~/])((?:19|20)\d\d)(?![\d.]|\s*[-–—~/])")
_CLOSING = compiled(r"[（(][^（()）]{0,8}(?:19|20)\d\d[^（()）]{0,10}[）)]。?\s*$")
_YEAR = compiled(r"(\d{4})(-(?:H[12]|Q[1-4]))?")

# what reading a sentence changes
_READ = ("period", "frame", "aside", "name", "place", "item_class", "tier", "listing", "entries", "tiers")


def year_before(period: str) -> str:
    """The same time a year earlier; empty where that is not plain (an interval, a day)."""
    match = _YEAR.fullmatch(period)
    return f"{int(match[1]) - 1}{match[2] or ''}" if match else ""


@dataclass(slots=True)
class RankThread:
    """The state of one document. ``times`` finds the periods of a heading; ``edition`` is the year that the title names.

    ``frame`` is the time that a paragraph is set in; while a sentence looks back from it, ``aside`` keeps it.
    ``market`` is the one that the section speaks of (``markets``: as the text first calls each); ``index`` the index or list of places
    that it told of last, ``measure`` what its paragraph measured last; ``cited`` is the title of the document that the section named last;
    ``since`` the year of a yearly ranking's first edition.
    """

    title: str
    times: Callable[[str], Sequence[Period]]
    period: str = ""
    edition: str = field(init=False)
    frame: str = ""
    aside: str = ""
    cited: str = ""
    since: str = ""
    name: str = ""
    market: str = ""
    markets: dict[str, str] = field(default_factory=dict)
    index: str = ""
    measure: str = ""
    place: Thing | None = None
    item_class: str = ""
    tier: int = 0
    listing: bool = False
    sections: tuple[str, ...] | None = None
    entries: list[tuple[RankingEntry, tuple[str, ...]]] = field(default_factory=list)
    _latest: tuple[object, str] = (None, "")
    tiers: list[tuple[str, str, int, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.edition = self._stated((self.title,))

    @property
    def latest(self) -> str:
        """The latest time of the ranking told last."""
        last = self.entries[-1] if self.entries else None  # kept, as every sentence asks for it
        if last is not None and self._latest[0] is not last:
            self._latest = last, max(e.period for e, _ in self.entries if e.ranking == last[0].ranking)
        return self._latest[1] if last is not None else ""

    def begin_block(self, block: Block) -> None:
        """Enter a block: a new section forgets the ranking of the one before, a paragraph ends a list of labels."""
        self.frame, self.aside, self.measure = self._closing(block.text), "", ""
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.CAPTION):
            self.tier = 0
        if block.sections != self.sections:
            self._enter(block.sections)

    def _closing(self, text: str) -> str:
        """The one time of a paragraph where it stands in brackets at its end (…。（2023年数据）)."""
        closing = _CLOSING.search(text)
        times = [p for p in self.times(text) if _BARE.search(p.text)] if closing else []
        values = {p.value for p in times if not p.ahead}
        return values.pop() if closing and len(values) == 1 and times[0].start >= closing.start() else ""

    def _enter(self, sections: tuple[str, ...]) -> None:
        old, self.sections = self.sections or (), sections
        self.listing = False
        inner = bool(old) and sections[: len(old)] == old
        if not inner:
            self.market = self.index = ""
            self.name, self.cited, self.place, self.item_class = "", "", None, ""
        if period := self._stated(reversed(sections[len(old) :] if inner else (self.title, *sections))):
            self.period = period
        elif not inner:
            self.period = ""

    def _stated(self, headings: Iterable[str]) -> str:
        """The year, half-year or quarter that the nearest heading names, if it names just one."""
        for heading in headings:
            times = self.times(heading)
            values = {p.value for p in times if _YEAR.fullmatch(p.value)} if times else set(_BARE.findall(heading))
            if len(values) == 1:
                return values.pop()
        return ""

    def mark(self) -> RankThread:
        """The state as it is now, to come back to."""
        mark = copy(self)
        mark.entries, mark.tiers = [*self.entries], [*self.tiers]
        return mark

    def back_to(self, mark: RankThread) -> None:
        """Forget what was read since ``mark`` was taken."""
        for name in _READ:
            setattr(self, name, getattr(mark, name))

    def add(self, entry: RankingEntry) -> None:
        """Take an entry in, with the tier that its list has."""
        if self.tier and entry.tier is None and self.listing:
            entry = replace(entry, tier=self.tier)
        self.entries.append((entry, self.sections or ()))

    def said(self, scene: Scene, end: int, *, paragraph: bool = False) -> list[RankingEntry]:
        """The entries that the sentence ``scene`` (or its ``paragraph``) stated before the block's character ``end``, the last one last."""
        first = 0 if paragraph else scene.start
        low, high = (scene.block.offsets[first], scene.block.offsets[max(end - 1, first)])
        inside = [e for e, _ in self.entries if low <= e.evidence.spans[0].start <= high]
        return sorted(inside, key=lambda e: (e.evidence.spans[0].end, e.rank))

    def kind(self) -> str:
        """The class of what the section ranked last."""
        return next((e.item.classes[0] for e, sections in self.entries[-1:] if sections == (self.sections or ())), "")

    def best(self, period: str, last: int) -> list[Thing]:
        """What the ranking that was read last places from the first to the ``last``, at that time."""
        if not self.entries:
            return []
        name = self.entries[-1][0].ranking
        inside = [e for e, _ in self.entries if e.ranking == name and e.period == period]
        return [e.item for e in inside if e.rank <= last]

    def add_tier(self, period: str, thing: Thing, tier: int) -> None:
        """Note that a thing is in a tier; rankings of the same section and time take it over."""
        self.tiers.append((period, thing.iri, tier, self.sections or ()))


def merge(thread: RankThread) -> tuple[RankingEntry, ...]:
    """One entry for each place of each ranking: its passages together, its tier from wherever it is told."""
    out: dict[tuple[object, ...], tuple[RankingEntry, list[tuple[str, ...]]]] = {}
    for entry, sections in _named(thread):
        key = (entry.ranking, entry.period, entry.place and entry.place.iri, entry.rank, entry.item.iri)
        if key not in out:
            out[key] = (entry, [sections])
            continue
        old, chains = out[key]
        spans = tuple(dict.fromkeys((*old.evidence.spans, *entry.evidence.spans)))
        best = old if old.confidence >= entry.confidence else entry
        tier = old.tier if old.tier is not None else entry.tier
        merged = replace(best, evidence=Evidence(spans, old.evidence.section), tier=tier)
        out[key] = (merged, [*chains, sections])
    return tuple(_tiered(entry, chains, thread) for entry, chains in out.values())


def _named(thread: RankThread) -> Iterator[tuple[RankingEntry, tuple[str, ...]]]:
    """The entries; those of a table that has no name take the one of a ranking that agrees with one of them, else its
    heading or the text's title."""
    entries = thread.entries
    told = {(e.item.iri, e.rank, e.period): e.ranking for e, _ in reversed(entries) if e.ranking}
    known: dict[tuple[str, ...], str] = {}
    for entry, sections in entries:
        if not entry.ranking and (found := told.get((entry.item.iri, entry.rank, entry.period))):
            known.setdefault(sections, found)
    for entry, sections in entries:
        name = entry.ranking or known.get(sections) or entry.evidence.section or thread.title
        yield replace(entry, ranking=name), sections


def _tiered(entry: RankingEntry, chains: Sequence[tuple[str, ...]], thread: RankThread) -> RankingEntry:
    if entry.tier is not None:
        return entry
    for period, iri, tier, sections in thread.tiers:
        if iri == entry.item.iri and period == entry.period and any(_together(sections, c) for c in chains):
            return replace(entry, tier=tier)
    return entry


def _together(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether one section is the other, or stands inside it."""
    short, long = sorted((first, second), key=len)
    return long[: len(short)] == short

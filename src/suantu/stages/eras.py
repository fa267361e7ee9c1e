"""The times that a document sets for what follows: its latest past year, its headings', and those carried on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from suantu.expressions import compiled
from suantu.records import Observation, Period, Thing
from suantu.scene import Scene

_MONTH = compiled(r"\d{4}-\d\d")
_CLAUSES = compiled(r"[，；;]|, ")
_MANY = 4  # a year named so often is what a document is about
_FADED = 3  # paragraphs without a time of their own, after which none before them counts
_WIDE = frozenset({"Country"})
_PLACES = frozenset({"Place", "Country", "Region", "City"})


def dates(
    texts: Sequence[tuple[str, str]],
    find: Callable[[str], Sequence[Period]],
    ahead: Mapping[str, Callable[[str], bool]],
) -> tuple[str, str]:
    """The year that sentences (with their languages) tell as past, and the first day or month of it that they tell."""
    past: list[Period] = []
    foreseen: list[Period] = []
    for text, code in texts:
        if not ahead[code](text):
            past += find(text)
            continue
        for clause in filter(ahead[code], _CLAUSES.split(text)):
            foreseen += find(clause)
    year = latest(past, foreseen)
    days = (p.value for p in past if len(p.value) > 6 and p.value.startswith(f"{year}-"))
    return year, next(days, "") if year else ""


def latest(told: Iterable[Period], foreseen: Iterable[Period] = ()) -> str:
    """The latest year of what is told as past; one far from the usual ones counts if it is told of twice, one later
    than these if it is not foreseen more often."""
    years = Counter(year_of(p) for p in told if not p.ahead and "/" not in p.value and year_of(p))
    ahead = Counter(map(year_of, foreseen))
    usual = max(years, key=lambda y: (years[y], y), default="")
    scattered = years[usual] < _MANY
    near = (y for y in years if scattered or int(y) <= int(usual) + 1 or years[y] > 1)
    return max((y for y in near if y <= usual or years[y] >= ahead[y]), default="")


def year_of(period: Period) -> str:
    """A period's last year."""
    return period.value.rpartition("/")[2][:4]


def anchor(periods: Sequence[Period], issued: str) -> str:
    """The time of a paragraph that later words count from: the last that has passed, a point rather than a span, and none
    that is only looked back to (2025 …, a year earlier) or compared with."""
    known = [p for p in periods if p.value and year_of(p) <= (issued[:4] or "9999") and p.aside != "compared"]
    points = [p for p in known if not p.ahead and "/" not in p.value]
    told = [p.value for p in points or known if any(c.isdigit() for c in p.text)]
    back = max(told, default="")
    return next((p.value for p in reversed(points or known) if p.value in told or p.value >= back), "")


@dataclass(slots=True)
class Eras:
    """The time that a paragraph stands under: its heading's, else that of the paragraph before."""

    sections: tuple[str, ...] = ()
    heading: Period | None = None
    before: Period | None = None
    announced: Period | None = None
    idle: int = 0

    def enter(self, sections: tuple[str, ...], find: Callable[[str], Sequence[Period]], issued: str) -> Period | None:
        """The time of a paragraph under these headings, the nearest that has one; the date of publication is none."""
        if sections != self.sections:
            found = ([p for p in find(s) if p.value and p.value[:7] != issued[:7]] for s in reversed(sections))
            times = next((times for times in found if times), [])
            self.sections = sections
            self.heading = times[0] if len(times) == 1 and "/" not in times[0].value and not times[0].ahead else None
        return self.heading or self.before

    def since(self, previous: str, issued: str, anew: bool) -> str:
        """What the next paragraph's words count from (三季度): the time of its heading, else the ``previous`` one; where a
        section of a dated text begins ``anew``, the date."""
        return self.heading.value if self.heading else "" if anew and len(issued) > 4 else previous

    def announce(self, text: str, period: Period | None, ends: str) -> None:
        """Keep the time of a paragraph that announces a list: its items are of it."""
        self.announced = period if text.rstrip().endswith(tuple(ends)) else None

    def leave(self, period: Period | None, now: str) -> None:
        """Keep a paragraph's time for the next ones if it is past."""
        if period is not None and not period.ahead and year_of(period) <= now[:4] and period.value != now:
            self.before, self.idle = period, 0
        else:
            self.idle += 1
            self.before = self.before if self.idle < _FADED else None


def measured(facts: Sequence[Observation], closure: Callable[[Sequence[str]], frozenset[str]]) -> dict[str, Thing]:
    """What each metric was last told of, but for places and firms: they have what others measure too."""
    return {f.metric: f.about for f in facts if not closure(f.about.classes) & {"Place", "Organization"}}


def carried(
    facts: Sequence[Observation], scene: Scene, asides: Collection[int], partial: bool, now: str
) -> tuple[Period | None, Thing | None, bool]:
    """The time and place that the next sentence of the paragraph takes over: those of this one, if it has just one;
    ``asides``: where the times stand that it only looks back to; ``partial``: it tells of a part of what was told of
    before, so that the place of the whole goes on."""
    period, place, near = scene.period, scene.place, scene.place_near
    told = [n for at, n in scene.nodes.items() if scene.inserted(at) is None and at not in asides]
    named = {p.value: p for n in told for p in n.periods if p.value and not (p.aside or p.years)}
    of_figures = {f.period for f in facts}
    named = {
        v: p for v, p in named.items() if v in of_figures or not _MONTH.match(v)
    }  # a mere event's day dates nothing
    used = {f.period for f in facts if f.place is not None and f.period in named and f.metric != "ratio"}
    if period is not None and all(v < period.value for v in named) and any(f.period == period.value for f in facts):
        named = {}  # only looked back to
    if len(named) == 1:
        period = next(iter(named.values()))
        period = replace(period, ahead=period.ahead or year_of(period) > (now[:4] or "9999"))
    elif named:
        past = [named[v] for v in used if not named[v].ahead and year_of(named[v]) <= (now[:4] or year_of(named[v]))]
        period = max(past, key=lambda p: p.value) if past else (None if used else period)
    places = {f.place.iri: f.place for f in facts if f.place is not None}
    if not places and scene.language == "en":
        # A sentence that opens with a place, and a paragraph that opens with one that names it, go on about it.
        plain = {at: n for at, n in scene.nodes.items() if scene.inserted(at) is None}
        opening = [n for at, n in plain.items() if at < 5 and len(n.mentions) == 1]
        for nodes in (opening, [*plain.values()] if scene.start == 0 else []):
            places = places or {t.iri: t for n in nodes for t in n.things if set(t.classes) & _PLACES}
    if not facts and not places and scene.language == "zh":
        # A sentence without figures says where those that follow are from: a country, or the place that it opens with.
        places = {t.iri: t for n in scene.nodes.values() for t in n.things if set(t.classes) & _WIDE}
        head = scene.nodes.get(0)
        if not places and head is not None and len(head.mentions) == 1 and set(head.things[0].classes) & _PLACES:
            places = {head.things[0].iri: head.things[0]}
    if len(places) == 1 and not (partial and place is not None):
        return period, next(iter(places.values())), near
    return period, place, near

"""Which part of the graph is exported: things, the relations between them, and the figures and ranks about them.

The choice holds IRIs only; ``model`` fetches labels, values and quotes for what was chosen, so that nothing is fetched
for what the limit leaves out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from suantu.export import fetch
from suantu.export.fetch import Entry, Figure, Triple
from suantu.stores.base import Endpoint


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to choose, in IRIs. ``around`` and ``hops``, ``path`` or ``query`` (SPARQL) say where to begin, the rest
    narrows it down; with none of them it is everything that documents state. ``limit`` is a number of nodes; 0 sets
    none. ``lexicon`` also lets in what no document names, ``full`` keeps facts and their passages as nodes."""

    around: tuple[str, ...] = ()
    hops: int = 1
    path: tuple[str, str] | None = None
    query: str = ""
    classes: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    place: str = ""
    year: str = ""
    observations: bool = True
    lexicon: bool = False
    full: bool = False
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen. ``things`` are in order of importance; ``left_out`` counts the things beyond the limit."""

    things: tuple[str, ...] = ()
    triples: frozenset[Triple] = frozenset()
    figures: tuple[Figure, ...] = ()
    entries: tuple[Entry, ...] = ()
    seeds: tuple[str, ...] = ()
    left_out: int = 0
    facts_left_out: int = 0
    full: bool = False


@dataclass
class _Found:
    """What has been collected so far; ``distance`` is the number of hops from where it began."""

    distance: dict[str, int] = field(default_factory=dict)
    triples: set[Triple] = field(default_factory=set)
    figures: dict[str, Figure] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    def ends(self) -> Iterable[tuple[str, str]]:
        """The pairs of things that facts tie together; a figure about one thing alone gives the thing twice."""
        yield from ((t.subject, t.object) for t in self.triples)
        yield from ((f.about, f.other or f.about) for f in self.figures.values())
        yield from ((e.item, e.ranking) for e in self.entries.values())


def select(endpoint: Endpoint, wanted: Wanted) -> Selection:
    """Choose. QueryError for a query that gives no graph; an unknown thing gives an empty selection."""
    found = _begin(endpoint, wanted)
    found.triples = _once(found.triples, endpoint)
    _narrow(endpoint, wanted, found)
    return _limited(wanted, found)


def _begin(endpoint: Endpoint, wanted: Wanted) -> _Found:
    if wanted.path:
        return _on_path(endpoint, wanted)
    if wanted.query:
        return _of_query(endpoint, wanted)
    return _near(endpoint, wanted) if wanted.around else _all(endpoint, wanted)


# ---- where it begins -------------------------------------------------------------------------------------------------


def _all(endpoint: Endpoint, wanted: Wanted) -> _Found:
    found = _Found(triples=fetch.relations(endpoint, lexicon=wanted.lexicon))
    if wanted.observations:
        found.figures = {f.fact: f for f in fetch.figures(endpoint)}
        found.entries = {e.fact: e for e in fetch.entries(endpoint)}
    found.distance = {x: 0 for pair in found.ends() for x in pair}
    return found


def _near(endpoint: Endpoint, wanted: Wanted) -> _Found:
    """Hop by hop from the seeds. Figures lead from what they are about to the other thing, and not back from a place
    to all that is counted there, unless the place is a seed."""
    found = _Found(distance=dict.fromkeys(wanted.around, 0))
    frontier = set(wanted.around)
    for hop in range(1, wanted.hops + 1):
        found.triples |= _follow(wanted, fetch.relations(endpoint, frontier, lexicon=wanted.lexicon))
        if wanted.observations:
            roles = ("about", "place", "within") if hop == 1 else ("about", "within")
            found.figures |= {f.fact: f for role in roles for f in _figures(endpoint, wanted, frontier, role)}
            found.entries |= {
                e.fact: e for role in ("item", "ranking") for e in fetch.entries(endpoint, frontier, role)
            }
        frontier = {x for pair in found.ends() for x in pair if x not in found.distance}
        found.distance |= dict.fromkeys(frontier, hop)
    if wanted.observations and frontier:
        _own_figures(endpoint, found, frontier)
    return found


def _follow(wanted: Wanted, triples: set[Triple]) -> set[Triple]:
    if not wanted.properties:
        return triples
    return {t for t in triples if t.predicate in wanted.properties}


def _figures(endpoint: Endpoint, wanted: Wanted, things: Collection[str], role: str) -> list[Figure]:
    figures = fetch.figures(endpoint, things, role)
    return [f for f in figures if not wanted.year or f.year == wanted.year]


def _own_figures(endpoint: Endpoint, found: _Found, things: Collection[str]) -> None:
    """The figures of things already chosen that lead to nothing new."""
    for figure in fetch.figures(endpoint, things):
        if not figure.other or figure.other in found.distance:
            found.figures[figure.fact] = figure


def _on_path(endpoint: Endpoint, wanted: Wanted) -> _Found:
    from suantu.ways import paths

    if wanted.path is None:
        return _Found()
    ways = paths(endpoint, *wanted.path)
    triples = {Triple(r.subject, r.predicate, r.object) for way in ways for r in way}
    found = _Found(distance=dict.fromkeys(wanted.path, 0), triples=triples)
    found.distance |= {x: 1 for pair in found.ends() for x in pair if x not in found.distance}
    if wanted.observations:
        _own_figures(endpoint, found, set(found.distance))
    return found


def _of_query(endpoint: Endpoint, wanted: Wanted) -> _Found:
    from suantu.export.fromquery import answered

    triples, things = answered(endpoint, wanted.query)
    found = _Found(triples=triples)
    found.distance = {x: 0 for x in things} | {x: 0 for pair in found.ends() for x in pair}
    if not triples:
        between = fetch.relations(endpoint, things, lexicon=True)
        found.triples = {t for t in between if t.subject in found.distance and t.object in found.distance}
    if wanted.observations:
        _own_figures(endpoint, found, set(found.distance))
    return found


# ---- what is taken away ----------------------------------------------------------------------------------------------


def _once(triples: set[Triple], endpoint: Endpoint) -> set[Triple]:
    """``triples`` with each relation in one direction only: of two properties that are inverses of each other, the
    one that documents state more often; of a symmetric one, the direction that a document states."""
    inverse = fetch.inverses(endpoint)
    two_way = {t for t in triples if t.predicate in inverse}
    if not two_way:
        return triples
    stated = two_way & fetch.claimed(endpoint, {t.subject for t in two_way})
    often = Counter(t.predicate for t in stated)
    kept = triples - two_way
    for triple in sorted(two_way, key=lambda t: (t not in stated, t)):
        other = inverse[triple.predicate]
        back = Triple(triple.object, other, triple.subject)
        if triple in stated or (often[triple.predicate], triple.predicate) >= (often[other], other):
            if back not in kept:
                kept.add(triple)
        elif triple not in kept and back not in stated:
            kept.add(back)
    return kept


def _narrow(endpoint: Endpoint, wanted: Wanted, found: _Found) -> None:
    if wanted.properties or wanted.metrics:
        found.triples = {t for t in found.triples if t.predicate in wanted.properties}
        found.figures = {k: f for k, f in found.figures.items() if f.metric in wanted.metrics}
        found.entries = {}
    if wanted.place:
        _narrow_place(endpoint, wanted.place, found)
    if wanted.year:
        _narrow_year(wanted, found)
    if wanted.classes:
        _narrow_class(endpoint, wanted, found)
    if wanted.properties or wanted.metrics or wanted.place or wanted.year or wanted.classes:
        tied = {x for pair in found.ends() for x in pair} | set(wanted.around) | set(wanted.path or ())
        found.distance = {x: d for x, d in found.distance.items() if x in tied}


def _narrow_place(endpoint: Endpoint, place: str, found: _Found) -> None:
    inside = fetch.located_in(endpoint, place)
    found.triples = {t for t in found.triples if t.subject in inside or t.object in inside}
    found.figures = {k: f for k, f in found.figures.items() if f.place in inside or f.about in inside}
    found.entries = {k: e for k, e in found.entries.items() if e.place in inside or e.item in inside}


def _narrow_year(wanted: Wanted, found: _Found) -> None:
    """Figures and ranks of the year; relations have no year, and stay between things that have figures or ranks."""
    found.figures = {k: f for k, f in found.figures.items() if f.year == wanted.year}
    found.entries = {k: e for k, e in found.entries.items() if e.year == wanted.year}
    dated = {x for f in found.figures.values() for x in (f.about, f.other)} | {e.item for e in found.entries.values()}
    dated |= set(wanted.around)
    found.triples = {t for t in found.triples if t.subject in dated and t.object in dated}


def _narrow_class(endpoint: Endpoint, wanted: Wanted, found: _Found) -> None:
    """One class: facts with such a thing at either end. Several: at both ends. What one began from always stays."""
    own = fetch.of_classes(endpoint, set(found.distance), wanted.classes) | set(wanted.around) | set(wanted.path or ())
    either = len(wanted.classes) == 1 and not wanted.around

    def kept(a: str, b: str) -> bool:
        return a in own or b in own if either else a in own and b in own

    found.triples = {t for t in found.triples if kept(t.subject, t.object)}
    found.figures = {k: f for k, f in found.figures.items() if f.about in own}
    found.entries = {k: e for k, e in found.entries.items() if e.item in own}


def _grown(found: _Found) -> list[str]:
    """The things in the order in which they are kept: the nearest first, of these the best connected, and as long as
    there are any, only such as are tied to those before, so that what is kept hangs together."""
    near: dict[str, set[str]] = defaultdict(set)
    weight: Counter[str] = Counter()
    for a, b in found.ends():
        near[a].add(b)
        near[b].add(a)
        weight.update((a, b))
    places = {x: (d, -weight[x], x) for x, d in found.distance.items()}
    waiting, tied = sorted(places.values(), reverse=True), list[tuple[int, int, str]]()
    ordered: dict[str, None] = {}
    while tied or waiting:
        x = (heappop(tied) if tied else waiting.pop())[2]
        if x not in ordered:
            ordered[x] = None
            for other in near[x]:
                if other in places and other not in ordered:
                    heappush(tied, places[other])
    return list(ordered)


def _limited(wanted: Wanted, found: _Found) -> Selection:
    ordered = _grown(found)
    things = tuple(ordered[: wanted.limit] if wanted.limit else ordered)
    kept = set(things)
    triples = frozenset(t for t in found.triples if t.subject in kept and t.object in kept)
    # A figure stays with its subject; where the other thing is gone it is no edge but still a property of the subject.
    figures = tuple(f for _, f in sorted(found.figures.items()) if f.about in kept)
    entries = tuple(e for _, e in sorted(found.entries.items()) if e.item in kept and e.ranking in kept)
    before = len(found.triples) + len(found.figures) + len(found.entries)
    chosen = Selection(things, triples, figures, entries, (*wanted.around, *(wanted.path or ())), full=wanted.full)
    lost = before - len(triples) - len(figures) - len(entries)
    return replace(chosen, left_out=len(ordered) - len(things), facts_left_out=lost)

"""What two sides say differently: two knowledge bases, two documents of one, or forecasts and later actual figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from suantu.conflicts import difference
from suantu.query import one_of
from suantu.statements import Statement, statements, texts
from suantu.stores.base import Endpoint

ONLY_A, ONLY_B, CHANGED = "only_a", "only_b", "changed"
_One = TypeVar("_One", Statement, "Relation", "Rank")


class Relation(NamedTuple):
    """A claim (IRIs)."""

    fact: str
    subject: str
    predicate: str
    object: str


class Rank(NamedTuple):
    """A place in a ranking; ``ranking`` is its label, ``item`` and ``place`` are IRIs."""

    fact: str
    ranking: str
    period: str
    place: str
    item: str
    rank: int


class Side(NamedTuple):
    """All that one side says."""

    figures: list[Statement]
    relations: list[Relation]
    ranks: list[Rank]


class Change(NamedTuple):
    """One difference: ``change`` is ``only_a``, ``only_b`` or ``changed``; what a side does not say is None.
    ``difference`` is that of two values, as a part of the larger."""

    change: str
    a: Statement | Relation | Rank | None
    b: Statement | Relation | Rank | None
    difference: Decimal | None = None


class Forecast(NamedTuple):
    """A forecast and a figure that came true; ``error`` is by how much the forecast was above it, as a part of it."""

    forecast: Statement
    actual: Statement
    error: Decimal


def side(endpoint: Endpoint, document: str = "") -> Side:
    """What a graph, or one document (IRI) of it, says."""
    only = f"{one_of('d', [document])} ?f prov:wasDerivedFrom/dcterms:isPartOf ?d ." if document else ""
    claims = (
        f"SELECT DISTINCT ?f ?s ?p ?o WHERE {{ {only} ?f a st:Claim ; rdf:subject ?s ; rdf:predicate ?p ;"
        " rdf:object ?o } ORDER BY ?f"
    )
    entries = (
        f"SELECT DISTINCT ?f ?label ?period ?place ?item ?rank WHERE {{ {only} ?f a st:RankingEntry ; st:rank ?rank ;"
        " st:item ?item ; st:inRanking ?r . ?r rdfs:label ?label OPTIONAL { ?r st:period ?period }"
        " OPTIONAL { ?r st:place ?place } } ORDER BY ?f"
    )
    relations = [Relation(*(r[c].value for c in "fspo")) for r in endpoint.select(claims)]
    ranks = []
    for row in map(texts, endpoint.select(entries)):
        period, place = row.get("period", ""), row.get("place", "")
        ranks.append(Rank(row["f"], row["label"], period, place, row["item"], int(row["rank"])))
    return Side(statements(endpoint, document), relations, ranks)


# ---- differences -----------------------------------------------------------------------------------------------------


def differences(a: Side, b: Side) -> list[Change]:
    """What only one side says and what both say with other values: figures, then ranks, then relations."""
    return [*_figures(a.figures, b.figures), *_ranks(a.ranks, b.ranks), *_relations(a.relations, b.relations)]


def _cell(s: Statement) -> tuple[str, ...]:
    """What is measured, of what, where, when and in what: figures of one cell can be compared."""
    return s.metric, s.about, s.place, s.within, s.period, s.compared_with, s.compared_period, s.unit


def _said(s: Statement) -> tuple[object, ...]:
    return s.value, s.lower, s.upper, s.bound, s.status


def _figures(a: Iterable[Statement], b: Iterable[Statement]) -> list[Change]:
    out: list[Change] = []
    left, right = _by(a, _cell), _by(b, _cell)
    for key in sorted(left.keys() | right.keys()):
        ours, theirs = left.get(key, []), right.get(key, [])
        out += _figure_changes(ours, theirs)
    return sorted(out, key=lambda c: (c.change != CHANGED, -(c.difference or 0), c.change))


def _figure_changes(ours: Sequence[Statement], theirs: Sequence[Statement]) -> list[Change]:
    """What both say alike falls away; of the rest, each figure meets the nearest of the other side."""
    common = {_said(s) for s in ours} & {_said(s) for s in theirs}
    mine = list({_said(s): s for s in reversed(ours) if _said(s) not in common}.values())
    other = list({_said(s): s for s in reversed(theirs) if _said(s) not in common}.values())
    out: list[Change] = []
    for one in sorted(mine, key=lambda s: (s.value, s.fact)):
        if not other:
            out.append(Change(ONLY_A, one, None))
            continue
        nearest = min(other, key=lambda s: (abs(s.value - one.value), s.fact))
        other.remove(nearest)
        out.append(Change(CHANGED, one, nearest, difference(one.value, nearest.value)))
    return out + [Change(ONLY_B, None, one) for one in sorted(other, key=lambda s: (s.value, s.fact))]


def _ranks(a: Iterable[Rank], b: Iterable[Rank]) -> list[Change]:
    def key(r: Rank) -> tuple[str, ...]:
        return r.ranking, r.period, r.place, r.item

    out: list[Change] = []
    left, right = _by(a, key), _by(b, key)
    for one in sorted(left.keys() | right.keys()):
        ours, theirs = left.get(one, []), right.get(one, [])
        if {r.rank for r in ours} != {r.rank for r in theirs}:
            out.append(_change(ours, theirs))
    return out


def _relations(a: Iterable[Relation], b: Iterable[Relation]) -> list[Change]:
    left, right = _by(a, lambda r: r[1:]), _by(b, lambda r: r[1:])
    differing = sorted(left.keys() ^ right.keys())
    return [_change(left.get(key, []), right.get(key, [])) for key in differing]


def _change(ours: Sequence[Rank] | Sequence[Relation], theirs: Sequence[Rank] | Sequence[Relation]) -> Change:
    kind = CHANGED if ours and theirs else ONLY_A if ours else ONLY_B
    return Change(kind, ours[0] if ours else None, theirs[0] if theirs else None)


def _by(found: Iterable[_One], key: Callable[[_One], tuple[str, ...]]) -> dict[tuple[str, ...], list[_One]]:
    out: dict[tuple[str, ...], list[_One]] = defaultdict(list)
    for one in found:
        out[key(one)].append(one)
    return out


# ---- forecasts -------------------------------------------------------------------------------------------------------


def forecasts(a: Iterable[Statement], b: Iterable[Statement]) -> list[Forecast]:
    """The forecasts of ``a`` that ``b`` has actual or estimated figures for, of documents that are not older; the
    farthest off first."""
    actual: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for one in b:
        if one.status != "Forecast" and one.value:
            actual[_cell(one)].append(one)
    found: dict[tuple[object, ...], Forecast] = {}
    for one in a:
        for true in actual[_cell(one)] if one.status == "Forecast" else ():
            if one.issued and true.issued and true.issued < one.issued:
                continue
            if one.document == true.document and one.value == true.value:
                continue  # said twice, and only once as what is foreseen
            error = (one.value - true.value) / abs(true.value)
            key = (*_cell(one), one.value, true.value, one.document, true.document)
            found.setdefault(key, Forecast(one, true, error))
    return sorted(found.values(), key=lambda f: (-abs(f.error), f.forecast.fact, f.actual.fact))

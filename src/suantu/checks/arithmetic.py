"""Arithmetic that the texts themselves allow: notes, never errors, for a text may be wrong or loose without our doing.

Shares of one whole that come to more than it; a share against the amounts of the part and of the whole; a growth rate
or a compound one against its end points, each within one document (what two of them say differently is a conflict) and
as far as the rounding of the amounts allows; rank lists with holes, with two things on one rank, with one thing twice.
A list with holes is one whose places are named one beside the other: prose that tells of the seventh and of the ninth
place gives no list. Two things on one rank are a tie where nothing is on the next one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from suantu.border.vocab import STM
from suantu.checks.finding import NOTE, Finding, Part
from suantu.lookup import Rank, ranks, sources
from suantu.names import classes_of
from suantu.statements import Statement, iris_of, statements
from suantu.stores.base import Endpoint

NAME = "arithmetic"
_SHARES = (STM + "marketShare", STM + "share")
_AMOUNTS = tuple(STM + name for name in ("marketSize", "revenue", "spending", "investment", "shipments", "dataVolume"))
_ROUNDING = Decimal("0.5")  # percent that each rounded share may add
_NEAR = Decimal("1")  # percentage points between a stated and a computed rate
_ABOUT = Decimal("0.05")  # how far "about" reaches, as a part of the figure
_DIGITS = 3  # of an amount that is written in words
_BESIDE = 40  # characters between two places of one list
_LIST = 3  # entries
Label = Callable[[str], str]
Places = dict[str, list[tuple[int, int]]]


def check_arithmetic(endpoint: Endpoint, language: str = "en") -> Part:
    """The notes on all figures and rankings."""
    from suantu.names import labels

    given = [s for s in statements(endpoint) if s.bound in {"=", "~", ""}]
    ranked = ranks(endpoint)
    named = labels(endpoint, iris_of(given) | {r.item for r in ranked} | {r.place for r in ranked} - {""}, language)
    classes = classes_of(endpoint, sorted({s.about for s in given if s.metric in _SHARES}))

    def label(iri: str) -> str:
        return named.get(iri, iri)

    found = [*_over_the_whole(given, classes, label), *_parts(given, label), *_rates(given, label)]
    found += _rankings(ranked, endpoint, label)
    return Part(NAME, "figures and ranks", len(given) + len(ranked), tuple(dict.fromkeys(found)))


def _note(one: Statement, message: str) -> Finding:
    return Finding(NAME, NOTE, one.fact, message, one.document, one.quote)


# ---- shares ----------------------------------------------------------------------------------------------------------


def _over_the_whole(given: Iterable[Statement], classes: dict[str, list[str]], label: Label) -> Iterator[Finding]:
    """Shares of one whole, by one document, of things of one class: together no more than all of it."""
    groups: dict[tuple[object, ...], dict[str, Statement]] = defaultdict(dict)
    for s in given:
        if s.metric in _SHARES and s.unit == "percent" and s.within and s.about != s.within:
            kind = tuple(sorted(classes.get(s.about, ())))
            key = (s.document, s.metric, s.within, s.place, s.period, s.status, s.said_by, kind)
            groups[key].setdefault(s.about, s)
    for group in groups.values():
        members = sorted(group.values(), key=lambda s: -s.value)
        total = sum(s.value for s in members)
        if len(members) > 1 and total > 100 + _ROUNDING * len(members):
            said = ", ".join(f"{label(s.about)} {s.value:f}" for s in members)
            whole = f"{label(members[0].within)} {members[0].period}".strip()
            yield _note(members[0], f"shares of {whole} come to {total:f} %: {said}")


def _amounts(given: Iterable[Statement]) -> dict[tuple[str, ...], list[Statement]]:
    """Amounts by document, thing, place and period."""
    found: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for s in given:
        if s.metric in _AMOUNTS and s.value > 0 and s.lower is None:
            found[s.document, s.about, s.place, s.period].append(s)
    return found


def _between(one: Statement) -> tuple[Decimal, Decimal]:
    """Between which amounts a printed one may lie: half a unit of its last digit, or what "about" allows."""
    printed = sum(char.isdecimal() for char in one.words) or max(_DIGITS, len(one.value.normalize().as_tuple().digits))
    half = Decimal(5).scaleb(one.value.adjusted() - printed)
    if one.bound == "~":
        half = max(half, one.value * _ABOUT)
    half = min(half, one.value / 2)
    return one.value - half, one.value + half


def _misses(rate: Decimal, ends: tuple[Decimal, Decimal], near: Decimal = _NEAR) -> bool:
    return not ends[0] - near <= rate <= ends[1] + near


def _parts(given: list[Statement], label: Label) -> Iterator[Finding]:
    """A share against the amount of the part and that of the whole."""
    amounts = _amounts(given)
    for share in given:
        if share.metric not in _SHARES or share.unit != "percent" or not share.within or share.about == share.within:
            continue
        wholes = amounts.get((share.document, share.within, share.place, share.period), ())
        parts = amounts.get((share.document, share.about, share.place, share.period), ())
        for whole, part in ((w, p) for w in wholes for p in parts):
            if (whole.metric, whole.unit) == (part.metric, part.unit):
                computed = 100 * part.value / whole.value
                (low, high), (less, more) = _between(part), _between(whole)
                if _misses(share.value, (100 * low / more, 100 * high / less)):
                    yield _note(
                        share, f"{share.value:f} % of {label(share.within)}, but its amounts give {computed:.1f} %"
                    )


# ---- growth ----------------------------------------------------------------------------------------------------------


def _rates(given: list[Statement], label: Label) -> Iterator[Finding]:
    """Rates of growth against the amounts at both ends, where the texts give both."""
    amounts = _amounts(given)
    for rate in given:
        if rate.unit != "percent" or rate.metric not in {STM + "cagr", STM + "growthRate"}:
            continue
        pairs = [
            (a, b, years)
            for first, last, years in _ends(rate)
            for a in amounts.get((rate.document, rate.about, rate.place, first), ())
            for b in amounts.get((rate.document, rate.about, rate.place, last), ())
            if _alike(a, b)
        ]
        if pairs and all(_misses(rate.value, _growth(*pair), _NEAR * (1 + (rate.bound == "~"))) for pair in pairs):
            computed = [(100 * ((b.value / a.value) ** (1 / Decimal(n)) - 1), a, b) for a, b, n in pairs]
            nearest, a, b = min(computed, key=lambda c: abs(c[0] - rate.value))
            said = f"grows by {rate.value:f} % ({a.period}–{b.period}), but its amounts give {nearest:.1f} %"
            yield _note(rate, f"{label(rate.about)} {said}")


def _growth(a: Statement, b: Statement, years: int) -> tuple[Decimal, Decimal]:
    """The least and the greatest rate between two amounts."""
    (low, high), (less, more) = _between(a), _between(b)
    power = 1 / Decimal(years)
    return 100 * ((less / high) ** power - 1), 100 * ((more / low) ** power - 1)


def _ends(rate: Statement) -> list[tuple[str, str, int]]:
    """The first and the last period that a rate may mean, and the years between them: of a half or a quarter the one a
    year before, and the one just before."""
    if rate.metric == STM + "cagr":
        match = re.fullmatch(r"(\d{4})/(\d{4})", rate.period)
        return [(match[1], match[2], int(match[2]) - int(match[1]))] if match and match[1] < match[2] else []
    match = re.fullmatch(r"(\d{4})(?:-([HQ]?)(\d+))?", rate.period)
    if match is None or rate.compared_period == rate.period:
        return []
    if rate.compared_period:
        return [(rate.compared_period, rate.period, 1)]
    found = [(f"{int(match[1]) - 1:04}{rate.period[4:]}", rate.period, 1)]
    if match[2]:
        parts = {"H": 2, "Q": 4}[match[2]]
        year, part = divmod(int(match[1]) * parts + int(match[3]) - 2, parts)
        found.append((f"{year:04}-{match[2]}{part + 1}", rate.period, 1))
    return found


def _alike(a: Statement, b: Statement) -> bool:
    return (a.metric, a.unit, a.within) == (b.metric, b.unit, b.within)


# ---- ranks -----------------------------------------------------------------------------------------------------------


def _rankings(ranked: list[Rank], endpoint: Endpoint, label: Label) -> list[Finding]:
    lists: dict[tuple[str, ...], list[Rank]] = defaultdict(list)
    quoted = sources(endpoint, [r.fact for r in ranked])
    classes = classes_of(endpoint, sorted({r.item for r in ranked}))
    places = _places(endpoint)
    for r in ranked:
        document = quoted[r.fact].document if r.fact in quoted else ""
        lists[r.ranking, r.period, r.place, document].append(r)
    found = []
    for (name, period, _, document), entries in sorted(lists.items()):
        ordered = sorted(entries, key=lambda r: (int(r.rank), r.item))
        for entry, message in (*_holes(ordered, places), *_doubles(ordered, classes, label)):
            words = quoted[entry.fact].words if entry.fact in quoted else ""
            text = f"{name} {period}".strip()
            found.append(Finding(NAME, NOTE, entry.fact, f"{text}: {message}", document, words))
    return found


def _places(endpoint: Endpoint) -> Places:
    """Where each entry stands: the ends of its passages."""
    found: Places = defaultdict(list)
    query = (
        "SELECT DISTINCT ?f ?start ?end WHERE { ?f a st:RankingEntry ; prov:wasDerivedFrom ?p . ?p oa:start ?start ;"
        " oa:end ?end }"
    )
    for row in endpoint.select(query):
        found[row["f"].value].append((int(row["start"].value), int(row["end"].value)))
    return found


def _near(a: Rank, b: Rank, places: Places) -> bool:
    pairs = ((x, y) for x in places[a.fact] for y in places[b.fact])
    return any(max(x[0], y[0]) - min(x[1], y[1]) <= _BESIDE for x, y in pairs)


def _holes(entries: list[Rank], places: Places) -> Iterator[tuple[Rank, str]]:
    """Holes in a list that is in order, where its places are named one beside the other."""
    beside = [_near(a, b, places) for a, b in pairwise(entries)]
    for i, (before, after) in enumerate(pairwise(entries)):
        missing = range(int(before.rank) + 1, int(after.rank))
        listed = beside[i] and len(entries) >= _LIST and any(beside[max(0, i - 1) : i] + beside[i + 1 : i + 2])
        if missing and listed:
            last = f"–{missing[-1]}" if len(missing) > 1 else ""
            yield after, f"rank {missing[0]}{last} is missing"


def _doubles(entries: list[Rank], classes: dict[str, list[str]], label: Label) -> Iterator[tuple[Rank, str]]:
    """Two things of one kind on a rank, and one thing on two."""
    taken = {int(entry.rank) for entry in entries}
    for before, after in pairwise(entries):
        alike = {*classes.get(before.item, ())} & {*classes.get(after.item, ())}
        tied = int(after.rank) + 1 not in taken
        if before.rank == after.rank and before.item != after.item and alike and not tied:
            yield after, f"rank {after.rank} is both {label(before.item)} and {label(after.item)}"
    first: dict[str, Rank] = {}
    for entry in entries:
        other = first.setdefault(entry.item, entry)
        if other.rank != entry.rank:
            yield entry, f"{label(entry.item)} is on rank {other.rank} and on rank {entry.rank}"

"""Arithmetic that the texts themselves allow: notes, never errors, for a text may be wrong or loose without our doing.

Shares of one whole that come to more than it; a share against the amounts of the part and of the whole; a growth rate
or a compound one against its end points; rank lists with holes, with two things on one rank, with one thing twice.
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
Label = Callable[[str], str]
Key = tuple[str, str, str]


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
    """Amounts by thing, place and period."""
    found: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for s in given:
        if s.metric in _AMOUNTS and s.value > 0 and s.lower is None:
            found[s.about, s.place, s.period].append(s)
    return found


def _parts(given: list[Statement], label: Label) -> Iterator[Finding]:
    """A share against the amount of the part and that of the whole."""
    amounts = _amounts(given)
    for share in given:
        if share.metric not in _SHARES or share.unit != "percent" or not share.within or share.about == share.within:
            continue
        wholes = amounts.get((share.within, share.place, share.period), ())
        parts = amounts.get((share.about, share.place, share.period), ())
        for whole, part in ((w, p) for w in wholes for p in parts):
            if (whole.metric, whole.unit) == (part.metric, part.unit):
                computed = 100 * part.value / whole.value
                if abs(computed - share.value) > _NEAR:
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
        ends = _ends(rate)
        if ends is None:
            continue
        first, last, years = ends
        starts = amounts.get((rate.about, rate.place, first), ())
        pairs = [(a, b) for a in starts for b in amounts.get((rate.about, rate.place, last), ()) if _alike(a, b)]
        computed = [100 * ((b.value / a.value) ** (1 / Decimal(years)) - 1) for a, b in pairs]
        if computed and all(abs(c - rate.value) > _NEAR for c in computed):
            nearest = min(computed, key=lambda c: abs(c - rate.value))
            said = f"grows by {rate.value:f} % ({first}–{last}), but its amounts give {nearest:.1f} %"
            yield _note(rate, f"{label(rate.about)} {said}")


def _ends(rate: Statement) -> tuple[str, str, int] | None:
    """The first and the last period of a rate and the years between them; None where the text leaves them open."""
    if rate.metric == STM + "cagr":
        match = re.fullmatch(r"(\d{4})/(\d{4})", rate.period)
        if match and match[1] < match[2]:
            return match[1], match[2], int(match[2]) - int(match[1])
        return None
    match = re.fullmatch(r"(\d{4})((?:-.+)?)", rate.period)
    if match is None or "/" in rate.period:
        return None
    before = rate.compared_period or f"{int(match[1]) - 1:04}{match[2]}"
    return before, rate.period, 1


def _alike(a: Statement, b: Statement) -> bool:
    return (a.metric, a.unit, a.within) == (b.metric, b.unit, b.within)


# ---- ranks -----------------------------------------------------------------------------------------------------------


def _rankings(ranked: list[Rank], endpoint: Endpoint, label: Label) -> list[Finding]:
    lists: dict[tuple[str, ...], list[Rank]] = defaultdict(list)
    quoted = sources(endpoint, [r.fact for r in ranked])
    for r in ranked:
        document = quoted[r.fact].document if r.fact in quoted else ""
        lists[r.ranking, r.period, r.place, document].append(r)
    found = []
    for (name, period, _, document), entries in sorted(lists.items()):
        for entry, message in _faults(sorted(entries, key=lambda r: (int(r.rank), r.item)), label):
            words = quoted[entry.fact].words if entry.fact in quoted else ""
            text = f"{name} {period}".strip()
            found.append(Finding(NAME, NOTE, entry.fact, f"{text}: {message}", document, words))
    return found


def _faults(entries: list[Rank], label: Label) -> Iterator[tuple[Rank, str]]:
    """Holes and doubles in one list that is in order."""
    for before, after in pairwise(entries):
        missing = range(int(before.rank) + 1, int(after.rank))
        if missing:
            last = f"–{missing[-1]}" if len(missing) > 1 else ""
            yield after, f"rank {missing[0]}{last} is missing"
        if before.rank == after.rank and before.item != after.item:
            yield after, f"rank {after.rank} is both {label(before.item)} and {label(after.item)}"
    places: dict[str, Rank] = {}
    for entry in entries:
        other = places.setdefault(entry.item, entry)
        if other.rank != entry.rank:
            yield entry, f"{label(entry.item)} is on rank {other.rank} and on rank {entry.rank}"

"""Figures that disagree: the same metric, thing, place and period with different values.

Most pairs of different values do not contradict each other. ``classify`` tells why, in this order:

``unit``      they are in different units, or one is a proportion and the other an amount
``scope``     one names a place or a whole that the other leaves open, they are compared with different things, one
              sentence gives both (it tells them apart by words that the graph does not hold), or one is of each
``bound``     one is a bound, a range or an approximation, and some value keeps both ("over 90 %", 93 %)
``rounding``  one is the other, rounded
``forecast``  one is a forecast and the other is not
``edition``   the same publisher gives them in reports of different dates, or the words of one name another edition
``contradiction``  none of these: the same thing, said differently
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from suantu.errors import OntologyError
from suantu.expressions import compiled
from suantu.stages.fold import fold
from suantu.statements import Statement
from suantu.yamls import parse

CONTRADICTION = "contradiction"
KINDS = ("unit", "scope", "bound", "rounding", "forecast", "edition", CONTRADICTION)
_NEAR = Decimal("0.05")  # how far "about" reaches, as a part of the figure
_BESIDE = 30  # characters between the words of two clauses that are taken for one sentence
_PROPORTIONS = {"percent", "permille", "percentagePoint"}
_MANY = 200  # statements of one metric, thing and period that are compared pair by pair


class Cues(NamedTuple):
    """Patterns of words that say that a figure is of each one, and that it is another edition's."""

    each: re.Pattern[str]
    edition: re.Pattern[str]

    @classmethod
    def read(cls, ontology: Path) -> Cues:
        """Those of ``rules/conflicts.yaml`` in an ontology folder, none where it has no such file."""
        path = ontology / "rules" / "conflicts.yaml"
        try:
            found = parse(path.read_text("utf-8")) if path.is_file() else {}
            return cls(*(compiled("|".join(f"(?:{p})" for p in found.get(name, ["(?!)"]))) for name in cls._fields))
        except (OSError, ValueError, AttributeError, TypeError, re.error) as error:
            raise OntologyError(f"{path}: cannot be read: {error}") from error

    def apart(self, name: str, a: Statement, b: Statement) -> bool:
        """Whether just one of two statements has such words, or they have others (of each link, of each card)."""
        pattern: re.Pattern[str] = getattr(self, name)
        one, other = ({match[0] for match in pattern.finditer(fold(s.quote))} for s in (a, b))
        return one != other


class Conflict(NamedTuple):
    """Two statements whose values differ; ``difference`` is what they differ by, as a part of the larger value (0 to 1,
    or more where the signs differ)."""

    kind: str
    difference: Decimal
    a: Statement
    b: Statement


def conflicts(statements: Iterable[Statement], cues: Cues | None = None) -> list[Conflict]:
    """The pairs that disagree, contradictions first, then by how far they differ. Two pairs with the same values for
    the same thing come once, as what tells most: a contradiction rather than another kind."""
    found: dict[tuple[object, ...], Conflict] = {}
    for a, b in _pairs(statements):
        if (a.value, a.unit, a.lower, a.upper) == (b.value, b.unit, b.lower, b.upper) or not _comparable(a, b):
            continue
        first, second = sorted((a, b), key=_order)
        one = Conflict(classify(first, second, cues), difference(a.value, b.value), first, second)
        values = tuple(sorted(((a.value, a.unit), (b.value, b.unit))))
        key = (a.metric, a.about, a.place or b.place, a.within or b.within, a.period, values)
        before = found.get(key)
        if before is None or KINDS.index(one.kind) > KINDS.index(before.kind):
            found[key] = one
    order = {kind: -n for n, kind in enumerate(KINDS)}
    return sorted(found.values(), key=lambda c: (order[c.kind], -c.difference, c.a.fact, c.b.fact))


def _order(s: Statement) -> tuple[str, str, int, str]:
    return s.issued, s.document, s.start, s.fact


def _pairs(statements: Iterable[Statement]) -> Iterator[tuple[Statement, Statement]]:
    groups: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for one in sorted(statements, key=_order):
        groups[one.metric, one.about, one.period].append(one)
    for group in groups.values():
        if len(group) <= _MANY:
            yield from combinations(group, 2)
            continue
        # Very many: each is compared with the next ones in the order of value, so that time stays linear.
        ordered = sorted(group, key=lambda s: (s.place, s.within, s.value, s.fact))
        for i, one in enumerate(ordered):
            yield from ((one, other) for other in ordered[i + 1 : i + 20])


def _comparable(a: Statement, b: Statement) -> bool:
    """Whether they can be about the same: neither two places nor two wholes."""
    return all(not x or not y or x == y for x, y in ((a.place, b.place), (a.within, b.within)))


def difference(a: Decimal, b: Decimal) -> Decimal:
    """By how much two values differ, as a part of the larger one."""
    largest = max(abs(a), abs(b))
    return abs(a - b) / largest if largest else Decimal(0)


def classify(a: Statement, b: Statement, cues: Cues | None = None) -> str:
    """The kind of disagreement; see the module's first lines."""
    if a.unit != b.unit:
        return "unit"
    if _scope(a, b) or (cues and cues.apart("each", a, b)):
        return "scope"
    if _meet(a, b):
        return "bound"
    if _rounded(a, b) or _rounded(b, a):
        return "rounding"
    if (a.status == "Forecast") != (b.status == "Forecast"):
        return "forecast"
    if a.document != b.document and a.issued != b.issued and a.publisher and a.publisher == b.publisher:
        return "edition"
    if cues and cues.apart("edition", a, b):
        return "edition"
    return CONTRADICTION


def _scope(a: Statement, b: Statement) -> bool:
    named = ((a.place, b.place), (a.within, b.within), (a.compared_with, b.compared_with))
    if any(x != y for x, y in (*named, (a.compared_period, b.compared_period))):
        return True
    if a.document != b.document:
        return False
    first, second = sorted((a, b), key=lambda s: s.start)
    return second.start - first.start - len(first.quote) <= _BESIDE


def _meet(a: Statement, b: Statement) -> bool:
    """Whether one value keeps both, where at least one of them is a bound, a range or an approximation."""
    (low, high), (lower, upper) = _limits(a), _limits(b)
    return (low < high or lower < upper) and low <= upper and lower <= high


def _limits(one: Statement) -> tuple[Decimal, Decimal]:
    """Between which values a statement lets the figure be."""
    if one.lower is not None and one.upper is not None:
        return one.lower, one.upper
    if one.bound == "~":
        margin = abs(one.value) * _NEAR
        return one.value - margin, one.value + margin
    low = Decimal("-Infinity") if one.bound in {"<", "<="} else one.value
    return low, Decimal("Infinity") if one.bound in {">", ">="} else one.value


def _rounded(a: Statement, b: Statement) -> bool:
    """Whether ``a`` is ``b`` with fewer digits: rounded to the last digit other than 0 that ``a`` has (of a proportion:
    to whole units at the coarsest, 60 % is not 57 % rounded)."""
    exponent = a.value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or difference(a.value, b.value) > _NEAR:
        return False
    with localcontext() as context:
        context.prec = 60
        step = Decimal(1).scaleb(min(exponent, 0) if a.unit in _PROPORTIONS else exponent)
        return a.value in {b.value.quantize(step, rounding) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN)}

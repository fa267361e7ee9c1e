"""What a chart shows, as records. ``choose`` makes them, the modules that draw read nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARTS = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})(?:-\d{2})?))?")
CERTAIN = ("Actual", "Estimate", "Forecast")  # the surest first


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a period. ``bound`` is the mark before a value that is not exact; ``status`` one of ``CERTAIN``;
    ``edition`` is the year of the document that says so, or the document where it tells none."""

    period: str
    value: float
    status: str = "Actual"
    bound: str = ""
    edition: str = ""

    @property
    def ahead(self) -> bool:
        """Whether it is said of the future or only estimated."""
        return self.status != CERTAIN[0]


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one line, or those of a bar, by period; ``facts`` are all that say so."""

    label: str
    points: tuple[Point, ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. ``unit`` stands at the axis, values are divided by ``scale``; ``sources`` stand below. ``left_out``
    counts the facts that were asked for and do not fit: of another unit, kind of period or whole, or beyond the limit."""

    kind: str
    title: str
    series: tuple[Series, ...]
    language: str
    unit: str = ""
    scale: float = 1.0
    sources: tuple[str, ...] = ()
    left_out: int = 0


def grain(period: str) -> str:
    """The kind of a period: ``year``, ``half``, ``quarter``, ``month``; ``other`` is what no axis of time can show."""
    found = _PARTS.fullmatch(period)
    if not found:
        return "other"
    return next(
        (name for name, part in zip(("half", "quarter", "month"), found.groups()[1:], strict=True) if part), "year"
    )


def moment(period: str) -> float:
    """Where a period stands on an axis of years: its middle, a whole year at the year itself."""
    found = _PARTS.fullmatch(period)
    if not found:
        raise ValueError(period)
    year, half, quarter, month = (int(part) if part else 0 for part in found.groups())
    part = (half - 1) / 2 if half else (quarter - 1) / 4 if quarter else (month - 1) / 12 if month else 0.0
    return year + part

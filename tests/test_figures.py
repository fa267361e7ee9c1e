"""Figures in sentences of our own, with all that each states: how many are found, placed in full, and not made up.

``figures-zh.txt`` and ``figures-en.txt`` hold texts apart by blank lines; below each the figures that it states (``O``)
and those that it must not give (``X``), with the fields of the gold files. ``python tests/test_figures.py zh`` prints
what is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from suantu.evaluate import PARTS, normal
from suantu.ontology import load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline
from suantu.records import Observation, Thing
from suantu.stages.read import document_from_text

TITLES = {"zh": "算力行业观察（2025年6月）", "en": "Compute Observer, June 2025"}
# Per cent: found by value and unit, placed in full, and of what was found how much is stated.
FLOORS = {"zh": (95, 74, 95), "en": (94, 90, 97)}
PRACTICE = {language: Path(__file__).with_name(f"figures-{language}.txt") for language in FLOORS}


@dataclass
class Case:
    """A text and the figures that it states or must not give."""

    text: str
    stated: list[list[str]] = field(default_factory=list)
    never: list[list[str]] = field(default_factory=list)


@dataclass
class Result:
    """What was found of the practice, and the lines that tell what was not."""

    gold: int = 0
    core: int = 0
    full: int = 0
    predicted: int = 0
    matched: int = 0
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))

    @property
    def percent(self) -> tuple[float, float, float]:
        """Value and unit, full, precision."""
        return 100 * self.core / self.gold, 100 * self.full / self.gold, 100 * self.matched / self.predicted


def cases(language: str) -> Iterator[Case]:
    """The cases of a practice file."""
    for chunk in PRACTICE[language].read_text("utf-8").split("\n\n"):
        lines = [line for line in chunk.splitlines() if line and not line.startswith("#")]
        if not lines:
            continue
        title = next((line[2:] for line in lines if line.startswith("T|")), TITLES[language])
        case = Case(f"{title}\n\n" + "\n".join(line for line in lines if line[:2] not in {"O|", "X|", "T|"}) + "\n")
        for line in lines:
            if line.startswith("O|"):
                case.stated.append([part.strip() for part in line[2:].split("|")])
            elif line.startswith("X|"):
                case.never.append([part.strip() for part in line[2:].split("|")])
        yield case


def _names(thing: Thing | None) -> set[str]:
    if thing is None:
        return set()
    return {normal(label) for label in (thing.label, *(x for labels in thing.labels.values() for x in labels))}


def _same(value: object, wanted: str) -> bool:
    x, y = float(str(value)), float(wanted)
    return abs(x - y) <= 0.004 * max(abs(x), abs(y), 1e-9)


def _checks(fact: Observation, row: list[str]) -> dict[str, bool]:
    metric, about, place, period, _, _, status, bound = row
    return {
        "metric": not metric or fact.metric == metric,
        "about": not about or any(n in normal(about) or normal(about) in n for n in _names(fact.about)),
        "place": not place or (normal(place) in _names(fact.place) if place != "-" else fact.place is None),
        "period": not period or (fact.period or "-") == period,
        "status": fact.status.lower() == status,
        "bound": fact.bound == bound,
    }


def measure(pipeline: Pipeline, language: str) -> Result:
    """Read every case and compare."""
    result = Result()
    for case in cases(language):
        document = document_from_text(case.text, pipeline.layout, "practice.txt")
        _compare(case, pipeline.extract(document).observations, result)
    return result


def _compare(case: Case, found: tuple[Observation, ...], result: Result) -> None:
    body = case.text.split("\n\n", 1)[1].strip()
    notes: list[str] = []
    used: set[int] = set()
    for row in case.stated:
        result.gold += 1
        alike = [i for i, f in enumerate(found) if f.unit == row[5] and _same(f.value, row[4])]
        if not alike:
            notes.append(f"   missed {'|'.join(row)}")
            continue
        best = max(alike, key=lambda i: sum(_checks(found[i], row).values()) + 2 * _checks(found[i], row)["about"])
        checks = _checks(found[best], row)
        used.add(best)
        result.core += 1
        for part, right in checks.items():
            result.parts[part] += right
        result.full += all(checks.values())
        if not all(checks.values()):
            fact = found[best]
            has = {"about": fact.about.label, "place": fact.place.label if fact.place else "-"}
            wrong = ", ".join(f"{k}={has.get(k, getattr(fact, k))}" for k, right in checks.items() if not right)
            notes.append(f"   partly {'|'.join(row)}: has {wrong}  [{fact.found_by}]")
    result.predicted += len(found)
    result.matched += len(used)
    for i, fact in enumerate(found):
        if i not in used:
            place = fact.place.label if fact.place else ""
            said = f"{fact.metric}|{fact.about.label}|{place}|{fact.period}|{fact.value}|{fact.unit}|{fact.status}"
            notes.append(f"   extra  {said}  [{fact.found_by}]")
    for value, unit, *_ in case.never:
        if any(f.unit == unit and _same(f.value, value) for f in found):
            result.errors.append(f"observed but false: {value} {unit} «{body}»")
    if notes:
        result.notes += [body, *notes]


@pytest.mark.parametrize("language", list(FLOORS))
def test_practice_sentences_reach_their_floors(pipeline: Pipeline, language: str) -> None:
    result = measure(pipeline, language)
    assert not result.errors
    reached = zip(result.percent, FLOORS[language], strict=True)
    assert all(share >= floor for share, floor in reached), result.percent


def main() -> None:
    """Print what is missed, partly placed or beyond what is stated."""
    result = measure(Pipeline(load(ontology_dir())), sys.argv[1] if sys.argv[1:] else "zh")
    print("\n".join([*result.notes, *result.errors]))
    print(f"gold {result.gold} core {result.core} full {result.full} predicted {result.predicted}", result.parts)
    print("value+unit {:.1f}  full {:.1f}  precision {:.1f}".format(*result.percent))


if __name__ == "__main__":
    main()

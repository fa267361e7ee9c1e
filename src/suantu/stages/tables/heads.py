"""What the words of a head, a title or a cell say: a metric, a unit, a time, names, a class; and figures with units."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from suantu.expressions import compiled
from suantu.records import Period, Quantity, Thing

_BRACKETS = compiled(r"[（(\[]([^（）()\[\]]*)[)）\]]")
_BARE_YEAR = compiled(r"(?<![\d.,])((?:19|20)\d\d)(?![\d%.,])")
_EDGES = " -\u2014\u2013:\uff1a\u00b7,\uff0c()\uff08\uff09"
_EMPTY = compiled(r"[（(\[]\s*[)）\]]")
_NOT_UNITS = frozenset({"number", "duration", "period"})

Names = Callable[[str], Sequence[tuple[int, int, tuple[Thing, ...]]]]


class MetricLike(Protocol):
    """What is needed of a metric: see ``observations.frames.Metric``."""

    @property
    def name(self) -> str:
        """As in the vocabulary."""

    @property
    def placed(self) -> str:
        """How its figures are of a place; empty where they are not."""

    @property
    def device(self) -> bool:
        """Whether it is a property of a device."""

    @property
    def sign(self) -> int:
        """-1 for words of decline."""

    @property
    def noun(self) -> str:
        """What its words say beside the noun that they measure, where ``from_cue``."""

    @property
    def from_cue(self) -> bool:
        """Whether its own words name what is measured."""


class CueLike(Protocol):
    """What is needed of a metric's words: see ``observations.frames.Cue``."""

    @property
    def start(self) -> int:
        """Where they begin."""

    @property
    def end(self) -> int:
        """Where they end."""

    @property
    def metrics(self) -> Sequence[MetricLike]:
        """What they may mean."""

    def metric(self, kind: str) -> MetricLike | None:
        """The reading that takes this kind of figure."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a head or title says. ``rest`` is what is left of it without metric, unit and time,
    ``name`` without unit and time; ``words`` are those in which its metrics stand."""

    text: str
    cues: tuple[CueLike, ...] = ()
    unit: str = ""
    period: str = ""
    status: str = ""
    things: tuple[Thing, ...] = ()
    item_class: str = ""
    rest: str = ""
    name: str = ""
    words: str = ""

    def metric(self, kind: str) -> MetricLike | None:
        """The last of its metrics that takes this kind of figure."""
        return next((m for cue in reversed(self.cues) if (m := cue.metric(kind))), None)


def measured_noun(heads: Sequence[Head], metric: MetricLike, names: bool) -> str:
    """The noun of what a metric's own words measure (智能算力规模: 智能算力), where they name it (``names``: they do)."""
    if not (names or metric.from_cue):
        return ""
    found = (h.words[c.start : c.end] for h in heads for c in reversed(h.cues) if metric in c.metrics)
    return re.sub(metric.noun, "", next(found, ""))


class Heads:
    """Reads heads by the settings of ``tables.yaml`` with what the other stages can find in a text."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        names: Names,
        times: Callable[[str], Sequence[Period]],
        figures: Callable[[str], Sequence[Quantity]],
        metrics: Callable[[str], Sequence[CueLike]],
    ) -> None:
        self.names, self._times, self._figures, self._metrics = names, times, figures, metrics
        pairs = [(str(w).casefold(), str(c)) for c, listed in settings["classes"].items() for w in listed]
        self._classes = sorted(pairs, key=lambda p: (-len(p[0]), p[0]))
        self._forecast = compiled(settings["forecast"], re.IGNORECASE)
        self._estimate = compiled(settings["estimate"], re.IGNORECASE)
        self._unit_label = compiled(settings["unit-label"])
        self._unit_joint = compiled(settings["unit-joint"])
        self._minus, self._plus = compiled(settings["minus"]), compiled(settings["plus"])
        self._bare, self._years = compiled(settings["bare-number"]), compiled(settings["years"])
        self._mark = compiled(settings["mark"])
        self._unit_words = {str(k).casefold(): str(v) for k, v in settings["unit-words"].items()}
        self._number = compiled(settings["number"], re.IGNORECASE)
        self._trim = compiled(settings["trim"], re.IGNORECASE)
        self.blank = compiled(settings["blank"])

    # -- heads -------------------------------------------------------------------------------------------------------

    def read(self, text: str) -> Head:
        """What a head or title says."""
        bare = self._number.sub("", text.strip())
        unit, bare = self._unit(bare)
        status = "Forecast" if self._forecast.search(bare) else "Estimate" if self._estimate.search(bare) else ""
        dated = self._forecast.sub("", bare)
        period, rest = self._period(dated)
        words, cues = rest, tuple(self._metrics(rest))
        name = _closed(_EMPTY.sub("", rest).strip(_EDGES))
        for cue in reversed(cues):
            rest = f"{rest[: cue.start]}\0{rest[cue.end :]}"
        things = tuple(t for _, _, found in self.names(rest.replace("\0", " ")) for t in found[:1])
        left = max((self._trim.sub("", p.strip(_EDGES)) for p in rest.split("\0")), key=len, default="").strip(_EDGES)
        return Head(text.strip(), cues, unit, period, status, things, self.class_of(text), left, name, words)

    def cues(self, text: str) -> tuple[CueLike, ...]:
        """The metrics that a text names."""
        return tuple(self._metrics(text))

    def class_of(self, text: str) -> str:
        """The class that a column's head names, by its last word."""
        words = _BRACKETS.sub("", text).strip().casefold()
        for word, cls in self._classes:
            if words == word or (len(word) > 1 and words.endswith(word) and not word.isascii()):
                return cls
        return ""

    def _unit(self, text: str) -> tuple[str, str]:
        """The unit that stands in brackets, after a label or at the end; and the text without it."""
        if (label := self._unit_label.search(text)) and self.is_unit(label[1]):
            return label[1], text[: label.start()] + text[label.end() :]
        for match in _BRACKETS.finditer(text):
            for part in (match[1], *re.split(r"[,，;；]", match[1])):
                if self.is_unit(part.strip()):
                    return part.strip(), text[: match.start()] + text[match.end() :]
        for joint in self._unit_joint.finditer(text):
            if self.is_unit(text[joint.end() :].strip()):
                return text[joint.end() :].strip(), text[: joint.start()]
        if text.endswith(("%", "\u2030")):
            return text[-1], text[:-1]
        return "", text

    def is_unit(self, text: str) -> bool:
        """Whether a figure can have this as its unit."""
        if not text or len(text) > 16 or text in "-/":
            return False
        if any(c.isdigit() for c in text) and text.casefold() not in self._unit_words:
            return False
        return self._composed("12", text) is not None

    def _period(self, text: str) -> tuple[str, str]:
        found = [p for p in self._times(text) if p.value]
        if found:
            first = found[0]
            if len({p.value for p in found}) > 1:  # 2023年与2024年对比
                return "", text
            return first.value, f"{text[: first.start]} {text[first.end :]}"
        match = None if self._years.search(text) else _BARE_YEAR.search(text)
        if match is not None and len(set(_BARE_YEAR.findall(text))) == 1:
            return match[0], f"{text[: match.start()]} {text[match.end() :]}"
        return "", text

    # -- cells -------------------------------------------------------------------------------------------------------

    def is_number(self, text: str) -> bool:
        """Whether a cell holds a figure, with or without its unit."""
        return self.figure(text, []) is not None or bool(self._bare.fullmatch(text.strip()))

    def figure(self, text: str, units: Sequence[str]) -> Quantity | None:
        """The figure of a cell: with its own unit, else with the first of ``units`` that fits it, else bare."""
        cell = self._mark.sub("", text.strip()).strip()
        sign = -1 if self._minus.match(cell) else 1
        cell = self._plus.sub("", self._minus.sub("", cell))
        if sign < 0 and cell.endswith((")", "）")):
            cell = cell[:-1]
        if not any(c.isdigit() for c in cell):
            return None
        bare = self._bare.fullmatch(cell)
        found = None
        if not bare:
            found = self._whole(cell)
        else:
            found = next((q for u in units if u and (q := self._composed(cell, u))), None)
            found = found or self._whole(cell) or self._plain(cell)
        return _signed(found, sign) if found else None

    def _whole(self, text: str) -> Quantity | None:
        found = list(self._figures(text))
        if len(found) != 1:
            return None
        outside = text[: found[0].start] + _BRACKETS.sub("", text[found[0].end :])
        if any(c.isalnum() for c in outside) and len(outside.strip()) > 2:
            return None
        return found[0]

    def _plain(self, text: str) -> Quantity | None:
        digits = text.replace(",", "").strip()
        if re.fullmatch(r"\d+(?:\.\d+)?", digits):
            return Quantity(0, len(text), text, Decimal(digits), "count", "number")
        return None

    def _composed(self, number: str, unit: str) -> Quantity | None:
        """The figure that a bare number and a unit's words make together (``US$ bn`` stands on both sides)."""
        unit = self._unit_words.get(unit.casefold(), unit)
        head, _, tail = unit.partition(" ")
        forms = [f"{number}{unit}", f"{number} {unit}"]
        for i in range(1, len(unit)):
            if unit[i - 1] in "$¥€£￥":
                forms += [f"{unit[:i]}{number}{unit[i:].lstrip()}", f"{unit[:i]}{number} {unit[i:].lstrip()}"]
        if unit[-1] in "$¥€£￥":
            forms.append(f"{unit}{number}")
        if tail:
            forms += [
                f"{head} {number} {tail}",
                f"{head}{number}{tail}",
                f"{number}{tail} {head}",
                f"{number} {tail} {head}",
            ]
        for form in forms:
            found = list(self._figures(form))
            if len(found) == 1 and found[0].kind not in _NOT_UNITS and len(found[0].text) >= len(form.strip()) - 1:
                return found[0]
        return None


def _closed(name: str) -> str:
    """A name whose last bracket is closed again."""
    opened = max(name.rfind("（"), name.rfind("("))
    return name + ("）" if name[opened] == "（" else ")") if opened > max(name.rfind("）"), name.rfind(")")) else name


def _signed(quantity: Quantity, sign: int) -> Quantity:
    if sign > 0:
        return quantity
    return Quantity(
        quantity.start, quantity.end, quantity.text, -quantity.value, quantity.unit, quantity.kind, quantity.bound,
        None if quantity.upper is None else -quantity.upper, None if quantity.lower is None else -quantity.lower,
        quantity.counter,
    )  # fmt: skip

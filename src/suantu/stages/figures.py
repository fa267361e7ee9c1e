"""Single figures in a text, each with its own unit, before ranges, lists and bounds are read.

The scanner stops only at digits, numeral characters and Latin words; what is no figure (names, labels, versions,
telephones) is decided by what stands directly left and right of it. Every word comes from ``quantities.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from suantu.errors import RuleError
from suantu.expressions import compiled
from suantu.stages.measures import ARABIC, Atom, Measures, Unit, percentage, plain
from suantu.stages.numerals import LONGEST, is_latin, words
from suantu.stages.surroundings import Left, Surroundings
from suantu.stages.worded import WordedFigures

_DIGITS = compiled(r"[0-9]+")
_FRACTION = compiled(r"([1-9])/([1-9]|10)(?![0-9/.])")
_SIGNED = frozenset(["percent", "temperature"])
_PERCENT = Unit("percent", "percent")


class Figures:
    """Finds single figures; built once from the settings of ``quantities.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        self._measures = Measures(settings, file)
        self._around = Surroundings(settings, file, self._measures.currency)
        self._worded = WordedFigures(settings, file, self._measures)
        self._start = compiled(f"[0-9A-Za-z{''.join(sorted(self._worded.heads))}]")
        patterns = "|".join(words(settings, "not_figures", file))
        try:
            self._skip = compiled(f"(?:{patterns})(?![0-9])")
        except re.error as error:
            raise RuleError(file, "not_figures", f"not a regular expression: {error}") from error

    def find(self, text: str, folded: str) -> list[Atom]:
        """Every figure of the text, left to right; ``folded`` is its ``lowered`` form."""
        atoms: list[Atom] = []
        pos, search = 0, self._start.search
        while match := search(text, pos):
            start = match.start()
            char = text[start]
            if "0" <= char <= "9":
                atom, pos = self._digits(text, folded, start)
            elif is_latin(char):
                atom, pos = self._worded.word(text, folded, start)
            else:
                atom, pos = self._worded.numeral(text, folded, start)
            if atom is not None:
                atoms.append(atom)
                pos = max(atom.end, start + 1)
        return atoms

    def counted(self, text: str, end: int) -> str | None:
        """The word that a Latin number that ends there counts, see `Surroundings.noun`."""
        return self._around.noun(text, end)

    def _digits(self, text: str, folded: str, start: int) -> tuple[Atom | None, int]:
        match = ARABIC.match(text, start)
        skip = self._skip.match(text, start)
        if match is None or skip is not None or match.end() - start > LONGEST:
            end = (skip or match or _DIGITS.match(text, start)).end()  # type: ignore[union-attr]
            return None, max(end, start + 1)
        left = self._around.left(text, start)
        if left.state == "no" and not text.startswith(("%", "‰"), match.end()):
            return None, match.end()
        if atom := self._slash_fraction(text, start, left):
            return atom, atom.end
        number = Decimal(plain(match[0]))
        if text.startswith(self._worded.marker, match.end()):
            fraction, end = self._worded.fraction(text, left.start, number, match.end())
            if fraction is not None:
                return fraction, end
        tail = self._measures.tail(text, folded, match.end(), left.currency is not None)
        atom = Atom(left.start, tail.end, number * left.sign, tail.mult, tail.unit or left.currency, tail.bound)
        atom.prefixed, atom.after_dash = left.currency is not None, left.after_dash
        if tail.extra:
            atom.number, atom.mult = number * (tail.mult or 1) + tail.extra, Decimal(1)
        if left.sign < 0 and (atom.unit is None or atom.unit.kind not in _SIGNED):
            atom.number, atom.start = number, start
        return (atom if self._around.stands(text, atom, match, left) else None), max(match.end(), start + 1)

    def _slash_fraction(self, text: str, start: int, left: Left) -> Atom | None:
        match = _FRACTION.match(text, start)
        if match is None or int(match[1]) >= int(match[2]) or left.state != "ok" or left.after_dash:
            return None
        if is_latin(text[match.end() : match.end() + 1] or " ") or text[start - 1 : start] == "/":
            return None
        return Atom(start, match.end(), percentage(Decimal(match[1]), Decimal(match[2])), None, _PERCENT)

"""Units, counting words and multipliers, as they stand right of a number. Spellings come from ``quantities.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from suantu.errors import RuleError
from suantu.expressions import compiled
from suantu.stages.numerals import LONGEST, Lexicon, is_han, numbers, section, words

ARABIC = compiled(r"[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])(?:[.．][0-9]+)?|[0-9]+(?:[.．][0-9]+)?")
_LATIN = compiled("[0-9A-Za-z]")
_FOUR = Decimal("0.0001")
_BESIDE = 40  # characters on either side that tell what a bare letter means


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one spelling names it: ``scale`` takes the written number to the base unit ``notation``."""

    notation: str
    kind: str
    scale: Decimal = Decimal(1)
    counter: str = ""
    per_second: str = ""
    digits_only: bool = False


@dataclass(slots=True)
class Atom:
    """A figure under construction. ``weak`` ones stand only as part of a range or a list."""

    start: int
    end: int
    number: Decimal
    mult: Decimal | None = None
    unit: Unit | None = None
    bound: str = ""
    weak: bool = False
    prefixed: bool = False
    marked: bool = False
    after_dash: bool = False
    lower: Decimal | None = None
    upper: Decimal | None = None
    counted: str | None = None
    scale_only: bool = False

    @property
    def value(self) -> Decimal:
        """The value in the base unit."""
        scale = self.unit.scale if self.unit else Decimal(1)
        return self.number * (self.mult or 1) * scale


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands right of a number: its multiplier, unit and bound, and the rest of a number in two pieces."""

    end: int
    mult: Decimal | None = None
    unit: Unit | None = None
    bound: str = ""
    extra: Decimal = Decimal(0)


def _units(settings: Mapping[str, object], file: str) -> tuple[list[tuple[str, Unit]], list[tuple[str, Unit]]]:
    spellings: list[tuple[str, Unit]] = []
    prefixes: list[tuple[str, Unit]] = []
    digits_only = frozenset(words(settings, "counters_digits_only", file))
    listed = settings.get("units")
    if not isinstance(listed, list):
        raise RuleError(file, "units", "a list of units is expected here")
    for row in listed:
        try:
            name, kind = str(row["unit"]), str(row["kind"])
            for scale, forms in row["forms"].items():
                unit = Unit(name, kind, Decimal(str(scale)), per_second=str(row.get("per_second", "")))
                spellings += [(str(form), replace(unit, digits_only=form in digits_only)) for form in forms]
            prefixes += [(str(sign), Unit(name, kind)) for sign in row.get("prefix", ())]
        except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise RuleError(file, "units", f"unit, kind and forms (scale: spellings) are needed in {row}") from error
    for word in (*words(settings, "counters", file), *words(settings, "latin_counters", file)):
        spellings.append((word, Unit("count", "count", counter=word, digits_only=word in digits_only)))
    return spellings, prefixes


class Measures:
    """Reads multipliers and units after a number; built from the settings of ``quantities.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        numerals = section(settings, "numerals", file)
        self._mults = Lexicon(numbers(numerals, "multipliers", file).items())
        self._money_mults = Lexicon(numbers(numerals, "money_multipliers", file).items())
        self._parameter_mults = Lexicon(numbers(numerals, "parameter_multipliers", file).items())
        self._not_mult = words(numerals, "not_multiplier_before", file)
        self._more = {str(k): str(v) for k, v in section(numerals, "more", file).items()}
        spellings, prefixes = _units(settings, file)
        self._spellings = Lexicon(spellings)
        self.currency = Lexicon(prefixes)
        banned = section(settings, "not_before", file)
        self._not_before = {word: words(banned, word, file) for word in banned}
        self._not_capital = frozenset(words(settings, "not_before_capital", file))
        beside = section(settings, "only_beside", file)
        self._only_beside = {spelling: words(beside, spelling, file) for spelling in beside}
        params = section(settings, "parameter_words", file)
        self._params_after = words(params, "after", file)
        between = "|".join(map(re.escape, words(params, "between", file)))
        before = "|".join(map(re.escape, words(params, "before", file)))
        self._params_before = compiled(f"(?:{before})(?:{between}){{0,3}}(?:[0-9.]{{1,6}}[A-Z] ?(?:{between})?)? ?$")

    def tail(self, text: str, folded: str, pos: int, money: bool = False) -> Tail:
        """What stands right of a number that ends at ``pos``; ``money`` if a currency sign stands before it."""
        direct = None if money and self._money_mults.at(text, folded, pos) else self._unit(text, folded, pos)
        place, bound = self._more_at(text, pos)
        mult, place, extra = self._multiplier(text, folded, place, money)
        if mult is not None:
            place, again = self._more_at(text, place)
            bound = again or bound
        found = self._unit(text, folded, place)
        if money and found and found[1].kind == "count":
            found = None  # the $1.2 billion analysts had expected
        if direct and (found is None or direct[0] >= found[0]):
            return Tail(direct[0], None, direct[1])
        if found:
            return Tail(found[0], mult, found[1], bound, extra)
        if mult is None and bound and place < len(text) and is_han(text[place]):
            place, bound = pos, ""
        return Tail(place, mult, None, bound, extra)

    def multiplier(self, folded: str, pos: int) -> tuple[str, Decimal] | None:
        """A multiplier's word at ``pos``."""
        return self._mults.at(folded, folded, pos)

    def _more_at(self, text: str, pos: int) -> tuple[int, str]:
        place = pos + 1 if text.startswith(" ", pos) else pos
        bound = self._more.get(text[place : place + 1], "")
        if bound and not text[place + 1 : place + 2].isdigit():
            return place + 1, bound
        return pos, ""

    def _multiplier(self, text: str, folded: str, pos: int, money: bool) -> tuple[Decimal | None, int, Decimal]:
        place = pos + 1 if text.startswith((" ", "-"), pos) else pos
        found = self._mults.at(text, folded, place)
        if found and not text.startswith(self._not_mult, place + len(found[0]) - 1):
            end, extra = place + len(found[0]), Decimal(0)
            if found[0].isascii() is False and (more := ARABIC.match(text, end)):
                second = self._mults.at(text, folded, more.end())
                if second and second[1] < found[1] and len(more[0]) < LONGEST:
                    extra = Decimal(plain(more[0])) * second[1]
                    end = more.end() + len(second[0])
            return found[1], end, extra
        if money and (found := self._money_mults.at(text, folded, place)):
            return found[1], place + len(found[0]), Decimal(0)
        if found := self._parameter_mults.at(text, folded, pos):
            return self._parameters(text, pos, found)
        return None, pos, Decimal(0)

    def _parameters(self, text: str, pos: int, found: tuple[str, Decimal]) -> tuple[Decimal | None, int, Decimal]:
        """175B, where parameters are what is counted; otherwise it is a model's name."""
        end = pos + len(found[0])
        begin = pos
        while begin and (text[begin - 1].isdigit() or text[begin - 1] == "."):
            begin -= 1
        beside = text[end : end + 14].removeprefix(" ")
        if beside.startswith(self._params_after) or self._params_before.search(text, max(0, begin - 24), begin):
            return found[1], end, Decimal(0)
        return None, pos, Decimal(0)

    def _unit(self, text: str, folded: str, pos: int) -> tuple[int, Unit] | None:
        place = pos
        while place < pos + 2 and text.startswith(" ", place):
            place += 1
        found = self._spellings.at(text, folded, place, lambda spelling, end: self._may_follow(text, spelling, end))
        return (place + len(found[0]), found[1]) if found else None

    def _may_follow(self, text: str, spelling: str, end: int) -> bool:
        banned = self._not_before.get(spelling)
        if banned and text.startswith(banned, end + 1 if text.startswith(" ", end) and spelling.isascii() else end):
            return False
        if spelling in self._only_beside:
            around = text[max(0, end - _BESIDE) : end + _BESIDE]
            return not _LATIN.match(text, end) and any(word in around for word in self._only_beside[spelling])
        if spelling in self._not_capital:
            beside = text[end : end + 2].strip()
            return not beside or not ("A" <= beside[0] <= "Z" or beside[0].isdigit())
        return True


def percentage(part: Decimal, whole: Decimal) -> Decimal:
    """``part`` of ``whole`` in percent, to four places."""
    value = part * 100 / whole
    return Decimal(value.to_integral_value()) if value == value.to_integral_value() else value.quantize(_FOUR)


def plain(digits: str) -> str:
    """Digits as ``Decimal`` reads them."""
    return digits.replace(",", "").replace("．", ".")

"""Numerals in words: what 一百二十三, 3.5万 or ``twenty-five`` is worth. The words come from the rules' data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from suantu.errors import RuleError

Entry = TypeVar("Entry")

LONGEST = 30
"""Digits of the longest figure that is read; a longer run is no figure."""

_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def lowered(text: str) -> str:
    """The text in small letters and of the same length (where ``str.lower`` changes it, only ASCII is made small)."""
    small = text.lower()
    return small if len(small) == len(text) else text.translate(_LOWER)


def section(settings: Mapping[str, object], key: str, file: str) -> Mapping[str, object]:
    """The mapping under ``key``; RuleError if it is missing or is none."""
    found = settings.get(key)
    if not isinstance(found, Mapping):
        raise RuleError(file, key, "a mapping is expected here")
    return found


def words(settings: Mapping[str, object], key: str, file: str) -> tuple[str, ...]:
    """The list of strings under ``key`` (numbers are taken as their digits); RuleError if it is missing or is none."""
    found = settings.get(key)
    if not isinstance(found, list) or any(isinstance(item, bool | dict | list) for item in found):
        raise RuleError(file, key, "a list of words is expected here; quote words that YAML reads as true or false")
    return tuple(str(item) for item in found)


def numbers(settings: Mapping[str, object], key: str, file: str) -> dict[str, Decimal]:
    """The mapping word -> number under ``key``; RuleError if a value is no number."""
    try:
        return {str(word): Decimal(str(value)) for word, value in section(settings, key, file).items()}
    except InvalidOperation as error:
        raise RuleError(file, key, "a number is expected for every word") from error


def either(listed: Iterable[str]) -> str:
    """An alternation of the words for a regular expression, longest first."""
    return "|".join(re.escape(word) for word in sorted(set(listed), key=lambda word: (-len(word), word)))


def tailed(listed: Iterable[str], cuts: Mapping[str, object]) -> str:
    """The same, each word only where none of the ``cuts`` of its last letter follows, which would make another word."""
    ordered = sorted(set(listed), key=lambda word: (-len(word), word))
    return "|".join(re.escape(w) + (f"(?!{cuts[w[-1]]})" if w[-1] in cuts else "") for w in ordered)


class Lexicon(Generic[Entry]):
    """Spellings and what they stand for, found at a position, longest first.

    A spelling of small ASCII letters, four or more, is found in any case; look-ups take the text and its ``lowered``
    form. ``whole`` keeps a Latin spelling from matching inside a longer run of letters or digits.
    """

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self._exact: dict[str, list[tuple[str, Entry]]] = {}
        self._folded: dict[str, list[tuple[str, Entry]]] = {}
        self._last: dict[str, list[tuple[str, Entry]]] = {}
        for spelling, entry in sorted(entries, key=lambda item: -len(item[0])):
            table = self._folded if _any_case(spelling) else self._exact
            table.setdefault(spelling[0], []).append((spelling, entry))
            self._last.setdefault(spelling[-1], []).append((spelling, entry))

    def at(
        self, text: str, folded: str, pos: int, allowed: Callable[[str, int], bool] | None = None
    ) -> tuple[str, Entry] | None:
        """The longest spelling at ``pos`` that ends on a word's edge and that ``allowed(spelling, end)`` accepts."""
        if pos >= len(text):
            return None
        best: tuple[str, Entry] | None = None
        for table, source in ((self._exact, text), (self._folded, folded)):
            for item in table.get(source[pos], ()):
                spelling = item[0]
                if best is not None and len(spelling) <= len(best[0]):
                    break
                end = pos + len(spelling)
                if source.startswith(spelling, pos) and on_edge(text, end) and (not allowed or allowed(spelling, end)):
                    best = item
                    break
        return best

    def before(self, text: str, end: int) -> tuple[str, Entry] | None:
        """The longest spelling that ends at ``end``, exactly as written, beginning on a word's edge."""
        for item in self._last.get(text[end - 1], ()) if end else ():
            start = end - len(item[0])
            if start >= 0 and text.startswith(item[0], start) and begins(text, start):
                return item
        return None


def _any_case(spelling: str) -> bool:
    return len(spelling) >= 4 and spelling.isascii() and spelling == spelling.lower() and spelling[0].isalpha()


def is_latin(char: str) -> bool:
    """Whether the character is an ASCII letter."""
    return char.isascii() and char.isalpha()


def is_han(char: str) -> bool:
    """Whether the character is a Han character (or 〇)."""
    return "㐀" <= char <= "鿿" or char == "〇"


def on_edge(text: str, end: int) -> bool:
    """Whether a spelling that ends at ``end`` is not followed by the rest of a Latin word."""
    last = text[end - 1]
    return (
        not (last.isascii() and last.isalnum()) or end >= len(text) or not (text[end].isascii() and text[end].isalnum())
    )


def begins(text: str, start: int) -> bool:
    """Whether a spelling that starts at ``start`` is not preceded by the beginning of a Latin word."""
    return not is_latin(text[start]) or start == 0 or not (text[start - 1].isascii() and text[start - 1].isalnum())


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral: its value, and whether it is nothing but multipliers (千, 百亿), which alone is no figure."""

    value: Decimal
    only_scale: bool = False


class Numerals:
    """Reads Han numerals: 十五, 两千三百, 一亿三千万, 二〇二一, 十二点五, 1亿2000万 in pieces."""

    def __init__(
        self, digits: Mapping[str, Decimal], small: Mapping[str, Decimal], big: Mapping[str, Decimal], point: str
    ) -> None:
        self._digits, self._small, self._big, self._point = digits, small, big, point
        self.letters = frozenset([*digits, *small, *big])

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], file: str) -> Numerals:
        """Numerals of a ``numerals`` section: its ``digits``, ``small`` and ``big`` multipliers and its ``point``."""
        digits, small, big = (numbers(settings, key, file) for key in ("digits", "small", "big"))
        return cls(digits, small, big, str(settings.get("point", "")))

    def read(self, run: str) -> Numeral | None:
        """The value of a run of numeral characters, or None where they make no number (七八, 三四十)."""
        if not run or len(run) > LONGEST or not self.letters.issuperset(run.replace(self._point, "", 1)):
            return None
        whole, dot, part = run.partition(self._point)
        if dot:
            return self._decimal(whole, part)
        if len(run) > 1 and all(char in self._digits for char in run):
            return self._spelled(run)
        return self._grouped(run)

    def _decimal(self, whole: str, part: str) -> Numeral | None:
        head = self._grouped(whole) if whole else None
        if head is None or not part or any(char not in self._digits for char in part):
            return None
        return Numeral(head.value + Decimal("0." + "".join(str(self._digits[char]) for char in part)))

    def _spelled(self, run: str) -> Numeral | None:
        """Digit by digit, as years and codes are read; two or three digits are a guess (两三, 七八)."""
        return Numeral(Decimal("".join(str(self._digits[char]) for char in run))) if len(run) >= 4 else None

    def _grouped(self, run: str) -> Numeral | None:
        total, group, top = Decimal(0), Decimal(0), Decimal(0)
        digit: Decimal | None = None
        step = Decimal(0)  # the multiplier just read: 三万五 is 35000
        for place, char in enumerate(run):
            if char in self._digits:
                if digit:
                    return None
                step = step if self._digits[char] and digit is None else Decimal(0)
                digit = self._digits[char]
            elif char in self._small:
                step = self._small[char]
                if digit is None and place and not (group == 0 and step == 10):
                    return None
                group, digit = group + (Decimal(1) if digit is None else digit) * step, None
            else:
                step = self._big[char]
                group += digit or 0
                if step >= top:
                    total = (total + group or Decimal(1)) * step
                else:
                    total += (group or Decimal(1)) * step
                group, digit, top = Decimal(0), None, max(top, step)
        rest = (digit or Decimal(0)) * (step / 10 if step >= 100 else 1)
        return Numeral(total + group + rest, all(char not in self._digits and self._worth(char) > 10 for char in run))

    def _worth(self, char: str) -> Decimal:
        return self._small.get(char) or self._big[char]


def latin_number(parts: Sequence[Decimal]) -> Decimal | None:
    """Twenty + five → 25; None where the parts make no number."""
    if len(parts) == 1:
        return parts[0]
    tens, ones = parts[0], parts[1]
    return tens + ones if len(parts) == 2 and tens >= 20 and tens % 10 == 0 and 0 < ones < 10 else None

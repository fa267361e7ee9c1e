"""Parts of a year: halves, quarters, months, days (上半年, 第三季度, 1-9月, Q3). Words come from ``periods.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from suantu.expressions import compiled
from suantu.stages.numerals import either, is_han, numbers, section, tailed, words

SPACES = compiled(" {0,2}")


@dataclass(frozen=True, slots=True)
class Point:
    """A point of time while it is read: a year (0 if none was said) and a part of it (``H1``, ``Q3``, ``09`` …)."""

    end: int
    year: int = 0
    part: str = ""
    last: str = ""
    until: int = 0

    @property
    def value(self) -> str:
        """The period's value: 2020, 2020-H1, 2020-Q1/2020-Q3, 1990/1999."""
        if not self.year:
            return ""
        first = f"{self.year}-{self.part}" if self.part else f"{self.year}"
        if self.last:
            return f"{first}/{self.year}-{self.last}"
        return f"{first}/{self.until}" if self.until else first


def coded(match: re.Match[str]) -> tuple[str, str]:
    """First and last part of a match of H1, Q3, Q1-Q3."""
    if match[1]:
        return f"H{match[2]}", ""
    return f"Q{match[4]}", f"Q{match[5]}" if match[5] and match[5] > match[4] else ""


def full_year(digits: str) -> int:
    """24 → 2024."""
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


class Parts:
    """Reads parts of a year without the year; built from the settings of ``periods.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        self.digits = {word: int(value) for word, value in numbers(settings, "digits", file).items()}
        self.ten = str(settings.get("ten", ""))
        self._halves = {word: int(value) for word, value in numbers(settings, "halves", file).items()}
        self._month_banned = words(settings, "month_not_after", file)
        separators = words(settings, "separators", file)
        self.separators = [word for word in separators if not word[0].isalpha() or is_han(word[0])]
        self._compile(settings, file)
        self._compile_codes(settings, file)

    @property
    def heads(self) -> set[str]:
        """The characters at which a part may begin, codes apart."""
        return {*"0123456789", *self.digits, self.ten, *(word[0] for word in self._halves), *self.prefix_heads}

    def _compile(self, settings: Mapping[str, object], file: str) -> None:
        han = "".join(d for d in self.digits)
        number, prefix = f"[1-4]|[{han}]", re.escape(str(settings["quarter_prefix"]))
        quarters = either(words(settings, "quarter_words", file))
        first = re.escape(str(settings["first_quarters"]))
        month = f"(?:1[0-2]|0?[1-9])|{self.ten}[{han}]?|[{han}]"
        cuts = section(section(settings, "year", file), "tail_not_before", file)
        tail, days = tailed(words(settings, "month_tail", file), cuts), either(words(settings, "day", file))
        day = f"(?:[12][0-9]|3[01]|0?[1-9])|[{han}]?{self.ten}[{han}]?|[{han}]"
        lists = either(words(settings, "list_separators", file))
        seps = either([*(w for w in self.separators if w != "/"), " to "])
        mark, share = re.escape(str(settings["month"])), re.escape(str(settings["month_mark"]))
        counter = re.escape(str(settings["quarter_counter"]))
        self._half = compiled(f"({either(list(self._halves))})")
        self._quarters = compiled(f"{first}({number})(?:{counter})?(?:{quarters})")
        self._quarter = compiled(f"{prefix}?({number})(?:{quarters})")
        self._quarter_range = compiled(
            f"{prefix}?({number})(?:{quarters})?(?:{seps}|{lists}){prefix}?({number})(?:{quarters})"
        )
        self._first_months = compiled(
            f"{re.escape(str(settings['months_prefix']))}({month}){re.escape(str(settings['months_counter']))}"
        )
        self._month_range = compiled(f"({month})(?:{mark}(?:{share})?)?(?:{seps})({month})(?:{tail})")
        self._month = compiled(f"({month}) ?(?:{mark} ?({day}) ?(?:{days})|(?:{tail}))")
        self._day = compiled(f"({day}) ?(?:{days})")
        heads = "".join(str(settings[key]) for key in ("quarter_prefix", "first_quarters", "months_prefix"))
        self._hint = compiled(
            f"(?:{either(list(self._halves))})|[{heads}]?(?:[0-9]{{1,2}}|[{han}{self.ten}]{{1,3}}) ?"
            f"(?:{mark}|{quarters}|{seps}|{lists}|{counter}|{re.escape(str(settings['months_counter']))})"
        )
        self.prefix_heads = {str(settings[key])[0] for key in ("quarter_prefix", "first_quarters", "months_prefix")}

    def _compile_codes(self, settings: Mapping[str, object], file: str) -> None:
        letters, q = "".join(words(settings, "half_latin", file)), "".join(words(settings, "quarter_latin", file))
        self._code = compiled(f"[ -]?(?:([{letters}])([12])|([{q}])([1-4])(?:[-–—~]{q}?([1-4]))?)(?![0-9A-Za-z])")
        self.code_first = compiled(f"(?:([{letters}])([12])|([{q}])([1-4])(?:[-–—~]{q}?([1-4]))?)(?![0-9A-Za-z])")
        self.code_digit = compiled(f"(?:([12])({letters})|([1-4])({q}))(?= ?(?:FY|')?[0-9]{{2}})")

    def part(self, text: str, pos: int) -> Point | None:
        """A half, quarter, month or day at ``pos``, without its year."""
        place = SPACES.match(text, pos).end()  # type: ignore[union-attr]
        if match := self._code.match(text, pos):
            return Point(match.end(), 0, *coded(match))
        if not self._hint.match(text, place):
            return None
        if match := self._half.match(text, place):
            return Point(match.end(), 0, f"H{self._halves[match[1]]}")
        if match := self._quarters.match(text, place):
            return Point(match.end(), 0, "Q1", f"Q{self.small(match[1])}")
        match = self._quarter_range.match(text, place)
        if match and self.small(match[1]) < self.small(match[2]):
            return Point(match.end(), 0, f"Q{self.small(match[1])}", f"Q{self.small(match[2])}")
        if (match := self._quarter.match(text, place)) and 1 <= self.small(match[1]) <= 4:
            return Point(match.end(), 0, f"Q{self.small(match[1])}")
        return self._month_part(text, place)

    def _month_part(self, text: str, place: int) -> Point | None:
        if match := self._first_months.match(text, place):
            return Point(match.end(), 0, "01", f"{self.small(match[1]):02}")
        if (match := self._month_range.match(text, place)) and self.small(match[1]) < self.small(match[2]) <= 12:
            return Point(match.end(), 0, f"{self.small(match[1]):02}", f"{self.small(match[2]):02}")
        match = self._month.match(text, place)
        if match is None or not 1 <= self.small(match[1]) <= 12 or text.startswith(self._month_banned, match.end()):
            return None
        month = f"{self.small(match[1]):02}"
        return Point(match.end(), 0, f"{month}-{self.small(match[2]):02}" if match[2] else month)

    def day(self, text: str, place: int) -> Point | None:
        """A day of a month alone, as an interval of days ends."""
        match = self._day.match(text, place)
        return Point(match.end(), 0, f"{self.small(match[1]):02}") if match else None

    def small(self, word: str) -> int:
        """A number below a hundred, in digits or Han."""
        if word.isdigit() and word.isascii():
            return int(word)
        tens, mark, ones = word.rpartition(self.ten)
        if not mark:
            return self.digits.get(word, 0)
        return (self.digits.get(tens, 0) if tens else 1) * 10 + (self.digits.get(ones, 0) if ones else 0)

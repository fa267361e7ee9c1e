"""What stands left and right of digits and tells whether they are a figure or part of a name, label or date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from suantu.expressions import compiled
from suantu.stages.measures import Atom, Unit
from suantu.stages.numerals import Lexicon, is_han, is_latin, words

_NEXT_WORD = compiled(r" ([A-Za-z][A-Za-z-]*)")
_DASHES = "-–—‒−－~～"


@dataclass(frozen=True, slots=True)
class Left:
    """What stands left of a number: ``state`` is ok, no, label, named (a Latin name), joined (a Han word)."""

    state: str
    start: int
    currency: Unit | None = None
    sign: int = 1
    after_dash: bool = False


class Surroundings:
    """Judges the surroundings of numbers in digits; built from the settings of ``quantities.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str, currency: Lexicon[Unit]) -> None:
        self._currency = currency
        self._value_words = words(settings, "value_words", file)
        self._measured = Lexicon((word, True) for word in words(settings, "measured_names", file))
        self._label_hard = words(settings, "label_hard", file)
        self._label_colons = words(settings, "label_colons", file)
        self._labels = Lexicon((word, True) for word in words(settings, "label_before", file))
        self._label_after = words(settings, "label_after", file)
        self._address = compiled(str(settings["address_after"]))
        self._stop = frozenset(words(settings, "latin_stop", file))
        self._openers = frozenset(words(settings, "latin_openers", file))

    def noun(self, text: str, end: int) -> str | None:
        """The word that a Latin number before it counts: its plural, "" for another noun, None for none."""
        found = _NEXT_WORD.match(text, end)
        if found is None or found[1] in self._stop:
            return None
        return found[1] if found[1].islower() and found[1].endswith("s") else ""

    def left(self, text: str, start: int) -> Left:
        """What stands left of the number that begins at ``start``."""
        if start == 0:
            return Left("ok", start)
        spaced = text[start - 1] == " "
        edge = len(text[max(0, start - 3) : start].rstrip()) + max(0, start - 3) if spaced else start
        sign = self._currency.before(text, edge) if edge else None
        if sign is not None and edge >= start - 1:
            return Left("ok", edge - len(sign[0]), sign[1])
        measured = self._measured.before(text, edge) if edge else None
        if edge == 0 or (measured is not None and (spaced or len(measured[0]) > 1)):
            return Left("ok", start)
        if text.endswith(self._label_hard, 0, edge):
            return Left("no", start)
        if self._labels.before(text, edge - text.endswith(self._label_colons, 0, edge)):
            return Left("label", start)
        return self._spaced(text, start, edge) if spaced else self._glued(text, start)

    def _spaced(self, text: str, start: int, edge: int) -> Left:
        if not text[edge - 1].isascii() or not text[edge - 1].isalnum():
            return Left("ok", start)
        begin = edge
        while (
            begin > max(0, edge - 24)
            and text[begin - 1].isascii()
            and (text[begin - 1].isalnum() or text[begin - 1] in ".-+'")
        ):
            begin -= 1
        token = text[begin:edge]
        named = any("A" <= char <= "Z" for char in token) and token not in self._openers
        return Left("named" if named else "ok", start)

    def _glued(self, text: str, start: int) -> Left:
        char, before = text[start - 1], text[start - 2 : start - 1] if start > 1 else ""
        if is_latin(char) or char in "_@#" or char.isdigit():
            return Left("no", start)
        if char in _DASHES:
            if before and (is_latin(before) or before == "-"):
                return Left("no", start)
            inner = bool(before) and (before.isdigit() or before in "%‰" or before == char)
            negative = char in "-−－" and not inner
            return Left("ok", start - negative, None, -1 if negative else 1, bool(before) and before.isdigit())
        if char in ".·" and before and before.isascii() and before.isalnum():
            return Left("no", start)
        if char == "/" and before and before.isascii() and before.isalnum():
            return Left("joined", start)
        if is_han(char) and not text.endswith(self._value_words, 0, start):
            return Left("joined", start)
        return Left("ok", start)

    def stands(self, text: str, atom: Atom, match: re.Match[str], left: Left) -> bool:
        """Whether the number with what was found right of it may be a figure at all; sets ``weak`` and ``counted``."""
        unit = atom.unit
        if left.state == "label":
            return atom.mult is not None or (unit is not None and unit.kind not in ("count", "score"))
        if unit is not None and unit.kind == "duration" and unit.notation == "year" and _year_like(match[0]):
            return False
        if unit is not None or atom.mult is not None:
            if unit is not None and unit.kind == "count" and atom.mult is None and _section_like(text, match):
                return False
            if left.state == "named" and unit is not None and atom.mult is None:
                spelled = text[match.end() : atom.end].strip()
                latin = is_latin(spelled[-1:] or " ")
                long_word = unit.kind == "count" and len(spelled) > 1 and "," not in match[0]
                letter = latin and len(spelled) == 1 and unit.kind != "percent"
                apart = unit.kind == "power" and text[match.end()] == " "  # the B200 1,000 W, and no Xeon 6P
                return not long_word and (apart or not letter)
            return True
        return self._bare(text, atom, match, left)

    def _bare(self, text: str, atom: Atom, match: re.Match[str], left: Left) -> bool:
        end, digits = match.end(), match[0]
        after = text[end : end + 1]
        if (after and (is_latin(after) or after == "_")) or (
            after in _DASHES and is_latin(text[end + 1 : end + 2] or " ")
        ):
            return False
        if _year_like(digits) or (digits[0] == "0" and len(digits) > 1 and "." not in digits):
            return False
        if (len(digits) >= 8 and "," not in digits) or text.startswith(self._label_after, end):
            return False
        if self._address.match(text, end):
            return False
        if _marker_like(text, match) or (left.state == "named" and "," not in digits):  # Inspur 39,000 is no name
            return False
        atom.weak = left.state == "joined" or _number_of_section(text, match)
        if "." not in digits:
            atom.counted = self.noun(text, end)
        return True


def _year_like(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and "1900" <= digits <= "2099"


def _marker_like(text: str, match: re.Match[str]) -> bool:
    """A list marker: 1. …, （2）, [3]."""
    start, end = match.span()
    after, before = text[end : end + 1], text[start - 1 : start]
    small = match[0].isdigit() and len(match[0]) <= 2
    if before and before in "（([【" and after and after in "）)]】":
        return small or before in "[【"
    return small and bool(after) and after in ".、)）．" and _heads_text(text, start)


def _number_of_section(text: str, match: re.Match[str]) -> bool:
    """A number at the head of a text with words after it (4.2 …): only a range or a unit makes it a figure."""
    start, end = match.span()
    following = text[end : end + 40].lstrip()[:1]
    small = "." in match[0] or len(match[0]) <= 2
    return small and _heads_text(text, start) and bool(following) and not following.isdigit() and following not in "%‰+"


def _section_like(text: str, match: re.Match[str]) -> bool:
    """A section's number at the head of a text (6.1 …)."""
    return "." in match[0] and text.startswith(" ", match.end()) and _heads_text(text, match.start())


def _heads_text(text: str, start: int) -> bool:
    return start <= 8 and not text[:start].strip()
